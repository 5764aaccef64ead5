// What may not be left on a host once a run has put it in order.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { namesIn, type SiteHost } from "./site.ts";

/** What stands in `.tarlift` only while something is under way. */
const HALF_WAY = /^(owner|transaction|taken|adopting)$|\.part/;

/**
 * @param options.committed a release was committed: then what others had begun to receive or to remove is gone as well; else the one
 * is kept, and sent no second time, and the other is out of sight
 * @returns what is left, one phrase each
 */
export function leftOn({ root, read }: Pick<SiteHost, "root" | "read">, options: { committed: boolean }): string[] {
  const names = (path: string) => namesIn(read(join(root, path)));
  const state = (release: string) => {
    try {
      return readFileSync(read(join(root, ".tarlift/releases", release, "state")), "utf8").trim();
    } catch {
      return "none";
    }
  };
  const left = names(".tarlift").filter((name) => HALF_WAY.test(name));
  left.push(...names("").filter((name) => !/^(current|previous|releases|shared|envs|\.tarlift)$/.test(name)));
  for (const directory of ["sessions", "swap"])
    left.push(...names(`.tarlift/${directory}`).map((name) => `${directory}/${name}`));
  for (const release of names(".tarlift/releases"))
    left.push(...names(`.tarlift/releases/${release}`).filter((name) => HALF_WAY.test(name)));
  if (!options.committed) return left;
  left.push(...names(".tarlift/incoming").map((name) => `incoming/${name}`));
  left.push(...names(".tarlift/trash").map((name) => `trash/${name}`));
  left.push(...names("envs").filter((name) => name === ".trash" && names("envs/.trash").length > 0));
  left.push(...names("envs").filter((name) => name.startsWith(".incoming-")));
  left.push(...names(".tarlift").filter((name) => name === "switch"));
  const recorded = names(".tarlift/releases");
  for (const release of new Set([...recorded, ...names("releases")])) {
    const is = state(release);
    if (is !== "good" && is !== "failed") left.push(`release ${release} in state ${is}`);
    if (!names("releases").includes(release)) left.push(`the record of ${release} without its files`);
  }
  const used = recorded.map((release) => environmentOf(read(join(root, ".tarlift/releases", release, "record"))));
  for (const id of names("envs").filter((name) => /^[0-9a-f]{12}-[0-9a-f]{8}$/.test(name)))
    if (!used.includes(id)) left.push(`environment ${id} is unused`);
  return left;
}

function environmentOf(record: string): string | undefined {
  try {
    return /^environments (\S+)$/m.exec(readFileSync(record, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/** How often is looked before what waits for a look of its own must have ended: 12 s, and longer on a busy machine, where looks take longer. */
const LOOKS = 60;

/**
 * Processes that have something of a root open, or name it, except its service; waits a little until there is none. Processes of hosts in
 * namespaces are seen too.
 */
export async function remainsOf(root: string): Promise<string[]> {
  for (let looks = 1; ; looks++) {
    const found = processesOf(root);
    if (found.length === 0 || looks > LOOKS) return found.map((line) => `still runs: ${line}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function processesOf(root: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const lock = readdirSync(`/proc/${pid}/fd`).some((fd) => holds(`/proc/${pid}/fd/${fd}`, `${root}/.tarlift`));
      if (line.includes("serve.py")) return lock ? [`the service has the lock (${line})`] : [];
      return lock || (line.includes(`${root}/`) && !line.startsWith("node") && !line.includes(process.execPath))
        ? [`${pid} ${line.slice(0, 200)}`]
        : [];
    } catch {
      return [];
    }
  });
}

function holds(fd: string, prefix: string): boolean {
  try {
    return readlinkSync(fd).includes(prefix);
  } catch {
    return false;
  }
}
