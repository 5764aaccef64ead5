// The files from which uv reads settings and requirements: in the application's directory and in its parents.
import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type KeyPart, withoutCredentials } from "../../cache-key/key.ts";
import type { BuildContext } from "../installer.ts";

/** Those that exist, absolute. */
export const configurationFiles = (context: BuildContext): string[] =>
  candidateFiles(context).filter((file) => existsSync(file));

/** The same, including missing ones: a file that the commit has and that was removed would matter as well. */
export function candidateFiles({ source, repository }: BuildContext): string[] {
  const directories = [source];
  for (let at = source; at !== repository && dirname(at) !== at; ) {
    at = dirname(at);
    directories.push(at);
  }
  return directories.flatMap((directory) => ["pyproject.toml", "uv.toml"].map((name) => join(directory, name)));
}

export const configurationParts = (context: BuildContext): KeyPart[] => fileParts(configurationFiles(context), context);

export const fileParts = (files: readonly string[], { source }: BuildContext): KeyPart[] =>
  files.map((file) => ({
    name: `file ${relative(source, file)}`,
    value: hash("sha256", withoutCredentials(readFileSync(file, "latin1")), "hex"),
  }));
