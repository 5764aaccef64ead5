// The part of the crash matrix in which the release dies at once: those whose turn it is.
import { expect, it } from "vitest";
import { LAB_NEEDS } from "../lab/lab.ts";
import { playPart, TURNS } from "../support/matrix-process.ts";
import { needs } from "../support/needs.ts";

it.runIf(needs(...LAB_NEEDS))(
  "case 1: three hosts of which one dies with its new release serve the old one again, although the run was killed",
  async () => {
    const { failed, cells, end } = await playPart("dying");
    expect(failed).toEqual([]);
    expect(end).toBe("exit 0");
    expect(cells).toBeGreaterThanOrEqual(100 / TURNS);
  },
);
