// Opens connections to hosts, with the run's key and known hosts.
import { transportOf } from "../transports/registry.ts";
import { privateDirectory } from "../transports/ssh/keys.ts";
import type { PreparedTransport, Transport } from "../transports/transport.ts";
import type { HostAddress, TransportOptions } from "../transports/types.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";

export interface OpenOptions extends TransportOptions {
  /** Seconds without a frame after which the program on the host ends itself. Default 180. */
  lease?: number | undefined;
  /** Of {@link ConnectionOptions}, for tests. */
  strict?: boolean | undefined;
}

const LEASE = 180;

interface Prepared {
  transport: PreparedTransport;
  directory: string;
}

/** What a transport prepares for a set of options is prepared once. */
const prepared = new WeakMap<OpenOptions, Map<Transport, Prepared>>();

/** A connection for its forwards alone. @throws Failure when the key or the known hosts cannot be used */
export function connectionOf(address: HostAddress, options: OpenOptions): Connection {
  return new Connection(address, connectionOptions(address, options));
}

/** @throws Failure when key or known hosts cannot be used */
export function connectionOptions(address: HostAddress, options: OpenOptions): ConnectionOptions {
  const transport = preparedFor(transportOf(address), options);
  return { transport, lease: options.lease ?? LEASE, strict: options.strict };
}

function preparedFor(transport: Transport, options: OpenOptions): PreparedTransport {
  // Keys and known hosts are removed with the private directory at the end of a verb: the next verb writes them again.
  const directory = transport.local ? "" : privateDirectory();
  const known = prepared.get(options) ?? new Map<Transport, Prepared>();
  prepared.set(options, known);
  const before = known.get(transport);
  if (before?.directory === directory) return before.transport;
  const now = { transport: transport.prepare(options), directory };
  known.set(transport, now);
  return now.transport;
}
