// The table of steps is the order of what happens: a run passes what the table says, and a run that is held at a step has done what comes
// before it and nothing more.
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { STEPS } from "../../src/protocol/verbs.ts";
import { marksOf } from "../matrix/cells.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { daemonFiles, daemonService } from "../support/daemon-service.ts";
import type { DeployMain } from "../support/deploy-main.ts";
import { deployProcess } from "../support/deploy-process.ts";
import { text } from "../support/layers.ts";
import { plainHost } from "../support/plain-host.ts";
import { freePort } from "../support/sshd.ts";
import { stepsDirectory } from "../support/step-program.ts";
import { atEnd } from "../support/temporary.ts";

const hosts = [plainHost(), plainHost()];
const [leader] = hosts;
const placeOf = (root: string) => stepsDirectory(root);
let count = 0;

const artifactOf = (words: string) =>
  syntheticArtifact([...daemonFiles(`${words}\n`)], {
    version: words,
    environments: [
      {
        id: `${String(count).padStart(12, "0")}-00000000`,
        sources: [text(`modules/${words}.js`, words)],
        mounts: ["modules"],
      },
    ],
  });

/** @returns what the run came to, and the steps that the leader passed, each verb's once and in the order of the first time */
async function run(
  words: string,
  more: Partial<DeployMain> = {},
): Promise<{ outcome: string; passed: Map<string, string[]> }> {
  const artifact = await artifactOf(words);
  for (const { root } of hosts) rmSync(join(placeOf(root), "passed"), { force: true });
  const { result, stderr } = await deployProcess({
    hosts: hosts.map(({ root }) => ({ root, services: [daemonService(placeOf(root))] })),
    artifact: artifact.file,
    deployId: `s${count++}`,
    settle: 0,
    keep: 2,
    ...more,
  });
  expect(stderr).toBe("");
  const lines = readFileSync(join(placeOf(leader!.root), "passed"), "utf8")
    .trim()
    .split("\n");
  const passed = new Map<string, string[]>();
  for (const line of new Set(lines)) {
    const [verb, step] = line.split(" ") as [string, string];
    passed.set(verb, [...(passed.get(verb) ?? []), step]);
  }
  return { outcome: result!.outcome, passed };
}

const channelsOf = (pid: string): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });

const migrations = {
  pending: `grep -qsxF "$(cat page.txt)" media/migrated || cat page.txt`,
  apply: "cat page.txt >>media/migrated",
  policy: "apply",
} as const;

beforeAll(async () => {
  for (const { root } of hosts) {
    mkdirSync(placeOf(root));
    writeFileSync(join(placeOf(root), "port"), String(await freePort()));
    atEnd(() => process.kill(Number(readFileSync(join(placeOf(root), "pid"), "utf8"))));
  }
  for (const words of ["one", "two", "three"]) expect((await run(words, { migrations })).outcome).toBe("deployed");
});

describe("the steps that are passed are those of the table, in its order:", () => {
  it("of a deploy with migrations", async () => {
    const { outcome, passed } = await run("four", { migrations });
    expect(outcome).toBe("deployed");
    const verbs = ["facts", "prepare", "task", "activate", "precommit", "commit"] as const;
    expect([...passed.keys()]).toEqual(verbs);
    // Nothing had failed before, so that nothing of that is removed.
    for (const verb of verbs) {
      const expected = marksOf("deploy", verb).filter((step) => verb !== "facts" || step !== "discard");
      expect(passed.get(verb), verb).toEqual(expected);
    }
  });

  it("of a rollback", async () => {
    const { outcome, passed } = await run("unused", { verb: "rollback" });
    expect(outcome).toBe("rolled-back");
    for (const verb of ["activate", "precommit", "commit"] as const)
      expect(passed.get(verb), verb).toEqual(marksOf("rollback", verb));
  });

  it("of a deploy that fails and is reverted", async () => {
    writeFileSync(join(placeOf(hosts[1]!.root), "broken"), "");
    const { outcome, passed } = await run("bad");
    expect(outcome).toBe("reverted");
    expect(passed.get("revert")).toEqual([...STEPS.revert]);
  });
});

describe("a service that makes itself a daemon", () => {
  it("runs what is live, in a session of its own, and has neither the host's lock nor a channel of the program", async () => {
    rmSync(join(placeOf(hosts[1]!.root), "broken"), { force: true });
    expect((await run("five")).outcome).toBe("deployed");
    for (const { root, layout, member } of hosts) {
      const pid = Number(readFileSync(join(placeOf(root), "pid"), "utf8"));
      const [, , , session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      expect(Number(session)).not.toBe(process.pid);
      // What was open before the tests began does not count.
      const ours = new Set(channelsOf("self"));
      const channels = channelsOf(String(pid)).filter((to) => !ours.has(to));
      expect(channels.filter((to) => !/^(socket:|\/dev\/null)/.test(to))).toEqual([]);
      expect(readFileSync(join(placeOf(root), "serving"), "utf8")).toBe("five\n");
      // The next one gets the lock at once, while the daemon runs.
      const { host, services, shared } = member();
      const facts = await host.facts({ layout, services, shared, lock: { wait: 0, owner: "a test" } });
      expect(facts.lockedBy).toBeUndefined();
      await host.close();
    }
  });
});
