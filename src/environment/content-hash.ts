// Hashes of local directories and files, for keys: what a build may read of them, nothing that a build leaves behind.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { walk } from "../bundle/pack.ts";

const LEFT_BEHIND =
  /(^|\/)(\.git|__pycache__|\.venv|node_modules|build|dist|\.tox|\.mypy_cache|\.pytest_cache|[^/]+\.egg-info)$/;

/** sha256 of a file, or of a directory's names, modes, links and contents; hex. */
export function contentHash(path: string): string {
  const sum = createHash("sha256");
  if (statSync(path).isFile()) return sum.update(readFileSync(path)).digest("hex");
  for (const source of walk(path, { skip: (name) => LEFT_BEHIND.test(name) })) {
    if (source.type === "link") sum.update(`l ${source.path}\0${source.target}\0`);
    if (source.type !== "file" || !("from" in source)) continue;
    const content = readFileSync(source.from);
    const executable = (statSync(source.from).mode & 0o111) !== 0;
    sum.update(`f ${source.path}\0${executable}\0${content.length}\0`).update(content);
  }
  return sum.digest("hex");
}
