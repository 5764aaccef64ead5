// The matrix as a page: a row a place, a column a fault.
import { execFileSync } from "node:child_process";
import { CELLS, FAULTS, type Fault, type Place, placeName } from "./cells.ts";
import { CRASH_CELLS, crashCellName, crashPlaceName, SUPERVISORS } from "./crash-cells.ts";
import { hashes } from "./selection.ts";

/** What is kept of a result. */
export interface Played {
  name: string;
  place: string;
  fault: Fault;
  wrong: string[];
  looks: number;
  longest: number;
  seconds: number;
  /** The one that was played. */
  commit: string;
}

/** The commit that is checked out. */
export const headCommit = (): string => execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();

const FOOT = "How it is read, and how it is run: `test/matrix/README.md`.";

/** @param played the latest result of each cell */
export function page(played: readonly Played[]): string {
  const failed = played.filter(({ wrong }) => wrong.length > 0);
  const looks = played.reduce((sum, each) => sum + each.looks, 0);
  const commits = [...new Set(played.map(({ commit }) => commit))].map(
    (commit) => `${played.filter((each) => each.commit === commit).length} cells at commit \`${commit}\``,
  );
  const rows = [...new Set(CELLS.map((cell: Place) => placeName(cell)))].map((place) => {
    const cells = FAULTS.map((fault) => {
      const all = CELLS.filter((cell) => cell.fault === fault && placeName(cell) === place).length;
      const here = played.filter((each) => each.fault === fault && each.place === place);
      const good = here.filter(({ wrong }) => wrong.length === 0).length;
      if (all === 0) return "–";
      return here.length === all && good === all ? `${good}` : `**${good} of ${all}**`;
    });
    return `| ${place} | ${cells.join(" | ")} |`;
  });
  return [
    "# The crash matrix",
    "",
    `${new Date().toISOString().slice(0, 10)}, ${commits.join(", ")}: ${played.length} of ${CELLS.length + CRASH_CELLS.length} cells played, ${failed.length} failed.`,
    `${looks} looks at every host from outside; the longest time between two was ${Math.max(0, ...played.map(({ longest }) => longest))} ms, the longest cell took ${Math.max(0, ...played.map(({ seconds }) => seconds)).toFixed(0)} s.`,
    "",
    "The figures are cells that were as they should be: one for each host that was struck there.",
    FOOT,
    "",
    `| step | ${FAULTS.join(" | ")} |`,
    `| --- |${" ---: |".repeat(FAULTS.length)}`,
    ...rows,
    "",
    "A release that dies at once on one of three hosts, while the run that deploys it is killed there:",
    "",
    `| step | ${SUPERVISORS.join(" | ")} |`,
    `| --- |${" ---: |".repeat(SUPERVISORS.length)}`,
    ...crashRows(played),
    ...(failed.length === 0
      ? []
      : ["", "Failed:", "", ...failed.map(({ name, wrong }) => `- ${name}: ${wrong.join("; ")}`)]),
    "",
    "The functions of the program that have the steps, as they were. `npm run test:full` plays the cells of those that change since.",
    "",
    "| function | text |",
    "| --- | --- |",
    ...[...hashes()].sort().map(([name, hash]) => `| \`${name}\` | \`${hash}\` |`),
    "",
  ].join("\n");
}

function crashRows(played: readonly Played[]): string[] {
  const good = new Set(played.filter(({ wrong }) => wrong.length === 0).map(({ name }) => name));
  return [...Map.groupBy(CRASH_CELLS, (cell) => crashPlaceName(cell))].map(([place, cells]) => {
    const figures = SUPERVISORS.map((supervisor) => {
      const all = cells.filter((cell) => cell.supervisor === supervisor);
      const sound = all.filter((cell) => good.has(crashCellName(cell))).length;
      return sound === all.length ? `${sound}` : `**${sound} of ${all.length}**`;
    });
    return `| ${place} | ${figures.join(" | ")} |`;
  });
}
