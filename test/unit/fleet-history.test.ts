// Logs of several hosts as one history.
import { describe, expect, it } from "vitest";
import { converge } from "../../src/fleet/converge.ts";
import { parseLog } from "../../src/host/event-log.ts";
import { joined } from "../../src/operations/history.ts";
import { historyLines } from "../../src/report/history.ts";
import { memoryHost, good as release, rollbackRequest } from "../support/fleet.ts";

const event = (time: number, name: string, deploy: string, release = "v2") => ({
  time,
  event: name,
  release,
  deploy,
  by: "ana on laptop",
});

describe("a history", () => {
  it("tells what came of each transaction on each host, the newest first", () => {
    const first = [event(1, "prepared", "a", "v1"), event(2, "active", "a", "v1"), event(3, "good", "a", "v1")];
    const second = [event(10, "prepared", "b"), event(11, "active", "b")];
    const past = joined([
      { name: "app1", events: [...first, ...second, event(12, "failed", "b"), event(13, "reverted", "b", "v1")] },
      { name: "app2", events: [...first, event(10, "prepared", "b")] },
    ]);
    expect(past.map(({ id, release }) => [id, release])).toEqual([
      ["b", "v2"],
      ["a", "v1"],
    ]);
    expect(past[0]).toMatchObject({
      time: "1970-01-01T00:00:10.000Z",
      by: "ana on laptop",
      hosts: [
        { name: "app1", course: "reverted" },
        { name: "app2", course: "prepared" },
      ],
    });
    expect(past[1]?.hosts.map(({ course }) => course)).toEqual(["deployed", "deployed"]);
  });

  it("is a table for people: what stands below a heading begins where it begins", () => {
    const transactions = joined([
      {
        name: "app1",
        events: [event(3, "activated", "r", "v1"), event(5, "good", "b"), event(6, "rolled-back", "r", "v1")],
      },
    ]);
    const [head = "", ...lines] = historyLines({ app: "shop", target: "lab", transactions, errors: [] });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.indexOf("ana on laptop")).toBe(head.indexOf("by"));
  });

  it("knows a rollback, and what a later run finished", () => {
    const events = [event(5, "activated", "r", "v1"), event(6, "rolled-back", "r", "v1"), event(6, "good", "r", "v1")];
    const [back] = joined([{ name: "app1", events }]);
    expect(back?.hosts[0]?.course).toBe("rolled-back");
    const [open] = joined([{ name: "app1", events: [event(5, "active", "x"), event(5, "activated", "x")] }]);
    expect(open?.hosts[0]?.course).toBe("unfinished");
  });

  it("calls a host that was brought along to a copy of its own deployed: it was not reverted", async () => {
    const asked: unknown[] = [];
    const hosts = [memoryHost("a", release("v2", 2)), memoryHost("b", release("v1", 1))];
    hosts[0]!.facts_ = { agreed: "t2" };
    hosts[1]!.facts_ = { releases: [release("v2", 2), release("v1", 1)] };
    hosts[1]!.commit = async ({ rollback, converge: along }) => {
      asked.push([rollback, along]);
      return { warnings: [] };
    };
    const report = await converge({ ...rollbackRequest(hosts), artifactOf: () => Promise.reject() });
    // What the release records of its time stays, as after a rollback; its log is another.
    expect([report.outcome, asked]).toEqual(["deployed", [[true, true]]]);
    const [past] = joined([{ name: "b", events: [event(5, "activated", "r"), event(6, "good", "r")] }]);
    expect(past?.hosts[0]?.course).toBe("deployed");
  });

  it("names who ended what another run had left", () => {
    const left = [event(5, "active", "x"), event(5, "activated", "x")];
    const end = { ...event(9, "reverted", "x", "v1"), by: "bob on desk" };
    expect(joined([{ name: "app1", events: [...left, end] }])).toMatchObject([
      { by: "ana on laptop", hosts: [{ course: "reverted", endedBy: "bob on desk" }] },
    ]);
    expect(joined([{ name: "app1", events: left }])[0]?.hosts[0]).not.toHaveProperty("endedBy");
  });

  it("knows the event that follows one which was cut off", () => {
    const line = '{"time":2,"event":"good","release":"v1","deploy":"a","by":"x"}';
    expect(parseLog(`{"time":1,"event":"acti${line}\n`, 10)).toEqual([JSON.parse(line)]);
    expect(parseLog(line.slice(0, -5), 10)).toEqual([]);
  });

  it("leaves out prunes, holds and lines that are no events", () => {
    const text = `{"time":1,"event":"pruned","release":"v0","deploy":"a","by":"x"}\n{"time":1,"event":"ho\n\nnonsense\n{"time":2,"event":"good","release":"v1","deploy":"a","by":"x"}\n`;
    const events = parseLog(text, 100);
    expect(events).toHaveLength(2);
    expect(joined([{ name: "app1", events }])).toMatchObject([{ id: "a", release: "v1" }]);
    expect(joined([{ name: "app1", events: [{ ...event(1, "hold", ""), release: "" }] }])).toEqual([]);
  });

  it("case 19: takes nothing from a log that cannot be an event: no line of its own, no name that is none", () => {
    const good = { time: 1, event: "good", release: "v1-3fa9c1d2", deploy: "a", by: "ana on laptop" };
    const wrong = [
      { ...good, by: "ana\n2026-01-01 00:00:00  v9  deployed  root" },
      { ...good, by: "ana\u001b[2J" },
      { ...good, release: "v1$(touch x)" },
      { ...good, release: "../../etc" },
      { ...good, deploy: "a b\nc" },
      { ...good, event: "good\n" },
      { ...good, time: 1e300 },
    ];
    expect(parseLog([good, ...wrong].map((one) => JSON.stringify(one)).join("\n"), 100)).toEqual([good]);
  });
});
