// The crash matrix: npm run matrix [-- --only FAULT] [--shard 1/2] [--tenth N] [--match TEXT] [--lanes N] [--write]

import { parseArgs } from "node:util";
import type { CellResult } from "./batch.ts";
import { CELLS, type Cell, cellName, LAB_FAULTS } from "./cells.ts";
import { play } from "./play.ts";
import { lab, loopback } from "./site.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    shard: { type: "string" },
    match: { type: "string", multiple: true },
    lanes: { type: "string" },
    json: { type: "boolean" },
    write: { type: "boolean" },
  },
});

const [shard, shards] = (values.shard ?? "1/1").split("/").map(Number) as [number, number];
const chosen = CELLS.filter(
  (cell, n) =>
    (!values.only || values.only.some((fault) => cell.fault === fault.replaceAll("-", " "))) &&
    (!values.match || values.match.some((part) => cellName(cell).includes(part))) &&
    n % shards === shard - 1,
);
const results: CellResult[] = [];
const began = Date.now();

function tell(result: CellResult): void {
  results.push(result);
  const { cell, struck, next, wrong, seconds } = result;
  const mark = wrong.length === 0 ? "✓" : "✗";
  console.log(`${mark} ${cellName(cell)}  [${struck.slice(0, 60)} | ${next}]  ${seconds.toFixed(1)} s`);
  for (const line of wrong) console.log(`    ${line}`);
}

async function inWorld(make: typeof lab, cells: Cell[], lanes: number): Promise<void> {
  if (cells.length === 0) return;
  const world = await make(Math.min(lanes, cells.length));
  const stop = () => void world.stop().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await play(world, cells, tell);
  } finally {
    process.removeListener("SIGINT", stop).removeListener("SIGTERM", stop);
    await world.stop();
  }
}

const needsLab = (cell: Cell) => LAB_FAULTS.includes(cell.fault);
await inWorld(
  loopback,
  chosen.filter((cell) => !needsLab(cell)),
  Number(values.lanes ?? 3),
);
await inWorld(lab, chosen.filter(needsLab), Number(values.lanes ?? 6));
const failed = results.filter(({ wrong }) => wrong.length > 0);
console.log(`${results.length} cells, ${failed.length} failed, ${((Date.now() - began) / 60_000).toFixed(1)} min`);
process.exit(failed.length > 0 ? 1 : 0);
