// Tests that a run may leave to `npm run test:full`: full("balancers").it("…", …), full("balancers").describe("…", …).
import { format } from "node:util";
import { describe, it, type TestFunction } from "vitest";
import { isPlayed, LEFT_OUT, type Part } from "./parts.ts";

type Row<T> = T extends readonly unknown[] ? [...T] : [T];

/**
 * Marks a test, or tests that share what is dear or follow from each other, as one of a part.
 *
 * @param available what it needs besides, as `needs` says
 */
export function full(part: Part, available = true) {
  const tagged = (key: string) => ({ tags: isPlayed(part, key) ? [part] : [part, LEFT_OUT] });
  const runs = (key: string) => available && isPlayed(part, key);
  return {
    it: (name: string, test: TestFunction) => it.runIf(runs(name))(name, tagged(name), test),
    concurrent: (name: string, test: TestFunction) =>
      it.runIf(runs(name))(name, { ...tagged(name), concurrent: true }, test),
    describe: (name: string, tests: () => void) => describe.runIf(runs(name))(name, tagged(name), tests),
    /** Each row has a turn of its own. */
    each:
      <T>(rows: readonly T[]) =>
      (name: string, test: (...row: Row<T>) => Promise<void> | void) =>
        rows.forEach((row, n) => {
          const values = (Array.isArray(row) ? row : [row]) as Row<T>;
          const key = `${name}, row ${n}`;
          it.runIf(runs(key)).for([values])(name, tagged(key), () => test(...values));
        }),
    /** The same tests for several shells or tools: those for the first are played in every run. */
    eachAfterFirst:
      <T>(rows: readonly T[]) =>
      (name: string, tests: (...row: Row<T>) => void) =>
        rows.forEach((row, n) => {
          const values = (Array.isArray(row) ? row : [row]) as Row<T>;
          const title = format(name, values[0]);
          if (n === 0) describe.runIf(available)(title, () => tests(...values));
          else describe.runIf(runs(title))(title, tagged(title), () => tests(...values));
        }),
  };
}
