// Which artifacts are looked for when a host needs a release.
import { expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { artifactAtHand } from "../../src/pipeline/artifact.ts";
import type { Context } from "../../src/pipeline/context.ts";
import { silent } from "../../src/progress.ts";
import type { ArtifactReference } from "../../src/stores/store.ts";
import { temporary } from "../support/temporary.ts";

it("looks for a release under the names of later attempts too, in this run and in others", async () => {
  const asked: ArtifactReference[] = [];
  const download = (artifact: ArtifactReference) => {
    asked.push(artifact);
    return Promise.reject(new Failure({ code: "command-failed", what: "there is none", outcome: "refused" }));
  };
  const artifacts = () => Promise.resolve({ name: "a store", download });
  const context = { config: { app: "shop" }, work: temporary("work"), progress: silent, stores: { artifacts } };
  const run = { id: "7", repository: "acme/shop", token: "t" };
  const release = { version: "v1", digest: `sha256:${"a".repeat(64)}` };
  const found = await artifactAtHand(context as unknown as Context, release, () => Promise.resolve(run));
  expect(found).toBeUndefined();
  expect(asked.slice(0, 4)).toEqual([
    { name: "shop-v1-aaaaaaaa" },
    { name: "shop-v1-aaaaaaaa", run },
    { name: "shop-v1" },
    { name: "shop-v1", run },
  ]);
  expect(asked).toContainEqual({ name: "shop-v1-attempt-2", run });
});
