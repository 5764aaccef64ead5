// Commands of workspaces (https://docs.npmjs.com/cli/configuring-npm/package-json#bin): npm links those into .bin whose
// files exist during the install, but of a workspace only its package.json exists then.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { quoteName } from "../../artifact/shippable-names.ts";
import { records, tryGit } from "../../source/git.ts";
import type { NpmLock } from "./lock-file.ts";

/**
 * The files behind the commands of workspaces, whether they exist or not: a build step may make them. npm reads them
 * from the lock, which also has the files of `directories.bin`.
 *
 * @param workspaces their directories as in the lock
 * @returns relative to the lock's directory, sorted, each once
 */
export function commandFiles(lock: NpmLock, workspaces: readonly string[]): string[] {
  const files = workspaces.flatMap((workspace) =>
    Object.values(lock[workspace]?.bin ?? {})
      .filter((path) => typeof path === "string")
      // Like npm: a path that leaves the package is relative to the package.
      .map((path) => posix.join(workspace, posix.join("/", path))),
  );
  // Files in a node_modules directory would ship with it.
  return [...new Set(files)].filter((path) => !/(^|\/)node_modules(\/|$)|\/$/.test(path)).sort();
}

/**
 * Creates an empty file for each one that does not exist: npm only checks that it exists. Only node_modules is packed,
 * so none of them ships.
 *
 * @param staging the directory to which `files` are relative, absolute
 */
export function layCommandFiles(files: readonly string[], staging: string): void {
  for (const file of files.map((path) => join(staging, path))) {
    if (existsSync(file) || !canHold(dirname(file))) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
}

/** Not below a file: npm itself reports a path such as `package.json/x`. */
const canHold = (directory: string): boolean =>
  existsSync(directory) ? statSync(directory).isDirectory() : canHold(dirname(directory));

/**
 * npm makes the file of a command executable in the checkout where it installs. Build steps and the release have the
 * mode of the commit.
 *
 * @param directory to which `files` are relative, absolute
 * @returns one warning that names the files, or none
 */
export async function modeWarnings(files: readonly string[], directory: string): Promise<string[]> {
  if (files.length === 0) return [];
  const paths = files.map((path) => `:(literal)${path}`);
  const listed = await tryGit(directory, ["ls-files", "-z", "--stage", "--", ...paths]);
  const plain = records(listed ?? "").flatMap((entry) => /^100644 \S+ \d\t(.*)$/s.exec(entry)?.[1] ?? []);
  if (plain.length === 0) return [];
  const names = plain.map(quoteName);
  return [
    `commands of workspaces are files that git has without the permission to execute them: ${names.join(", ")}. Calling them ends with "Permission denied" where npm has not changed that (it does in a checkout). Commit it: git update-index --chmod=+x ${names.join(" ")}`,
  ];
}
