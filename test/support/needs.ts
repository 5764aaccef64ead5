// What a test needs from the machine. With CI set, a missing tool is a failure; elsewhere a skip that names its reason.
import { spawnSync } from "node:child_process";
import { accessSync, appendFileSync, constants } from "node:fs";

const reasons = new Set<string>();

/**
 * Whether this machine has everything that a test needs: `describe.runIf(needs("root", "skopeo"))`.
 *
 * @param what names of commands, or `root`
 * @throws when something is missing and CI is set
 */
export function needs(...what: string[]): boolean {
  const missing = what.filter((name) => !present(name));
  if (missing.length === 0) return true;
  const reason = `skipped here: needs ${missing.join(", ")}`;
  if (process.env.CI) throw new Error(`${reason}; with CI set nothing may be skipped (scripts/debian-packages.txt)`);
  if (!reasons.has(reason)) tell(reason);
  reasons.add(reason);
  return false;
}

/** scripts/test.ts lists the reasons before its closing line. */
function tell(reason: string): void {
  const file = process.env.TARLIFT_SKIP_REASONS;
  if (file) appendFileSync(file, `${reason}\n`);
  else process.stderr.write(`${reason}\n`);
}

/** Whether this machine has it: a command on PATH or in sbin, or `root`. */
export function present(name: string): boolean {
  if (name === "root") return process.getuid?.() === 0;
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  return path.split(":").some((directory) => {
    try {
      accessSync(`${directory}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a command in a test and returns its standard output; throws with both streams when it fails. */
export function sh(
  command: string,
  args: string[] = [],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): string {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 30, ...options });
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(" ")}: ${result.error ?? `exit ${result.status}`}\n${result.stdout}\n${result.stderr}`,
    );
  }
  return result.stdout;
}
