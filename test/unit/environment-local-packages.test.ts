// What a local package is built from: the same that its key holds.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { copyPackages, localParts } from "../../src/installers/local-packages.ts";
import { commit, write } from "../support/environments.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const CORE = "libs/core";

function checkout(files: Record<string, string> = {}, links: Record<string, string> = {}) {
  const repository = temporary("local-packages");
  write(repository, {
    [`${CORE}/pyproject.toml`]: "",
    [`${CORE}/src/core/__init__.py`]: "",
    "shared/s.py": "ONE = 1\n",
    VERSION: "1\n",
    ...files,
  });
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(repository, path));
  commit(repository);
  return {
    repository,
    parts: () => localParts([join(repository, CORE)], { source: repository, repository }),
    async copy() {
      const to = join(temporary("copy"), "checkout");
      const inCopy = await copyPackages([join(repository, CORE)], { repository, to });
      return { to, core: inCopy(join(repository, CORE)) };
    },
  };
}

it("follows a link to a file of the repository, and holds what is in that", async () => {
  const { repository, parts, copy } = checkout({}, { [`${CORE}/src/core/s.py`]: "../../../../shared/s.py" });
  const before = await parts();
  const { core } = await copy();
  expect(readFileSync(join(core, "src/core/s.py"), "utf8")).toBe("ONE = 1\n");
  writeFileSync(join(repository, "shared/s.py"), "ONE = 2\n");
  expect(await parts()).not.toEqual(before);
});

it("follows a link to a directory, and one that leads to a link", async () => {
  const links = { [`${CORE}/data`]: "../../all", all: "shared" };
  const { repository, parts, copy } = checkout({}, links);
  const before = await parts();
  const { core } = await copy();
  expect(readFileSync(join(core, "data/s.py"), "utf8")).toBe("ONE = 1\n");
  writeFileSync(join(repository, "shared/s.py"), "ONE = 2\n");
  expect(await parts()).not.toEqual(before);
});

it("has nothing else of the repository beside it: neither files nor git", async () => {
  const { copy } = checkout({}, { docs: "/usr/share/doc", up: "../.." });
  const { to } = await copy();
  expect(["VERSION", "shared", "docs", "up", ".git"].filter((name) => existsSync(join(to, name)))).toEqual([]);
});

it("is refused with a link that leads out of the repository", async () => {
  const { parts } = checkout({}, { [`${CORE}/up`]: "../../../.." });
  await expect(parts()).rejects.toThrow(/libs\/core\/up is a link that leads out of the repository/);
});

it("goes round no links that lead to where they stand", async () => {
  const { parts, copy } = checkout({}, { [`${CORE}/self`]: ".", [`${CORE}/gone`]: "nowhere" });
  expect(await parts()).toHaveLength(1);
  await copy();
});

it("whose version comes from tags is another with another tag, and asks a git directory of its own", async () => {
  const { repository, parts, copy } = checkout(
    { [`${CORE}/pyproject.toml`]: '[build-system]\nrequires = ["setuptools-scm"]\n' },
    { [`${CORE}/s.py`]: "../../shared/s.py" },
  );
  const git = (directory: string, ...args: string[]) => sh("git", args, { cwd: directory }).trim();
  const before = await parts();
  git(repository, "tag", "v1.0");
  expect(await parts()).not.toEqual(before);
  const { core } = await copy();
  expect(git(core, "describe", "--tags", "--dirty")).toBe("v1.0");
  const index = readFileSync(join(repository, ".git/index"));
  git(core, "add", "-A");
  expect(readFileSync(join(repository, ".git/index")).equals(index)).toBe(true);
});

it("whose version comes from tags is refused in a shallow clone", async () => {
  const { repository } = checkout({ [`${CORE}/setup.py`]: "import setuptools_scm\n" });
  commit(repository, "second");
  const shallow = join(temporary("shallow"), "clone");
  sh("git", ["clone", "-q", "--depth=1", `file://${repository}`, shallow]);
  await expect(localParts([join(shallow, CORE)], { source: shallow, repository: shallow })).rejects.toThrow(
    /the version comes from tags, and this clone is shallow/,
  );
});
