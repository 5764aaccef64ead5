import { expect, test } from "vitest";
import { AFTERWARDS, CRASH_CELLS, crashCellName, SUPERVISORS, WAVES } from "../matrix/crash-cells.ts";

const FACTORS = {
  place: new Set(CRASH_CELLS.map(({ at }) => JSON.stringify(at))),
  host: new Set(["0", "1", "2"]),
  waves: new Set(Object.keys(WAVES)),
  supervisor: new Set<string>(SUPERVISORS),
  switch: new Set(["true", "false"]),
  afterwards: new Set<string>(AFTERWARDS),
};
type Factor = keyof typeof FACTORS;
const values = CRASH_CELLS.map(
  ({ at, host, ...cell }): Record<Factor, string> => ({
    ...cell,
    place: JSON.stringify(at),
    host: String(host),
    switch: String(cell.switch),
  }),
);
const names = Object.keys(FACTORS) as Factor[];

test("at most 60 cells, each with a name of its own", () => {
  expect(CRASH_CELLS.length).toBeLessThanOrEqual(60);
  expect(new Set(CRASH_CELLS.map(crashCellName)).size).toBe(CRASH_CELLS.length);
});

test.each(names.flatMap((one, n) => names.slice(n + 1).map((other) => [one, other] as const)))(
  "each %s meets each %s",
  (one, other) => {
    const seen = new Set(values.map((value) => `${value[one]} ${value[other]}`));
    const missing = [...FACTORS[one]]
      .flatMap((a) => [...FACTORS[other]].map((b) => `${a} ${b}`))
      .filter((pair) => !seen.has(pair));
    expect(missing).toEqual([]);
  },
);
