// The address of a host, for all that connect to it.

/** The target of a forward, as the host itself reaches it: a port, or a socket of the file system. */
export type ForwardTarget = { host: string; port: number } | { path: string };

/** The address of a host and how to reach it. Values are validated by src/config (never options of ssh). */
export interface HostAddress {
  /** `local`: this machine itself, without SSH. */
  address: string;
  roles: string[] | undefined;
  user?: string | undefined;
  port?: number | undefined;
  proxyJump?: string | undefined;
  /** Targets of requests through the connection (health checks, a balancer): it forwards each of them. */
  forwards: ForwardTarget[];
}

/** A forward of a connection: a socket on this machine, and its target. */
export type Forward = { socket: string } & ForwardTarget;

/** How hosts are reached, and their keys known. One object for all hosts of a run. */
export interface SshOptions {
  /** The private key; left out: the agent, and the user's own keys on a terminal. */
  key?: { text: string } | { file: string } | undefined;
  /** Refuses to continue if neither a key is given nor an agent holds one: on a runner, a user has no keys. */
  needsKey?: boolean | undefined;
  /**
   * Text in the format of known_hosts; left out: the user's own known_hosts, which exists on a terminal and not on a
   * runner.
   */
  knownHosts?: { text: string } | { file: string } | undefined;
  /** Disables host key verification; the only way to do so. */
  insecureAcceptAnyHostKey?: boolean | undefined;
  /** Whether to read `~/.ssh/config`, with a user's jump hosts and aliases. Default: except on a runner. */
  userConfig?: boolean | undefined;
  /** Seconds until a host that does not answer counts as unreachable. Default 20. */
  connectTimeout?: number | undefined;
  /** Instead of `ssh`, for tests. */
  command?: string | undefined;
}

export interface TransportOptions extends SshOptions {
  /** `local` only, for tests: the shell that runs the program. Default `sh`. */
  shell?: string | undefined;
}
