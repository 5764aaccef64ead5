// The auto-revert: a host that was activated and then lost its run reverts automatically; one that got the message that the release stays
// does not.
import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endKilledRun } from "../../src/fleet/end-killed-run.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { outcomeSentence } from "../../src/report/outcome-text.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { overridden } from "../support/overridden.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { type PlainMember, pageService } from "../support/plain-member.ts";
import { temporary } from "../support/temporary.ts";

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
const AFTER = { after: 2, required: true };
const serving = ({ root }: PlainHost) => {
  try {
    return readFileSync(join(root, "serving"), "utf8");
  } catch {
    return undefined;
  }
};

/** A run that gets as far as the switch of the release, or its precommit, and is then killed with all that it has on the host. */
async function lost(
  host: PlainHost,
  words: string,
  options: { precommit?: boolean; member?: PlainMember } = {},
): Promise<void> {
  const member = options.member ?? host.member({}, {}, [pageService(host.root)]);
  const artifact = await artifactOf(words);
  const { layout, services, shared, configuration } = member;
  const lock = { wait: 0, owner: "a run that is lost" };
  const task = { update() {}, line() {}, end() {}, fail() {} };
  const facts = await member.host.facts({
    layout,
    services,
    shared,
    configuration,
    artifact,
    lock,
    autoRevert: "required",
  });
  expect(facts.findings).toEqual([]);
  const { release } = await member.host.prepare({ artifact, configuration, shared }, task);
  const activation = {
    release,
    services,
    transaction: `lost-${words}`,
    expected: facts.live?.id,
    autoRevert: AFTER.after,
  };
  await member.host.activate({ ...activation, restart: "changed" }, task);
  expect([host.live(), serving(host)]).toEqual([release, words]);
  if (options.precommit) await member.host.precommit();
  process.kill(member.host.connection.pid!, "SIGKILL");
  await member.host.close();
}

const put_ = async (host: PlainHost, words: string) =>
  put([host.member({}, {}, [pageService(host.root)])], await artifactOf(words), { autoRevert: AFTER });

describe("a host whose run is lost after the switch", () => {
  it("reverts automatically, services and all, and says so in its log", async () => {
    const host = plainHost();
    const first = await put_(host, "one");
    expect(first).toMatchObject({ outcome: "deployed", errors: [], warnings: [] });
    expect(host.names(".tarlift")).not.toContain("switch");
    await lost(host, "two");
    await expect.poll(() => serving(host), { timeout: 20_000 }).toBe("one");
    expect(host.live()).toBe(first.release);
    await expect.poll(() => host.names(".tarlift/switch").length, { timeout: 20_000 }).toBeLessThan(3);
    const log = readFileSync(join(host.root, ".tarlift/log.jsonl"), "utf8").trim().split("\n");
    expect(log.at(-1)).toContain("the dead man's switch of a run that is lost");
    // The next run finds nothing to put in order.
    const next = await put_(host, "three");
    expect(next).toMatchObject({ outcome: "deployed", warnings: [] });
  });
});

describe("a rollback after a host has reverted automatically", () => {
  const member = (host: PlainHost) => host.member({}, {}, [pageService(host.root)]);
  let count = 0;
  const back = (host: PlainHost) =>
    rollback(rollbackRequest([], { members: [member(host)], deployId: `back${count++}`, waitForLock: 20 }));
  const returned = async () => {
    const host = plainHost();
    await put_(host, "one");
    await put_(host, "two");
    await lost(host, "three");
    await expect.poll(() => host.names(".tarlift").includes("transaction"), { timeout: 20_000 }).toBe(false);
    expect(serving(host)).toBe("two");
    return host;
  };

  full("transactions").it("goes no further back than it, and says so; the next one does", async () => {
    const host = await returned();
    const report = await back(host);
    expect([report.outcome, report.version, report.errors]).toEqual(["rolled-back", "two", []]);
    expect(report.warnings.join()).toMatch(
      /a run was lost after it had switched to three-\w+, and the host has reverted/,
    );
    const next = await back(host);
    expect([next.outcome, next.version, next.warnings, serving(host)]).toEqual(["rolled-back", "one", [], "one"]);
  });

  full("transactions").it("returns from what was deployed since", async () => {
    const host = await returned();
    await put_(host, "four");
    expect(await back(host)).toMatchObject({ outcome: "rolled-back", version: "two", warnings: [] });
    expect((await back(host)).version).toBe("one");
  });

  it("finds nothing of a run that was settled, which says what became of it", async () => {
    const host = await returned();
    const report = await endKilledRun(
      deployRequest([], { members: [member(host)], deployId: "lost-three", waitForLock: 20 }),
    );
    expect([report.outcome, report.version]).toEqual(["reverted", "two"]);
    expect(outcomeSentence(report)).toBe("every host that was touched is back where it was");
    expect((await back(host)).version).toBe("one");
  });
});

describe("a host whose service is started by a command of the login's PATH", () => {
  it.each(["detached", "systemd-run", "user"])("reverts automatically (%s)", async (way) => {
    const host = plainHost();
    const tools = temporary("tools");
    const tool = (name: string, text: string) =>
      writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    tool("only-here", '[ -n "$HOME" ]');
    // A manager gives what it starts nothing of its caller's.
    tool(
      "systemd-run",
      `set -f; given=; while :; do case $1 in --setenv=*) given="$given \${1#--setenv=}" ;; --*) ;; *) break ;; esac; shift; done
      env -i PATH=/usr/bin:/bin $given setsid "$@" &`,
    );
    const shell = overridden(`detach_method() { detach_method=${way}; }; PATH=${tools}:$PATH`);
    const service = pageService(host.root);
    const commands = { ...service.commands, restart: `only-here && ${service.commands!.restart}` };
    const member = () => host.member({}, { shell }, [{ ...service, commands }]);
    expect((await put([member()], await artifactOf("one"), { autoRevert: AFTER })).outcome).toBe("deployed");
    await lost(host, "two", { member: member() });
    await expect.poll(() => serving(host), { timeout: 20_000 }).toBe("one");
    await expect.poll(() => host.names(".tarlift"), { timeout: 20_000 }).not.toContain("transaction");
  });
});

