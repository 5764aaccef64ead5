// A host of a run, with its calls.
import { connectionOptions, type OpenOptions } from "../../session/open-connection.ts";
import type { HostAddress } from "../../transports/types.ts";
import { type OpenHost, RemoteHost } from "./remote-host.ts";

export type { OpenHost } from "./remote-host.ts";

/**
 * A host that connects with its first call.
 *
 * @param options one object for all hosts of a run
 * @throws Failure when the key or the known hosts cannot be used
 */
export function openHost(address: HostAddress, options: OpenOptions): OpenHost {
  return new RemoteHost(address, connectionOptions(address, options));
}
