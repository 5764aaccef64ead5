// A host over its connection: each method of the interface is one call to the program on the host.

import type { KeptRecord } from "../../artifact/kept-release.ts";
import type { Task } from "../../progress.ts";
import type { Connection, ConnectionOptions } from "../../session/connection.ts";
import { Session } from "../../session/session.ts";
import { bestEncoding, type Encoding } from "../../transfers/push/encoding.ts";
import type { HostAddress } from "../../transports/types.ts";
import type * as Interface from "../host.ts";
import { activate, observe, revert } from "./activate.ts";
import { adopt } from "./adopt.ts";
import type { Coming } from "./candidate.ts";
import { commit, precommit } from "./commit.ts";
import { readFiles, releaseRecord } from "./content.ts";
import { definitions } from "./definitions.ts";
import { delayedTask } from "./delayed-task.ts";
import { Asker, type HttpQuestion } from "./http-probe.ts";
import { drift, history, hold, noteDrained, noteHeard } from "./notes.ts";
import { listPending } from "./pending.ts";
import { askFacts } from "./preflight.ts";
import { prepareRelease } from "./prepare.ts";
import { setUp } from "./set-up.ts";
import { runTask } from "./task.ts";

/** {@link Host} and properties that only tests use. */
export interface OpenHost extends Interface.Host {
  /** Round trips after the connection. */
  readonly roundTrips: number;
  /** Bytes sent to the host. */
  readonly sent: number;
  readonly connection: Connection;
}

const NO_WAY_TO_HEALTH: Interface.Finding = {
  code: "health-unavailable",
  what: "health cannot be asked for: the sshd of this host forwards no ports, and it has neither curl nor wget",
  remedy: "Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local",
};

export class RemoteHost implements OpenHost {
  readonly name: string;
  readonly roles: string[] | undefined;
  readonly #session: Session;
  readonly #asker: Asker;
  #coming: Coming | undefined;
  #encoding: Encoding = "none";

  constructor(address: HostAddress, options: ConnectionOptions) {
    this.name = address.address;
    this.roles = address.roles;
    this.#session = new Session(address, options);
    this.#asker = new Asker(this.#session);
  }

  get connection(): Connection {
    return this.#session.connection;
  }

  get lost(): boolean {
    return this.connection.lost;
  }

  get away(): boolean {
    return this.connection.away;
  }

  get roundTrips(): number {
    return this.connection.roundTrips;
  }

  get sent(): number {
    return this.connection.sent;
  }

  async facts(request: Interface.FactsRequest): Promise<Interface.Facts> {
    const { facts, reply, coming } = await askFacts(this.#session, request);
    if (coming) {
      await this.#coming?.leave();
      this.#coming = coming;
    }
    this.#encoding = bestEncoding(reply, this.#session.local);
    this.#asker.hasClient = Boolean(reply.value("http"));
    if (!this.#asker.hasClient && (await this.connection.forwardsNothing())) facts.findings.push(NO_WAY_TO_HEALTH);
    return facts;
  }

  prepare(request: Interface.PrepareRequest, task: Task): Promise<Interface.Prepared> {
    return prepareRelease(this.#session, this.#coming, request, task);
  }

  task(request: Interface.TaskRequest, task: Task): Promise<Interface.TaskEnd & { output: string }> {
    return runTask(this.#session, request, task);
  }

  listPending(request: Interface.PendingRequest, task: Task): Promise<string[]> {
    return listPending(this.#session, request, task);
  }

  activate(request: Interface.ActivateRequest, task: Task): Promise<Interface.Activated> {
    return activate(this.#session, request, task);
  }

  observe(request: Interface.ObserveRequest): Promise<Interface.ServiceEvidence[]> {
    return observe(this.#session, request);
  }

  revert(request: Interface.RevertRequest, task: Task): ReturnType<Interface.Host["revert"]> {
    return revert(this.#session, request, task);
  }

  precommit(): Promise<void> {
    return precommit(this.#session);
  }

  commit(request: Interface.CommitRequest): Promise<{ warnings: string[] }> {
    return commit(this.#session, request);
  }

  drift(request: { release: string; full: boolean }): Promise<Interface.Drift> {
    return drift(this.#session, request);
  }

  record(release: string): Promise<KeptRecord | undefined> {
    return releaseRecord(this.#session, release);
  }

  read(request: Interface.ReadRequest): Promise<void> {
    return readFiles(this.#session, request, this.#encoding);
  }

  hold(message: string | undefined): Promise<void> {
    return hold(this.#session, message);
  }

  noteDrained(drained: readonly Interface.DrainedServer[]): Promise<void> {
    return noteDrained(this.#session, drained);
  }

  noteHeard(): Promise<void> {
    return noteHeard(this.#session);
  }

  delayedTask(action: "probe" | "arm" | "disarm", task: Interface.DelayedTask): Promise<{ able: boolean }> {
    return delayedTask(this.#session, action, task);
  }

  history(limit: number): Promise<Interface.LogEvent[]> {
    return history(this.#session, limit);
  }

  setUp(request: Interface.SetUpRequest): Promise<string[]> {
    return setUp(this.#session, request);
  }

  definitions(request: Interface.DefinitionsRequest): Promise<string[]> {
    return definitions(this.#session, request);
  }

  adopt(request: Interface.AdoptRequest): Promise<Interface.Adoption> {
    return adopt(this.#session, request);
  }

  http(request: HttpQuestion): Promise<Interface.HttpAnswer> {
    return this.#asker.ask(request);
  }

  async close(): Promise<void> {
    await this.#coming?.leave();
    await this.connection.close();
  }
}
