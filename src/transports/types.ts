// Where a host is, for whatever reaches it.

/** What a forward of the connection leads to, as the host itself reaches it: a port, or a socket of the file system. */
export type ForwardTarget = { host: string; port: number } | { path: string };

/** Where a host is and how one gets there. Values are validated by src/config (never options of ssh). */
export interface HostAddress {
  /** `local`: this machine itself, without SSH. */
  address: string;
  roles: string[] | undefined;
  user?: string | undefined;
  port?: number | undefined;
  proxyJump?: string | undefined;
  /** What is asked through the connection (health checks, a balancer): it forwards each of them. */
  forwards: ForwardTarget[];
}

/** A forward of a connection: a socket on this machine, and what it leads to. */
export type Forward = { socket: string } & ForwardTarget;

/** How hosts are reached and known. One for all hosts of a run. */
export interface SshOptions {
  /** The private key; left out: the agent, and the user's own keys on a terminal. */
  key?: { text: string } | { file: string } | undefined;
  /** Refuses to go on without a key where no agent holds one: on a runner there are no keys of a user's own. */
  needsKey?: boolean | undefined;
  /** Text in the format of known_hosts; left out: the user's own known_hosts, which exists on a terminal and not on a runner. */
  knownHosts?: { text: string } | { file: string } | undefined;
  /** The one way around known hosts. */
  insecureAcceptAnyHostKey?: boolean | undefined;
  /** Whether `~/.ssh/config` counts: jump hosts and aliases of a person. Default: outside of a runner. */
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
