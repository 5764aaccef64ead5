// Commands that workspaces bring (https://docs.npmjs.com/cli/configuring-npm/package-json#bin): npm links into .bin those whose files are
// there while it installs, and only the package.json of a workspace is.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { quoteName } from "../../artifact/shippable-names.ts";
import { records, tryGit } from "../../source/git.ts";
import type { NpmLock } from "./lock-file.ts";

/**
 * The files behind the commands of workspaces, whether they are there or not: a build step can make them. npm takes them from the lock,
 * which has the files of `directories.bin` too.
 *
 * @param workspaces their directories as the lock names them
 * @returns relative to the lock's directory, sorted, each once
 */
export function commandFiles(lock: NpmLock, workspaces: readonly string[]): string[] {
  const files = workspaces.flatMap((workspace) =>
    Object.values(lock[workspace]?.bin ?? {})
      .filter((path) => typeof path === "string")
      // As npm reads it: a path that leads out of the package starts at the package.
      .map((path) => posix.join(workspace, posix.join("/", path))),
  );
  // What stands in a node_modules would ship with it.
  return [...new Set(files)].filter((path) => !/(^|\/)node_modules(\/|$)|\/$/.test(path)).sort();
}

/**
 * Lays an empty file for each that is not there: npm looks no further. Only node_modules is packed, so none of them ships.
 *
 * @param staging the directory that `files` are relative to, absolute
 */
export function layCommandFiles(files: readonly string[], staging: string): void {
  for (const file of files.map((path) => join(staging, path))) {
    if (existsSync(file) || !canHold(dirname(file))) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
}

/** Not below a file: of `package.json/x` npm says what is wrong. */
const canHold = (directory: string): boolean =>
  existsSync(directory) ? statSync(directory).isDirectory() : canHold(dirname(directory));

/**
 * npm makes the file of a command executable in the checkout where it installs; what is built with and what ships has the commit's mode.
 *
 * @param directory what `files` are relative to, absolute
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
