// The crash matrix: npm run matrix [-- options]; README.md of this directory says what it shows.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CellResult, NEXT } from "./batch.ts";
import { CELLS, type Cell, cellName, FAULTS, type Fault, LAB_FAULTS, placeName } from "./cells.ts";
import { CRASH_CELLS, type CrashCell, crashCellName, crashPlaceName } from "./crash-cells.ts";
import { type CrashResult, playCrashes } from "./crash-play.ts";
import { play } from "./play.ts";
import { changedCells, changedFunctions, inTurn, TABLE } from "./selection.ts";
import { lab, loopback } from "./site.ts";
import { headCommit, type Played, page } from "./table.ts";

const USAGE = `npm run matrix -- [options]
  --only FAULT     ${FAULTS.map((fault) => fault.replaceAll(" ", "-")).join(", ")}; may be repeated
  --match TEXT     cells whose names contain it; may be repeated
  --shard N/M      the N-th of M parts
  --turn SEED      a part that goes round, by a commit's id
  --turns N        the N-th part; default: 10
  --changed        besides, those of steps that changed since the table was written, and without --turn them alone
  --world WHERE    loopback, lab, or dying (a release that dies at once); default: all
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
    turn: { type: "string" },
    turns: { type: "string", default: "10" },
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
const [shard, shards] = values.shard.split("/").map(Number) as [number, number];
const isFault = (fault: Fault) => values.only.length === 0 || values.only.includes(fault.replaceAll(" ", "-"));
const isMatch = (name: string) => values.match.length === 0 || values.match.some((part) => name.includes(part));
const isRoot = process.getuid?.() === 0;
const isOpen = (name: string) => !(results.get(name)?.wrong.length === 0);
const chosen = choose().filter((cell) => isOpen(cellName(cell)));
const crashes = chooseCrashes().filter((cell) => isOpen(crashCellName(cell)));
const inLab = chosen.filter(needsLab);
if (inLab.length + crashes.length > 0 && !isRoot)
  console.log(
    `${inLab.length + crashes.length} cells are left out: hosts with systemd, power and a network of their own are a lab's, which needs root`,
  );
const onLoopback = chosen.filter((cell) => !needsLab(cell));
console.log(
  `${onLoopback.length} cells on loopback, ${isRoot ? inLab.length : 0} in the lab, ${isRoot ? crashes.length : 0} of a release that dies at once`,
);
await inWorld(loopback, onLoopback, 3);
if (isRoot) await inWorld(lab, inLab, 6);
if (isRoot && crashes.length > 0) await playCrashes(crashes, printCrash);

const names = new Set([...chosen.map(cellName), ...crashes.map(crashCellName)]);
const played = [...results.values()];
const failed = played.filter(({ name, wrong }) => names.has(name) && wrong.length > 0);
const minutes = ((Date.now() - began) / 60_000).toFixed(1);
console.log(`${played.filter(({ name }) => names.has(name)).length} cells, ${failed.length} failed, ${minutes} min`);
for (const { name } of failed) console.log(`  ${name}`);
if (values.write) writeFileSync(TABLE, page(played));
process.exit(failed.length > 0 ? 1 : 0);

function choose(): Cell[] {
  let cells: readonly Cell[] = CELLS;
  if (values.turn !== undefined || values.changed) {
    const some = new Set<Cell>(turn().cells);
    if (values.changed) {
      console.log(`changed since the table was written: ${changedFunctions().join(", ") || "nothing"}`);
      for (const cell of changedCells().cells) some.add(cell);
    }
    cells = CELLS.filter((cell) => some.has(cell));
  }
  return cells.filter(
    (cell, n) =>
      isFault(cell.fault) &&
      isMatch(cellName(cell)) &&
      (values.world === undefined || values.world === (needsLab(cell) ? "lab" : "loopback")) &&
      n % shards === shard - 1,
  );
}

/** Those whose turn it is; none without --turn. */
function turn(): ReturnType<typeof inTurn> {
  if (values.turn === undefined) return { cells: [], crashes: [] };
  return inTurn(values.turn, Number(values.turns));
}

function chooseCrashes(): CrashCell[] {
  if (!isFault("runner killed") || (values.world !== undefined && values.world !== "dying")) return [];
  const some = new Set<CrashCell>([...turn().crashes, ...(values.changed ? changedCells().crashes : [])]);
  const isPart = values.turn !== undefined || values.changed;
  return CRASH_CELLS.filter(
    (cell, n) => (!isPart || some.has(cell)) && isMatch(crashCellName(cell)) && n % shards === shard - 1,
  );
}

function printCrash({ cell, next, wrong, seconds }: CrashResult): void {
  keep({
    name: crashCellName(cell),
    place: crashPlaceName(cell),
    fault: "runner killed",
    wrong,
    looks: 0,
    longest: 0,
    seconds,
    commit,
  });
  say(crashCellName(cell), next, seconds, wrong);
}

function printResult({ cell, struck, next, wrong, looks, longest, seconds }: CellResult): void {
  const name = cellName(cell);
  keep({ name, place: placeName(cell), fault: cell.fault, wrong, looks, longest, seconds, commit });
  say(name, `${struck.slice(0, 60)} | ${next}`, seconds, wrong);
}

function say(name: string, came: string, seconds: number, wrong: string[]): void {
  console.log(`${wrong.length === 0 ? "✓" : "✗"} ${name}  [${came}]  ${seconds.toFixed(1)} s`);
  for (const line of wrong) console.log(`    ${line}`);
}

function keep(result: Played): void {
  note(result);
  if (values.resume) appendFileSync(values.resume, `${JSON.stringify(result)}\n`);
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
    await play(world, cells, printResult, next);
  } finally {
    process.removeListener("SIGINT", stop).removeListener("SIGTERM", stop);
    await world.stop();
  }
}
