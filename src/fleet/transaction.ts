// One transaction on a fleet: who takes part, what was asked for, and what has come of it. Each step of src/fleet is taken through it, so
// that it is shown while it runs, timed, and part of the report.
import { Failure } from "../failure.ts";
import type { Prepared, ServiceEvidence } from "../host/host.ts";
import type { Progress, Task } from "../progress.ts";
import { cancelledWords } from "../stop-reason.ts";
import { forEachHost, type HostResults } from "./for-each-host.ts";
import { type Drained, Ledger, type SchemaRecord } from "./ledger.ts";
import type { Member, Participant } from "./member.ts";
import type { HostOutcome, Outcome, Phase, Report, ReportedError, WavePlan } from "./report.ts";
import type { FleetRequest, FleetRules } from "./request.ts";

/** `end-killed-run` finishes or reverts what a killed run left, and begins nothing of its own. */
export type TransactionKind = "deploy" | "rollback" | "converge" | "end-killed-run";

export class Transaction {
  readonly kind: TransactionKind;
  /** Identifies it in the hosts' records. */
  readonly id: string;
  readonly app: string;
  readonly target: string;
  /** For other people's messages: who holds the lock. */
  readonly owner: string;
  readonly rules: FleetRules;
  readonly progress: Progress;
  /** Aborted: no further step begins, and what was activated goes back. */
  readonly signal: AbortSignal | undefined;
  /** All hosts of the target, as they are configured. The first one is locked first. */
  readonly members: readonly Member[];
  readonly #request: FleetRequest;
  readonly #ledger: Ledger;

  /** @param ledger of the transaction that this is a view of; left out: a transaction that begins */
  constructor(kind: TransactionKind, request: FleetRequest, ledger: Ledger = new Ledger(request)) {
    this.kind = kind;
    this.id = request.deployId;
    this.app = request.app;
    this.target = request.target;
    this.owner = request.owner;
    this.rules = request;
    this.progress = request.progress;
    this.signal = request.signal;
    this.members = request.members;
    this.#request = request;
    this.#ledger = ledger;
  }

