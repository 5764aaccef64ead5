// What a release is, checked before anything of it is published: `node scripts/release.ts TAG NOTES`. It writes the notes of the version from
// CHANGELOG.md, and prints the outputs of the workflow's step: `version`, and `major`, the tag to move, where there is one.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { TITLE } from "./dist.ts";
import { publishedName } from "./owner.ts";

export interface Release {
  /** `v1.4.0` */
  tag: string;
  /** The version of package.json. */
  version: string;
  /** The text of CHANGELOG.md. */
  changelog: string;
  /** The first line of the tagged commit's message. */
  subject: string;
  /** Whether the tagged commit is on the published main branch. */
  onMain: boolean;
  /** The repository that package.json names: `owner/name`. */
  named: string;
  /** The repository that publishes. */
  publishing: string;
}

/** @returns what is wrong with a release, each with the next step; empty when it may be published */
export function releaseProblems(release: Release): string[] {
  const { tag, version, changelog, subject, onMain, named, publishing } = release;
  const problems = [
    tag !== `v${version}` && `the tag is ${tag}, and package.json says ${version}`,
    notesOf(changelog, version) === undefined && `CHANGELOG.md has no notes below "## [${version}] - YYYY-MM-DD"`,
    subject !== TITLE && `the tagged commit is "${subject}"; tag the commit "${TITLE}" that follows it`,
    !onMain && "the tagged commit is not on main",
    named !== publishing && `package.json names ${named}; next: node scripts/owner.ts ${publishing}`,
  ];
  return problems.filter((problem) => problem !== false);
}

/** @returns what CHANGELOG.md says of a version, or undefined where it says nothing */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const heading = new RegExp(`^\\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d{2}-\\d{2}\\n`);
  const notes = sections.find((section) => heading.test(section))?.replace(heading, "");
  return notes?.trim() ? `${notes.trim()}\n` : undefined;
}

/**
 * @param tags all tags of the repository
 * @returns the moving tag of a release (`v1` for `v1.4.0`), or undefined when a newer release of that major version is there already
 */
export function movedTag(tag: string, tags: readonly string[]): string | undefined {
  const parts = (name: string) => /^v(\d+)\.(\d+)\.(\d+)$/.exec(name)?.slice(1).map(Number);
  const own = parts(tag);
  if (own === undefined) return undefined;
  const newer = tags.map(parts).some((other) => {
    if (other?.[0] !== own[0]) return false;
    return other![1]! > own[1]! || (other![1] === own[1] && other![2]! > own[2]!);
  });
  return newer ? undefined : `v${own[0]}`;
}

const git = (...args: string[]) => spawnSync("git", args, { encoding: "utf8" });

if (import.meta.main) {
  const [tag = "", notes = "notes.md"] = process.argv.slice(2);
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  const problems = releaseProblems({
    tag,
    version,
    changelog,
    subject: git("log", "-1", "--format=%s").stdout.trim(),
    onMain: git("merge-base", "--is-ancestor", "HEAD", "refs/remotes/origin/main").status === 0,
    named: publishedName(),
    publishing: process.env.GITHUB_REPOSITORY ?? "",
  });
  if (problems.length > 0) {
    for (const problem of problems) console.error(`::error::${problem}`);
    process.exit(1);
  }
  writeFileSync(notes, notesOf(changelog, version)!);
  const major = movedTag(tag, git("tag", "--list").stdout.split("\n"));
  console.log(`version=${version}\nmajor=${major ?? ""}`);
}
