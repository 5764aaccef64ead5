// Where the schema stands: the journal on the hosts, what a rollback crosses, and the end of migrations that no run waited for.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest, Migrations, RollbackRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployProcess } from "../support/deploy-process.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { temporary } from "../support/temporary.ts";

/** A release that brings these migrations. */
const artifactOf = (words: string, ...names: string[]) =>
  syntheticArtifact([text("page.txt", words), text("migrations", names.map((name) => `${name}\n`).join(""))], {
    version: words,
  });

let one: Artifact;
let two: Artifact;
let three: Artifact;
let four: Artifact;

beforeAll(async () => {
  one = await artifactOf("one", "0001_first");
  two = await artifactOf("two", "0001_first", "0002_it's a name");
  three = await artifactOf("three", "0001_first", "0002_it's a name", "0003_third");
  four = await artifactOf("four", "0001_first", "0002_it's a name", "0003_third");
});

/** A database that is a file: one applied migration a line. */
function database(): Migrations & { file: string } {
  const file = join(temporary("database"), "applied");
  writeFileSync(file, "");
  const each = (then: string) =>
    `while IFS= read -r name; do if ! grep -qxF -- "$name" ${file}; then ${then}; fi; done <migrations`;
  return {
    file,
    pending: each(`printf '%s\\n' "$name"`),
    apply: each(`printf '%s\\n' "$name" >>${file}; echo "applied $name"`),
    policy: "apply",
  };
}

const membersOf = (hosts: PlainHost[], shell?: string) =>
  hosts.map((host) => host.member({}, shell ? { shell } : {}, [pageService(host.root)]));
const deployed = async (hosts: PlainHost[], artifact: Artifact, more: Partial<DeployRequest>) => {
  const report = await put(membersOf(hosts), artifact, more);
  expect(report.errors).toEqual([]);
  expect(report.outcome).toBe("deployed");
  return report;
};

let count = 0;
const back = (hosts: PlainHost[], more: Partial<RollbackRequest> = {}): Promise<Report> =>
  rollback(rollbackRequest([], { members: membersOf(hosts), deployId: `b${count++}`, ...more }));
const pages = (hosts: PlainHost[]) => hosts.map(({ root }) => readFileSync(join(root, "current/page.txt"), "utf8"));
const releaseOf = (artifact: Artifact) => `${artifact.version}-${artifact.releaseDigest.slice(7, 15)}`;

