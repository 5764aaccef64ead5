// `tarlift compatible`: the live release, tried with the migrations of the next one. A database that is a file, and its columns; the same
// with Django and PostgreSQL: test/service/compatible-postgres.test.ts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tarlift } from "../support/command.ts";
import { full } from "../support/full.ts";
import { READ_TOKEN, startGithubService } from "../support/github-service/service.ts";
import { startJob } from "../support/job.ts";
import { commit, git, repository } from "../support/repository.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Columns are lines of a file; `reads` names those that a release's code reads, `schema` those that its migrations lead to. */
const CREATE = `[ ! -e "$DATABASE" ] && cp schema "$DATABASE" && echo "made by $TARLIFT_LIVE_VERSION" >>"$SEEN"`;
const CHECK = `while read -r column; do grep -qx "$column" "$DATABASE" || { echo "no column $column"; exit 3; }; done <reads`;

const configuration = (compatible: Record<string, string>, place: string) => `app: shop
step-env: { COLOUR: red }
migrations:
  pending: diff "$DATABASE" schema | sed -n 's/^> /add /p; s/^< /remove /p'
  apply: cp schema "$DATABASE"
  compatible:
${Object.entries(compatible)
  .map(([name, text]) => `    ${name}: ${JSON.stringify(text)}\n`)
  .join("")}    env: { SEEN: ${place}/seen }
    secrets: { DATABASE: SCRATCH_DATABASE }
targets:
  production:
    hosts: [local]
    root: ${place}/srv
    secrets: [PASSWORD]
`;
const WHOLE = { create: CREATE, check: CHECK, drop: `rm -f "$DATABASE"` };

/** A repository with one commit, tagged v1. */
function shop(compatible: Record<string, string> = WHOLE) {
  const place = temporary("shop");
  const root = repository({
    "tarlift.yml": configuration(compatible, place),
    schema: "id\nname\n",
    reads: "name\n",
  });
  git(root, "tag", "v1");
  const env = {
    XDG_CACHE_HOME: join(place, "cache"),
    SCRATCH_DATABASE: join(place, "scratch"),
    PASSWORD: "production's own",
  };
  const run = (args: string[], more: NodeJS.ProcessEnv = {}) => tarlift(args, { cwd: root, env: { ...env, ...more } });
  return {
    place,
    root,
    run,
    seen: () => readFileSync(join(place, "seen"), "utf8"),
    /** What a run must not leave behind. */
    left: () =>
      [
        existsSync(join(place, "scratch")) ? "the scratch database" : [],
        git(root, "worktree", "list").split("\n").slice(1),
        readdirSync(join(place, "cache/tarlift/work")).filter((name) => /^(compatible|worktree)-/.test(name)),
      ].flat(),
  };
}

