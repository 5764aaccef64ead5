// The repository that publishes Tarlift: package.json names it, once. Everything else that names it (`uses:` lines, addresses) is checked against
// that (test/contract/release.test.ts) and rewritten by `node scripts/owner.ts OWNER/NAME`. Until the first release it is a placeholder.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

export const PLACEHOLDER = "acme/tarlift";

/** How a paragraph begins that says so; it goes with the placeholder. */
export const NOT_YET = "> **Not released yet.**";

/**
 * @param root a checkout
 * @returns `owner/name`, from `repository` of package.json
 * @throws when package.json has another form of address
 */
export function publishedName(root = ROOT): string {
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const name = /^git\+https:\/\/github\.com\/([\w.-]+\/[\w.-]+)\.git$/.exec(repository.url)?.[1];
  if (name === undefined) throw new Error(`package.json: repository.url is ${repository.url}`);
  return name;
}

/** Paths of the tracked files that may name it. dist/ follows with the next build, and the changelog tells of earlier days. */
export function namingFiles(root = ROOT): string[] {
  const { stdout, status, stderr } = spawnSync("git", ["-c", `safe.directory=${root}`, "-C", root, "ls-files", "-z"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  const left =
    /^(dist\/|test\/fixtures\/|CHANGELOG\.md$|package-lock\.json$|THIRD_PARTY_NOTICES\.md$|scripts\/owner\.ts$)/;
  return stdout.split("\0").filter((path) => path !== "" && !left.test(path));
}

/**
 * Names another repository everywhere.
 *
 * @param name `owner/name`
 * @returns paths of the files that were changed
 */
export function setOwner(name: string, root = ROOT): string[] {
  if (!/^[\w.-]+\/[\w.-]+$/.test(name)) throw new Error(`${name} is not OWNER/NAME`);
  const before = publishedName(root);
  return namingFiles(root).filter((path) => {
    const file = join(root, path);
    const text = readFileSync(file, "utf8");
    const named = text.replaceAll(before, name);
    const changed = path.endsWith(".md") ? withoutNotYet(named) : named;
    if (changed !== text) writeFileSync(file, changed);
    return changed !== text;
  });
}

const withoutNotYet = (text: string) =>
  text
    .split("\n\n")
    .filter((paragraph) => !paragraph.startsWith(NOT_YET))
    .join("\n\n");

if (import.meta.main) {
  const [name] = process.argv.slice(2);
  if (name === undefined) throw new Error("usage: node scripts/owner.ts OWNER/NAME");
  console.log(setOwner(name).join("\n"));
}
