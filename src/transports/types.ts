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
