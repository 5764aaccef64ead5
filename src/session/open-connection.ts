// How one gets to a host: a connection with the run's key and known hosts.
import { privateDirectory } from "../transports/ssh/keys.ts";
import { type PreparedSsh, prepareSsh, type SshOptions } from "../transports/ssh/ssh.ts";
import type { HostAddress } from "../transports/types.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";

export interface OpenOptions extends SshOptions {
  /** Seconds without a frame after which the program on the host ends itself. Default 180. */
  lease?: number | undefined;
  /** `local` only, for tests: the shell that runs the program. */
  shell?: string | undefined;
  /** Of {@link ConnectionOptions}, for tests. */
  strict?: boolean | undefined;
}

const LEASE = 180;

/** Key and known hosts of a set of options are put in place once. */
const prepared = new WeakMap<OpenOptions, { ssh: PreparedSsh; directory: string }>();

/** A connection for its forwards alone. @throws Failure when key or known hosts cannot be used */
export function connectionOf(address: HostAddress, options: OpenOptions): Connection {
  return new Connection(address, connectionOptions(address, options));
}

/** @throws Failure when key or known hosts cannot be used */
export function connectionOptions(address: HostAddress, options: OpenOptions): ConnectionOptions {
  let ssh: PreparedSsh | undefined;
  if (address.address !== "local") {
    // Keys and known hosts go with the private directory when a verb is over: the next one gets them anew.
    const directory = privateDirectory();
    const known = prepared.get(options);
    ssh = known?.directory === directory ? known.ssh : prepareSsh(options);
    prepared.set(options, { ssh, directory });
  }
  return { ssh, lease: options.lease ?? LEASE, shell: options.shell, strict: options.strict };
}