describe("case 1: a host whose old service does not come back at once", () => {
  const tries = (host: PlainHost) =>
    readFileSync(join(host.root, ".tarlift/log.jsonl"), "utf8").split('"event":"reverted"').length - 1;
  /** A host that returns to a release whose service does not run while `broken-one` is there. */
  const lostWithBroken = async () => {
    const host = plainHost();
    const first = await put_(host, "one");
    const broken = join(host.root, "broken-one");
    writeFileSync(broken, "");
    await lost(host, "two");
    return { host, first, broken };
  };

  full("transactions").concurrent("tries again, until it has come back", async ({ expect }) => {
    const { host, first, broken } = await lostWithBroken();
    await expect.poll(() => tries(host), { timeout: 60_000 }).toBe(2);
    expect(host.names(".tarlift")).toContain("transaction");
    rmSync(broken);
    await expect.poll(() => host.names(".tarlift").includes("transaction"), { timeout: 60_000 }).toBe(false);
    expect([host.live(), serving(host)]).toEqual([first.release, "one"]);
    const report = await put_(host, "three");
    expect(report).toMatchObject({ outcome: "deployed", warnings: [] });
  });

  full("transactions").concurrent(
    "stops after the fifth try, and the next run takes the release back",
    async ({ expect }) => {
      const { host, first, broken } = await lostWithBroken();
      await expect.poll(() => host.names(".tarlift/switch").length, { timeout: 120_000 }).toBeLessThan(3);
      expect([tries(host), host.live()]).toEqual([5, first.release]);
      expect(host.names(".tarlift")).toContain("transaction");
      rmSync(broken);
      const report = await put_(host, "three");
      expect(report.outcome).toBe("deployed");
      expect(report.warnings.join()).toMatch(/half-way; it was reverted/);
    },
  );
});

describe("case 2: `previous`", () => {
  const previous = ({ root }: PlainHost) => {
    try {
      return readlinkSync(join(root, "previous")).replace("releases/", "");
    } catch {
      return undefined;
    }
  };
  const failing = async (host: PlainHost, words: string) => {
    const hooks = { "after-activate": [{ run: "exit 1", on: "hosts" as const, "on-failure": "fail" as const }] };
    const report = await put([host.member({}, {}, [pageService(host.root)])], await artifactOf(words), { hooks });
    expect(report.outcome).toBe("reverted");
  };

  full("transactions").it(
    "is as before after a way back, be it by the run, by the host itself or by the next run",
    async () => {
      const host = plainHost();
      await failing(host, "none");
      expect([host.live(), previous(host)]).toEqual([undefined, undefined]);
      const first = await put_(host, "one");
      expect(previous(host)).toBeUndefined();
      const second = await put_(host, "two");
      expect(previous(host)).toBe(first.release);
      await failing(host, "bad");
      expect([host.live(), previous(host)]).toEqual([second.release, first.release]);
      await lost(host, "gone");
      await expect.poll(() => host.live(), { timeout: 20_000 }).toBe(second.release);
      expect(previous(host)).toBe(first.release);
      await lost(host, "lost");
      const next = await put_(host, "three");
      expect([next.outcome, previous(host)]).toEqual(["deployed", second.release]);
    },
  );
});

describe("a host whose run is lost", () => {
  it("after its first release has none again, and nothing runs", async () => {
    const host = plainHost();
    await lost(host, "one");
    await expect.poll(() => host.live(), { timeout: 20_000 }).toBeUndefined();
    await expect.poll(() => serving(host)).toBeUndefined();
  });

  it("after a release that brought a service reverts without it", async () => {
    const host = plainHost();
    await put_(host, "one");
    const started = join(host.root, "started");
    const worker = {
      ...pageService(host.root),
      name: "worker",
      commands: {
        restart: `[ "$(cat page.txt)" = two ] && touch ${started}`,
        stop: `[ "$(cat page.txt)" = two ] && rm ${started}`,
        status: `[ -e ${started} ]`,
      },
    };
    await lost(host, "two", { member: host.member({}, {}, [pageService(host.root), worker]) });
    expect(host.names("")).toContain("started");
    await expect.poll(() => host.names(".tarlift").includes("transaction"), { timeout: 20_000 }).toBe(false);
    expect([serving(host), host.names("").includes("started")]).toEqual(["one", false]);
  });

  it("after the precommit keeps the release", async () => {
    const host = plainHost();
    await put_(host, "one");
    await lost(host, "two", { precommit: true });
    await new Promise((resolve) => setTimeout(resolve, (AFTER.after + 2) * 1000));
    expect(serving(host)).toBe("two");
    const next = await put([host.member({}, {}, [pageService(host.root)])], await artifactOf("two"));
    expect(next.outcome).toBe("unchanged");
  });

  full("transactions").it("is left to the next run where that is quicker", async () => {
    const host = plainHost();
    await put_(host, "one");
    await lost(host, "two");
    const next = await put_(host, "three");
    expect(next.outcome).toBe("deployed");
    await new Promise((resolve) => setTimeout(resolve, (AFTER.after + 2) * 1000));
    expect(serving(host)).toBe("three");
    expect(host.names(".tarlift")).not.toContain("switch");
  });
});
