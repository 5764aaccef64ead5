// The crash matrix: npm run matrix [-- options]; README.md of this directory says what it shows.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CellResult, NEXT } from "./batch.ts";
import { CELLS, type Cell, cellName, FAULTS, LAB_FAULTS, placeName } from "./cells.ts";
import { play } from "./play.ts";
import { changedCells, changedFunctions, TABLE, tenthOf } from "./selection.ts";
import { lab, loopback } from "./site.ts";
import { headCommit, type Played, page } from "./table.ts";

const USAGE = `npm run matrix -- [options]
  --only FAULT     ${FAULTS.map((fault) => fault.replaceAll(" ", "-")).join(", ")}; may be repeated
  --match TEXT     cells whose names contain it; may be repeated
  --shard N/M      the N-th of M parts
  --tenth SEED     a tenth, by a commit's id
  --changed        besides, those of steps that changed since the table was written, and without --tenth them alone
  --world WHERE    loopback or lab; default: both
  --next KIND      the run after a struck one: ${NEXT.map((kind) => kind.replaceAll(" ", "-")).join(", ")}; default: they take turns
  --lanes N        sites at once; default: 3 on loopback, 6 in the lab
  --resume FILE    notes results there, and leaves out what went well according to it
  --write          writes the table of the results (bench/matrix.md)
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    match: { type: "string", multiple: true, default: [] },
    shard: { type: "string", default: "1/1" },
    tenth: { type: "string" },
    changed: { type: "boolean", default: false },
    world: { type: "string" },
    next: { type: "string" },
    lanes: { type: "string" },
    resume: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const began = Date.now();
const commit = headCommit();
const results = new Map<string, Played>();
const next = values.next === undefined ? undefined : NEXT.find((kind) => kind === values.next!.replaceAll("-", " "));
if (values.next !== undefined && next === undefined) {
  console.log(`--next ${values.next}: there is no such run\n\n${USAGE}`);
  process.exit(2);
}
if (values.resume && existsSync(values.resume)) {
  const lines = readFileSync(values.resume, "utf8").split("\n").filter(Boolean);
  for (const line of lines) note(JSON.parse(line) as Played);
}
const needsLab = ({ fault }: Cell) => LAB_FAULTS.includes(fault);
const isRoot = process.getuid?.() === 0;
const chosen = choose().filter((cell) => !(results.get(cellName(cell))?.wrong.length === 0));
const inLab = chosen.filter(needsLab);
if (inLab.length > 0 && !isRoot)
  console.log(`${inLab.length} cells are left out: hosts that lose power or network are a lab's, which needs root`);
const onLoopback = chosen.filter((cell) => !needsLab(cell));
console.log(`${onLoopback.length} cells on loopback, ${isRoot ? inLab.length : 0} in the lab`);
await inWorld(loopback, onLoopback, 3);
if (isRoot) await inWorld(lab, inLab, 6);

const names = new Set(chosen.map(cellName));
const played = [...results.values()];
const failed = played.filter(({ name, wrong }) => names.has(name) && wrong.length > 0);
const minutes = ((Date.now() - began) / 60_000).toFixed(1);
console.log(`${played.filter(({ name }) => names.has(name)).length} cells, ${failed.length} failed, ${minutes} min`);
for (const { name } of failed) console.log(`  ${name}`);
if (values.write) writeFileSync(TABLE, page(played));
process.exit(failed.length > 0 ? 1 : 0);

function choose(): Cell[] {
  const [shard, shards] = values.shard.split("/").map(Number) as [number, number];
  const faults = values.only.map((fault) => fault.replaceAll("-", " "));
  let cells: readonly Cell[] = CELLS;
  if (values.tenth !== undefined || values.changed) {
    const some = new Set<Cell>(values.tenth === undefined ? [] : tenthOf(values.tenth));
    if (values.changed) {
      console.log(`changed since the table was written: ${changedFunctions().join(", ") || "nothing"}`);
      for (const cell of changedCells()) some.add(cell);
    }
    cells = CELLS.filter((cell) => some.has(cell));
  }
  return cells.filter(
    (cell, n) =>
      (faults.length === 0 || faults.includes(cell.fault)) &&
      (values.match.length === 0 || values.match.some((part) => cellName(cell).includes(part))) &&
      (values.world === undefined || (values.world === "lab") === needsLab(cell)) &&
      n % shards === shard - 1,
  );
}

function tell({ cell, struck, next, wrong, looks, longest, seconds }: CellResult): void {
  const name = cellName(cell);
  const result: Played = { name, place: placeName(cell), fault: cell.fault, wrong, looks, longest, seconds, commit };
  note(result);
  if (values.resume) appendFileSync(values.resume, `${JSON.stringify(result)}\n`);
  const mark = wrong.length === 0 ? "✓" : "✗";
  console.log(`${mark} ${name}  [${struck.slice(0, 60)} | ${next}]  ${seconds.toFixed(1)} s`);
  for (const line of wrong) console.log(`    ${line}`);
}

function note(result: Played): void {
  results.set(result.name, result);
}

async function inWorld(make: typeof lab, cells: Cell[], lanes: number): Promise<void> {
  if (cells.length === 0) return;
  const world = await make(Math.min(Number(values.lanes ?? lanes), cells.length));
  const stop = () => void world.stop().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await play(world, cells, tell, next);
  } finally {
    process.removeListener("SIGINT", stop).removeListener("SIGTERM", stop);
    await world.stop();
  }
}
