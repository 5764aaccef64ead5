// A runner that is lost: what is live is complete at every instant, and one next run puts everything in order, by itself. Every step of the
// protocol, on three hosts, is the crash matrix's (matrix.test.ts).
import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { converge } from "../../src/fleet/converge.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { STEPS } from "../../src/protocol/verbs.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import type { DeployMain, DeployMainResult, Step } from "../support/deploy-main.ts";
import { deployProcess } from "../support/deploy-process.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";

const artifactOf = (words: string) =>
  syntheticArtifact([text("page.txt", words), text("same.txt", "the same in every release\n")], { version: words });

let count = 0;

/** Deploys in a process of its own. @returns what it printed; undefined when it did not come to that */
async function lost(
  hosts: PlainHost[],
  artifact: Artifact,
  step?: Step,
  more: Partial<DeployMain> = {},
): Promise<DeployMainResult | undefined> {
  const request: DeployMain = {
    hosts: hosts.map(({ root }) => ({ root })),
    artifact: artifact.file,
    deployId: `lost${count++}`,
    settle: step?.when === "restarted" ? 1 : 0,
    signal: step && { step, name: "SIGKILL" },
    ...more,
  };
  const { signal, stderr, result } = await deployProcess(request);
  if (step) expect([signal, stderr]).toEqual(["SIGKILL", ""]);
  return result;
}

const membersOf = (hosts: PlainHost[]) => hosts.map((host) => host.member({}, {}, [pageService(host.root)]));

/** Looks at `current` of all hosts until it is stopped. @returns what was seen that may not be */
function watch(hosts: PlainHost[]): () => string[] {
  const seen = new Set<string>();
  const look = () => {
    for (const { root } of hosts) {
      try {
        const at = join(root, readlinkSync(join(root, "current")));
        for (const name of ["page.txt", "same.txt", ".tarlift/env", ".tarlift/exec", "media"])
          if (!existsSync(join(at, name))) seen.add(`${at} has no ${name}`);
      } catch (error) {
        seen.add(`${root}: ${error}`);
      }
    }
  };
  const timer = setInterval(look, 5);
  return () => {
    clearInterval(timer);
    look();
    return [...seen];
  };
}

/** Expects that all hosts run these words, that nothing is under way there, and that nothing was left. */
function expectOrder(hosts: PlainHost[], words: string): void {
  for (const { root, names } of hosts) {
    expect(readFileSync(join(root, "current/page.txt"), "utf8")).toBe(words);
    expect(readFileSync(join(root, "serving"), "utf8")).toBe(words);
    expect(names(".tarlift").filter((name) => HALF_WAY.test(name))).toEqual([]);
    for (const empty of ["sessions", "incoming", "swap", "trash"]) expect(names(`.tarlift/${empty}`)).toEqual([]);
  }
}

/** Expects that all hosts run these words. */
function expectWords(hosts: PlainHost[], words: string): void {
  for (const { root } of hosts) expect(readFileSync(join(root, "serving"), "utf8")).toBe(words);
}

/** What stands in `.tarlift` only while something is under way. */
const HALF_WAY = /^(owner|transaction|taken)$|\.part/;

/** A fleet of one has no precommit; of three hosts every step is struck by the crash matrix (test/matrix). */
const STEPS_OF_ONE: Step[] = Object.keys(STEPS)
  .filter((verb) => !["precommit", "revert", "task"].includes(verb))
  .flatMap((verb) => (["sent", "answered"] as const).map((when) => ({ host: 0, verb, when })));

describe("the runner of a single host is lost", () => {
  const hosts = [plainHost()];
  const first = artifactOf("first");

  beforeAll(async () => {
    const whole = await lost(hosts, await first);
    expect(whole?.outcome).toBe("deployed");
    const verbs = new Set(whole!.calls.map(({ verb }) => verb));
    expect([...verbs].sort()).toEqual([...new Set(STEPS_OF_ONE.map(({ verb }) => verb))].sort());
    expectOrder(hosts, "first");
  });

  full("transactions").each(STEPS_OF_ONE.map((step, n) => [`${step.verb}, ${step.when}`, step, n] as const))(
    "%s",
    async (_, step, n) => {
      const stop = watch(hosts);
      const incoming = await artifactOf(`v${n}`);
      expect(await lost(hosts, incoming, step)).toBeUndefined();
      // The next run brings the same commit, or another one.
      const next = n % 2 === 0 ? incoming : await artifactOf(`v${n}-other`);
      const report = await put(membersOf(hosts), next, { waitForLock: 20 });
      expect(report.errors).toEqual([]);
      expect(["deployed", "unchanged"]).toContain(report.outcome);
      expect(stop()).toEqual([]);
      expectOrder(hosts, next.version);
    },
  );
});

