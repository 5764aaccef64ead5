// The static checks: `npm run check`; `npm test` runs them beside the tests.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVERY_REQUEST, REQUESTS } from "../src/protocol/requests.ts";
import { distChanges, promisesDist } from "./dist.ts";

export interface Check {
  name: string;
  /** What is wrong, or undefined. */
  run: () => Promise<string | undefined> | string | undefined;
}

/** In the order in which they are reported. Each counts as one test. */
export const checks: Check[] = [
  { name: "Biome: format and lint", run: () => command("biome", ["check"]) },
  { name: "TypeScript: types", run: () => command("tsc", []) },
  {
    name: "shellcheck: every shell script",
    run: async () =>
      (await command("shellcheck", [
        "--external-sources",
        ...shellScripts().filter((path) => !OF_PROGRAM.test(path)),
      ])) ??
      // Their variables are checked where all of them are seen.
      command("shellcheck", ["--exclude=SC2154,SC2034", ...shellScripts().filter((path) => OF_PROGRAM.test(path))]),
  },
  { name: "shellcheck: the variables of the whole program on hosts", run: programVariables },
  { name: "docs/reference and schema/ are as generated", run: () => command("node", ["scripts/docs.ts", "--check"]) },
  { name: "dist/ is what the sources build, in `Build dist` and on the published main", run: distIsCurrent },
  { name: "dist/ changes only in commits titled `Build dist`", run: distIsLeftAlone },
  {
    name: "THIRD_PARTY_NOTICES.md names what dist/ bundles",
    run: () => command("node", ["scripts/notices.ts", "--check"]),
  },
];

/**
 * Runs all checks at once, since most of them keep one processor busy.
 *
 * @returns how many passed, and the names of those that failed; each was told with what is wrong
 */
export async function runChecks(): Promise<{ passed: number; failed: string[] }> {
  const running = checks.map((check) => ({ name: check.name, problem: runCheck(check) }));
  const failed: string[] = [];
  for (const { name, problem } of running) {
    const wrong = await problem;
    console.log(`${wrong === undefined ? "✓" : "✗"} ${name}${wrong === undefined ? "" : `\n${wrong}`}`);
    if (wrong !== undefined) failed.push(name);
  }
  return { passed: checks.length - failed.length, failed };
}

/** @returns what is wrong, or undefined; a check that throws is wrong */
async function runCheck(check: Check): Promise<string | undefined> {
  try {
    return await check.run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function command(name: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(name, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error) resolve(undefined);
      else resolve(`${stdout}${stderr}`.trimEnd() || `${name}: ${error.message}`);
    });
  });
}

/** Parts of the program that runs on hosts, and what travels with calls; not the scripts of a host's setup and of trials. */
const OF_PROGRAM = /^src\/(?!bundle\/|operations\/)(?!.*host-setup\.sh$).*\.sh$/;

/** A variable that is read and that nothing sets, or the other way round, over all files of the program and what requests set. */
async function programVariables(): Promise<string | undefined> {
  const keys = new Set([...EVERY_REQUEST, ...Object.values(REQUESTS).flatMap(({ values }): string[] => [...values])]);
  // `service.*` is no variable; the loader sets the program's own text.
  const given = [...[...keys].filter((key) => !key.endsWith("*")).map((key) => `v_${key}=''`), "tarlift_program=''"];
  const parts = shellScripts().filter((path) => OF_PROGRAM.test(path));
  // `main` is called at its end.
  const inOrder = parts.sort((a, b) => Number(a.endsWith("/main.sh")) - Number(b.endsWith("/main.sh")));
  const directory = mkdtempSync(join(tmpdir(), "tarlift-program-"));
  try {
    const file = join(directory, "program.sh");
    const texts = inOrder.map((path) => `# ${path}\n${readFileSync(path, "utf8")}`);
    writeFileSync(file, `# shellcheck shell=sh\n${given.join(" ")}\n${texts.join("\n")}`);
    return await command("shellcheck", ["--include=SC2154,SC2034", file]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Tracked files that a shell reads: by their ending, or by their first line. */
function shellScripts(): string[] {
  const { stdout } = spawnSync("git", ["-c", `safe.directory=${process.cwd()}`, "ls-files", "-z"], {
    encoding: "utf8",
  });
  const tracked = stdout.split("\0").filter((path) => path && !/^(dist|test\/fixtures|examples)\//.test(path));
  return tracked.filter((path) => path.endsWith(".sh") || isShell(path));
}

function isShell(path: string): boolean {
  if (/\.[a-z]+$/.test(path)) return false;
  try {
    return /^#!\s*\S*\b(env )?(ba|da)?sh\b/.test(readFileSync(path, "utf8").slice(0, 100));
  } catch {
    return false; // Deleted in the work tree.
  }
}

function distIsLeftAlone(): string | undefined {
  // On GitHub, the branch that a pull request is for.
  const found = distChanges(process.cwd(), { base: process.env.GITHUB_BASE_REF });
  return found.length === 0
    ? undefined
    : `${found.join("\n")}\nNext: take dist/ out of these commits (CONTRIBUTING.md)`;
}

async function distIsCurrent(): Promise<string | undefined> {
  if (!promisesDist(process.cwd())) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "tarlift-dist-"));
  try {
    const built = join(directory, "dist");
    const failed = await command("node", ["scripts/build.ts", built]);
    if (failed) return failed;
    const differing = differences("dist", built);
    return differing.length === 0
      ? undefined
      : `${differing.join("\n")}\nNext: npm run build, and commit dist/ alone as "Build dist"`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Names of files that are not the same, byte for byte, in both directories. */
function differences(committed: string, built: string): string[] {
  const [before, after] = [files(committed), files(built)];
  return [...new Set([...before, ...after])].sort().flatMap((path) => {
    if (!before.has(path)) return [`${committed}/${path}: missing`];
    if (!after.has(path)) return [`${committed}/${path}: left over from an earlier build`];
    const same = readFileSync(join(committed, path)).equals(readFileSync(join(built, path)));
    return same ? [] : [`${committed}/${path}: out of date`];
  });
}

function files(directory: string): Set<string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Set(entries.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)));
}

if (import.meta.main) process.exitCode = (await runChecks()).failed.length > 0 ? 1 : 0;
