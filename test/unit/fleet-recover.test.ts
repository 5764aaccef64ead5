// What is decided about hosts that a lost run left half-way.
import { describe, expect, it } from "vitest";
import type { Participant } from "../../src/fleet/member.ts";
import { isRollback, type Recovery, recoveriesOf, recoveryActionOf } from "../../src/fleet/recovery-plan.ts";
import type { Facts, OpenTransaction } from "../../src/host/host.ts";
import { good, member, memoryHost } from "../support/fleet.ts";

const facts = (open: Partial<OpenTransaction> | undefined, more: Partial<Facts> = {}): Facts => ({
  findings: [],
  warnings: [],
  live: good("v2", 2),
  releases: [good("v1", 1)],
  unchanged: false,
  missing: { files: 0, bytes: 0 },
  open: open && { transaction: "t2", phase: "activated", release: "v2", previous: "v1", ...open },
  ...more,
});

const fleet = (...all: Facts[]): Participant[] =>
  all.map((each, n) => ({ ...member(memoryHost(`host${n}`)), facts: each }));
const decided = (...all: Facts[]): (Recovery | undefined)[] => {
  const hosts = fleet(...all);
  const recoveries = recoveriesOf(hosts);
  return hosts.map(({ host }) => recoveries.get(host));
};

describe("an open transaction", () => {
  it("is reverted when no host has precommitted it", () => {
    expect(decided(facts({ phase: "activating" }), facts({}), facts(undefined))).toEqual([
      "revert",
      "revert",
      undefined,
    ]);
  });

  it("is finished on all hosts when one has precommitted it", () => {
    expect(decided(facts({}), facts({ phase: "precommit" }))).toEqual(["finish", "finish"]);
  });

  it("is not finished because of another one", () => {
    expect(decided(facts({}), facts({ phase: "precommit", transaction: "t1" }))).toEqual(["revert", "finish"]);
  });

  it("is finished when its host had begun to record that it is good", () => {
    const begun = good("v2", 2, { transaction: "t2" });
    expect(decided(facts({}, { releases: [begun] }))).toEqual(["finish"]);
    const before = { releases: [{ ...begun, transaction: "t1" }] };
    expect(decided(facts({}, before))).toEqual(["revert"]);
    expect(decided(facts({}, { ...before, agreed: "t1" }))).toEqual(["revert"]);
    // A rollback.
    expect(decided(facts({}, { ...before, agreed: "t2" }))).toEqual(["finish"]);
  });

  it("is reverted when its host was on the way back already", () => {
    const begun = good("v2", 2, { transaction: "t2" });
    expect(decided(facts({ phase: "reverting" }, { releases: [begun] }))).toEqual(["revert"]);
  });
});

describe("a transaction that is finished for a lost run", () => {
  it("is recorded as what it was; where an older Tarlift began it, by whether its release was good before", () => {
    const open = { transaction: "t2", phase: "precommit", release: "v1" } as const;
    const before = [good("v1", 1)];
    expect([true, false].map((rollback) => isRollback({ ...open, rollback }, before))).toEqual([true, false]);
    expect([before, [], [good("v1", 2)]].map((releases) => isRollback(open, releases))).toEqual([true, false, false]);
  });
});

describe("a host with an open transaction", () => {
  it("keeps what is finished, and gets back what it ran before", () => {
    expect(recoveryActionOf(facts({}), "finish")).toMatchObject({ by: "commit", release: "v2" });
    expect(recoveryActionOf(facts({}), "revert")).toMatchObject({ by: "revert", release: "v1" });
    expect(recoveryActionOf(facts({ previous: undefined }), "revert")).toMatchObject({
      by: "revert",
      release: undefined,
    });
  });

  it("keeps what was set by hand meanwhile", () => {
    const byHand = facts({}, { live: good("v0", 0) });
    for (const recovery of ["finish", "revert"] as const)
      expect(recoveryActionOf(byHand, recovery)).toMatchObject({ by: "revert", release: "v0" });
  });

  it("does not return to what is gone", () => {
    expect(recoveryActionOf(facts({}, { releases: [] }), "revert")).toMatchObject({ by: "revert", release: "v2" });
  });
});