describe("a rollback", () => {
  it("goes across migrations only when it was said, names them, and counts on from there", async () => {
    const hosts = [plainHost(), plainHost()];
    const migrations = database();
    for (const artifact of [one, two, three, four]) await deployed(hosts, artifact, { migrations });

    // Nothing came with four.
    expect(await back(hosts)).toMatchObject({ outcome: "rolled-back", schemaAhead: false, errors: [] });
    expect(pages(hosts)).toEqual(["three", "three"]);

    const refused = await back(hosts);
    expect(refused).toMatchObject({ outcome: "refused", schemaAhead: false });
    expect(refused.errors).toHaveLength(1);
    expect(refused.errors[0]).toMatchObject({ host: "local", output: `0003_third  (with ${releaseOf(three)})` });
    expect(refused.errors[0]?.what).toContain(`1 migration applied since ${releaseOf(two)} was good`);
    expect(refused.errors[0]?.remedy).toContain("--allow-schema-ahead");
    expect(pages(hosts)).toEqual(["three", "three"]);

    const allowed = await back(hosts, { allowSchemaAhead: true });
    expect(allowed).toMatchObject({ outcome: "rolled-back", schemaAhead: true, errors: [] });
    expect(allowed.warnings.join()).toContain("0003_third");
    expect(pages(hosts)).toEqual(["two", "two"]);

    // One more release back, two migrations: nothing was undone meanwhile. The other host, alone, knows it too.
    for (const asked of [hosts, [hosts[1]!]]) {
      const further = await back(asked);
      expect(further.outcome).toBe("refused");
      expect(further.errors[0]?.output?.split("\n")).toEqual([
        `0002_it's a name  (with ${releaseOf(two)})`,
        `0003_third  (with ${releaseOf(three)})`,
      ]);
    }

    // Forward again: what is applied is not pending, and the way back from there is the same.
    const forward = await deployed(hosts, three, { migrations });
    expect(forward).toMatchObject({ pending: [], applied: [], schemaAhead: false, warnings: [] });
    expect((await back(hosts, { to: "two" })).errors[0]?.output).toBe(`0003_third  (with ${releaseOf(three)})`);
    expect(await back(hosts, { to: "four" })).toMatchObject({ outcome: "rolled-back", schemaAhead: false });
    for (const { names } of hosts) expect(names(".tarlift")).not.toContain("migrations.log");
  });

  full("transactions").it("counts what was undone by hand no more", async () => {
    const hosts = [plainHost()];
    const migrations = database();
    for (const artifact of [one, two, three]) await deployed(hosts, artifact, { migrations });
    writeFileSync(migrations.file, "0001_first\n0003_third\n");
    const refused = await back(hosts, { to: "one", migrations });
    expect(refused.errors[0]?.output).toBe(`0003_third  (with ${releaseOf(three)})`);
    writeFileSync(migrations.file, "0001_first\n");
    expect(await back(hosts, { to: "one", migrations })).toMatchObject({ outcome: "rolled-back", schemaAhead: false });
    // A listing that fails proves nothing.
    await deployed(hosts, three, { migrations });
    const broken = { ...migrations, pending: `cat migrations; exit 3` };
    expect((await back(hosts, { to: "one", migrations: broken })).outcome).toBe("refused");
  });

  full("transactions").it(
    "counts all of many that were undone by hand, and no warning that the listing prints",
    async () => {
      const hosts = [plainHost()];
      const names = Array.from({ length: 60 }, (_, n) => `${String(n + 2).padStart(4, "0")}_more`);
      const migrations = database();
      for (const artifact of [one, await artifactOf("many", "0001_first", ...names)])
        await deployed(hosts, artifact, { migrations });
      writeFileSync(migrations.file, "0001_first\n");
      // What is still applied stands in a warning alone.
      const pending = `printf 'a warning without an end' >&2; echo 0002_more >&2; ${migrations.pending} | grep -v 0002`;
      const refused = await back(hosts, { migrations: { ...migrations, pending } });
      expect(refused.errors[0]?.output).toMatch(/^0002_more {2}\(with many-\w+\)$/);
      expect(await back(hosts, { migrations })).toMatchObject({ outcome: "rolled-back", schemaAhead: false });
    },
  );

  it("does not say of a migration that failed that it was applied, nor that the live code can undo it", async () => {
    const hosts = [plainHost()];
    for (const artifact of [one, two]) await deployed(hosts, artifact, {});
    const failing = { ...database(), apply: "exit 7" };
    const failed = await put(membersOf(hosts), three, { migrations: failing });
    expect(failed).toMatchObject({ outcome: "reverted", schemaAhead: true, schemaUncertain: true });
    const refused = await back(hosts);
    expect(refused).toMatchObject({ outcome: "refused", schemaAhead: true, schemaUncertain: true });
    expect(refused.errors[0]?.what).toContain("crosses 3 migrations begun and perhaps applied since one-");
    expect(refused.errors[0]?.remedy).not.toContain("with the code that is live");
    const allowed = await back(hosts, { allowSchemaAhead: true });
    expect(allowed).toMatchObject({ outcome: "rolled-back", schemaAhead: true, schemaUncertain: true });
  });

  it("knows what came before a release whose host had no journal yet", async () => {
    const hosts = [plainHost()];
    await deployed(hosts, one, {});
    expect(hosts[0]!.names(".tarlift")).not.toContain("migrations");
    const migrations = database();
    await deployed(hosts, two, { migrations });
    expect((await back(hosts)).errors[0]?.output?.split("\n")).toHaveLength(2);
    expect(await back(hosts, { allowSchemaAhead: true })).toMatchObject({ outcome: "rolled-back", schemaAhead: true });
  });
});

