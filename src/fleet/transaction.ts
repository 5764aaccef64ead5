// One transaction on a fleet: its members, its request, and its results. Each step of src/fleet runs through it, so
// that the step is shown while it runs, timed, and part of the report.
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
  /** For the messages of other runs: the holder of the lock. */
  readonly owner: string;
  readonly rules: FleetRules;
  readonly progress: Progress;
  /** Aborted: no further step begins, and activated hosts are reverted. */
  readonly signal: AbortSignal | undefined;
  /** All hosts of the target, as they are configured. The first one is locked first. */
  readonly members: readonly Member[];
  readonly #request: FleetRequest;
  readonly #ledger: Ledger;

  /** @param ledger of the transaction that this is a view of; left out: a new transaction */
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

  /**
   * The same transaction for steps that run even if it was stopped: hooks after a failure, health checks after a
   * revert.
   */
  uncancellable(): Transaction {
    return new Transaction(this.kind, { ...this.#request, signal: undefined }, this.#ledger);
  }

  /** The hosts that take part, once that is known; the first of them is the leader. */
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

  /** Runs one part of the transaction; the report says how long it took, also when it throws. */
  part<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#ledger.part(name, work);
  }

  /**
   * Runs one phase of one host as one task of it; the report says when it began, how long it took and whether it
   * succeeded.
   *
   * @param detail the text about the result in the task's last line
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
   * @returns the results and errors by host
   */
  step<M extends Member, T>(
    name: Phase,
    hosts: readonly M[],
    work: (member: M, task: Task) => Promise<T>,
    detail?: (value: T) => string | undefined,
  ): Promise<HostResults<M, T>> {
    return forEachHost(hosts, (member) => this.phase(name, member, (task) => work(member, task), detail));
  }

  /** A {@link step} that ends at once: the report has it, but no separate task is shown. */
  briefStep<M extends Member, T>(
    name: Phase,
    hosts: readonly M[],
    work: (member: M) => Promise<T>,
  ): Promise<HostResults<M, T>> {
    return forEachHost(hosts, (member) => this.#ledger.phase(member, name, () => work(member)));
  }

  /** Records for how many seconds services are watched in the current phase of this host. */
  settling(member: Member, seconds: number): void {
    this.#ledger.settling(member, seconds);
  }

  /** Adds a warning to the report: for a host, `<host>: <sentence>`. A repeated warning is not added. */
  warn(sentence: string, member?: Member): void {
    this.#ledger.warn(member ? `${member.host.name}: ${sentence}` : sentence, member?.host);
  }

  /** Adds an error to the report. */
  error(error: ReportedError): void {
    this.#ledger.errors.push(error);
  }

  /** Adds the errors of a step to the report. @returns whether there were any */
  recordFailures(failed: readonly { error: ReportedError }[]): boolean {
    for (const { error } of failed) this.error(error);
    return failed.length > 0;
  }

  get hasErrors(): boolean {
    return this.#ledger.errors.length > 0;
  }

  /**
   * @returns the result of `work`. If it is false, `failed` is put before the errors of `work`: first the cause, then
   * its consequences
   */
  async causedBy(failed: readonly { error: ReportedError }[], work: () => Promise<boolean>): Promise<boolean> {
    const { errors } = this.#ledger;
    const before = errors.length;
    const ok = await work();
    if (!ok) errors.splice(before, 0, ...failed.map(({ error }) => error));
    return ok;
  }

  /**
   * Whether the run was stopped, so that no further step may begin. The report then says so, before all later errors.
   */
  stopped(): boolean {
    if (!this.signal?.aborted) return false;
    const { errors } = this.#ledger;
    if (!errors.some((error) => error.host === undefined && error.code === "cancelled"))
      errors.unshift({ code: "cancelled", what: cancelledWords(this.signal) });
    return true;
  }

  /** What is known of a host so far. */
  of(member: Member): Readonly<HostOutcome> {
    return this.#ledger.host(member);
  }

  note(member: Member, what: Partial<Pick<HostOutcome, "behind" | "returned" | "down" | "drained">>): void {
    Object.assign(this.#ledger.host(member), what);
  }

  /** Records the facts of a host. */
  found(member: Participant): void {
    this.#ledger.found(member);
  }

  prepared(member: Member, { wire, sent, linked }: Prepared): void {
    Object.assign(this.#ledger.host(member), { wire, files: { sent: sent.files, linked } });
  }

  /**
   * Records the state of a host after an activation or a revert.
   *
   * @param live the release that is live now; undefined: none
   * @param services what was seen of its services; undefined: which release is live is no longer known
   */
  activated(member: Member, live: string | undefined, services: ServiceEvidence[] | undefined): void {
    Object.assign(this.#ledger.host(member), { live, unknown: services === undefined, services: services ?? [] });
  }

  observed(member: Member, services: ServiceEvidence[]): void {
    this.#ledger.host(member).services = services;
  }

  /** The backend servers of a host that are drained now, and must be restored; undefined: none. */
  drained(member: Member): Drained | undefined {
    return this.#ledger.drained.get(member.host);
  }

  setDrained(member: Member, drained: Drained): void {
    if (drained.length > 0) this.#ledger.drained.set(member.host, drained);
    else this.#ledger.drained.delete(member.host);
  }

  /** Records the order, for a plan. */
  planned(order: WavePlan | undefined): void {
    this.#ledger.order = order;
  }

  /** Records how a rollback would return from the release that is live now. */
  leadsBack(back: Report["back"]): void {
    this.#ledger.back = back;
  }

  /** @param release the release that the report is about, and what else is known of it */
  report(outcome: Outcome, release: Partial<Report> = {}): Report {
    return this.#ledger.report(outcome, release);
  }

  /** Closes the connections, which frees the locks. */
  async close(): Promise<void> {
    await forEachHost(this.members, ({ host }) => host.close());
  }
}
