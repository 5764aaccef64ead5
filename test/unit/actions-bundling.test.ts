// What a step says and does when its artifact cannot be kept.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DAYS_DEPLOYED, type Keep, keepDeployed, keepForJobs } from "../../src/actions/bundle-steps.ts";
import type { BundleResult } from "../../src/bundle/result.ts";
import { Failure } from "../../src/failure.ts";
import type { FailureCode } from "../../src/failure-codes.ts";
import { silent } from "../../src/progress.ts";

const result = {
  file: "/out/shop.tar",
  size: 1,
  version: "v1",
  releaseDigest: "sha256:0123456789abcdef",
} as BundleResult;

/** A step whose store answers so, and what came of it. */
function step(upload: (name: string, file: string, options: object) => Promise<{ id: string; digest: string }>) {
  const warnings: string[] = [];
  const asked: object[] = [];
  const context = {
    config: { app: "shop" },
    progress: silent,
    stores: {
      artifacts: async () => ({
        name: "a store",
        upload: (name: string, file: string, options: object) => {
          asked.push({ name, ...options });
          return upload(name, file, options);
        },
      }),
    },
  };
  const reported = {
    context,
    output: () => {},
    progress: { ...silent, warning: (text: string) => void warnings.push(text) },
  };
  return { reported, warnings, asked };
}
const fails = (code: FailureCode, output: string) => async () => {
  throw new Failure({ code, what: "the artifact could not be uploaded", output, remedy: "the store's remedy" });
};

describe("what was deployed", () => {
  beforeEach(() => vi.stubEnv("GITHUB_EVENT_NAME", "push"));
  afterEach(() => vi.unstubAllEnvs());

  const keep = async (inputs: object, upload: Parameters<typeof step>[0]) => {
    const { reported, warnings, asked } = step(upload);
    await keepDeployed({ ...reported, inputs } as unknown as Parameters<typeof keepDeployed>[0], result);
    return { warnings, asked };
  };

  it("is kept by its release for as long as repairs need it", async () => {
    const { warnings, asked } = await keep({}, async () => ({ id: "1", digest: "sha256:0" }));
    expect([warnings, asked]).toEqual([[], [{ name: "shop-v1-01234567", retentionDays: DAYS_DEPLOYED }]]);
  });

  it("is kept already where its own name is taken, and not where a name that was given is", async () => {
    const taken = fails(
      "artifact-exists",
      "Received non-retryable error: (409) Conflict: an artifact with this name already exists",
    );
    expect((await keep({}, taken)).warnings).toEqual([]);
    expect((await keep({ "artifact-name": "shop" }, taken)).warnings).toEqual([
      expect.stringMatching(/its artifact was not kept: .*409.*\nnext: the store's remedy$/),
    ]);
  });
});

it("what another job of the run has kept under the release's own name is kept", async () => {
  const { reported } = step(fails("artifact-exists", "(409) Conflict: an artifact with this name already exists"));
  const place = { ...reported, keep: "required" } as unknown as Parameters<typeof keepForJobs>[0];
  const kept = (nameIsContent: boolean) =>
    keepForJobs(place, { name: "shop-v1", nameIsContent, result, retentionDays: 7 });
  expect(await kept(true)).toBeUndefined();
  await expect(kept(false)).rejects.toThrow("could not be uploaded");
});

describe("on a server that keeps no artifacts, what was bundled", () => {
  const keep = async (wanted: Keep, code: FailureCode) => {
    const { reported, warnings } = step(fails(code, "not supported on GHES"));
    const place = { ...reported, keep: wanted } as unknown as Parameters<typeof keepForJobs>[0];
    return {
      kept: await keepForJobs(place, { name: "shop-v1", nameIsContent: false, result, retentionDays: 7 }),
      warnings,
    };
  };

  it("is for later steps of the job by `upload: unless-pull-request`, with a warning", async () => {
    expect(await keep("if-possible", "store-unsupported")).toEqual({
      kept: undefined,
      warnings: [expect.stringMatching(/not kept for other jobs: not supported on GHES\nnext: the store's remedy/)],
    });
  });

  it("is a failure by `upload: always`, and where the store could have kept it", async () => {
    await expect(keep("required", "store-unsupported")).rejects.toThrow(/could not be uploaded/);
    await expect(keep("if-possible", "store-failed")).rejects.toThrow(/could not be uploaded/);
  });
});