describe("the journal", () => {
  full("transactions").it("keeps what the releases that are kept may have to cross", async () => {
    const hosts = [plainHost()];
    const migrations = database();
    for (const artifact of [one, two, three, four]) await deployed(hosts, artifact, { migrations, keep: 2 });
    const journal = readFileSync(join(hosts[0]!.root, ".tarlift/migrations"), "utf8");
    expect(journal.split("\n").map((line) => line.replace(/ \S+/, ""))).toEqual([
      `good ${releaseOf(three)}`,
      `good ${releaseOf(four)}`,
      "",
    ]);
  });
});

describe("the journal of a host whose first release was adopted", () => {
  full("transactions").it(
    "keeps all that lies between it and what is live, because it may be returned to",
    async () => {
      const host = plainHost();
      const migrations = database();
      await deployed([host], one, {});
      // As adopting records it: no digest, and never pruned.
      const record = join(host.root, ".tarlift/releases", releaseOf(one), "record");
      writeFileSync(record, `${readFileSync(record, "utf8").replace(/^digest .*$/m, "digest ")}adopted by a test\n`);
      for (const artifact of [two, three, four]) await deployed([host], artifact, { migrations, keep: 1 });
      const refused = await back([host], { to: releaseOf(one) });
      expect([refused.outcome, refused.errors[0]?.output?.split("\n").length]).toEqual(["refused", 3]);
    },
  );
});

