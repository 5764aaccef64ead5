// dist/ is committed, and changes in commits of its own: scripts/dist.ts, on histories made for it and on the repository's.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { chunkName } from "../../scripts/chunk-name.ts";
import { distChanges, promisesDist } from "../../scripts/dist.ts";
import { commitAll } from "../support/commits.ts";
import { git } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

/** A repository with one commit that holds sources and their dist/. */
function begun(): { root: string; start: string; commit: (subject: string, ...paths: string[]) => string } {
  const root = temporary("dist-history");
  git(root, "init", "--quiet", "--initial-branch=main");
  let version = 0;
  const commit = (subject: string, ...paths: string[]) => {
    version += 1;
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `${version}\n`);
    }
    return commitAll(root, subject);
  };
  return { root, start: commit("Begin", "src/a.ts", "dist/a.js"), commit };
}

describe("commits that change dist/", () => {
  test("are titled so, and change nothing else", () => {
    const { root, start, commit } = begun();
    commit("Change a", "src/a.ts");
    commit("Build dist", "dist/a.js", "dist/chunks/ä b.js");
    expect(distChanges(root, { start })).toEqual([]);
    const along = commit("Change b", "src/a.ts", "dist/a.js");
    const mixed = commit("Build dist", "src/a.ts", "dist/a.js");
    expect(distChanges(root, { start })).toEqual([
      `${mixed.slice(0, 10)} Build dist: changes more than dist/: src/a.ts`,
      `${along.slice(0, 10)} Change b: changes dist/, which only a commit titled "Build dist" does`,
    ]);
    expect(distChanges(root, { start: mixed })).toEqual([]);
  });

  test("are seen when they come with a merge, and when the merge itself makes the change", () => {
    const { root, start, commit } = begun();
    git(root, "checkout", "--quiet", "-b", "side");
    commit("Change dist aside", "dist/side.js");
    git(root, "checkout", "--quiet", "main");
    commit("Change a", "src/a.ts");
    git(root, "merge", "--quiet", "--no-ff", "-m", "Merge side", "side");
    expect(distChanges(root, { start })).toEqual([expect.stringContaining("Change dist aside: changes dist/")]);
    const merged = git(root, "rev-parse", "HEAD");
    git(root, "checkout", "--quiet", "-b", "other", "HEAD~1");
    commit("Change b", "src/b.ts");
    git(root, "merge", "--quiet", "--no-ff", "--no-commit", "main");
    writeFileSync(join(root, "dist/a.js"), "by hand\n");
    commitAll(root, "Merge main");
    expect(distChanges(root, { start: merged })).toEqual([expect.stringContaining("Merge main: changes dist/")]);
  });

  test("are none of a pull request's", () => {
    const { root, commit } = begun();
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD");
    commit("Change a", "src/a.ts");
    expect(distChanges(root, { base: "main" })).toEqual([]);
    commit("Build dist", "dist/a.js");
    expect(distChanges(root, { base: "main" })).toEqual([
      expect.stringMatching(/^[0-9a-f]{10} Build dist: a pull request leaves dist\/ to the maintainers$/),
    ]);
  });

  test("are looked for in what a shallow clone has", () => {
    const { root, start, commit } = begun();
    commit("Change dist early", "dist/a.js");
    commit("Change a", "src/a.ts");
    commit("Change dist late", "dist/a.js");
    const clone = join(temporary("dist-shallow"), "clone");
    git(root, "clone", "--quiet", "--depth=3", `file://${root}`, clone);
    expect(distChanges(clone, { start })).toEqual([expect.stringContaining("Change dist late")]);
  });

  test("stop the check where git cannot say", () => {
    const directory = temporary("no-repository");
    expect(() => distChanges(directory)).toThrow(/git .*not a git repository/);
    expect(() => promisesDist(directory)).toThrow(/git .*not a git repository/);
  });
});

describe("dist/ is what the sources build", () => {
  test("in a commit titled so and at the tip of the published main, not in between", () => {
    const { root, commit } = begun();
    commit("Build dist", "dist/a.js");
    expect(promisesDist(root)).toBe(true);
    writeFileSync(join(root, "src/a.ts"), "not committed\n");
    expect(promisesDist(root)).toBe(false);
    commit("Change a", "src/a.ts");
    expect(promisesDist(root)).toBe(false);
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD");
    expect(promisesDist(root)).toBe(true);
  });
});

describe("a chunk's name", () => {
  const named = (moduleIds: string[], facadeModuleId?: string) => chunkName({ moduleIds, facadeModuleId, name: "own" });

  test("says what it holds, and nothing of its bytes", () => {
    expect(named(["/r/src/a/b.ts", "/r/src/fleet/transaction.ts"])).toBe("fleet-transaction");
    expect(named(["/r/node_modules/undici/index.js"])).toBe("npm-undici-index");
    expect(named(["/r/node_modules/a/node_modules/@actions/cache/lib/cache.js"])).toBe("npm-actions-cache-cache");
    expect(named([], "/r/src/actions/verification.ts")).toBe("actions-verification-exports");
    expect(named(["\0rolldown/runtime.js"])).toBe("own");
  });
});
