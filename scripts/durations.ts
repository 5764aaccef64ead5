// Writes test/durations.json: whole seconds that each file of tests took when it last ran here, as vitest has kept them. vitest.config.ts
// starts the longest first, also on a fresh clone, where vitest knows nothing yet. After `npm test`: node scripts/durations.ts
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";

const TABLE = "test/durations.json";

interface Kept {
  projects: Record<string, { files: Record<string, { duration: number }> }>;
}

const [latest] = globSync("node_modules/.vite/vitest/*/results.json").sort(
  (a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs,
);
if (!latest) throw new Error("vitest has kept no durations here: run the tests first");
const kept = JSON.parse(readFileSync(latest, "utf8")) as Kept;
const ran = Object.values(kept.projects)
  .flatMap(({ files }) => Object.entries(files))
  .filter(([, { duration }]) => duration > 0)
  .map(([file, { duration }]) => [file, Math.max(1, Math.round(duration / 1000))] as const);
const before = existsSync(TABLE) ? (JSON.parse(readFileSync(TABLE, "utf8")) as Record<string, number>) : {};
const all = Object.entries({ ...before, ...Object.fromEntries(ran) }).filter(([file]) => existsSync(file));
writeFileSync(TABLE, `${JSON.stringify(Object.fromEntries(all.sort()), null, 2)}\n`);