full("transactions").eachAfterFirst(["dash", "bash", "busybox sh"])("migrations that went wrong (%s)", (shell) => {
  it("are reported by the next run with their output, until something is deployed", async () => {
    const hosts = [plainHost()];
    const migrations = database();
    await put(membersOf(hosts, shell), one, { migrations });
    const failing = {
      ...migrations,
      apply: `echo 0002 >>${migrations.file}; echo 'the disk of the database is full'; exit 7`,
    };
    const failed = await put(membersOf(hosts, shell), two, { migrations: failing });
    expect(failed).toMatchObject({ outcome: "reverted", schemaAhead: true, schemaUncertain: true });

    const rolled = await rollback(rollbackRequest([], { members: membersOf(hosts, shell) }));
    expect(rolled).toMatchObject({ outcome: "refused", schemaAhead: true, schemaUncertain: true });
    expect(rolled.warnings.join()).toMatch(
      /1 migration of two-\S+ \(0002_it's a name\) \(exit code 7\).*the disk of the database is full/,
    );
    const fixed = await put(membersOf(hosts, shell), two, { migrations });
    expect(fixed).toMatchObject({ outcome: "deployed", schemaAhead: false, applied: ["0002_it's a name"] });
    expect(fixed.warnings.join()).toContain("exit code 7");
    expect((await put(membersOf(hosts, shell), three, { migrations })).warnings).toEqual([]);
  });

  it("and were killed with all that knew of them are reported as not known", async () => {
    const hosts = [plainHost()];
    const migrations = database();
    await put(membersOf(hosts, shell), one, { migrations });
    // What waits for the end of the command goes, as with a host that stops.
    const killed = await put(membersOf(hosts, shell), two, {
      migrations: { ...migrations, apply: "kill -KILL $PPID" },
    });
    expect(killed).toMatchObject({ outcome: "reverted", schemaAhead: true });
    const next = await put(membersOf(hosts, shell), two, { migrations });
    expect(next.outcome).toBe("deployed");
    expect(next.warnings.join()).toMatch(
      /whether 1 migration of two-\S+ \(0002_it's a name\) were applied is not known/,
    );
  });
});

describe("migrations whose runner is lost", () => {
  full("transactions").it("come to their end, whose result the next run tells and counts", async () => {
    const at = plainHost();
    const migrations = database();
    await deployed([at], one, { migrations });
    const hold = `${migrations.file}.hold`;
    const slow = { ...migrations, apply: `while [ -e ${hold} ]; do sleep 0.05; done; ${migrations.apply}` };
    writeFileSync(hold, "");
    const { signal } = await deployProcess({
      hosts: [{ root: at.root }],
      artifact: two.file,
      deployId: "lost",
      settle: 0,
      migrations: slow,
      signal: { step: { host: 0, verb: "task", when: "sent" }, name: "SIGKILL" },
    });
    expect(signal).toBe("SIGKILL");
    const early = await back([at]);
    expect(early.outcome).toBe("refused");
    expect(early.errors[0]?.what).toContain("its migrations still run");
    rmSync(hold);

    const reported = await back([at], { waitForLock: 20 });
    expect(existsSync(join(at.root, ".tarlift/owner"))).toBe(false);
    expect(reported).toMatchObject({ outcome: "refused", schemaAhead: true, schemaUncertain: false });
    expect(reported.warnings.join()).toContain(`has applied 1 migration of ${releaseOf(two)} (0002_it's a name)`);
    expect(readFileSync(migrations.file, "utf8")).toBe("0001_first\n0002_it's a name\n");

    // The release that brings something else: what was applied counts as applied, and lies between it and the first.
    const next = await deployed([at], four, { migrations });
    expect(next.pending).toEqual(["0003_third"]);
    expect((await back([at])).errors[0]?.output?.split("\n")).toEqual([
      `0002_it's a name  (with ${releaseOf(two)})`,
      `0003_third  (with ${releaseOf(four)})`,
    ]);
  });

  full("transactions").it("are in the other hosts' journals when the deploy is finished by the next run", async () => {
    const hosts = [plainHost(), plainHost()];
    const migrations = database();
    await deployed(hosts, one, { migrations });
    const { signal } = await deployProcess({
      hosts: hosts.map(({ root }) => ({ root })),
      artifact: two.file,
      deployId: "lost-late",
      settle: 0,
      migrations,
      signal: { step: { host: 1, verb: "precommit", when: "answered" }, name: "SIGKILL" },
    });
    expect(signal).toBe("SIGKILL");
    // Finished, and then not reverted: neither by both nor by the one that applied nothing itself.
    expect((await back(hosts, { waitForLock: 20 })).outcome).toBe("refused");
    expect(pages(hosts)).toEqual(["two", "two"]);
    expect((await back([hosts[1]!])).errors[0]?.output).toBe(`0002_it's a name  (with ${releaseOf(two)})`);
    appendFileSync(join(hosts[1]!.root, ".tarlift/migrations"), "begun broken\n");
    expect((await back([hosts[1]!], { allowSchemaAhead: true })).outcome).toBe("rolled-back");
  });
});

describe("a deploy of an older commit", () => {
  full("transactions").it("says which migrations are ahead of it, and is not kept from it", async () => {
    const hosts = [plainHost()];
    const migrations = database();
    for (const artifact of [one, two, three]) await deployed(hosts, artifact, { migrations });
    const older = await deployed(hosts, one, { migrations });
    expect(older.schemaAhead).toBe(true);
    expect(older.warnings).toEqual([
      `2 migrations applied since ${releaseOf(one)} was good: 0002_it's a name, 0003_third`,
    ]);
    // It has been good with them now; and what has its migrations is behind none.
    expect(await deployed(hosts, three, { migrations })).toMatchObject({ schemaAhead: false, warnings: [] });
    expect(await back(hosts)).toMatchObject({ outcome: "rolled-back", schemaAhead: false });
    expect(pages(hosts)).toEqual(["one"]);
    // Undone by hand, they are ahead of nothing.
    await deployed(hosts, four, { migrations });
    writeFileSync(migrations.file, "0001_first\n0002_it's a name\n");
    expect(await deployed(hosts, two, { migrations })).toMatchObject({ schemaAhead: false, warnings: [] });
  });
});

describe("a list of pending migrations that fails", () => {
  it("names a shell in which a person sees the same, also where the release is on the host already", async () => {
    const host = plainHost();
    const migrations = { ...database(), pending: "echo $TARLIFT_RELEASE; exit 3" };
    for (const _ of ["sent", "there already"]) {
      const report = await put(membersOf([host]), one, { migrations });
      expect(report.outcome).toBe("refused");
      expect(report.errors[0]?.what).toBe("the pending migrations could not be listed: exit code 3");
      const shell = / with (.*\/exec sh); then/.exec(report.errors[0]?.remedy ?? "")?.[1] ?? "";
      const { status, stdout } = spawnSync("sh", ["-c", shell], { input: migrations.pending, encoding: "utf8" });
      expect([status, stdout]).toEqual([3, `${releaseOf(one)}\n`]);
    }
  });
});

describe("names of migrations", () => {
  it("are whatever their tool prints: shell text, Unicode, and a warning before them that ends no line", async () => {
    const host = plainHost();
    await deployed([host], one, {});
    const names = ["$(touch /tmp/x); `id` & \\1 'a' \"b\"", "ünïcödé\u2028\u0085 of 表", "-n", "a\rb"];
    const pending = `printf 'a warning' >&2; cat <<'END'\n${names.join("\n")}\n   \nEND`;
    const migrations = { pending, apply: "echo done", policy: "apply" as const };
    const report = await deployed([host], two, { migrations });
    expect(report.pending).toEqual(names);
    expect(report.applied).toEqual(names);
    const refused = await back([host]);
    expect(refused.errors[0]?.output?.split("\n")).toEqual(names.map((name) => `${name}  (with ${releaseOf(two)})`));
  });

  full("transactions").it("may be many, and what applies them may print megabytes", async () => {
    const hosts = [plainHost(), plainHost()];
    await deployed(hosts, one, {});
    const migrations = {
      pending: "seq -f 'number %.0f' 1 700",
      apply: "head -c 6000000 /dev/zero | tr '\\0' x; echo; yes a line | head -n 200000; echo the end; exit 3",
      policy: "apply" as const,
    };
    const failed = await put(membersOf(hosts), two, { migrations });
    expect(failed.errors[0]?.output?.split("\n").at(-1)).toBe("the end");
    const left = readFileSync(join(hosts[0]!.root, ".tarlift/migrations.log"), "utf8");
    expect(left.length).toBeLessThanOrEqual(8192);
    expect(left.endsWith("the end\n")).toBe(true);
    const fine = { ...migrations, apply: "true" };
    expect((await deployed(hosts, two, { migrations: fine })).applied).toHaveLength(700);
    // The beginning has made room, and what is left is in the way all the same.
    expect((await back(hosts)).errors[0]?.what).toContain("migrations applied since");
    expect((await back([hosts[1]!])).errors[0]?.what).toContain("migrations applied since");
  });
});

describe("roles", () => {
  full("transactions").it(
    "choose who lists and applies migrations; the others' journals know it, and when that host is away another one does it",
    async () => {
      const hosts = [plainHost(), plainHost(), plainHost()];
      const file = join(temporary("database"), "applied");
      const said = join(temporary("said"), "who");
      const inRole = (absent: number[] = []) =>
        hosts.map((host, n) => ({
          ...(absent.includes(n)
            ? host.member({ address: "127.0.0.1", port: 9 }, { shell: "sh" }, [pageService(host.root)])
            : host.member({}, {}, [pageService(host.root)])),
          roles: n === 0 ? ["web"] : ["web", "jobs"],
        }));
      const base = { ...database(), file };
      const migrations = { ...base, apply: `pwd >>${said}; ${base.apply}`, roles: ["jobs"] };
      await put(inRole(), one, { migrations });
      const second = await put(inRole(), two, { migrations });
      expect([second.errors, second.outcome]).toEqual([[], "deployed"]);
      expect(readFileSync(said, "utf8").split("\n").slice(0, 2)).toEqual(
        [one, two].map((artifact) => join(hosts[1]!.root, "releases", releaseOf(artifact))),
      );
      for (const [n, host] of hosts.entries())
        expect([n, (await back([host])).errors[0]?.output]).toEqual([n, `0002_it's a name  (with ${releaseOf(two)})`]);

      const third = await put(inRole([1]), three, { migrations, maxUnreachable: 1 });
      expect([third.errors, third.outcome]).toEqual([[], "deployed"]);
      expect(readFileSync(said, "utf8").split("\n")[2]).toBe(join(hosts[2]!.root, "releases", releaseOf(three)));

      const none = await put(inRole([1, 2]), four, { migrations, maxUnreachable: 2 });
      expect([none.outcome, none.errors[0]?.what]).toEqual([
        "refused",
        "no host that takes part has the role jobs, which `migrations.roles` asks for",
      ]);
    },
  );
});
