// The session with a host, and what one call finds out that later ones need.
import { Session } from "../../session/session.ts";
import type { Encoding } from "../../transfers/encoding.ts";
import type { Incoming } from "./incoming.ts";

/** Every call of this folder takes one as its first parameter. */
export class HostSession extends Session {
  /** What the latest facts call found for its artifact. */
  incoming: Incoming | undefined;
  /** How bytes travel to and from the host. */
  encoding: Encoding = "none";
  /** The host has curl or wget. */
  hasHttpClient = false;
  /** Its sshd forwards no ports: HTTP requests are made on the host. */
  asksItself = false;
}
