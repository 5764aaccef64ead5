// A reader that never pauses notices no deploy and no rollback. `node bench/reader.ts` does the same a hundred times.
import { expect, it } from "vitest";
import { needs } from "../support/needs.ts";
import { readThroughout } from "../support/reading.ts";
import { startSshd } from "../support/sshd.ts";
import { temporary } from "../support/temporary.ts";

it.runIf(needs("sshd", "ssh", "python3"))(
  "a reader of files and of the service finds a whole release at any time",
  async () => {
    const read = await readThroughout(temporary("reader"), await startSshd(), { rounds: 5, pause: 0.002 });
    expect(read.failures).toEqual([]);
    expect(read.outcomes).toEqual(Array.from({ length: 5 }, () => ["deployed", "rolled-back"]).flat());
    // It was there while releases came and went, and not before or after.
    expect([read.releases.files, read.releases.answers]).toEqual([6, 6]);
  },
);
