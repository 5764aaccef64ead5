// What an installer reads is compared with the commit, at any path of the repository.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localReads } from "../../src/installers/local-packages.ts";
import { namedFiles } from "../../src/installers/passed-variables.ts";
import { readRequirements } from "../../src/installers/virtualenv/requirement-files.ts";
import { requirementReads } from "../../src/installers/virtualenv/requirements-origin.ts";
import { refuseChanged, untrackedReads, untrackedWarnings } from "../../src/source/committed.ts";
import { commit, write } from "../support/environments.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

function checkout(files: Record<string, string> = {}) {
  const repository = temporary("committed");
  write(repository, { "base.txt": "a==1\n", "libs/core/pyproject.toml": "", "libs/core/core.py": "", ...files });
  commit(repository);
  const at = (path: string) => join(repository, path);
  const whole = (...paths: string[]) => ({ whole: paths.map(at), tracked: [] });
  return { repository, at, whole };
}

it("refuses a requirement file beside the application while it is changed, as a changed file of the application", async () => {
  const { repository, at, whole } = checkout();
  const check = () => refuseChanged(repository, whole("base.txt"));
  await check();
  writeFileSync(at("base.txt"), "a==2\n");
  await expect(check()).rejects.toThrow(
    /tracked files differ from HEAD[\s\S]*"base\.txt" is changed[\s\S]*next: Commit them, or put them back with `git restore`/,
  );
  sh("git", ["add", "base.txt"], { cwd: repository });
  await expect(check()).rejects.toThrow(/"base\.txt" is staged and not committed/);
  commit(repository, "second");
  await check();
});

it("allows a file that an earlier step made, and names it", async () => {
  const { repository, whole } = checkout({ ".gitignore": "exported.txt\n" });
  write(repository, { "exported.txt": "", "more.txt": "" });
  const reads = whole("base.txt", "exported.txt", "more.txt");
  await refuseChanged(repository, reads);
  expect(await untrackedWarnings(repository, reads)).toEqual([
    expect.stringMatching(
      /^git does not track "exported\.txt", "more\.txt", which the installer reads: .*in no commit/,
    ),
  ]);
});

it("refuses a local package that is edited; files beside its tracked ones neither count nor are named", async () => {
  const { at, repository } = checkout();
  const check = async () => refuseChanged(repository, await localReads([at("libs/core")], repository));
  write(repository, { "libs/core/build/left.py": "" });
  await check();
  expect(await untrackedReads(repository, await localReads([at("libs/core")], repository))).toEqual([]);
  rmSync(at("libs/core/core.py"));
  await expect(check()).rejects.toThrow(/"libs\/core\/core\.py" is deleted/);
});

it("compares what links lead to, in a package and in the way to a file", async () => {
  const { at, repository, whole } = checkout({ "shared/s.py": "ONE = 1\n", "sets/base.txt": "b==1\n" });
  symlinkSync("../../shared/s.py", at("libs/core/s.py"));
  symlinkSync("sets", at("current-sets"));
  symlinkSync("sets/base.txt", at("linked.txt"));
  commit(repository, "links");
  const core = await localReads([at("libs/core")], repository);
  await refuseChanged(repository, core);
  writeFileSync(at("shared/s.py"), "ONE = 2\n");
  await expect(refuseChanged(repository, core)).rejects.toThrow(/"shared\/s\.py" is changed/);
  for (const path of ["current-sets/base.txt", "linked.txt"]) await refuseChanged(repository, whole(path));
  writeFileSync(at("sets/base.txt"), "b==2\n");
  for (const path of ["current-sets/base.txt", "linked.txt"])
    await expect(refuseChanged(repository, whole(path))).rejects.toThrow(/"sets\/base\.txt" is changed/);
});

it("compares archives, offered wheels and the files that options and passed variables name", async () => {
  const files = { "requirements.txt": "--find-links wheels\n./dep.tar.gz\n", "dep.tar.gz": "", "wheels/a.whl": "" };
  const { at, repository } = checkout({ ...files, "constraints.txt": "-c more.txt\n", "more.txt": "", "job.txt": "" });
  const named = namedFiles(
    { options: ["--constraint=constraints.txt"], env: { PIP_CONSTRAINT: "job.txt" }, passed: ["PIP_CONSTRAINT"] },
    repository,
  );
  const reads = await requirementReads(readRequirements(repository, ["requirements.txt"]), { repository }, named);
  await refuseChanged(repository, reads);
  for (const path of ["dep.tar.gz", "wheels/a.whl", "constraints.txt", "more.txt", "job.txt"]) {
    writeFileSync(at(path), "changed");
    await expect(refuseChanged(repository, reads)).rejects.toThrow(`"${path}" is changed`);
    sh("git", ["restore", path], { cwd: repository });
  }
  write(repository, { "wheels/b.whl": "" });
  expect(await untrackedReads(repository, reads)).toEqual(["wheels/b.whl"]);
});

it("compares a submodule's files with the commit that is recorded for it", async () => {
  const inner = temporary("submodule");
  write(inner, { "pyproject.toml": "" });
  commit(inner);
  const { at, repository } = checkout();
  const git = (cwd: string, ...args: string[]) => sh("git", ["-c", "protocol.file.allow=always", ...args], { cwd });
  git(repository, "submodule", "--quiet", "add", inner, "libs/sub");
  commit(repository, "with a submodule");
  const reads = await localReads([at("libs/sub")], repository);
  await refuseChanged(repository, reads);
  writeFileSync(at("libs/sub/pyproject.toml"), "# edited\n");
  await expect(refuseChanged(repository, reads)).rejects.toThrow(/"libs\/sub\/pyproject\.toml" is changed/);
  commit(at("libs/sub"), "another");
  await expect(refuseChanged(repository, reads)).rejects.toThrow(/"libs\/sub" is a submodule at another commit/);
});

it("names a package that stands in a clone of another repository", async () => {
  const { at, repository } = checkout({ ".gitignore": "cloned\n" });
  mkdirSync(at("cloned"));
  write(at("cloned"), { "pyproject.toml": "" });
  commit(at("cloned"));
  expect(await untrackedReads(repository, await localReads([at("cloned")], repository))).toEqual(["cloned"]);
});

it("compares more files than a command line holds, and those alone", async () => {
  // One argument of the kernel's may have 128 KiB, all of them together 2 MiB by default.
  const name = (n: number) => `${"d".repeat(200)}/${"e".repeat(200)}/${"f".repeat(200)}/${"g".repeat(200)}${n}.txt`;
  const names = Array.from({ length: 3000 }, (_, n) => `many/${name(n)}`);
  const { at, repository, whole } = checkout(Object.fromEntries([...names, "other.txt"].map((path) => [path, ""])));
  writeFileSync(at("other.txt"), "changed");
  write(repository, { "new.txt": "", "many/new.txt": "" });
  const reads = whole(...names, "many/new.txt");
  await refuseChanged(repository, reads);
  expect(await untrackedReads(repository, reads)).toEqual(["many/new.txt"]);
  writeFileSync(at(names[7]!), "changed");
  await expect(refuseChanged(repository, reads)).rejects.toThrow(/7\.txt" is changed/);
});

it("has nothing to be compared with outside of a repository", async () => {
  const directory = temporary("exported");
  write(directory, { "base.txt": "" });
  const reads = { whole: [join(directory, "base.txt")], tracked: [] };
  await refuseChanged(directory, reads);
  expect(await untrackedReads(directory, reads)).toEqual([]);
});
