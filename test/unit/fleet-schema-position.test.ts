// What the journals of several hosts say together, where they do not say the same. On real hosts: test/ssh/migrations.test.ts.

import { describe, expect, it } from "vitest";
import type { Participant } from "../../src/fleet/member.ts";
import { crossedBy, describeLeft, leftBatches, missingFrom } from "../../src/fleet/schema-position.ts";
import type { Facts } from "../../src/host/host.ts";
import { parseJournal } from "../../src/host/migration-journal.ts";
import { cpuTime } from "../support/cpu-time.ts";
import { member, memoryHost } from "../support/fleet.ts";

/** A host whose journal has these lines. */
const host = (name: string, lines: string[], more: Partial<Facts> = {}): Participant => ({
  ...member(memoryHost(name)),
  facts: {
    findings: [],
    warnings: [],
    releases: [],
    unchanged: false,
    missing: { files: 0, bytes: 0 },
    migrations: parseJournal(lines.join("\n")),
    ...more,
  },
});
const batch = (id: string, release: string, code = 0) => [
  `begun ${id} ${release} ${id}-a`,
  `ended ${id} ${release} ${code}`,
];
const left = (...fleet: Participant[]) => leftBatches(fleet).map(({ transaction }) => transaction);
const crossed = (release: string, ...fleet: Participant[]) =>
  crossedBy(fleet, new Map(fleet.map((one) => [one.host, release]))).map(({ migration }) => migration);

describe("migrations that a run left", () => {
  it("are told until something is deployed, and by the host alone that began them", () => {
    const failed = host("one", ["good 1 v1", ...batch("2", "v2", 7)], { agreed: "1", migrationOutput: "no\nroom\n" });
    const other = host("two", ["good 1 v1"], { agreed: "1" });
    expect(left(failed, other)).toEqual(["2"]);
    expect(describeLeft(leftBatches([failed])[0]!)).toBe(
      "one: a run before this one failed to apply 1 migration of v2 (2-a) (exit code 7): some may have been applied; the last that was printed: room",
    );
    expect(left(host("one", [...batch("2", "v2", 7), "good 3 v3"]), other)).toEqual([]);
  });

  it("on a host that was away while the others went on are over", () => {
    const away = host("one", ["good 1 v1", "begun 2 v2 0002"], { agreed: "1" });
    expect(left(away, host("two", ["good 1 v1", ...batch("3", "v3"), "good 3 v3"], { agreed: "3" }))).toEqual([]);
    // Its own record of an earlier agreement settles nothing.
    expect(left(away)).toEqual(["2"]);
    expect(left(away, host("two", [], { agreed: "1" }))).toEqual(["2"]);
  });
});

describe("migrations of a host that stayed behind", () => {
  const behind = host("one", ["good 1 v1", ...batch("2", "v2")], { agreed: "1" });

  it("came with a release that the others kept", () => {
    expect(left(behind, host("two", ["good 1 v1", ...batch("2", "v2"), "good 2 v2"], { agreed: "2" }))).toEqual([]);
    expect(left(behind, host("two", ["good 1 v1"], { agreed: "1" }))).toEqual(["2"]);
  });

  it("are over on a host that agreed and could not write that they ended, and not by an agreement before them", () => {
    const unwritten = host("one", ["good 1 v1", ...batch("2", "v2")], { agreed: "2" });
    expect([left(unwritten), left(behind)]).toEqual([[], ["2"]]);
  });
});

describe("what a rollback crosses", () => {
  it("is known by any host: by one that is new, and by one that joined between", () => {
    const old = host("old", ["good 1 v1", ...batch("2", "v2"), "good 2 v2", ...batch("3", "v3"), "good 3 v3"]);
    const joined = host("joined", [...batch("3", "v3"), "good 3 v3"]);
    const empty = host("empty", []);
    expect(crossed("v2", old, joined, empty)).toEqual(["3-a"]);
    expect(crossed("v1", joined, old)).toEqual(["2-a", "3-a"]);
    expect(crossed("v3", old, joined, empty)).toEqual([]);
  });

  it("counts what failed as perhaps applied", () => {
    const failed = host("one", ["good 1 v1", ...batch("2", "v2", 1)]);
    expect(crossedBy([failed], new Map([[failed.host, "v1"]]))).toEqual([
      { migration: "2-a", host: "one", release: "v2", certain: false },
    ]);
  });
});

describe("what a host's journal lacks at the end", () => {
  it("is what the others have of this transaction and of those that came to no end, and not what it has", () => {
    const one = host("one", ["good 1 v1", ...batch("2", "v2", 1)]);
    const two = host("two", ["good 1 v1"]);
    const fleet = [one, two];
    const own = { leader: one.host, events: parseJournal(batch("3", "v3").join("\n"))! };
    const lines = (of: Participant) =>
      missingFrom(of.host, fleet, "3", own).map(({ transaction, event }) => `${event} ${transaction}`);
    expect(lines(one)).toEqual([]);
    expect(lines(two)).toEqual(["begun 2", "ended 2", "begun 3", "ended 3"]);
  });

  it("is found in time that grows with the journal, and not with its square", () => {
    const one = host("one", Array.from({ length: 50_000 }, (_, n) => batch(`t${n}`, "v2", 1)).flat());
    const two = host("two", []);
    const begin = cpuTime();
    expect(missingFrom(two.host, [one, two], "t")).toHaveLength(100_000);
    expect(crossedBy([one, two], new Map())).toHaveLength(50_000);
    expect(begin()).toBeLessThan(5_000);
  });
});
