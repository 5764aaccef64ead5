// What happened until now, host by host; a report is read off it at the end.
import type { Seat } from "../balancers/balancer.ts";
import type { Host, Prepared, ServiceEvidence } from "../host/host.ts";
import { stoppedBy } from "../stop-reason.ts";
import type {
  FleetRequest,
  HostOutcome,
  Member,
  Outcome,
  Participant,
  Phase,
  Report,
  Trouble,
  WavePlan,
} from "./request.ts";

export class Ledger {
  readonly #request: FleetRequest;
  readonly #hosts = new Map<Host, HostOutcome>();
  readonly #settling = new Map<Host, number>();
  readonly #began = performance.now();
  readonly troubles: Trouble[] = [];
  readonly warnings: string[] = [];
  readonly durations: { part: string; seconds: number }[] = [];
  #commitBefore: string | undefined;
  pending: string[] = [];
  applied: string[] = [];
  /** Who applied them. */
  appliedOn: Host | undefined;
  schemaAhead = false;
  /** Of what is ahead, some is known to have been applied: what applied it ended well. */
  certainlyAhead = false;
  /** A run before this one left the schema so. */
  foundAhead = false;
  /** The release that is live now is older than migrations that were applied. */
  crossed = false;
  /** Of a plan. */
  order: WavePlan | undefined;
  /** How a rollback leads back from what this run has made live. */
  back: Report["back"];
  /** The hosts that take part, since it is known which do. */
  fleet: readonly Participant[] = [];
  /** Places in balancers that were taken and are to be given back, with what each had. */
  readonly taken = new Map<Host, { seat: Seat; had: string }[]>();

  constructor(request: FleetRequest) {
    this.#request = request;
    for (const { host } of request.members) {
      this.#hosts.set(host, {
        name: host.name,
        live: undefined,
        before: undefined,
        services: [],
        phases: [],
        unknown: true,
      });
    }
  }

  /** Runs one part and notes how long it took, also when it throws. */
  async timed<T>(part: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.durations.push({ part, seconds: inSeconds(performance.now() - start) });
    }
  }

  /** Runs one phase of a host and notes when it began, how long it took and whether it threw. */
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

  /** Of the phase of this host that runs now: {@link phase} records it with the phase. */
  settled(member: Member, seconds: number): void {
    this.#settling.set(member.host, seconds);
  }

  host(member: Member): HostOutcome {
    return this.#hosts.get(member.host) as HostOutcome;
  }

  /** Takes the troubles of a phase. @returns whether there were any */
  failed(failures: { trouble: Trouble }[]): boolean {
    this.troubles.push(...failures.map(({ trouble }) => trouble));
    return failures.length > 0;
  }

  /** A warning that may come up more than once in a run. */
  readonly warnOnce = (sentence: string): void => {
    if (!this.warnings.includes(sentence)) this.warnings.push(sentence);
  };

  surveyed(member: Participant): void {
    const { live, missing, dropped } = member.facts;
    if (member.host === this.#request.members[0]?.host) this.#commitBefore = live?.commit;
    Object.assign(this.host(member), { live: live?.id, before: live?.id, unknown: false, missing, dropped });
  }

  prepared(member: Member, prepared: Prepared): void {
    Object.assign(this.host(member), {
      wire: prepared.wire,
      files: { sent: prepared.sent.files, linked: prepared.linked },
    });
  }

  /** What a swap, in whichever direction, left on a host; `undefined`: nobody can tell any more. */
  swapped(member: Member, live: string | undefined, after: { services: ServiceEvidence[] } | undefined): void {
    Object.assign(this.host(member), { live, unknown: after === undefined, services: after?.services ?? [] });
  }

  /**
   * A deploy was kept: whatever migrations were applied, the schema is where its release wants it, unless that is older than they are.
   * Hosts that are brought along to what the others run change nothing about that.
   */
  deployed({ crossed }: { crossed: boolean }): void {
    this.schemaAhead = false;
    this.foundAhead = false;
    this.crossed = crossed;
  }

  services(member: Member, services: ServiceEvidence[]): void {
    this.host(member).services = services;
  }

  report(outcome: Outcome, release: Partial<Report> = {}): Report {
    const hosts = [...this.#hosts.values()];
    const schemaAhead = this.crossed || this.schemaAhead || this.foundAhead;
    return {
      outcome,
      app: this.#request.app,
      target: this.#request.target,
      previousRelease: hosts[0]?.before,
      previousCommit: this.#commitBefore,
      schemaAhead,
      schemaUncertain: schemaAhead && !this.certainlyAhead,
      back: this.back && { ...this.back, crosses: this.back.crosses || this.applied.length > 0 },
      pending: this.pending,
      applied: this.applied,
      hosts,
      troubles: this.troubles,
      warnings: this.warnings,
      ...(this.#request.signal?.aborted ? { stopped: stoppedBy(this.#request.signal) ?? "cancelled" } : {}),
      ...(this.order ? { order: this.order } : {}),
      durations: this.durations,
      ...release,
    };
  }
}

/** Milliseconds as seconds, to the millisecond. */
const inSeconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
