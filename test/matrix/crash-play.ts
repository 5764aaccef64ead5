// Plays the cells of a release that dies at once: on real hosts with systemd and supervisord, each supervisor an application of its own.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { FleetRequest } from "../../src/fleet/request.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import type { LabHost } from "../lab/host.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import { writeSyntheticArtifact } from "../support/artifact-file.ts";
import { deployProcess } from "../support/deploy-process.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { CONTROL, MORTAL, programText, unitText } from "../support/mortal.ts";
import { plainMember } from "../support/plain-member.ts";
import { STEP_FILES, stepsDirectory } from "../support/step-program.ts";
import { HOSTS } from "./cells.ts";
import { type CrashCell, SUPERVISORS, type Supervisor, WAVES } from "./crash-cells.ts";
import { leftOn } from "./order.ts";

export interface CrashResult {
  cell: CrashCell;
  /** How the next run ended. */
  next: string;
  /** Nothing: as it should be. */
  wrong: string[];
  seconds: number;
}

const PORT = 9100;
const SHARED = { directories: ["state"], files: [] };
/** Seconds of the auto-revert. */
const SWITCH = 2;
/** Milliseconds until a run has come to its step, and until hosts have reverted automatically. */
const LIMIT = 120_000;

/** @param onResult is given each result as it comes */
export async function playCrashes(cells: readonly CrashCell[], onResult: (result: CrashResult) => void): Promise<void> {
  const lab = await startLab({ hosts: HOSTS });
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "tarlift-matrix-")));
  try {
    const lanes = SUPERVISORS.map((supervisor, n) => new Lane(lab, directory, supervisor, n));
    await Promise.all(
      lanes.map(async (lane) => {
        const mine = cells.filter(({ supervisor }) => supervisor === lane.supervisor);
        if (mine.length === 0) return;
        await lane.setUp();
        for (const cell of mine) onResult(await lane.play(cell));
      }),
    );
  } finally {
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One application on three hosts, from cell to cell. */
class Lane {
  readonly supervisor: Supervisor;
  readonly #lab: Lab;
  readonly #directory: string;
  readonly #name: string;
  readonly #port: number;
  readonly #layout: AppLayout;
  readonly #service: ServiceRequest;
  readonly #made = new Map<string, Artifact>();
  #count = 0;

  constructor(lab: Lab, directory: string, supervisor: Supervisor, number: number) {
    this.supervisor = supervisor;
    this.#lab = lab;
    this.#directory = join(directory, String(number));
    this.#name = `t-dying-${number}`;
    this.#port = PORT + number;
    const root = `/srv/${this.#name}`;
    this.#layout = { app: this.#name, target: "lab", root, environmentsRoot: `${root}/envs` };
    const kind = supervisor === "supervisord" || supervisor === "command" ? supervisor : "systemd";
    this.#service = {
      name: "web",
      kind,
      unit: kind === "command" ? "" : this.#name,
      action: "restart",
      settle: 2,
      ...(kind === "command"
        ? { commands: { restart: "sh control restart", stop: "sh control stop", status: "sh control status" } }
        : {}),
    };
  }

  /** What an administrator does once on each host. */
  async setUp(): Promise<void> {
    mkdirSync(this.#directory);
    const { root } = this.#layout;
    const command = `python3 mortal.py ${this.#port}`;
    const files: Record<Supervisor, Record<string, string>> = {
      systemd: { [`/etc/systemd/system/${this.#name}.service`]: unitText(root, command, "User=deploy") },
      "systemd, a start a second": {
        [`/etc/systemd/system/${this.#name}.service`]: unitText(root, command, "User=deploy", "RestartSec=1"),
      },
      supervisord: {
        [`/etc/supervisor/conf.d/${this.#name}.conf`]: programText(root, this.#name, command, "user=deploy"),
      },
      command: {},
    };
    for (const host of this.#lab.hosts) {
      for (const [file, content] of Object.entries(files[this.supervisor])) await host.root(`cat >${file}`, content);
      const script = setupScript({
        host: host.name,
        user: host.user,
        layout: this.#layout,
        services: [this.#service],
        shared: SHARED,
      });
      await host.root("sh -s", script);
      await host.root(
        `systemctl daemon-reload; supervisorctl update; install -d -o ${host.user} ${stepsDirectory(root)}`,
      );
    }
  }

  async play(cell: CrashCell): Promise<CrashResult> {
    const wrong: string[] = [];
    const began = Date.now();
    let next = "";
    try {
      await this.#hosts(() => "rm -f state/spared");
      const good = await this.#release("good");
      const first = await this.#deploy(good);
      if (first.outcome !== "deployed") throw new Error(`the deploy before: ${said(first)}`);
      await this.#hosts((n) => (n === cell.host ? "" : "touch state/spared"));
      const dying = await this.#release("dying", { die: "" });
      await this.#lost(cell, dying, wrong);
      // Without a switch a host may keep what it was told to run until the next run, and no longer.
      if (cell.switch) {
        await this.#closed(wrong);
        await this.#serves(good.version, "with no other run", wrong);
      }
      next = await this.#next(cell, good, dying, wrong);
    } catch (error) {
      wrong.push((error as Error).message);
    }
    return { cell, next, wrong, seconds: (Date.now() - began) / 1000 };
  }

  /** Deploys in a process that is killed at the cell's step. */
  async #lost(cell: CrashCell, dying: Artifact, wrong: string[]): Promise<void> {
    const { at } = cell;
    const file = (name: string) => this.#lab.hosts[cell.host]!.inUse(join(stepsDirectory(this.#layout.root), name));
    for (const name of [STEP_FILES.hold, STEP_FILES.reached]) rmSync(file(name), { force: true });
    if (at.side === "host") writeFileSync(file(STEP_FILES.hold), `${at.verb} ${at.step}\n`);
    let kill = () => {};
    let ended = false;
    const end = deployProcess(
      {
        hosts: this.#lab.hosts.map((host) => ({
          root: this.#layout.root,
          address: addressOf(host),
          options: this.#options,
          services: [this.#service],
          more: { layout: this.#layout, shared: SHARED },
        })),
        artifact: dying.file,
        deployId: this.#id(),
        waves: WAVES[cell.waves],
        ...(cell.switch ? { autoRevert: { after: SWITCH, required: false } } : {}),
        settle: 0,
        signal:
          at.side === "runner"
            ? { step: { host: cell.host, verb: at.verb, when: at.when }, name: "SIGKILL" }
            : undefined,
      },
      (end) => {
        kill = end;
      },
    ).finally(() => {
      ended = true;
    });
    const deadline = Date.now() + LIMIT;
    while (!ended && !existsSync(file(STEP_FILES.reached)) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    if (!ended) kill();
    const { signal, result, stderr } = await end;
    if (stderr) throw new Error(`the run that was to be killed said: ${stderr.slice(0, 500)}`);
    const came = at.side === "runner" || existsSync(file(STEP_FILES.reached));
    if (signal !== "SIGKILL" || !came) wrong.push(`it did not come to this step: ${result?.outcome ?? signal}`);
    for (const name of [STEP_FILES.hold, STEP_FILES.reached]) rmSync(file(name), { force: true });
  }

  /** The one run that must put everything in order. */
  async #next(cell: CrashCell, good: Artifact, dying: Artifact, wrong: string[]): Promise<string> {
    const more = { waitForLock: LIMIT / 1000, waves: WAVES[cell.waves] };
    const incoming = cell.afterwards === "another" ? await this.#release("next") : dying;
    const report =
      cell.afterwards === "converge"
        ? await converge({ ...rollbackRequest([], { ...this.#common(), ...more }), artifactOf: this.#artifactOf })
        : await this.#deploy(incoming, more);
    const [outcome, serving] =
      cell.afterwards === "another"
        ? ["deployed", incoming.version]
        : cell.afterwards === "the same"
          ? ["reverted", good.version]
          : [report.errors.length === 0 ? report.outcome : "no errors", good.version];
    if (report.outcome !== outcome) wrong.push(`the next run (${cell.afterwards}): ${said(report)}`);
    await this.#serves(serving, `after ${cell.afterwards}`, wrong);
    for (const [n, host] of this.#lab.hosts.entries()) {
      const site = { root: this.#layout.root, read: (path: string) => host.onDisk(path) };
      wrong.push(...leftOn(site, { committed: report.outcome === "deployed" }).map((what) => `host ${n + 1}: ${what}`));
    }
    return `${cell.afterwards}: ${report.outcome}`;
  }

  /** Waits until no host has a transaction open: nothing of the killed run is under way. */
  async #closed(wrong: string[]): Promise<void> {
    const open = () =>
      this.#lab.hosts.filter((host) => existsSync(host.onDisk(join(this.#layout.root, ".tarlift/transaction"))));
    const deadline = Date.now() + LIMIT / 2;
    while (open().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 250));
    for (const { name } of open()) wrong.push(`${name} did not go back with no other run`);
  }

  /** Waits until a version is served everywhere. */
  async #serves(version: string, circumstance: string, wrong: string[]): Promise<void> {
    const deadline = Date.now() + LIMIT / 2;
    const seen = async () =>
      Promise.all(
        this.#lab.hosts.map(async (host) => {
          const { stdout } = await host.tryRoot(`timeout 5 bash -c 'cat </dev/tcp/127.0.0.1/${this.#port}'`);
          return stdout || "nothing";
        }),
      );
    let last = await seen();
    while (last.some((each) => each !== version) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      last = await seen();
    }
    if (last.some((each) => each !== version))
      wrong.push(`${circumstance} hosts serve ${last.join(", ")}, and not ${version}`);
  }

  #deploy(artifact: Artifact, more: Partial<FleetRequest> = {}): Promise<Report> {
    return deploy(deployRequest([], { ...this.#common(), artifact, version: artifact.version, ...more }));
  }

  #common(): Partial<FleetRequest> {
    const members = this.#lab.hosts.map((host) => ({
      ...plainMember(this.#layout.root, addressOf(host), this.#options, [this.#service]),
      layout: this.#layout,
      shared: SHARED,
    }));
    return { members, deployId: this.#id(), owner: "the crash matrix", keep: 3 };
  }

  get #options(): OpenOptions {
    return { key: { file: this.#lab.key }, knownHosts: { text: this.#lab.knownHosts }, userConfig: false, lease: 5 };
  }

  async #release(word: string, files: Record<string, string> = {}): Promise<Artifact> {
    const version = `${word}-${this.#count++}`;
    const directory = join(this.#directory, version);
    mkdirSync(directory);
    const all = { "version.txt": version, "mortal.py": MORTAL, control: CONTROL(this.#port), ...files };
    const sources = Object.entries(all).map(([name, content]) => text(name, content));
    const artifact = await writeSyntheticArtifact(directory, sources, { version });
    this.#made.set(artifact.releaseDigest, artifact);
    return artifact;
  }

  readonly #artifactOf = async ({ digest, version }: { digest?: string | undefined; version?: string | undefined }) => {
    const artifact = this.#made.get(digest ?? "");
    if (!artifact) throw new Failure({ code: "command-failed", what: `there is no artifact of ${version}` });
    return artifact;
  };

  /** Runs shell text in the shared directory of each host. */
  async #hosts(textOf: (host: number) => string): Promise<void> {
    for (const [n, host] of this.#lab.hosts.entries())
      await host.root(
        `[ ! -d ${this.#layout.root}/shared ] || { cd ${this.#layout.root}/shared; ${textOf(n) || ":"}; }`,
      );
  }

  #id(): string {
    return `m${Date.now().toString(36)}x${this.#count++}`;
  }
}

const addressOf = ({ address, port, user }: LabHost) => ({ address, port, user });

const said = ({ outcome, errors }: Report): string =>
  [outcome, ...errors.map(({ host, what, output }) => `${host ?? "run"}: ${what}${output ? ` (${output})` : ""}`)].join(
    ": ",
  );
