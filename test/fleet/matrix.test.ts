// The part of the crash matrix that needs hosts of their own, which lose their power or their network: those whose turn it is.
import { expect, it } from "vitest";
import { LAB_NEEDS } from "../lab/lab.ts";
import { playPart, TURNS } from "../support/matrix-process.ts";
import { needs } from "../support/needs.ts";

it.runIf(needs(...LAB_NEEDS))("a host that is lost at any step is put in order by one next run", async () => {
  const { failed, cells, end } = await playPart("lab");
  expect(failed).toEqual([]);
  expect(end).toBe("exit 0");
  expect(cells).toBeGreaterThan(200 / TURNS);
});
