// A job's own copy of an entry: hashed once, and again as soon as it was written to.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { packLayer } from "../../src/artifact/pack.ts";
import { fetchEntry, keepEntry, unfinishedEntry } from "../../src/cache/entries.ts";
import { finishEntry, readEntry } from "../../src/cache/entry.ts";
import { directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { recording } from "../support/environments.ts";
import { temporary } from "../support/temporary.ts";

it("a job's copy that was changed after it was verified is not used, though it is as long as before", async () => {
  const directory = temporary("entries");
  const progress = recording();
  const place = {
    store: directoryLayerStore(join(directory, "store")),
    work: join(directory, "work"),
    key: "environment-1",
    schema: z.strictObject({}),
    title: "environment python",
    progress,
  };
  const layer = await packLayer([{ type: "file", path: "a", content: Buffer.from("content"), executable: false }], {
    base: "srv/t-entries/current",
    file: unfinishedEntry(place),
  });
  finishEntry(layer, place.key, {});
  const kept = await keepEntry(place, { meta: {}, layer });
  expect((await fetchEntry(place))?.layer.digest).toBe(layer.digest);
  expect(progress.said).toEqual([]);

  const bytes = readFileSync(kept.layer.file);
  bytes[20]! ^= 1;
  writeFileSync(kept.layer.file, bytes);
  expect(statSync(kept.layer.file).size).toBe(bytes.length);
  const again = await fetchEntry(place);
  expect(progress.said.join()).toContain("its layer is damaged");
  expect(again?.layer.digest).toBe(layer.digest);
  expect(readFileSync(again!.layer.file)).not.toEqual(bytes);
});

it("an entry that says more of itself than any layer has to say is not looked through", async () => {
  const file = join(temporary("entries"), "entry");
  const content = { type: "file", path: "a", content: Buffer.from("content"), executable: false } as const;
  const layer = await packLayer([content], { base: "srv/t-entries/current", file });
  finishEntry(layer, "k", { many: Array(1_000_001).fill(0) });
  expect(readEntry(file, "k", z.unknown())).toEqual({ broken: "its head is damaged" });
});
