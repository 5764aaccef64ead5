import { describe, expect, it } from "vitest";
import type { Report } from "../../src/fleet/report.ts";
import type { ServiceEvidence } from "../../src/host/host.ts";
import { outcomeSentence } from "../../src/report/outcome-text.ts";
import { summaryMarkdown } from "../../src/report/summary.ts";
import { timeline } from "../../src/report/trace.ts";
import { transactionLines } from "../../src/report/transaction.ts";
import { cpuTime } from "../support/cpu-time.ts";
import { hostOutcome, phases, report } from "../support/report.ts";

const bundle = {
  version: "v2",
  commit: "a".repeat(40),
  releaseDigest: `sha256:${"b".repeat(64)}`,
  size: 45_000_000,
  environments: [{ name: "python", id: "x", hit: true, size: 40_000_000 }],
  assets: [{ name: "front end", hit: false, size: 1_000_000 }],
  timings: { environments: 900, source: 100, assets: 0, application: 0, artifact: 0, unpacking: 0, checks: 0 },
};

/** Two hosts, the second of which failed and was reverted. */
const reverted: Report = report({
  outcome: "reverted",
  schemaAhead: true,
  pending: ["shop.0002", "shop.0003"],
  applied: ["shop.0002"],
  hosts: [
    hostOutcome({
      live: "v1-3fa9c1d2",
      phases: phases(
        ["preflight", 0.2],
        ["migrate", 2],
        ["activate", 5],
        ["verify", 0.1],
        ["revert", 1],
        ["verify", 0.2],
      ),
    }),
    hostOutcome({
      name: "app2",
      live: undefined,
      unknown: true,
      services: [],
      phases: phases(["preflight", 0.3], ["activate", 5.2, false], ["revert", 9, false]),
    }),
  ],
  errors: [
    {
      host: "app2",
      code: "command-failed",
      what: "web is not healthy",
      where: { url: "http://x/" },
      output: "500",
      remedy: "read its log",
    },
  ],
  warnings: ["app1: the disk is nearly full"],
});

