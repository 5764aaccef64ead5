// A host over its connection: each method of the interface is one call to the program on the host.

import type { KeptRecord } from "../../artifact/kept-release.ts";
import type { Task } from "../../progress.ts";
import type { Connection, ConnectionOptions } from "../../session/connection.ts";
import { Dialogue } from "../../session/session.ts";
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
  readonly exchanges: number;
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
  readonly #dialogue: Dialogue;
  readonly #asker: Asker;
  #coming: Coming | undefined;
  #encoding: Encoding = "none";

  constructor(address: HostAddress, options: ConnectionOptions) {
    this.name = address.address;
    this.roles = address.roles;
    this.#dialogue = new Dialogue(address, options);
    this.#asker = new Asker(this.#dialogue);
  }

  get connection(): Connection {
    return this.#dialogue.connection;
  }

  get lost(): boolean {
    return this.connection.lost;
  }

  get away(): boolean {
    return this.connection.away;
  }

  get exchanges(): number {
    return this.connection.exchanges;
  }

  get sent(): number {
    return this.connection.sent;
  }

  async facts(request: Interface.FactsRequest): Promise<Interface.Facts> {
    const { facts, reply, coming } = await askFacts(this.#dialogue, request);
    if (coming) {
      await this.#coming?.leave();
      this.#coming = coming;
    }
    this.#encoding = bestEncoding(reply, this.#dialogue.local);
    this.#asker.hasClient = Boolean(reply.value("http"));
    if (!this.#asker.hasClient && (await this.connection.forwardsNothing())) facts.findings.push(NO_WAY_TO_HEALTH);
    return facts;
  }

  prepare(request: Interface.PrepareRequest, task: Task): Promise<Interface.Prepared> {
    return prepareRelease(this.#dialogue, this.#coming, request, task);
  }

  task(request: Interface.TaskRequest, task: Task): Promise<Interface.TaskEnd & { output: string }> {
    return runTask(this.#dialogue, request, task);
  }

  listPending(request: Interface.PendingRequest, task: Task): Promise<string[]> {
    return listPending(this.#dialogue, request, task);
  }

  activate(request: Interface.ActivateRequest, task: Task): Promise<Interface.Activated> {
    return activate(this.#dialogue, request, task);
  }

  observe(request: Interface.ObserveRequest): Promise<Interface.ServiceEvidence[]> {
    return observe(this.#dialogue, request);
  }

  revert(request: Interface.RevertRequest, task: Task): ReturnType<Interface.Host["revert"]> {
    return revert(this.#dialogue, request, task);
  }

  precommit(): Promise<void> {
    return precommit(this.#dialogue);
  }

  commit(request: Interface.CommitRequest): Promise<{ warnings: string[] }> {
    return commit(this.#dialogue, request);
  }

  drift(request: { release: string; full: boolean }): Promise<Interface.Drift> {
    return drift(this.#dialogue, request);
  }

  record(release: string): Promise<KeptRecord | undefined> {
    return releaseRecord(this.#dialogue, release);
  }

  read(request: Interface.ReadRequest): Promise<void> {
    return readFiles(this.#dialogue, request, this.#encoding);
  }

  hold(message: string | undefined): Promise<void> {
    return hold(this.#dialogue, message);
  }

  noteDrained(drained: readonly Interface.DrainedServer[]): Promise<void> {
    return noteDrained(this.#dialogue, drained);
  }

  noteHeard(): Promise<void> {
    return noteHeard(this.#dialogue);
  }

  delayedTask(action: "probe" | "arm" | "disarm", task: Interface.DelayedTask): Promise<{ able: boolean }> {
    return delayedTask(this.#dialogue, action, task);
  }

  history(limit: number): Promise<Interface.LogEvent[]> {
    return history(this.#dialogue, limit);
  }

  setUp(request: Interface.SetUpRequest): Promise<string[]> {
    return setUp(this.#dialogue, request);
  }

  definitions(request: Interface.DefinitionsRequest): Promise<string[]> {
    return definitions(this.#dialogue, request);
  }

  adopt(request: Interface.AdoptRequest): Promise<Interface.Adoption> {
    return adopt(this.#dialogue, request);
  }

  http(request: HttpQuestion): Promise<Interface.HttpAnswer> {
    return this.#asker.ask(request);
  }

  async close(): Promise<void> {
    await this.#coming?.leave();
    await this.connection.close();
  }
}
