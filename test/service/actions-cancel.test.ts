// A job that is cancelled, and a step that is killed, in each phase of a deploy: the step itself or its `post` entry leaves the fleet
// whole, no key and no lock.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { pathsOf } from "../../src/artifact/format.ts";
import { writeArtifact } from "../../src/artifact/oci-layout.ts";
import { packLayer } from "../../src/artifact/pack.ts";
import { parseConfig } from "../../src/config/load.ts";
import { full } from "../support/full.ts";
import { type Job, type RunningStep, startJob } from "../support/job.ts";
import { release, text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { repository } from "../support/repository.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { temporary } from "../support/temporary.ts";

const APP = "t-cancel";
const PHASES = ["prepare", "activate", "settle", "commit"] as const;
type Phase = (typeof PHASES)[number];

/** `stop NAME`: waits while the test holds the gate NAME closed. */
const STOP = `#!/bin/sh
[ -e "@GATES@/$1" ] || exit 0
: >"@GATES@/$1.reached"
while [ -e "@GATES@/$1" ]; do sleep 0.05; done
`;
/** In the place of sync(1), on hosts: a release is about to be marked as good. */
const SYNC = `#!/bin/sh
case "$*" in *"/good.part."*) "@GATES@/stop" "commit-$(cat "\${1%/.tarlift/*}/current/version")" ;; esac
exec /bin/sync "$@"
`;

/** A login shell in whose sight the other host's directory stands at the fleet's root: two hosts on one machine. */
const LOGIN = `#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec sh "$@"' sh "@PLACE@/other" "@PLACE@/leader" "$@"
`;

describe.runIf(needs("root", "sshd", "flock", "unshare", "pgrep"))("a step that is cut off:", () => {
  let sshd: Sshd;
  let place: string;
  let gates: string;
  let job: Job;
  let configuration: string;
  let inputs: Record<string, string>;
  let live = "none";

  const roots = () => ["leader", "other"].map((name) => join(place, name));
  const close = (gate: string) => writeFileSync(join(gates, gate), "");
  const open = (gate: string) => rmSync(join(gates, gate), { force: true });
  const reached = async (gate: string) => {
    while (!existsSync(join(gates, `${gate}.reached`))) await wait(20);
  };

  beforeAll(async () => {
    place = temporary("cancel");
    gates = join(place, "gates");
    for (const directory of [gates, ...roots(), join(place, "bin")]) mkdirSync(directory);
    const script = (file: string, program: string) =>
      writeFileSync(file, program.replaceAll("@GATES@", gates).replaceAll("@PLACE@", place), { mode: 0o755 });
    script(join(gates, "stop"), STOP);
    script(join(place, "bin/sync"), SYNC);
    script(join(place, "login"), LOGIN);
    sshd = await startSshd({ loginShell: join(place, "login") });
    const stop = (phase: Phase) => `${gates}/stop "${phase}-$(cat version)"`;
    // The service is a file that names what it serves.
    const served = join(place, "leader/served");
    configuration = `app: ${APP}
assets:
  - { name: made, run: '${gates}/stop build; date >made', outputs: [made] }
hooks:
  after-prepare: [{ run: '${stop("prepare")}', on: leader }]
services:
  web:
    stable-for: 0
    command:
      restart: '${stop("activate")}; cp version ${served}.new; mv -f ${served}.new ${served}'
      stop: 'rm -f ${served}'
      status: '${stop("settle")}; cmp version ${served}'
targets:
  fleet:
    hosts: [local, { address: ${sshd.address}, port: ${sshd.port}, ssh-user: ${sshd.user} }]
    root: ${place}/leader
`;
    job = startJob({ workspace: repository({ "tarlift.yml": configuration }, join(place, "checkout")) });
    job.env.PATH = `${place}/bin:${job.env.PATH}`;
    inputs = { target: "fleet", "ssh-key": readFileSync(sshd.key, "utf8"), "ssh-known-hosts": sshd.knownHosts };
    const first = await job.run("deploy", { ...inputs, "artifact-file": await artifact("first") });
    expect(first.outputs.outcome, first.log).toBe("deployed");
    live = "first";
  });

  async function artifact(words: string): Promise<string> {
    const directory = temporary("artifact");
    const layer = { base: pathsOf(APP).application, file: join(directory, "application.tar.zst") };
    const packed = await packLayer([text("version", words)], layer);
    const { file } = await writeArtifact(join(directory, "artifact.tar"), {
      release: release(APP, { configuration: JSON.parse(JSON.stringify(parseConfig(configuration))) }),
      layers: [{ packed, kind: "application", name: "application" }],
      version: words,
    });
    return file;
  }

  /** What each host links to and serves, and what stands open on it. */
  const fleet = () =>
    roots().map((root) => ({
      live: readlinkSync(join(root, "current")).replace(/^releases\/(.*)-[0-9a-f]{8}$/, "$1"),
      served: readFileSync(join(root, "served"), "utf8"),
      open: existsSync(join(root, ".tarlift/transaction")),
      free: spawnSync("flock", ["-n", join(root, ".tarlift/lock"), "true"]).status === 0,
    }));
  const whole = (words: string) => {
    const host = { live: words, served: words, open: false, free: true };
    return [host, host];
  };
  const keysOf = (pid: number | undefined) =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`tarlift-ssh-${pid}-`));

  /** Starts a step and waits until something stands still at a gate. */
  async function startUntil(gate: string, ...call: Parameters<Job["start"]>): Promise<RunningStep> {
    close(gate);
    const step = job.start(...call);
    await Promise.race([
      reached(gate),
      step.ended.then((end) => {
        throw new Error(`the step has ended before ${gate}:\n${end.log}`);
      }),
    ]);
    return step;
  }

  /** A deploy whose hosts stand still in a phase. */
  async function deployUntil(phase: Phase, words: string) {
    const gate = `${phase}-${words}`;
    const step = await startUntil(gate, "deploy", { ...inputs, "artifact-file": await artifact(words) });
    expect(keysOf(step.child.pid)).toHaveLength(1);
    return { step, gate };
  }

  // The runner's sequence, without the seconds between: hosts stand still, so there is nothing to bring to an end meanwhile.
  full("actions").each(PHASES)(
    "a deploy by SIGINT, SIGTERM and SIGKILL in %s is put in order by the post entry",
    async (phase) => {
      const words = `killed-in-${phase}`;
      const { step, gate } = await deployUntil(phase, words);
      for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) step.child.kill(signal);
      expect((await step.ended).signal).toBe("SIGKILL");
      const post = step.post();
      open(gate);
      const ended = await post;
      expect(ended.code, ended.log).toBe(0);
      // What all hosts had agreed on is finished, anything before is reverted.
      if (phase === "commit") live = words;
      expect(fleet()).toEqual(whole(live));
      expect(keysOf(step.child.pid)).toEqual([]);
      expect(ended.outputs.outcome).toBe(
        { prepare: "refused", activate: "reverted", settle: "reverted", commit: "deployed" }[phase],
      );
    },
  );

  full("actions").each(PHASES)("a deploy by SIGINT in %s ends in good order by itself", async (phase) => {
    const words = `cancelled-in-${phase}`;
    const { step, gate } = await deployUntil(phase, words);
    step.child.kill("SIGINT");
    open(gate);
    const ended = await step.ended;
    if (phase === "commit") live = words;
    expect(fleet(), ended.log).toEqual(whole(live));
    const outcomes = { prepare: "refused", activate: "reverted", settle: "reverted", commit: "deployed" };
    expect(ended.outputs.outcome).toBe(outcomes[phase]);
    expect(ended.code).toBe({ refused: 2, reverted: 3, deployed: 0 }[outcomes[phase]]);
    expect(keysOf(step.child.pid)).toEqual([]);
    const post = await step.post();
    expect([post.code, post.log]).toEqual([0, ""]);
  });

  it("one that comes to its end leaves nothing to the post entry", async () => {
    const step = job.start("deploy", { ...inputs, "artifact-file": await artifact("last") });
    expect((await step.ended).outputs.outcome).toBe("deployed");
    const post = await step.post();
    expect([post.code, post.log]).toEqual([0, ""]);
    expect(fleet()).toEqual(whole("last"));
  });

  it("a rollback by SIGKILL is put in order by the post entry", async () => {
    const gate = `activate-${live}`;
    const step = await startUntil(gate, "rollback", inputs);
    step.child.kill("SIGKILL");
    await step.ended;
    const post = step.post();
    open(gate);
    expect((await post).outputs.outcome).toBe("reverted");
    expect(fleet()).toEqual(whole("last"));
    expect(keysOf(step.child.pid)).toEqual([]);
  });

  it("the whole pipeline by SIGINT while it builds has no host to look after", async () => {
    const step = await startUntil("build", "pipeline", { ...inputs, verify: "no", save: "never" });
    step.child.kill("SIGINT");
    const ended = await step.ended;
    expect(ended.code, ended.log).not.toBe(0);
    // The gate is still closed: what waited there was ended.
    expect(spawnSync("pgrep", ["-f", `${gates}/stop build`]).status).toBe(1);
    const post = await step.post();
    expect([post.code, post.log]).toEqual([0, ""]);
    expect(fleet()).toEqual(whole("last"));
  });
});