describe("tarlift compatible", () => {
  it("asks the hosts what is live, and tries that release with what this commit would apply", async () => {
    const { root, run, left, seen } = shop();
    const first = await run(["compatible", "production"]);
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("nothing is live there")]);
    expect((await run(["deploy", "production", "--label", "v1"])).code).toBe(0);
    expect((await run(["compatible", "production"])).stdout).toContain("is live already");

    const next = commit(root, { schema: "id\nname\nprice\n" });
    const added = await run(["compatible", "production", "--json"]);
    expect([added.stderr, added.code]).toEqual([expect.anything(), 0]);
    expect(JSON.parse(added.stdout)).toMatchObject({
      outcome: "compatible",
      live: { version: "v1", commit: git(root, "rev-parse", "v1") },
      release: { commit: next },
      migrations: ["add price"],
    });
    expect(seen()).toBe("made by v1\n");
    expect(left()).toEqual([]);

    commit(root, { reads: "name\nprice\n" });
    commit(root, { schema: "id\nname\nprice\n", reads: "id\n" });
    commit(root, { schema: "id\ntitle\n" });
    const renamed = await run(["compatible", "production"]);
    expect(renamed.code).toBe(1);
    expect(renamed.stderr).toContain("v1, which is live, does not work with the schema of ");
    expect(renamed.stderr).toContain("migrations: remove name, add title");
    expect(renamed.stderr).toContain("no column name");
    expect(renamed.stderr).toContain("ended: exit code 3");
    expect(renamed.stderr).toContain("Deploy in two steps");
    expect(left()).toEqual([]);
    expect(git(root, "status", "--porcelain")).toBe("");
  });

  it("gets the live release as an option, and contacts no host; does nothing where there is nothing to apply", async () => {
    const { root, run, left } = shop({ ...WHOLE, create: CREATE.replace("[ !", "[ x$PASSWORD = x ] && [ !") });
    commit(root, { reads: "id\n" });
    const nothing = await run(["compatible", "production", "--live", "v1"]);
    expect([nothing.stderr.includes("check"), nothing.code]).toEqual([false, 0]);
    expect(nothing.stdout).toContain("brings no migration");
    commit(root, { schema: "id\n" });
    expect((await run(["compatible", "production", "--live", "v1"])).code).toBe(1);
    expect((await run(["compatible", "production", "--live", "HEAD~1"])).code).toBe(0);
    const stranger = await run(["compatible", "production", "--live", "v7"]);
    expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining("no commit v7")]);
    expect(stranger.stderr).toContain("fetch-depth: 0");
    expect(left()).toEqual([]);
  });

  it("blames no migration for a check that fails without it too, or for a database that cannot be made", async () => {
    const broken = shop({ ...WHOLE, check: "echo it is the check; exit 4" });
    commit(broken.root, { schema: "id\nname\nprice\n" });
    const check = await broken.run(["compatible", "production", "--live", "v1"]);
    expect(check.code).toBe(1);
    expect(check.stderr).toContain("fails in v1, which is live");
    expect(check.stderr).toContain("without any new migration too");
    expect(check.stderr).not.toContain("Deploy in two steps");
    expect(broken.left()).toEqual([]);

    const unmade = shop({ ...WHOLE, create: "echo no room >&2; exit 5" });
    commit(unmade.root, { schema: "id\nname\nprice\n" });
    const create = await unmade.run(["compatible", "production", "--live", "v1"]);
    expect([create.code, create.stderr]).toEqual([
      1,
      expect.stringContaining("the scratch database could not be made"),
    ]);
    expect(create.stderr).toContain("no room");
  });

  it("says that the migrations cannot be applied to the live schema, and removes what was made", async () => {
    const { root, run, left } = shop();
    const text = readFileSync(join(root, "tarlift.yml"), "utf8");
    commit(root, { schema: "id\n", "tarlift.yml": text.replace("apply: cp", "apply: false cp") });
    const failed = await run(["compatible", "production", "--live", "v1"]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("cannot be applied to the schema of");
    expect(left()).toEqual([]);
  });

  full("bundles").it(
    "takes a commit from before Tarlift by what tarlift.yml says now, and an artifact where one is given",
    async () => {
      const { root, run, place } = shop();
      const text = readFileSync(join(root, "tarlift.yml"), "utf8");
      git(root, "rm", "--quiet", "tarlift.yml");
      const before = commit(root);
      commit(root, { "tarlift.yml": text, schema: "id\n" });
      expect((await run(["compatible", "production", "--live", before])).stderr).toContain("no column name");
      const file = join(place, "v2.tar");
      expect((await run(["bundle", "--label", "v2", "--output", file])).code).toBe(0);
      commit(root, { schema: "id\nname\nprice\n", reads: "price\n" });
      const given = ["compatible", "production", "--live", "HEAD", "--artifact", file];
      expect((await run(given)).stderr).toContain("no column price");
      const other = await run(["compatible", "production", "--live", "v1", "--live-artifact", file]);
      expect([other.code, other.stdout]).toEqual([0, expect.stringContaining("v2, which is live, works with")]);
    },
  );

  it("refuses before it builds anything: without its commands, and without the address of the database", async () => {
    const { root, run } = shop();
    const address = await run(["compatible", "production", "--live", "v1"], { SCRATCH_DATABASE: "" });
    expect([address.code, address.stderr]).toEqual([2, expect.stringContaining("needs SCRATCH_DATABASE")]);
    const text = readFileSync(join(root, "tarlift.yml"), "utf8");
    commit(root, { "tarlift.yml": text.replace(/ {2}compatible:\n( {4}.*\n)+/, "") });
    const silent = await run(["compatible", "production", "--live", "v1"]);
    expect([silent.code, silent.stderr]).toEqual([
      2,
      expect.stringContaining("does not say how compatibility is tried"),
    ]);
    expect(silent.stderr).not.toContain("pack");
  });

  full("actions").it(
    "is a step of a workflow too, which tries what was bundled before it in the same job",
    async () => {
      const { root, place } = shop();
      const github = await startGithubService();
      atEnd(() => github.close());
      const job = startJob({ workspace: root, env: { ...github.env(), SCRATCH_DATABASE: join(place, "scratch") } });
      const inputs = { target: "production", live: "v1" };
      commit(root, { schema: "id\nname\nprice\n" });
      const fine = await job.run("compatible", inputs);
      expect([fine.log, fine.code]).toEqual([expect.stringContaining("works with the schema of"), 0]);
      expect(fine.outputs).toMatchObject({ outcome: "compatible", migrations: "add price" });

      commit(root, { schema: "id\n" });
      expect((await job.run("bundle", { upload: "never", label: "v2" })).code).toBe(0);
      commit(root, { schema: "id\nname\n" });
      const refused = await job.run("compatible", inputs);
      expect(refused.code).toBe(1);
      expect(
        refused.annotations
          .filter(({ type }) => type === "error")
          .map(({ message }) => message)
          .join(),
      ).toContain("v2");
      expect(refused.summary).toContain("does not work with the schema of v2");
      expect(refused.summary).toContain("remove name");
    },
  );

  full("actions").it("takes the artifact of what hosts run from the run that keeps it", async () => {
    const { root, place } = shop();
    const github = await startGithubService();
    atEnd(() => github.close());
    const env = { SCRATCH_DATABASE: join(place, "scratch"), PASSWORD: "production's own" };
    const first = startJob({ workspace: root, env: { ...github.env({ id: "1" }), ...env } });
    expect((await first.run("bundle", { upload: "always", label: "v1", save: "never" })).code).toBe(0);
    expect((await first.run("deploy", { target: "production" })).code).toBe(0);
    commit(root, { schema: "id\nname\nprice\n" });
    // Without the history it can be made of no commit.
    const workspace = join(temporary("clone"), "shop");
    git(root, "clone", "--quiet", "--depth=1", `file://${root}`, workspace);
    git(workspace, "remote", "remove", "origin");
    const later = (token: string) =>
      startJob({ workspace, token, env: { ...github.env({ id: "2" }), ...env } }).run("compatible", {
        target: "production",
        save: "never",
      });
    const found = await later(READ_TOKEN);
    expect([found.log, found.outputs]).toEqual([
      expect.anything(),
      expect.objectContaining({ outcome: "compatible", "live-version": "v1" }),
    ]);
    const none = await later("");
    expect(none.annotations.map(({ message }) => message).join()).toContain("fetch-depth: 0");
  });
});
