// The label of a release, from a tag.
import { expect, test } from "vitest";
import { labelOf } from "../../src/artifact/label.ts";
import { versionProblem } from "../../src/artifact/validate-release.ts";

test.each([
  ["v1.4.0", "v1.4.0"],
  ["1.4.0-rc.1+build_5", "1.4.0-rc.1+build_5"],
  ["api/v1.4.0", "api-v1.4.0"],
  ["@acme/web@1.4.0", "acme-web-1.4.0"],
  ["release--1-", "release--1-"],
  ["über/1", "ber-1"],
  ["v1/", "v1"],
  ["-v1", "v1"],
  ["日本", undefined],
  ["x".repeat(200), "x".repeat(100)],
])("case 29: the tag %j gives the label %j, which can name a directory", (tag, label) => {
  expect(labelOf(tag)).toBe(label);
  if (label !== undefined) expect(versionProblem(label)).toBeUndefined();
});
