// Git repositories made for a test: files in, commits out, and whatever spoils a checkout.
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

/** Text or bytes of a file, `{ link }` for a symbolic link, `{ script }` for an executable file. */
export type Files = Record<string, string | Uint8Array | { link: string } | { script: string }>;

/** Author, time and configuration of every commit: the same files give the same commit. */
export const GIT_ENVIRONMENT = {
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};

/** Runs git in a repository. @returns its standard output without the last newline */
export function git(repository: string, ...args: string[]): string {
  const trusting = ["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false", "-C", repository];
  return sh("git", [...trusting, ...args], { env: { ...process.env, ...GIT_ENVIRONMENT } }).replace(/\n$/, "");
}

/** Writes files below a directory. */
export function place(directory: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(file, content);
    else if ("link" in content) symlinkSync(content.link, file);
    else {
      writeFileSync(file, content.script);
      chmodSync(file, 0o755);
    }
  }
}

/** Commits everything that stands in the checkout. @returns the commit, 40 hex digits */
export function commit(repository: string, files: Files = {}, message = "a commit"): string {
  place(repository, files);
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--allow-empty", "-m", message);
  return git(repository, "rev-parse", "HEAD");
}

/** A repository whose first commit holds these files. @returns its root */
export function repository(files: Files, directory = temporary("repository")): string {
  mkdirSync(directory, { recursive: true });
  git(directory, "init", "--quiet", "--initial-branch=main");
  commit(directory, files);
  return directory;
}