describe("the end of a transaction on a terminal", () => {
  it.each([{ unknown: true }, { behind: true }])("never says that every host runs it where one does not: %o", (how) => {
    const hosts = [hostOutcome({}), hostOutcome({ name: "app2", live: "v1-3fa9c1d2", services: [], ...how })];
    const lines = transactionLines(report({ hosts }));
    expect(lines[2]).toBe("  it is live on 1 of 2 hosts, NOT on app2; every service there was seen running it");
    expect(lines.at(-1)).toBe("next: tarlift converge production   (brings those along that do not run it)");
    expect(summaryMarkdown({ report: report({ hosts }) })).toContain("it is live on 1 of 2 hosts, NOT on app2");
  });

  it("names what runs on and is no service of the target any more", () => {
    const dropped = [
      { service: "worker", release: "v0-11111111" },
      { service: "other", release: "v2-8a1c22b0" },
    ];
    const sentence = outcomeSentence(report({ hosts: [hostOutcome({ live: "v2-8a1c22b0", dropped })] }));
    expect(sentence).toMatch(/; LEFT RUNNING, no longer in tarlift.yml: worker on app1 \(v0-11111111\)$/);
  });

  it("cases 3 and 4: says which services were seen to run the release, and names those that were not", () => {
    const seen = (...levels: ServiceEvidence["evidence"][]) => {
      const services = levels.map((evidence, n) => ({ service: `s${n}`, evidence, detail: "" }));
      return outcomeSentence(report({ hosts: [hostOutcome({ services })] }));
    };
    expect(seen()).toBe("it is live on every host");
    expect(seen("release-header", "directory")).toBe("it is live on every host; every service was seen running it");
    expect(seen("directory", "absent")).toBe("it is live on every host; every service was seen running it");
    for (const evidence of ["environment", "started", "restarted", "supervisor", "unverified"] as const)
      expect(seen("directory", evidence)).toBe(
        `it is live on every host; 1 of 2 services were seen running it, NOT VERIFIED: s1 on app1 (${evidence})`,
      );
    expect(seen("none")).toContain("NOT VERIFIED: s0 on app1 (does not run)");
    expect(seen(..."1234567".split("").map(() => "started" as const))).toMatch(/s4 on app1 \(started\) and 2 more$/);
  });

  it("says what was done on each host, what is live, what it rests on, and what to type next", () => {
    expect(transactionLines(report())).toEqual([
      "",
      "shop on production: DEPLOYED  v2-77aa01ce",
      "  it is live on every host; every service was seen running it",
      "",
      "  host  preflight  prepare  activate  commit",
      "  app1  ✓ 0.2 s    ✓ 0.8 s  ✓ 5.1 s   ✓ 0.1 s",
      "",
      "  app1  v2-77aa01ce, previous: v1-3fa9c1d2  1.20 MB sent (30 files, 1970 linked)",
      "      web: RUNNING, pid 4711 (evidence: directory, its working directory is the release)",
      "  time: preflight 0.2 s, activate 5.1 s; total 5.3 s",
      "",
      "next: tarlift status production   (to roll back: tarlift rollback production)",
    ]);
  });

  it("marks the phase that failed, adds up what was done twice, and tells applied from pending migrations", () => {
    const lines = transactionLines(reverted);
    expect(lines).toEqual(
      expect.arrayContaining([
        "  host  preflight  migrate  activate  verify   revert",
        "  app1  ✓ 0.2 s    ✓ 2.0 s  ✓ 5.0 s   ✓ 0.3 s  ✓ 1.0 s",
        "  app2  ✓ 0.3 s    ·        ✗ 5.2 s   ·        ✗ 9.0 s",
        "  1 migration applied: shop.0002",
        "  1 migration pending: shop.0003",
        "  ✗ app2: web is not healthy",
        "    next: read its log",
      ]),
    );
    expect(lines.join("\n")).toContain("SCHEMA AHEAD");
    const uncertain = transactionLines({ ...reverted, applied: [], schemaUncertain: true }).join("\n");
    expect(uncertain).toContain("SCHEMA PERHAPS AHEAD: migrations were begun and did not end well");
    expect(uncertain).not.toContain("were applied");
    expect(lines.join("\n")).toContain("app2  could not be asked what is live");
  });

  it("shows a plan's bytes where nothing was sent", () => {
    const { wire, files, ...host } = hostOutcome({ previousRelease: undefined, live: undefined, services: [] });
    const planned = report({
      outcome: "planned",
      pending: ["shop.0002"],
      hosts: [{ ...host, missing: { files: 3, bytes: 1500 } }],
    });
    const text = transactionLines(planned).join("\n");
    expect(text).toContain("app1  nothing live  would send 3 files, 1.50 KB");
    expect(text).toContain("1 migration would be applied: shop.0002");
    const many = Array.from({ length: 241 }, (_, n) => `shop.${n}`);
    // Case 60.
    expect(transactionLines({ ...planned, pending: many }).join("\n")).toContain(
      "241 migrations would be applied: shop.0, shop.1, shop.2, shop.3, shop.4, shop.5, shop.6, shop.7 and 233 more\n",
    );
    expect(text).toContain("next: tarlift deploy production");
  });
});

