// This repository as others use it, `acme/tarlift@v1`: what a tag holds, with dist/ built from the sources as they are now.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TITLE } from "../../scripts/dist.ts";
import { builtDist } from "./built-dist.ts";
import { commitAll } from "./commits.ts";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

/** @returns a clone of this repository, as of the published main: dist/ is committed, and built from the sources as they are now */
export function publishedClone(): string {
  const clone = join(temporary("published-clone"), "tarlift");
  sh("git", ["-c", "safe.directory=*", "clone", "--quiet", `file://${ROOT}`, clone]);
  rmSync(join(clone, "dist"), { recursive: true, force: true });
  cpSync(builtDist(), join(clone, "dist"), { recursive: true });
  commitAll(clone, TITLE);
  return clone;
}

/** @returns directories by published name, for runWorkflow */
export function published(): Record<string, string> {
  const directory = temporary("published");
  cpSync(builtDist(), join(directory, "dist"), { recursive: true });
  for (const path of ["package.json", "action.yml", "actions", ".github/workflows/deploy.yml"])
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  // act does not know `$/`, this very repository and commit; and what stands for actions of others here has the name of a major version.
  const workflow = join(directory, ".github/workflows/deploy.yml");
  const text = readFileSync(workflow, "utf8");
  const here = text.replaceAll(/uses: \$\/(\S+)/g, "uses: acme/tarlift/$1@v1");
  writeFileSync(workflow, here.replaceAll(/@[0-9a-f]{40} # (v\d+)\S*$/gm, "@$1"));
  return { "acme/tarlift@v1": directory };
}
