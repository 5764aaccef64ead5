// Strikes runs and sees whether one next run puts everything in order. A batch is a number of cells with one fault on one host, each in a
// site of its own.
import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { converge } from "../../src/fleet/converge.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest, FleetRequest, Migrations } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import { setGate } from "../support/call-gate.ts";
import { daemonService } from "../support/daemon-service.ts";
import { deployProcess } from "../support/deploy-process.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { type PlainMember, plainMember } from "../support/plain-member.ts";
import { STEP_FILES, stepsDirectory } from "../support/step-program.ts";
import type { Artifacts } from "./artifacts.ts";
import { type Cell, HOSTS } from "./cells.ts";
import { leftOn, remainsOf } from "./order.ts";
import { type Outside, stopsOf, unplanned } from "./outside.ts";
import { connectionsOf, endTree, namesIn as namesOf, type Site, type SiteHost, send, type World } from "./site.ts";

export interface CellResult {
  cell: Cell;
  /** What the struck run said, and what the next one was and said. */
  struck: string;
  next: string;
  /** Nothing: as it should be. */
  wrong: string[];
  /** Looks from outside while it lasted, and the longest time between two. */
  looks: number;
  longest: number;
  seconds: number;
}

/** A rollback that is struck, and the rollback that may be its next run: both return to the same release. */
const KEEP = 3;
/** How many releases that failed a host keeps (FAILURES of the program). */
const FAILURES_KEPT = 2;
/** Seconds of the auto-revert, where one is armed. */
const SWITCH = 2;
/** Seconds that the next run may wait for what hosts bring to its end. */
const PATIENCE = 40;
/** Milliseconds until a run must have come to its step, and to its end. */
const LIMIT = 120_000;

/** The one run after a struck one. */
export const NEXT = ["the same", "another", "converge", "rollback"] as const;
export type Next = (typeof NEXT)[number];

const MIGRATIONS: Migrations = {
  pending: `grep -qsxF "$(cat page.txt)" media/migrated || cat page.txt`,
  apply: "cat page.txt >>media/migrated",
  policy: "apply",
};

/** One site, from cell to cell. */
export class Stage {
  readonly site: Site;
  readonly #world: World;
  readonly #outside: Outside;
  readonly #artifacts: Artifacts;
  readonly #kind: Next | undefined;
  #count = 0;

  /** @param next what the next run is; undefined: all of them take turns */
  constructor(site: Site, world: World, outside: Outside, artifacts: Artifacts, next: Next | undefined) {
    this.site = site;
    this.#world = world;
    this.#outside = outside;
    this.#artifacts = artifacts;
    this.#kind = next;
  }

  /** Three good releases, and a journal of migrations. */
  async open(): Promise<void> {
    for (let n = 0; n < 3; n++) await this.#well(this.#deploy(await this.#release(), { migrations: MIGRATIONS }));
    for (const host of this.site.hosts) {
      const { root, port, address, read } = host;
      this.#outside.add({ id: root, root: read(root), address: address.address!, port });
    }
  }