describe("a rollback", () => {
  /** Releases become good at whole seconds: two in one would have no order. */
  const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));
  const history = async (): Promise<PlainHost[]> => {
    const hosts = [plainHost(), plainHost()];
    await put(membersOf(hosts), await artifactOf("one"));
    await nextSecond();
    await put(membersOf(hosts), await artifactOf("two"));
    expectOrder(hosts, "two");
    return hosts;
  };
  const back = (hosts: PlainHost[]) =>
    rollback(rollbackRequest([], { members: membersOf(hosts), deployId: `back${count++}`, waitForLock: 20 }));

  it("after a lost deploy returns to what was live before it, and not further", async () => {
    const hosts = await history();
    await lost(hosts, await artifactOf("three"), { host: 1, verb: "activate", when: "answered" });
    const report = await back(hosts);
    expect(report.errors).toEqual([]);
    expect([report.outcome, report.version]).toEqual(["rolled-back", "two"]);
    expectOrder(hosts, "two");
    expect((await back(hosts)).version).toBe("one");
    expectOrder(hosts, "one");
  });

  full("transactions").it(
    "that is refused after it has taken a lost deploy back comes to the same release the next time",
    async () => {
      const hosts = await history();
      await lost(hosts, await artifactOf("three"), { host: 1, verb: "activate", when: "answered" });
      const hold = join(hosts[0]!.root, ".tarlift/hold");
      writeFileSync(hold, "the disk is changed\n");
      expect((await back(hosts)).outcome).toBe("refused");
      expectOrder(hosts, "two");
      rmSync(hold);
      const report = await back(hosts);
      expect([report.outcome, report.version]).toEqual(["rolled-back", "two"]);
      expect(report.warnings.join()).toMatch(/a run was lost after it had switched to three-\w+/);
      expect((await back(hosts)).version).toBe("one");
    },
  );

  full("transactions").it("that is lost itself is reverted, and does it the next time", async () => {
    const hosts = await history();
    const stop = watch(hosts);
    const step: Step = { host: 1, verb: "activate", when: "answered" };
    await lost(hosts, await artifactOf("unused"), step, { verb: "rollback" });
    const report = await back(hosts);
    expect(report.errors).toEqual([]);
    expect([report.outcome, report.version]).toEqual(["rolled-back", "one"]);
    expect(stop()).toEqual([]);
    expectOrder(hosts, "one");
  });
});

describe("a rollback whose commit is lost on one host", () => {
  full("transactions").it("is finished as what it was, so that all hosts can return to the same releases", async () => {
    const hosts = [plainHost(), plainHost()];
    for (const words of ["one", "two", "three"]) await put(membersOf(hosts), await artifactOf(words));
    const goodTimes = () =>
      hosts.map(({ root, names }) =>
        names(".tarlift/releases").map((name) => readFileSync(join(root, ".tarlift/releases", name, "good"), "utf8")),
      );
    const before = goodTimes();
    const step: Step = { host: 1, verb: "commit", when: "before" };
    await lost(hosts, await artifactOf("unused"), step, { verb: "rollback" });
    expect(existsSync(join(hosts[1]!.root, ".tarlift/transaction"))).toBe(true);
    const request = rollbackRequest([], { members: membersOf(hosts), deployId: `back${count++}`, waitForLock: 20 });
    const report = await converge({ ...request, artifactOf: () => artifactOf("unused") });
    expect(report.errors).toEqual([]);
    expectOrder(hosts, "two");
    expect(goodTimes()).toEqual(before);
    for (const { root } of hosts)
      expect(readFileSync(join(root, ".tarlift/log.jsonl"), "utf8")).toContain('"event":"rolled-back"');
  });
});

describe("a deploy of a release that was good before, whose commit is lost on one host", () => {
  full("transactions").it("is finished as what it was, so that all hosts return to the same release", async () => {
    const hosts = [plainHost(), plainHost()];
    const first = await artifactOf("one");
    for (const artifact of [first, await artifactOf("two")]) await put(membersOf(hosts), artifact);
    await lost(hosts, first, { host: 1, verb: "commit", when: "before" }, { allowOlder: true });
    expectWords(hosts, "one");
    const request = rollbackRequest([], { members: membersOf(hosts), deployId: `back${count++}`, waitForLock: 20 });
    const report = await rollback(request);
    expect(report.errors).toEqual([]);
    expectOrder(hosts, "two");
    for (const { root } of hosts)
      expect(readFileSync(join(root, ".tarlift/log.jsonl"), "utf8").split('"event":"rolled-back"').length - 1).toBe(1);
  });
});

describe("a migration whose runner is lost", () => {
  it("keeps the lock until it ends, and is not begun again", async () => {
    const at = plainHost();
    const file = (name: string) => join(at.root, "shared", name);
    await put(membersOf([at]), await artifactOf("one"));
    writeFileSync(file("hold"), "");
    const migrations = {
      pending: `[ -e ${file("migrated")} ] || echo 0001_first`,
      apply: `echo begun >>${file("log")}; while [ -e ${file("hold")} ]; do sleep 0.05; done; echo done >>${file("log")}; touch ${file("migrated")}`,
      policy: "apply" as const,
    };
    const two = await artifactOf("two");
    await lost([at], two, { host: 0, verb: "task", when: "sent" }, { migrations });
    const early = await put(membersOf([at]), two, { migrations });
    expect(early.outcome).toBe("refused");
    expect(early.errors[0]?.what).toContain("a run that will be lost");
    expect(early.errors[0]?.what).toContain("lock");
    rmSync(file("hold"));
    const report = await put(membersOf([at]), two, { migrations, waitForLock: 20 });
    expect(report.errors).toEqual([]);
    expect(report).toMatchObject({ outcome: "deployed", pending: [] });
    expect(readFileSync(file("log"), "utf8")).toBe("begun\ndone\n");
    expectOrder([at], "two");
  });
});

full("transactions").eachAfterFirst(["dash", "bash", "busybox sh"])("a switch that has begun (%s)", (shell) => {
  full("transactions").it("comes to its end although its output is not read any more", async () => {
    const at = plainHost();
    expect((await put(membersOf([at]), await artifactOf("one"))).outcome).toBe("deployed");
    const options = { hosts: [{ root: at.root, options: { shell } }] };
    await lost([at], await artifactOf("two"), { host: 0, verb: "activate", when: "sent" }, options);
    const { host, layout, services, shared } = at.member();
    const facts = await host.facts({ layout, services, shared, lock: { wait: 20, owner: "a test" } });
    await host.close();
    expect(facts.open).toMatchObject({ phase: "activated", release: at.live() });
    expect(readFileSync(join(at.root, "serving"), "utf8")).toBe("two");
  });
});
