// A run that is cancelled before anything is live: it ends soon, nothing has changed, and what has arrived is not lost.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { silent } from "../../src/progress.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";
import { plainHost, put } from "../support/plain-host.ts";

const CANCELLED = [{ what: "cancelled" }];

describe("a run that is cancelled", () => {
  it("while it waits for another run's lock waits no more", async () => {
    const at = plainHost();
    const { layout, services, shared, host: holder } = at.member();
    await holder.facts({ layout, services, shared, lock: { wait: 0, owner: "the holder" } });
    const stop = new AbortController();
    const began = put([at.member()], await syntheticArtifact([text("page.txt", "one")]), {
      waitForLock: 3600,
      signal: stop.signal,
    });
    while (at.names(".tarlift/sessions").length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    expect(await began).toMatchObject({ outcome: "refused", errors: CANCELLED, warnings: [] });
    await holder.close();
    expect(at.names(".tarlift/sessions")).toEqual([]);
  });

  it("while a release is sent sends no more of it, and the next run sends the rest", async () => {
    const at = plainHost();
    const files = Array.from({ length: 12 }, (_, n) => text(`part${n}.txt`, randomBytes(1 << 20).toString("hex")));
    const artifact = await syntheticArtifact(files);
    const stop = new AbortController();
    let sent = 0;
    const progress = {
      ...silent,
      task: (title: string) => ({
        ...silent.task(title),
        update: () => {
          if (title === "prepare" && ++sent === 4) stop.abort();
        },
      }),
    };
    const report = await put([at.member()], artifact, { progress, signal: stop.signal });
    expect(report).toMatchObject({ outcome: "refused", errors: CANCELLED });
    expect(at.live()).toBeUndefined();
    const [host] = (await put([at.member()], artifact)).hosts;
    expect(host?.live).toBe(at.live());
    expect(host!.files!.sent).toBeLessThan(files.length);
    expect(host!.files!.sent).toBeGreaterThan(0);
  });
});
