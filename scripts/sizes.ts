// How large the entries of dist/ are, and how fast they start: `node scripts/sizes.ts` writes bench/entries.md.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const PAGE = "bench/entries.md";
const ROUNDS = 15;

/** Names of the entries of a built directory. */
export const entriesOf = (dist: string): string[] =>
  readdirSync(dist)
    .filter((name) => name.endsWith(".js"))
    .map((name) => name.slice(0, -3));

/** The files that Node loads before an entry's first line runs: itself, and what it imports statically. */
export function staticFiles(entry: string, found = new Set<string>()): string[] {
  const file = resolve(entry);
  if (found.has(file)) return [];
  found.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^;"]*?"(\.[^"]+)"/gm);
  for (const [, path] of imports) staticFiles(join(dirname(file), path as string), found);
  return [...found];
}

/** Bytes by entry, as the page has them. */
export function entrySizes(page: string): Map<string, number> {
  const rows = page.matchAll(/^\| `([\w-]+)` \| ([\d ]+) \|/gm);
  return new Map([...rows].map(([, name, bytes]) => [name as string, Number((bytes as string).replaceAll(" ", ""))]));
}

/** Milliseconds from the start of Node to the end of the process. */
function startUp(args: string[]): number {
  // Nothing that a runner sets: an action ends with its first clear error, the command with its help.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(INPUT|GITHUB|ACTIONS)_/.test(name)),
  );
  const start = performance.now();
  spawnSync(process.execPath, args, { env, cwd: tmpdir(), stdio: "ignore" });
  return performance.now() - start;
}

function page(dist: string): string {
  const entries = entriesOf(dist).map((name) => ({ name, file: join(dist, `${name}.js`), fastest: Infinity }));
  let bare = Infinity;
  // In turns, and the fastest of each: what else the machine does hits all alike, or none.
  for (let round = 0; round < ROUNDS; round++) {
    bare = Math.min(bare, startUp(["-e", "0"]));
    for (const entry of entries)
      entry.fastest = Math.min(entry.fastest, startUp(entry.name === "cli" ? [entry.file, "--help"] : [entry.file]));
  }
  const rows = entries.map(({ name, file, fastest }) => {
    const bytes = staticFiles(file).reduce((sum, path) => sum + statSync(path).size, 0);
    return `| \`${name}\` | ${spaced(bytes)} | ${Math.round(fastest - bare)} ms |`;
  });
  return `# What an entry weighs

Written by \`node scripts/sizes.ts\` from the sources as they are. Size: what Node reads before the entry's first line runs; the clients of
GitHub's cache, artifacts and API are loaded when they are needed, and are not in it (verify is nothing but the last one). Start: from the
start of Node to the entry's first clear error (no inputs are given), less the ${Math.round(bare)} ms of \`node -e 0\`; the fastest of ${ROUNDS},
Node ${process.versions.node}, ${cpus().length} cores. A test fails when an entry is more than a tenth larger than here.

| entry | bytes | start |
| --- | --- | --- |
${rows.join("\n")}
`;
}

const spaced = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

if (import.meta.main) {
  const directory = mkdtempSync(join(tmpdir(), "tarlift-sizes-"));
  try {
    const dist = join(directory, "dist");
    const built = spawnSync(process.execPath, ["scripts/build.ts", dist], { stdio: "inherit" });
    if (built.status !== 0) process.exit(1);
    writeFileSync(PAGE, page(dist));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
