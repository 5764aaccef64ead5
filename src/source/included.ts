// Ignored paths that `include:` names: they ship as they are in the checkout.
import { createHash } from "node:crypto";
import { accessSync, constants, lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type PackSource, walk } from "../artifact/pack.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import type { Findings } from "./findings.ts";
import { hashFile } from "./hash-file.ts";

/**
 * All included files, ready to be packed.
 *
 * @param application absolute
 * @param include relative to it
 */
export function includeSources(application: string, include: readonly string[], findings: Findings): PackSource[] {
  return include.flatMap((path): PackSource[] => {
    const from = join(application, path);
    if (path === "." || path.split("/").includes(".git")) {
      findings.add("include", `${quoteName(path)}: name the files and directories that are to ship`);
      return [];
    }
    const stat = lstatSync(from, { throwIfNoEntry: false });
    if (stat && realpathSync(dirname(from)) !== join(realpathSync(application), dirname(path))) {
      findings.add("include", `${quoteName(path)} stands behind a link`);
      return [];
    }
    if (!stat) {
      findings.add("include", `${quoteName(path)} is not there`);
      return [];
    }
    if (stat.isDirectory()) {
      const found = walk(from, {
        prefix: path,
        // Python's byte code in the checkout belongs to one machine. That of the release is made when it is packed.
        skip: (name) => /(^|\/)(\.git|__pycache__)$/.test(name),
        refused: (name, why) => findings.add("include", `${quoteName(name)} ${why}`),
      });
      return found.filter((one) => one.type !== "file" || isReadable(one, findings));
    }
    if (stat.isFile()) return [{ type: "file" as const, path, from }].filter((one) => isReadable(one, findings));
    findings.add("include", `${quoteName(path)} is neither a file nor a directory`);
    return [];
  });
}

function isReadable(source: PackSource, findings: Findings): boolean {
  if (source.type !== "file" || !("from" in source)) return true;
  try {
    accessSync(source.from, constants.R_OK);
    return true;
  } catch {
    findings.add("include", `${quoteName(source.path)} cannot be read by the user of this job`);
    return false;
  }
}

/** Hash of names, modes and contents; undefined if nothing is included. */
export async function hashIncluded(included: readonly PackSource[]): Promise<string | undefined> {
  if (included.length === 0) return undefined;
  const sum = createHash("sha256");
  for (const source of included) {
    if (source.type === "link") sum.update(`l ${source.path}\0${source.target}\0`);
    else if (source.type === "file" && "from" in source)
      sum.update(
        `f ${source.path}\0${(statSync(source.from).mode & 0o111) !== 0}\0${await hashFile(source.from, "sha256")}\0`,
      );
  }
  return sum.digest("hex");
}
