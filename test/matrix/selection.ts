// Which cells are played where all of them would take too long: a part that goes round, and those of steps that changed since the
// matrix was played as a whole.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CELLS, type Cell } from "./cells.ts";
import { CRASH_CELLS, type CrashCell } from "./crash-cells.ts";

const SOURCE = join(import.meta.dirname, "../../src");
/** Where a whole run is written down: `npm run matrix -- --write`. */
export const TABLE = join(import.meta.dirname, "../../bench/matrix.md");

/**
 * The cells whose turn it is.
 *
 * @param seed a commit's id; anything else that changes now and then
 * @param turns after so many turns, on average, each cell was played
 */
export function inTurn(seed: string, turns: number): { cells: Cell[]; crashes: CrashCell[] } {
  const number = createHash("sha256").update(seed).digest().readUInt32BE();
  // Crash cells are few and dear, and each stands for many: they come round sooner.
  const sooner = Math.ceil(turns / 2);
  return {
    cells: CELLS.filter((_, n) => n % turns === number % turns),
    crashes: CRASH_CELLS.filter((_, n) => n % sooner === number % sooner),
  };
}

/**
 * The texts of the shell functions that have the marks, by verb or, where several verbs share a function, by its name.
 *
 * @returns `<function>` to the first 12 hex digits of its hash
 */
export function hashes(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(SOURCE, { recursive: true, encoding: "utf8" })) {
    if (!/^(remote|supervisors|balancers)\/.*\.sh$/.test(file)) continue;
    const text = readFileSync(join(SOURCE, file), "utf8");
    for (const [body, name] of text.matchAll(/^(\w+)\(\) \{\n[\s\S]*?^\}\n/gm))
      if (/\bstep [a-z"]/.test(body) && name !== "step")
        found.set(name!, createHash("sha256").update(body).digest("hex").slice(0, 12));
  }
  return found;
}

/** The functions that are others now than when the table was written; all of them while there is no table. */
export function changedFunctions(): string[] {
  let table = "";
  try {
    table = readFileSync(TABLE, "utf8");
  } catch {
    // It has never been written.
  }
  const written = new Map(
    [...table.matchAll(/^\| `(\w+)` \| `([0-9a-f]{12})` \|$/gm)].map(([, name, hash]) => [name, hash]),
  );
  if (written.size === 0) return [];
  return [...hashes()].filter(([name, hash]) => written.get(name) !== hash).map(([name]) => name);
}

/** Verbs whose steps a function has; functions that all verbs share are covered by the tenth. */
const VERBS_OF: Record<string, string[]> = {
  lock_take: ["facts"],
  prepare_all: ["prepare"],
  prepare_environments: ["prepare"],
  prepare_check_link: ["prepare"],
  verb_task: ["task"],
  journal_end: ["task"],
  verb_activate: ["activate"],
  verb_revert: ["revert"],
  verb_precommit: ["precommit"],
  verb_commit: ["commit"],
};

/** All cells of steps that changed. */
export function changedCells(): { cells: Cell[]; crashes: CrashCell[] } {
  const verbs = new Set(changedFunctions().flatMap((name) => VERBS_OF[name] ?? []));
  const changed = ({ at }: Cell | CrashCell) => verbs.has(at.verb);
  return { cells: CELLS.filter(changed), crashes: CRASH_CELLS.filter(changed) };
}
