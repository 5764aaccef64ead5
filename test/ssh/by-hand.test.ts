// What people and broken disks do to a host between two runs: a deploy puts it in order, or is refused and says what to do; it never
// comes to an end that is not true.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rollback } from "../../src/fleet/rollback.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { status } from "../support/operations.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
const member = (at: PlainHost) => at.member({}, {}, [pageService(at.root)]);
const deployed = async (words: string) => {
  const at = plainHost();
  expect((await put([member(at)], await artifactOf(words))).outcome).toBe("deployed");
  return at;
};
const pageOf = ({ root }: PlainHost) => readFileSync(join(root, "current/page.txt"), "utf8");
const brokenIn = ({ root }: PlainHost, words: string) => writeFileSync(join(root, `broken-${words}`), "");

describe("a `current` that was changed by hand to a directory that no deploy has made", () => {
  it("is no release to return to: nothing is changed, and it is said what to do", async () => {
    const at = await deployed("one");
    const hotFix = join(at.root, "hot-fix");
    cpSync(join(at.root, "releases", at.live()!), hotFix, { recursive: true });
    unlinkSync(join(at.root, "current"));
    symlinkSync("hot-fix", join(at.root, "current"));
    for (const report of [
      await put([member(at)], await artifactOf("two")),
      await rollback(rollbackRequest([], { members: [member(at)] })),
    ]) {
      expect(report.outcome).toBe("refused");
      expect(report.errors).toHaveLength(1);
      expect(report.errors[0]?.what).toBe(
        `${at.root}/current leads to hot-fix, which is no release: a deploy that fails could not return to it`,
      );
      expect(report.errors[0]?.remedy).toMatch(new RegExp(`ln -sfn releases/one-[0-9a-f]{8} ${at.root}/current$`));
      expect(at.live()).toBe("hot-fix");
    }
    const { hosts } = await status({ app: "shop", target: "test", members: [member(at)] }, { verifyFull: false });
    expect(hosts[0]?.error?.what).toContain("current leads to hot-fix");
  });
});

describe("a live release whose directory was removed by hand", () => {
  const orphaned = async () => {
    const at = await deployed("one");
    const was = at.live()!;
    rmSync(join(at.root, "releases", was), { recursive: true });
    return { at, was };
  };

  it("is repaired by the next deploy, also of the same commit", async () => {
    const { at, was } = await orphaned();
    const report = await put([member(at)], await artifactOf("one"));
    expect(report).toMatchObject({ outcome: "deployed", previousRelease: undefined });
    expect(pageOf(at)).toBe("one");
    expect(at.live()).toBe(`${was}-2`);
  });

  it("is nothing that could be returned to: a deploy that fails leaves no release, and says reverted", async () => {
    const { at } = await orphaned();
    brokenIn(at, "two");
    const report = await put([member(at)], await artifactOf("two"));
    expect(report.outcome).toBe("reverted");
    expect(report.hosts[0]).toMatchObject({ live: undefined, previousRelease: undefined });
    expect(at.live()).toBeUndefined();
  });

  it("is left for the previous release, when that exists", async () => {
    const at = await deployed("one");
    await put([member(at)], await artifactOf("two"));
    rmSync(join(at.root, "releases", at.live()!), { recursive: true });
    const report = await rollback(rollbackRequest([], { members: [member(at)] }));
    expect(report).toMatchObject({ outcome: "rolled-back", version: "one" });
    expect(pageOf(at)).toBe("one");
  });
});

describe("records that a broken disk or a person has spoilt", () => {
  const recordOf = (at: PlainHost, path: string) => join(at.root, ".tarlift", path);
  const ofLive = (at: PlainHost, path: string) => recordOf(at, `releases/${at.live()}/${path}`);
  const SPOILT: Record<string, (at: PlainHost) => void> = {
    "an empty state of the live release": (at) => writeFileSync(ofLive(at, "state"), ""),
    "no record of the live release, and half a transaction": (at) => {
      rmSync(ofLive(at, ""), { recursive: true });
      writeFileSync(recordOf(at, "transaction"), "t9 activ");
    },
    "an empty index, no time of becoming good, a journal and a transaction of garbage, no link to what was before": (
      at,
    ) => {
      writeFileSync(ofLive(at, "index"), "");
      rmSync(ofLive(at, "good"));
      writeFileSync(recordOf(at, "transaction"), "\0\0\0\xff");
      writeFileSync(recordOf(at, "migrations"), "\0\0\nbegun\nended x y z\n");
      writeFileSync(recordOf(at, "agreed"), "\n\n");
      rmSync(join(at.root, "previous"), { force: true });
    },
    "a log and a `previous` that are directories, and shared ones that have moved behind a link": (at) => {
      rmSync(recordOf(at, "log.jsonl"));
      mkdirSync(recordOf(at, "log.jsonl"));
      rmSync(join(at.root, "previous"), { force: true });
      mkdirSync(join(at.root, "previous"));
      const elsewhere = join(at.root, "elsewhere");
      renameSync(join(at.root, "shared"), elsewhere);
      symlinkSync(elsewhere, join(at.root, "shared"));
      writeFileSync(join(elsewhere, "media/photo"), "kept");
    },
  };

  full("transactions").each(Object.keys(SPOILT))(
    "%s: prevents neither a deploy, nor a failed one, nor a rollback",
    async (name) => {
      const at = await deployed("one");
      const before = at.live();
      SPOILT[name]!(at);
      brokenIn(at, "two");
      const failed = await put([member(at)], await artifactOf("two"));
      expect([failed.outcome, at.live(), pageOf(at)]).toEqual(["reverted", before, "one"]);
      expect(failed.warnings.join("\n")).not.toContain("undefined");
      const report = await put([member(at)], await artifactOf("three"));
      expect([report.outcome, pageOf(at)]).toEqual(["deployed", "three"]);
      expect(existsSync(join(at.root, ".tarlift/transaction"))).toBe(false);
      if (name.includes("shared")) expect(readFileSync(join(at.root, "current/media/photo"), "utf8")).toBe("kept");
      const { hosts } = await status({ app: "shop", target: "test", members: [member(at)] }, { verifyFull: false });
      expect(hosts[0]?.release?.version).toBe("three");
    },
  );
});

it("one machine under two names is refused, and said to be one", async () => {
  const at = plainHost();
  const report = await put([member(at), member(at)], await artifactOf("one"));
  expect(report.outcome).toBe("refused");
  expect(report.errors).toHaveLength(1);
  expect(report.errors[0]?.what).toBe("another run holds the lock of this host: a test");
  expect(report.errors[0]?.remedy).toContain("one machine under two names");
  expect(at.live()).toBeUndefined();
});
