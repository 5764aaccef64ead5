// The part of the crash matrix that every contributor has: those whose turn it is.
import { expect, it } from "vitest";
import { playPart, TURNS } from "../support/matrix-process.ts";

it("a runner, a connection or a session that is lost at any step is put in order by one next run", async () => {
  const { failed, cells, end } = await playPart("loopback");
  expect(failed).toEqual([]);
  expect(end).toBe("exit 0");
  expect(cells).toBeGreaterThan(400 / TURNS);
}, 1_800_000);