  /** The same transaction for what is done whether or not it was told to stop: hooks after a failure, health checks after a revert. */
  uncancellable(): Transaction {
    return new Transaction(this.kind, { ...this.#request, signal: undefined }, this.#ledger);
  }

  /** The hosts that take part, once that is known; the first of them leads. */
  get participants(): readonly Participant[] {
    return this.#ledger.participants;
  }

  set participants(hosts: readonly Participant[]) {
    this.#ledger.participants = hosts;
  }

  get leader(): Participant | undefined {
    return this.participants[0];
  }

  get schema(): SchemaRecord {
    return this.#ledger.schema;
  }

  /** Runs one part of the transaction; the report has how long it took, also when it throws. */
  part<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#ledger.part(name, work);
  }

  /**
   * Runs one phase of one host as one task of it; the report has when it began, how long it took and whether it succeeded.
   *
   * @param detail what the task's last line says of its value
   * @throws what `work` throws
   */
  async phase<T>(
    name: Phase,
    member: Member,
    work: (task: Task) => Promise<T>,
    detail?: (value: T) => string | undefined,
  ): Promise<T> {
    const task = this.progress.task(name, { host: member.host.name });
    try {
      const value = await this.#ledger.phase(member, name, () => work(task));
      task.end(detail?.(value));
      return value;
    } catch (error) {
      task.fail(error instanceof Failure ? error.what : undefined);
      throw error;
    }
  }

  /**
   * Runs one {@link phase} on many hosts at once, and waits for all of them.
   *
   * @returns what came of each
   */
  step<M extends Member, T>(
    name: Phase,
    hosts: readonly M[],
    work: (member: M, task: Task) => Promise<T>,
    detail?: (value: T) => string | undefined,
  ): Promise<HostResults<M, T>> {
    return forEachHost(hosts, (member) => this.phase(name, member, (task) => work(member, task), detail));
  }

  /** A {@link step} that is over at once: the report has it, and no task of its own is shown. */
  briefStep<M extends Member, T>(
    name: Phase,
    hosts: readonly M[],
    work: (member: M) => Promise<T>,
  ): Promise<HostResults<M, T>> {
    return forEachHost(hosts, (member) => this.#ledger.phase(member, name, () => work(member)));
  }

  /** Seconds for which services are watched in the phase of this host that runs now. */
  settling(member: Member, seconds: number): void {
    this.#ledger.settling(member, seconds);
  }

  /** Takes a warning into the report: of a host `<host>: <sentence>`. What was said already is not said again. */
  warn(sentence: string, member?: Member): void {
    const warning = member ? `${member.host.name}: ${sentence}` : sentence;
    if (!this.#ledger.warnings.includes(warning)) this.#ledger.warnings.push(warning);
  }

  /** Takes an error into the report. */
  error(error: ReportedError): void {
    this.#ledger.troubles.push(error);
  }

  /** Takes the errors of a step into the report. @returns whether there were any */
  recordFailures(failed: readonly { trouble: ReportedError }[]): boolean {
    for (const { trouble } of failed) this.error(trouble);
    return failed.length > 0;
  }

  get hasErrors(): boolean {
    return this.#ledger.troubles.length > 0;
  }

  /** @returns what `work` does. Where that is false, `failed` comes before the errors of `work`: why, and then what became of it */
  async causedBy(failed: readonly { trouble: ReportedError }[], work: () => Promise<boolean>): Promise<boolean> {
    const { troubles } = this.#ledger;
    const before = troubles.length;
    const ok = await work();
    if (!ok) troubles.splice(before, 0, ...failed.map(({ trouble }) => trouble));
    return ok;
  }

  /** Whether the run was told to stop, so that no further step may begin. The report then says so, before everything that came of it. */
  stopped(): boolean {
    if (!this.signal?.aborted) return false;
    const { troubles } = this.#ledger;
    if (!troubles.some((trouble) => trouble.host === undefined && trouble.code === "cancelled"))
      troubles.unshift({ code: "cancelled", what: cancelledWords(this.signal) });
    return true;
  }

  /** What is known of a host until now. */
  of(member: Member): Readonly<HostOutcome> {
    return this.#ledger.host(member);
  }

  note(member: Member, what: Partial<Pick<HostOutcome, "behind" | "returned" | "down" | "drained">>): void {
    Object.assign(this.#ledger.host(member), what);
  }

  /** A host has told what it runs. */
  found(member: Participant): void {
    this.#ledger.found(member);
  }

  prepared(member: Member, { wire, sent, linked }: Prepared): void {
    Object.assign(this.#ledger.host(member), { wire, files: { sent: sent.files, linked } });
  }

  /**
   * What an activation, or a revert, has left on a host.
   *
   * @param live the release that is live now; undefined: none
   * @param services what was seen of its services; undefined: what is live is not known any more
   */
  activated(member: Member, live: string | undefined, services: ServiceEvidence[] | undefined): void {
    Object.assign(this.#ledger.host(member), { live, unknown: services === undefined, services: services ?? [] });
  }

  observed(member: Member, services: ServiceEvidence[]): void {
    this.#ledger.host(member).services = services;
  }

  /** The servers of a host in its balancers that are drained now, and are to be restored; undefined: none. */
  drained(member: Member): Drained | undefined {
    return this.#ledger.drained.get(member.host);
  }

  setDrained(member: Member, drained: Drained): void {
    if (drained.length > 0) this.#ledger.drained.set(member.host, drained);
    else this.#ledger.drained.delete(member.host);
  }

  /** Of a plan. */
  planned(order: WavePlan | undefined): void {
    this.#ledger.order = order;
  }

  /** How a rollback would lead back from what is live now. */
  leadsBack(back: Report["back"]): void {
    this.#ledger.back = back;
  }

  /** @param release the release that it is about, and what else is known of it */
  report(outcome: Outcome, release: Partial<Report> = {}): Report {
    return this.#ledger.report(outcome, release);
  }

  /** Ends the connections, which frees the locks. */
  async close(): Promise<void> {
    await forEachHost(this.members, ({ host }) => host.close());
  }
}
