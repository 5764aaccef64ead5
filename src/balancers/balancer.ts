// Load balancers: a host's server in one is drained before the host is switched, and restored to exactly the state that it had.
import type { z } from "zod";
import type { Host } from "../host/host.ts";
import type { Adapter, ConfigFinding } from "../schema/adapter.ts";
import type { Way } from "../session/tunnel.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import type { ForwardTarget, HostAddress } from "../transports/types.ts";
import type { BalancerCommon } from "./schema.ts";

/** @typeParam C what stands below its key in an entry of `balancers:`, as its schema parses it */
export interface Balancer<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /** What its schema cannot see: keys that mean nothing to it, and values that do not go together. Paths are from the entry. */
  check?(config: C, common: BalancerCommon): ConfigFinding[];
  /** Nothing is asked of the balancer before a server is used. @throws Failure for a configuration that cannot be */
  open(config: C, common: BalancerCommon, context: BalancerContext): Promise<Pool>;
}

export interface BalancerContext {
  /** A tunnel to something that a machine reaches; the connection is made when it is first used. */
  tunnel(at: Omit<HostAddress, "forwards">, to: ForwardTarget): Way;
  /** Where commands on this machine run, absolute. */
  directory: string;
  /** How the target's hosts are reached, where the balancer's own machine says nothing else. */
  ssh: Pick<HostAddress, "user" | "port" | "proxyJump">;
  /** Left out: hosts do not go back by themselves, and neither do their servers. */
  autoRevert?: AutoRevertRules | undefined;
}

export interface AutoRevertRules {
  /** Seconds without a run after which hosts go back by themselves. */
  after: number;
  /** A server that cannot be restored by itself is refused; otherwise it is told when it is drained. */
  required: boolean;
}

/** An open balancer. */
export interface Pool {
  /** @returns the host's servers: one in each backend */
  member(host: PoolHost): BackendServer[];
}

/** A host that is behind a balancer. */
export interface PoolHost {
  host: Host;
  /** As tarlift.yml has it. */
  address: string;
  /** What the balancer calls it. */
  server: string;
  /** The services that it runs. */
  services: readonly ServiceRequest[];
}

/** A host as the server of one backend. */
export interface BackendServer {
  /**
   * For messages and for the host's record of what must be restored, which later runs read: it identifies the server, so it never changes.
   * `haproxy on lb1, web/app1`. No tabs, no line breaks.
   */
  name: string;
  /** What the balancer wants of the server now, in one word: it is recorded on the host, and {@link restore} brings it back. */
  state(): Promise<string>;
  /** Whether it can be drained and restored, as far as that shows beforehand. @throws Failure of what is in the way */
  preflight(): Promise<void>;
  /**
   * Takes the server out of use, where it is in use, and waits until it has no sessions.
   *
   * @returns how many sessions were left when the deadline came, where the balancer tells (0: all have ended)
   * @throws Failure when the balancer does not do it, or when no other server would be left
   */
  drain(options: DrainOptions): Promise<Drained>;
  /** @param previous what {@link state} was before @throws Failure when the balancer does not do it */
  restore(previous: string): Promise<void>;
  /** Ends what a killed run left armed to restore it. @returns whether that had restored it */
  disarm?(): Promise<boolean>;
}

export interface DrainOptions {
  /** What {@link BackendServer.state} was, for this run or, where that was killed, for the one before. */
  previous: string;
  /** Aborted: sessions are not waited for any more. */
  signal?: AbortSignal | undefined;
}

export interface Drained {
  /** Sessions that were left when the deadline came. */
  cutOff: number;
  warnings?: string[];
}
