// Load balancers: a host's server is drained before the host is activated, and restored to exactly its previous state.
import type { z } from "zod";
import type { Host } from "../host/host.ts";
import type { Adapter, ConfigFinding } from "../schema/adapter.ts";
import type { Tunnel } from "../session/tunnel.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import type { ForwardTarget, HostAddress } from "../transports/types.ts";
import type { BalancerCommon } from "./schema.ts";

/** @typeParam C the value of its key in an entry of `balancers:`, as its schema parses it */
export interface Balancer<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /**
   * Findings that its schema cannot express: keys that have no meaning for it, and values that do not fit together.
   * Paths are relative to the entry.
   */
  check?(config: C, common: BalancerCommon): ConfigFinding[];
  /** Sends nothing to the balancer before a server is used. @throws Failure for an invalid configuration */
  open(config: C, common: BalancerCommon, context: BalancerContext): Promise<Pool>;
}

export interface BalancerContext {
  /** A tunnel to an address that a machine can reach; the connection is made when it is first used. */
  tunnel(at: Omit<HostAddress, "forwards">, to: ForwardTarget): Tunnel;
  /** Absolute directory of commands on this machine. */
  directory: string;
  /** How the target's hosts are reached, used if the balancer's own machine sets nothing else. */
  ssh: Pick<HostAddress, "user" | "port" | "proxyJump">;
  /** Left out: hosts do not revert by themselves, and neither are their servers restored. */
  autoRevert?: AutoRevertRules | undefined;
}

export interface AutoRevertRules {
  /** Seconds without a run after which hosts revert by themselves. */
  after: number;
  /** A server without auto-restore is refused; otherwise a warning is shown when it is drained. */
  required: boolean;
}

/** An open balancer. */
export interface Pool {
  /** @returns the host's servers: one in each backend */
  member(host: PoolHost): BackendServer[];
}

/** A host behind a balancer. */
export interface PoolHost {
  host: Host;
  /** As in tarlift.yml. */
  address: string;
  /** The balancer's name for it. */
  server: string;
  /** The services that it runs. */
  services: readonly ServiceRequest[];
}

/** A host as the server of one backend. */
export interface BackendServer {
  /**
   * For messages and for the host's record of what must be restored, which later runs read: it identifies the server,
   * so it never changes. `haproxy on lb1, web/app1`. No tabs, no line breaks.
   */
  name: string;
  /**
   * The state that is set for the server now, in one word: it is recorded on the host, and {@link restore} sets it
   * again.
   */
  state(): Promise<string>;
  /**
   * Whether it can be drained and restored, as far as that can be checked beforehand. @throws Failure if something
   * prevents it
   */
  preflight(): Promise<void>;
  /**
   * Drains the server, if it is in use, and waits until it has no sessions.
   *
   * @returns how many sessions were left at the deadline, if the balancer reports it (0: all have ended)
   * @throws Failure when the balancer refuses, or when no other server would be left
   */
  drain(options: DrainOptions): Promise<Drained>;
  /** @param previous the earlier {@link state} @throws Failure when the balancer refuses */
  restore(previous: string): Promise<void>;
  /** Disarms an auto-restore that a killed run left. @returns whether it had restored the server */
  disarm?(): Promise<boolean>;
}

export interface DrainOptions {
  /** The earlier {@link BackendServer.state}: before this run or, if a previous run was killed, before that one. */
  previous: string;
  /** Aborted: sessions are no longer waited for. */
  signal?: AbortSignal | undefined;
}

export interface Drained {
  /** Sessions that were left at the deadline. */
  cutOff: number;
  warnings?: string[];
}
