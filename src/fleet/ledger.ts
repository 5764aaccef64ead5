// Records what happened in a transaction, host by host; its report is made from this at the end. Private to
// transaction.ts.
import type { BackendServer } from "../balancers/balancer.ts";
import type { Host } from "../host/host.ts";
import { stoppedBy } from "../stop-reason.ts";
import type { Member, Participant } from "./member.ts";
import type { HostOutcome, Outcome, Phase, Report, ReportedError, WavePlan } from "./report.ts";
import type { FleetRequest } from "./request.ts";

/** Servers of a host in its balancers that this run has drained and must restore, with the previous state of each. */
export type Drained = { server: BackendServer; previous: string }[];

/** What is known of the database's schema. */
export class SchemaRecord {
  /** Pending migrations that prepare found, in order. */
  pending: string[] = [];
  applied: string[] = [];
  /** The host on which they were applied. */
  appliedOn: Host | undefined;
  /** Migrations were, or may have been, applied, and their release is not live. */
  ahead = false;
  /** At least one of the migrations ahead is known to have been applied: its command succeeded. */
  certainlyAhead = false;
  /** A previous run left the schema so. */
  foundAhead = false;
  /** The live release is now older than migrations that were applied. */
  crossed = false;

  /**
   * A deploy was kept: whatever migrations were applied, the schema matches its release, unless the release is older
   * than they are. A converge changes nothing about that.
   */
  kept({ crossed }: { crossed: boolean }): void {
    this.ahead = false;
    this.foundAhead = false;
    this.crossed = crossed;
  }
}

export class Ledger {
  readonly #request: FleetRequest;
  readonly #hosts = new Map<Host, HostOutcome>();
  readonly #settling = new Map<Host, number>();
  readonly #began = performance.now();
  readonly #durations: Report["durations"] = [];
  /** What was warned of, by host; of the fleet as a whole: undefined. */
  readonly #warned = new Map<Host | undefined, Set<string>>();
  #commitBefore: string | undefined;
  readonly errors: ReportedError[] = [];
  readonly warnings: string[] = [];
  readonly schema = new SchemaRecord();
  participants: readonly Participant[] = [];
  readonly drained = new Map<Host, Drained>();
  /** For a plan only. */
  order: WavePlan | undefined;
  /** How to roll back to the previous release. */
  back: Report["back"];

  constructor(request: FleetRequest) {
    this.#request = request;
    for (const { host } of request.members) {
      this.#hosts.set(host, {
        name: host.name,
        live: undefined,
        previousRelease: undefined,
        services: [],
        phases: [],
        unknown: true,
      });
    }
  }

  /** Adds a warning unless the same host, or the fleet, has it already. */
  warn(warning: string, host: Host | undefined): void {
    const warned = this.#warned.get(host) ?? new Set();
    this.#warned.set(host, warned);
    if (warned.has(warning)) return;
    warned.add(warning);
    this.warnings.push(warning);
  }

  host({ host }: Member): HostOutcome {
    return this.#hosts.get(host) as HostOutcome;
  }

  /** Runs one part and records how long it took, also when it throws. */
  async part<T>(part: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#durations.push({ part, seconds: inSeconds(performance.now() - start) });
    }
  }

  /** Runs one phase of a host and records when it began, how long it took and whether it threw. */
  async phase<T>(member: Member, phase: Phase, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    let ok = false;
    try {
      const value = await work();
      ok = true;
      return value;
    } finally {
      const seconds = inSeconds(performance.now() - start);
      const settling = this.#settling.get(member.host);
      this.#settling.delete(member.host);
      const times = { start: inSeconds(start - this.#began), seconds, ...(settling ? { settling } : {}) };
      this.host(member).phases.push({ phase, ...times, ok });
    }
  }

  /** Records the settling time of the current phase of this host: {@link phase} adds it to the phase. */
  settling({ host }: Member, seconds: number): void {
    this.#settling.set(host, seconds);
  }

  found(member: Participant): void {
    const { live, missing, dropped } = member.facts;
    if (member.host === this.#request.members[0]?.host) this.#commitBefore = live?.commit;
    Object.assign(this.host(member), { live: live?.id, previousRelease: live?.id, unknown: false, missing, dropped });
  }

  report(outcome: Outcome, release: Partial<Report>): Report {
    const hosts = [...this.#hosts.values()];
    const { signal } = this.#request;
    const { schema, back } = this;
    const schemaAhead = schema.crossed || schema.ahead || schema.foundAhead;
    return {
      outcome,
      app: this.#request.app,
      target: this.#request.target,
      previousRelease: hosts[0]?.previousRelease,
      previousCommit: this.#commitBefore,
      schemaAhead,
      schemaUncertain: schemaAhead && !schema.certainlyAhead,
      back: back && { ...back, crosses: back.crosses || schema.applied.length > 0 },
      pending: schema.pending,
      applied: schema.applied,
      hosts,
      errors: this.errors,
      warnings: this.warnings,
      ...(signal?.aborted ? { stopped: stoppedBy(signal) ?? "cancelled" } : {}),
      ...(this.order ? { order: this.order } : {}),
      durations: this.#durations,
      ...release,
    };
  }
}

/** Milliseconds as seconds, to the millisecond. */
const inSeconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