  /**
   * Plays one cell.
   *
   * @param strike waits until all cells of the batch are where they should be, and does what befalls a host in all sites
   * @param over waits until all struck runs have ended, and gives the host back
   */
  async play(cell: Cell, strike: () => Promise<void>, over: () => Promise<void>): Promise<CellResult> {
    const wrong: string[] = [];
    const began = Date.now();
    const number = this.#count++;
    let struck = "";
    let next = "";
    try {
      await this.#prepareFor(cell);
      await this.#outside.collect(this.#ids);
      const before = this.#live();
      const incoming = await this.#release({
        fails: cell.operation === "failing deploy",
        large: cell.at.side === "runner" && cell.at.when === "within",
      });
      struck = await this.#struck(cell, incoming, number, strike, wrong);
      this.#expectTruth(struck, before, incoming, wrong);
      await over();
      if (number % 6 === 0) await new Promise((resolve) => setTimeout(resolve, (SWITCH + 2) * 1000));
      next = await this.#next(cell, incoming, { number, before }, wrong);
    } catch (error) {
      wrong.push((error as Error).message);
      await Promise.all([strike(), over()]).catch(() => {});
    }
    const samples = await this.#outside.collect(this.#ids);
    for (const [n, { wrong: seen, missed }] of samples.entries()) {
      const host = this.site.hosts[n]!;
      wrong.push(...seen.map((what) => `host ${n + 1}: ${what}`));
      const log = readFileSync(host.read(join(stepsDirectory(host.root), "log")), "utf8");
      for (const [from, to] of unplanned(missed, [...stopsOf(log), ...this.#world.away(n)]))
        wrong.push(`host ${n + 1}: the service did not answer at ${new Date(from).toISOString()} for ${to - from} ms`);
    }
    const looks = Math.min(...samples.map((each) => each.looks));
    const longest = Math.max(...samples.map((each) => each.longest));
    return { cell, struck, next, wrong, looks, longest, seconds: (Date.now() - began) / 1000 };
  }

  /** Something to roll back to; and for what removes old things, old things. */
  async #prepareFor({ operation, at }: Cell): Promise<void> {
    const removes = at.side === "host" && at.step === "discard";
    const wanted = operation === "rollback" ? 2 : 1;
    for (let more = Math.max(wanted - this.#older(), removes ? 1 : 0); more > 0; more--)
      await this.#well(this.#deploy(await this.#release()));
    if (!removes || at.verb !== "facts") return;
    const [host] = this.site.hosts;
    const broken = host!.write(join(stepsDirectory(host!.root), "broken"));
    writeFileSync(broken, "");
    for (let n = 0; n < FAILURES_KEPT + 1; n++) await this.#deploy(await this.#release({ fails: true }));
    rmSync(broken);
  }

  get #ids(): string[] {
    return this.site.hosts.map(({ root }) => root);
  }

  async #release(how: { fails?: boolean; large?: boolean } = {}): Promise<Artifact> {
    const words = `${how.fails ? "bad" : "v"}${this.#count}-${Date.now().toString(36)}`;
    return this.#artifacts.make(words, { large: how.large ?? false });
  }

  /** Runs the operation, strikes it at its step, and says what came of it. */
  async #struck(
    cell: Cell,
    incoming: Artifact,
    number: number,
    strike: () => Promise<void>,
    wrong: string[],
  ): Promise<string> {
    const host = this.site.hosts[cell.host]!;
    const file = (name: string, of = host) => of.write(join(stepsDirectory(of.root), name));
    if (cell.operation === "failing deploy") writeFileSync(file("broken", this.#other(cell)), "");
    // A host that was killed at a step has kept the mark.
    for (const name of [STEP_FILES.hold, STEP_FILES.reached]) rmSync(file(name), { force: true });
    let release = () => {};
    const waited = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = cell.at.side !== "runner";
    if (cell.at.side !== "runner") {
      const step = cell.at.side === "host" ? `${cell.at.verb} ${cell.at.step}` : "service stopped";
      writeFileSync(file(STEP_FILES.hold), `${step}\n`);
    }
    let reached = false;
    const run =
      cell.fault === "runner killed"
        ? this.#lostRun(cell, incoming, number)
        : this.#livingRun(cell, incoming, number, async () => {
            reached = true;
            await waited;
          });
    let ended = false;
    const end = run.end.finally(() => {
      ended = true;
    });
    end.catch(() => {});
    const deadline = Date.now() + LIMIT;
    const isThere = () => reached || (held && existsSync(file(STEP_FILES.reached)));
    while (!isThere() && !ended && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    // A run that is killed at its own step has ended by that.
    if (!isThere() && !(cell.fault === "runner killed" && !held && ended)) {
      wrong.push(`it did not come to this step${ended ? `: ${await end.catch((error) => error.message)}` : ""}`);
      rmSync(file(STEP_FILES.hold), { force: true });
    }
    await this.#befall(cell, run, host);
    await strike();
    // What a host without power or network does, is out of reach here.
    if (held && cell.fault !== "host killed") rmSync(file(STEP_FILES.reached), { force: true });
    release();
    const late = new Promise<string>((_, reject) => {
      setTimeout(() => reject(new Error("the struck run does not end")), LIMIT).unref();
    });
    return Promise.race([end, late]);
  }

  async #befall(cell: Cell, run: Run, host: SiteHost): Promise<void> {
    const connections = () => connectionsOf(host.read(host.root));
    switch (cell.fault) {
      case "runner killed":
        return run.kill();
      case "connection cut":
        // From one end or from the other.
        if (this.#count % 2 === 0) return run.cut(cell.host);
        for (const pid of connections()) send(pid, "SIGKILL");
        return;
      case "session killed":
        for (const pid of connections()) endTree(pid);
        return;
      case "network lost":
        // It would be noticed in a minute.
        return run.cut(cell.host);
      case "host killed":
    }
  }

  /** In a process of its own, which is killed. */
  #lostRun(cell: Cell, incoming: Artifact, number: number): Run {
    const { at } = cell;
    let kill = () => {};
    const end = deployProcess(
      {
        hosts: this.site.hosts.map(({ root, address, options }) => ({
          root,
          address,
          options,
          services: servicesOf(root),
        })),
        artifact: incoming.file,
        deployId: this.#id(),
        verb: cell.operation === "rollback" ? "rollback" : "deploy",
        migrations: cell.operation === "migrating deploy" ? MIGRATIONS : undefined,
        ...autoRevertOf(number),
        keep: KEEP,
        settle: 0,
        signal:
          at.side === "runner"
            ? { step: { host: cell.host, verb: at.verb, when: at.when }, name: "SIGKILL" }
            : undefined,
      },
      (end) => {
        kill = end;
      },
    ).then(({ signal, result, stderr }) => {
      if (stderr) throw new Error(`the run that was to be killed said: ${stderr.slice(0, 500)}`);
      return signal === "SIGKILL" ? "killed" : `not killed: ${result?.outcome}`;
    });
    return { end, kill, cut: () => {} };
  }

  #livingRun(cell: Cell, incoming: Artifact, number: number, reached: () => Promise<void>): Run {
    const members = this.#members(({ options }) => options);
    const { at } = cell;
    const remove =
      at.side === "runner"
        ? setGate({ host: members[cell.host]!.host, verb: at.verb, when: at.when, reached })
        : () => {};
    const more = { members, ...autoRevertOf(number) };
    const report =
      cell.operation === "rollback"
        ? rollback(rollbackRequest([], { ...this.#common(), ...more, allowSchemaAhead: true }))
        : this.#deploy(incoming, {
            ...more,
            ...(cell.operation === "migrating deploy" ? { migrations: MIGRATIONS } : {}),
          });
    return {
      end: report.then(said).finally(remove),
      kill: () => {},
      cut: (host) => {
        const { pid } = members[host]!.host.connection;
        if (pid !== undefined) send(pid, "SIGKILL");
      },
    };
  }

  /** The one run that must put everything in order. */
  async #next(
    cell: Cell,
    incoming: Artifact,
    { number, before }: { number: number; before: (string | undefined)[] },
    wrong: string[],
  ): Promise<string> {
    for (const host of this.site.hosts) rmSync(host.write(join(stepsDirectory(host.root), "broken")), { force: true });
    const kind = this.#kind ?? NEXT[number % NEXT.length]!;
    const common = { ...this.#common(), waitForLock: PATIENCE };
    const migrations = cell.operation === "migrating deploy" ? { migrations: MIGRATIONS } : {};
    const report =
      kind === "converge"
        ? await converge({ ...rollbackRequest([], common), artifactOf: this.#artifacts.of })
        : kind === "rollback"
          ? await rollback(rollbackRequest([], { ...common, allowSchemaAhead: true }))
          : await this.#deploy(kind === "the same" ? incoming : await this.#release(), { ...common, ...migrations });
    const ok = ["deployed", "unchanged", "rolled-back"].includes(report.outcome);
    if (!ok || report.errors.length > 0) wrong.push(`the next run (${kind}): ${said(report)}`);
    await this.#expectOrder(report, before, wrong);
    return `${kind}: ${report.outcome}`;
  }

  /** A report may not lie: what it says of the fleet holds on every host. */
  #expectTruth(struck: string, before: (string | undefined)[], incoming: Artifact, wrong: string[]): void {
    const live = this.#live();
    const [outcome] = struck.split(":");
    const same = JSON.stringify(live) === JSON.stringify(before);
    if ((outcome === "refused" || outcome === "reverted") && !same)
      wrong.push(`it said ${struck}, and ${live.join(", ")} are live, which were ${before.join(", ")}`);
    if (outcome === "deployed" && !live.every((name) => name?.startsWith(incoming.version)))
      wrong.push(`it said ${struck}, and ${live.join(", ")} are live`);
    if (outcome === "rolled-back" && (same || new Set(live).size > 1))
      wrong.push(`it said ${struck}, and ${live.join(", ")} are live, which were ${before.join(", ")}`);
  }

  async #expectOrder(report: Report, before: (string | undefined)[], wrong: string[]): Promise<void> {
    const live = this.#live();
    if (new Set(live).size !== 1 || !live[0]?.startsWith(report.version ?? "?"))
      wrong.push(`after ${report.outcome} of ${report.version}: ${live.join(", ")} are live`);
    // What is reverted to its previous release is not committed again.
    const back = report.outcome === "rolled-back" && JSON.stringify(live) === JSON.stringify(before);
    const committed = report.outcome !== "unchanged" && !back;
    for (const [n, host] of this.site.hosts.entries()) {
      const page = readFileSync(
        host.read(join(host.root, "current/page.txt").replace("current", this.#link(host)!)),
        "utf8",
      );
      const serving = readFileSync(host.read(join(stepsDirectory(host.root), "serving")), "utf8");
      if (serving !== page) wrong.push(`host ${n + 1} serves ${serving.trim()}, and ${page.trim()} is live`);
      wrong.push(...leftOn(host, { committed }).map((what) => `host ${n + 1}: ${what}`));
      wrong.push(...(await remainsOf(host.root)).map((what) => `host ${n + 1}: ${what}`));
    }
  }

  #deploy(artifact: Artifact, more: Partial<DeployRequest> = {}): Promise<Report> {
    return deploy(deployRequest([], { ...this.#common(), artifact, version: artifact.version, ...more }));
  }

  async #well(report: Promise<Report>): Promise<void> {
    const { outcome, errors } = await report;
    if (outcome !== "deployed") throw new Error(`a deploy beside the cells: ${outcome} ${JSON.stringify(errors)}`);
  }

  #common(): Partial<FleetRequest> & { members: PlainMember[] } & Pick<FleetRequest, "deployId" | "owner" | "keep"> {
    return { members: this.#members(), deployId: this.#id(), owner: "the crash matrix", keep: KEEP };
  }

  /** The short lease is for the run that is struck: a busy machine may be silent for longer. */
  #members(
    optionsOf: (host: SiteHost) => OpenOptions = ({ options }) => ({ ...options, lease: undefined }),
  ): PlainMember[] {
    return this.site.hosts.map((host) => plainMember(host.root, host.address, optionsOf(host), servicesOf(host.root)));
  }

  #ids_ = 0;
  #id(): string {
    return `m${Date.now().toString(36)}x${this.#ids_++}`;
  }

  /** A host beside the one that is struck. */
  #other(cell: Cell): SiteHost {
    return this.site.hosts[(cell.host + 1) % HOSTS]!;
  }

  #link({ root, read }: SiteHost): string | undefined {
    try {
      return readlinkSync(read(join(root, "current")));
    } catch {
      return undefined;
    }
  }

  #live(): (string | undefined)[] {
    return this.site.hosts.map((host) => {
      const link = this.#link(host);
      return link && basename(link);
    });
  }

  /** How many releases all hosts can return to. */
  #older(): number {
    const [first, ...others] = this.site.hosts.map((host) => this.#olderOn(host));
    return first!.filter((name) => others.every((names) => names.includes(name))).length;
  }

  /** Those that were good on a host before its live one was. */
  #olderOn(host: SiteHost): string[] {
    const { root, read } = host;
    const goodOf = (name: string) => {
      try {
        return Number(readFileSync(read(join(root, ".tarlift/releases", name, "good")), "utf8").split(" ")[0]);
      } catch {
        return undefined;
      }
    };
    const since = goodOf(basename(this.#link(host) ?? "")) ?? 0;
    return namesOf(read(join(root, ".tarlift/releases"))).filter((name) => (goodOf(name) ?? since) < since);
  }
}

interface Run {
  /** What it said in the end. */
  end: Promise<string>;
  kill(): void;
  /** Ends its connection with a host. */
  cut(host: number): void;
}

const servicesOf = (root: string) => [daemonService(stepsDirectory(root))];

/** Every third cell has one. */
const autoRevertOf = (number: number): { autoRevert?: DeployRequest["autoRevert"] } =>
  number % 3 === 0 ? { autoRevert: { after: SWITCH, required: false } } : {};

const said = ({ outcome, errors }: Report): string =>
  [outcome, ...errors.map(({ host, what, output }) => `${host ?? "run"}: ${what}${output ? ` (${output})` : ""}`)].join(
    ": ",
  );