describe("a job summary", () => {
  it("has outcome, hosts by phase, evidence, sizes, commits, migrations and the next command", () => {
    const text = summaryMarkdown({
      report: reverted,
      bundle,
      commits: [
        { id: "c".repeat(40), subject: "mend it", author: "ana", url: "https://example.org/c" },
        { id: "d".repeat(40), subject: "x" },
      ],
      commitsLeftOut: 3,
    });
    const has = (line: string) => expect(text.split("\n")).toContain(line);
    has("## ❌ shop on production: reverted <code>v2-77aa01ce</code>");
    has("| host | live | preflight | migrate | activate | verify | revert | sent |");
    has("| app2 | ❌ could not be asked | ✓ 0.3 s | · | ❌ 5.2 s | · | ❌ 9.0 s | 1.20 MB, 30 files (1970 linked) |");
    has("| app1 | web | RUNNING, pid 4711 | directory: its working directory is the release |");
    has("| environment python | 40.0 MB | cached |");
    has("| assets front end | 1.00 MB | built |");
    has("| sent to 2 hosts | 2.40 MB | 60 files, 3940 linked |");
    has(
      "environments 0.9 s, source 0.1 s, assets 0.0 s, application 0.0 s, artifact 0.0 s, unpacking 0.0 s, checks 0.0 s, preflight 0.2 s, activate 5.1 s; total 6.3 s",
    );
    has("- [<code>cccccccccccc</code>](https://example.org/c) mend it (ana)");
    has("- … and 3 more commits");
    has("1 migration applied:");
    has("- <code>shop.0003</code>");
    has("### ❌ app2: web is not healthy");
    has("**Next:** fix what is named above, then run this job again");
    expect(text).toContain("⚠️ **SCHEMA AHEAD");
    expect(text).toContain("```mermaid\ngantt\n");
  });

  it("says what was live before where something else is now", () => {
    expect(summaryMarkdown({ report: report() })).toContain(
      "commit <code>aaaaaaaaaaaa</code>; previous: <code>v1-3fa9c1d2</code>",
    );
  });

  it("tells of an artifact alone, of environments alone, and of a failure before any host was asked", () => {
    expect(summaryMarkdown({ bundle })).toMatch(/^## ✅ Artifact v2\n\n### Sizes and times\n/);
    expect(summaryMarkdown({ title: "Environments", cached: bundle.environments })).toContain("| environment python |");
    expect(
      summaryMarkdown({
        failure: {
          what: "pip failed",
          where: { step: "pip", host: undefined },
          output: "no\n",
          remedy: "pin it\nor not",
        },
      }),
    ).toBe("## ❌ pip failed\n\n- step: <code>pip</code>\n\n```\nno\n```\n\n**Next:** pin it<br>or not\n");
  });

  it("reads names as text: no markup, table, link or HTML of theirs", () => {
    const evil = "a|b`c`<img src=x onerror=1>[x](javascript:1)*_~$@you#1\\http://evil\x1b[31m\n| new row |";
    const text = summaryMarkdown({
      report: report({
        app: evil,
        release: evil,
        hosts: [
          hostOutcome({ name: evil, live: evil, services: [{ service: evil, evidence: "started", detail: evil }] }),
        ],
        errors: [
          {
            host: evil,
            code: "command-failed",
            what: evil,
            where: { [evil]: evil },
            output: "```\n<b>\n````\n::error::",
            remedy: evil,
          },
        ],
        warnings: [evil],
        pending: [evil],
      }),
      commits: [{ id: "e".repeat(40), subject: evil, author: evil, url: "javascript:alert(1)" }],
    });
    const outside = text.replace(/^(`{3,})\w*$.*?^\1$/gms, "");
    expect(outside).not.toMatch(/<(?!\/?code>|br>)|`|\[x|\*_|http:\/\/evil|@you|javascript:alert/);
    for (const row of outside.split("\n").filter((line) => line.startsWith("| a"))) {
      expect(row.endsWith(" |")).toBe(true);
      expect([4, 7]).toContain(row.split(" | ").length);
    }
    expect(outside).not.toContain("\n| new row");
    expect(text).toContain("\n`````\n```\n<b>\n````\n::error::\n`````\n");
  });

  it("masks secrets before it escapes them", () => {
    const mask = (value: string) => value.replaceAll('p"a*s', "***");
    const text = summaryMarkdown({
      mask,
      report: report({
        errors: [{ code: "command-failed", what: 'login with p"a*s failed', output: 'p"a\x1b[0m*s' }],
      }),
    });
    expect(text).toContain("login with &#42;&#42;&#42; failed");
    expect(text).not.toContain("p&#34;a");
    expect(text).toContain("```\n***\n```");
  });

  it("stays below what GitHub takes, and keeps outcome, errors and next command", { timeout: 120_000 }, () => {
    const hosts = Array.from({ length: 1000 }, (_, n) =>
      hostOutcome({ name: `host${n}-${"<".repeat(200)}`, services: Array(20).fill(hostOutcome().services[0]) }),
    );
    const text = summaryMarkdown({
      report: report({
        outcome: "reverted",
        hosts,
        errors: hosts.map(({ name }) => ({
          host: name,
          code: "command-failed",
          what: "down",
          output: "日".repeat(10_000),
        })),
        pending: Array.from({ length: 5000 }, (_, n) => `${n}${"*".repeat(300)}`),
        warnings: Array(5000).fill("|".repeat(1000)),
      }),
      commits: Array.from({ length: 5000 }, () => ({ id: "f".repeat(40), subject: "_".repeat(1000) })),
    });
    expect(Buffer.byteLength(text)).toBeLessThan(1 << 20);
    expect(text).toMatch(/^## ❌ shop on production: reverted/);
    expect(text).toContain("down");
    expect(text).toContain("**Next:**");
    expect(text).toContain("this summary would be too long");
    expect((text.match(/^`{3,}/gm) ?? []).length % 2).toBe(0);
  });
});

describe("a transaction with more migrations than a project has", () => {
  it("is reported in time that grows with their number, and hosts' backticks are counted one by one", () => {
    const names = Array.from({ length: 100_000 }, (_, n) => `shop.migration_${n}`);
    const reported = report({ pending: names, applied: names.toReversed() });
    const begin = cpuTime();
    expect(transactionLines(reported).join("\n")).toMatch(/100 000 migrations applied/);
    expect(summaryMarkdown({ report: reported })).toMatch(/100 000 migrations applied/);
    expect(summaryMarkdown({ lines: ["x`".repeat(200_000)] })).toContain("\n```\nx`x`");
    expect(begin()).toBeLessThan(10_000);
  });
});

describe("the timeline", () => {
  // Mermaid 11's own parser accepts these lines (it cannot be had here without its 140 packages): `dateFormat x` with a start in
  // milliseconds and a length in `ms`.
  const LINE =
    /^(?:gantt| {2}(?:dateFormat x|axisFormat %s s|tickInterval \d+(?:second|minute)|section [\p{L}\p{N}._@/ -]+|[a-z]+ \d+\.\d s :(?:done|active|crit), \d+, \d+ms))$/u;

  it("is a bar for each phase, at its time, and marks what failed", () => {
    expect(timeline(reverted.hosts)?.split("\n")).toEqual([
      "gantt",
      "  dateFormat x",
      "  axisFormat %s s",
      "  tickInterval 1second",
      "  section app1",
      "  preflight 0.2 s :done, 0, 200ms",
      "  migrate 2.0 s :done, 1000, 2000ms",
      "  activate 5.0 s :done, 2000, 5000ms",
      "  verify 0.1 s :done, 3000, 100ms",
      "  revert 1.0 s :active, 4000, 1000ms",
      "  verify 0.2 s :done, 5000, 200ms",
      "  section app2",
      "  preflight 0.3 s :done, 0, 300ms",
      "  activate 5.2 s :crit, 1000, 5200ms",
      "  revert 9.0 s :crit, 2000, 9000ms",
    ]);
  });

  it("keeps to the grammar whatever a host is called", () => {
    for (const name of ["a:b;c#d%%e\nf", "", "```", "[2001:db8::1]", "データ", "x".repeat(500), "end\nsection y"]) {
      const text = timeline([hostOutcome({ name, phases: phases(["preflight", 0], ["prepare", 1234.5]) })])!;
      for (const line of text.split("\n")) expect(line).toMatch(LINE);
    }
  });

  it("has the hosts that failed where there are too many for a chart, and none where nothing was done", () => {
    const hosts = Array.from({ length: 200 }, (_, n) =>
      hostOutcome({ name: `app${n}`, phases: phases(["preflight", 1, n !== 150]) }),
    );
    const sections = timeline(hosts)!
      .split("\n")
      .filter((line) => line.startsWith("  section"));
    expect(sections).toHaveLength(30);
    expect(sections[0]).toBe("  section app150");
    expect(timeline([hostOutcome({ phases: [] })])).toBeUndefined();
  });
});
