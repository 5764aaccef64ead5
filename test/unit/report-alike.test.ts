import { describe, expect, it } from "vitest";
import type { HostOutcome, Report, ReportedError } from "../../src/fleet/report.ts";
import { measure } from "../../src/report/frame.ts";
import { groupErrors, groupWarnings } from "../../src/report/group-errors.ts";
import { summaryMarkdown } from "../../src/report/summary.ts";
import { transactionLines } from "../../src/report/transaction.ts";
import { wrap } from "../../src/report/width.ts";

const host = (name: string, more: Partial<HostOutcome> = {}): HostOutcome => ({
  name,
  live: "v1-3fa9c1d2",
  previousRelease: "v1-3fa9c1d2",
  services: [],
  phases: [{ phase: "preflight", start: 0, seconds: 0.4, ok: true }],
  ...more,
});
const report = (more: Partial<Report> = {}): Report => ({
  outcome: "refused",
  app: "shop",
  target: "prod",
  schemaAhead: false,
  schemaUncertain: false,
  pending: [],
  applied: [],
  hosts: [host("app1"), host("app2"), host("app3")],
  errors: [],
  warnings: [],
  durations: [],
  ...more,
});

describe("case 43: what many hosts have in common is reported once", () => {
  const error = (name: string, pid: number) => ({
    host: name,
    code: "command-failed" as const,
    what: "web is not healthy: it answers 500, expected 200",
    where: { host: name, attempts: "6" },
    output: `${name} [${pid}] boom`,
    remedy: "Its log says why.",
  });

  it("with the hosts that have it, and what is different by itself", () => {
    const other = { host: "app3", code: "command-failed" as const, what: "the disk is full" };
    const reported = groupErrors([error("app1", 41), other, error("app2", 7)]);
    expect(reported).toEqual([
      { ...error("app1", 41), host: "app1, app2", where: { attempts: "6" }, output: "(on app1)\napp1 [41] boom" },
      other,
    ]);
    const many = Array.from({ length: 40 }, (_, n) => error(`app${n}`, n));
    expect(groupErrors(many).map(({ host: names }) => names)).toEqual(["app0, app1, app2, app3, app4 and 35 more"]);
    expect(
      groupErrors([
        { code: "command-failed" as const, what: "a" },
        { code: "command-failed" as const, what: "a" },
        { host: "app1", code: "command-failed" as const, what: "a" },
      ]),
    ).toHaveLength(2);
    expect(groupWarnings(["app1: slow", "app2: slow", "all is slow"], ["app1", "app2"])).toEqual([
      "app1, app2: slow",
      "all is slow",
    ]);
    const lines = transactionLines(report({ errors: [error("app1", 41), error("app2", 7)] })).join("\n");
    expect(lines.match(/is not healthy/g)).toHaveLength(1);
    expect(
      summaryMarkdown({ report: report({ errors: [error("app1", 41), error("app2", 7)] }) }).match(/is not healthy/g),
    ).toHaveLength(1);
  });

  it("and no error of another host, or a second one of the same host, is lost in it", () => {
    const reported = (...errors: ReportedError[]) => groupErrors(errors).map(({ host, what }) => `${host}: ${what}`);
    const lacks = (name: string, file: string) => ({
      host: name,
      code: "command-failed" as const,
      what: `the shared file ${file} is missing`,
      remedy: `Put it to /srv/shop/shared/${file} on the host.`,
    });
    expect(reported(lacks("app1", "shard1.yml"), lacks("app1", "shard2.yml"), lacks("app2", "shard2.yml"))).toEqual([
      "app1: the shared file shard1.yml is missing",
      "app1, app2: the shared file shard2.yml is missing",
    ]);
    const stopped = (name: string, service: string) => ({
      host: name,
      code: "command-failed" as const,
      what: `${service} does not run`,
    });
    expect(reported(stopped("app2", "worker1"), stopped("app3", "worker2"))).toHaveLength(2);
    // Hosts that are called as their services are.
    expect(reported(stopped("web", "web"), stopped("api", "api"))).toHaveLength(2);
    const said = (name: string | undefined, output: string) => ({
      host: name,
      code: "command-failed" as const,
      what: "a hook failed",
      output,
    });
    expect(reported(said("app1", "line 4"), said("app1", "line 7"), said("app1", "line 4"))).toHaveLength(2);
    expect(reported(said(undefined, "line 4"), said(undefined, "line 7"))).toHaveLength(2);
    expect(reported(said("app1", "worker1 is down"), said("app2", "worker2 is down"))).toHaveLength(2);
    const ended = (name: string, code: number) => ({
      host: name,
      code: "command-failed" as const,
      what: "a",
      where: { ended: `exit code ${code}` },
    });
    expect(reported(ended("app1", 1), ended("app2", 127))).toHaveLength(2);
  });

  it("with what is to be done on each of them, and no attempts that are those of one", () => {
    const unknown = (name: string, attempts: string) => ({
      host: name,
      code: "command-failed" as const,
      what: "its key is not known",
      where: { url: "/", attempts },
      remedy: `Run ssh-keyscan ${name}`,
    });
    expect(groupErrors([unknown("app1", "1 of 3"), unknown("app2", "2 of 3")])).toEqual([
      {
        host: "app1, app2",
        code: "command-failed" as const,
        what: "its key is not known",
        where: { url: "/" },
        remedy: "Run ssh-keyscan app1\nRun ssh-keyscan app2",
      },
    ]);
  });

  it("with no more remedies than hosts are named", () => {
    const hosts = Array.from({ length: 200 }, (_, n) => `web${n}`);
    const [reported] = groupErrors(
      hosts.map((name) => ({
        host: name,
        code: "command-failed" as const,
        what: "it cannot be written",
        remedy: `As root on ${name}: chown`,
      })),
    );
    expect(reported?.remedy?.split("\n").slice(3)).toEqual([
      "As root on web3: chown",
      "As root on web4: chown",
      "and 195 more like these",
    ]);
  });

  it("a refusal stands at the hosts that it speaks of, and not above ticks alone", () => {
    const lines = transactionLines(
      report({ errors: [{ host: "app2", code: "command-failed" as const, what: "no room" }] }),
    );
    expect(lines.filter((line) => /^ {2}app\d {2}[✓✗]/.test(line)).map((line) => line.includes("✗"))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("only a plan says what would be sent, and a few bytes have no rate", () => {
    const hosts = [host("app1", { missing: { files: 0, bytes: 0 } })];
    expect(summaryMarkdown({ report: report({ outcome: "rolled-back", hosts }) })).not.toContain("would be");
    expect(summaryMarkdown({ report: report({ outcome: "planned", hosts }) })).toContain("would be 0 B");
    expect(measure({ state: { done: 500, total: 500 }, rate: 23 })).toBe("500 B of 500 B, 100 %");
    expect(measure({ state: { done: 5e6, total: 1e7 }, rate: 1e6 })).toContain("1.00 MB/s");
  });
});

describe("case 43: a sentence on a narrow terminal", () => {
  it("is broken between words, and a path stays whole", () => {
    const line = `  warning: ${"words of a sentence ".repeat(8)}/srv/shop/${"x".repeat(90)} end`;
    const lines = wrap(line, 80);
    expect(lines.map((part) => part.trim()).join(" ")).toBe(line.trim());
    expect(lines.filter((part) => part.length > 80)).toEqual([`    /srv/shop/${"x".repeat(90)}`]);
    expect(lines.slice(1).every((part) => /^ {4}\S/.test(part))).toBe(true);
    expect(wrap(`  \x1b[31m${"a".repeat(70)}\x1b[39m b`, 80)).toHaveLength(1);
  });
});

describe("case 44: a job summary", () => {
  it("has commands in remedies as code and no literal backticks, and a remark beside the next command", () => {
    const text = summaryMarkdown({
      report: report({
        errors: [{ code: "command-failed" as const, what: "a", remedy: "Make one: `tarlift bundle` <b>" }],
      }),
      next: "look: `tarlift status prod`, then go",
    });
    expect(text).toContain("**Next:** Make one: <code>tarlift bundle</code> &#60;b&#62;");
    expect(text).toContain("**Next:** look: <code>tarlift status prod</code>, then go");
    expect(text).not.toMatch(/`tarlift|&#96;/);
  });

  it("of environments alone has another heading than that of the artifact beside it", () => {
    expect(summaryMarkdown({ cached: [{ name: "python", hit: true, size: 5 }] })).toContain("### Environments");
  });
});
