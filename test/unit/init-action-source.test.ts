import { describe, expect, test } from "vitest";
import { actionSource, PLACEHOLDER } from "../../src/init/action-source.ts";
import { initialWorkflows } from "../../src/init/workflows.ts";

const address = "git+https://github.com/some-org/tarlift.git";
const packaged = { repository: "some-org/tarlift", ref: "v1" };

describe("the repository whose actions tarlift init names", () => {
  test("is the one of the running action, which may be a fork at a pinned commit", () => {
    const ref = "0123456789abcdef0123456789abcdef01234567";
    const env = { GITHUB_ACTION_REPOSITORY: "fork/tarlift", GITHUB_ACTION_REF: ref };
    expect(actionSource(env, address)).toEqual({ repository: "fork/tarlift", ref });
  });

  test.each([
    ["no action runs", {}],
    ["a step of a workflow runs, whose variables are empty", { GITHUB_ACTION_REPOSITORY: "", GITHUB_ACTION_REF: "" }],
    ["another action runs it", { GITHUB_ACTION_REPOSITORY: "org/setup", GITHUB_ACTION_REF: "v3" }],
    ["the action has no ref", { GITHUB_ACTION_REPOSITORY: "fork/tarlift" }],
    ["the names are no names", { GITHUB_ACTION_REPOSITORY: "a/b/tarlift", GITHUB_ACTION_REF: "v1\n- run: x" }],
    ["the ref is no ref", { GITHUB_ACTION_REPOSITORY: "fork/tarlift", GITHUB_ACTION_REF: "v1\n- run: x" }],
  ])("is the package's when %s", (_, env) => {
    expect(actionSource(env, address)).toEqual(packaged);
  });

  test("is the placeholder where the package names none", () => {
    expect(actionSource({}, undefined)).toEqual(PLACEHOLDER);
    expect(actionSource({}, "https://example.org/x.git")).toEqual(PLACEHOLDER);
  });

  test("is in every line of the workflows that uses Tarlift", () => {
    const action = { repository: "fork/tarlift", ref: "main" };
    const uses = initialWorkflows({ branch: "main", secrets: [], action }).flatMap(({ text }) =>
      [...text.matchAll(/uses: (.*tarlift.*)$/gm)].map(([, used]) => used),
    );
    expect(uses).toEqual([
      "fork/tarlift/actions/build-env@main",
      "fork/tarlift/actions/bundle@main",
      "fork/tarlift@main",
    ]);
  });
});
