// Patterns over paths: what they name, and into which directories they reach.
import { expect, it } from "vitest";
import { globReach } from "../../src/source/glob.ts";

it.each([
  [".", "vendor/sub"],
  ["vendor", "vendor/sub"],
  ["vendor/sub", "vendor/sub"],
  ["vendor/sub/src/*.js", "vendor/sub"],
  ["vendor/sub/[id].js", "vendor/sub"],
  ["vendor/*/src/*.js", "vendor/sub"],
  ["**/*.js", "vendor/sub"],
  ["{vendor,web}/**", "vendor/sub"],
])("the pattern %s reaches into %s", (pattern, directory) => expect(globReach([pattern])(directory)).toBe(true));

it.each([
  ["web/**", "vendor/sub"],
  ["vendor/sub2", "vendor/sub"],
  ["vendor/a*/x", "vendor/sub"],
  ["*.js", "vendor/sub"],
])("the pattern %s does not reach into %s", (pattern, directory) =>
  expect(globReach([pattern])(directory)).toBe(false),
);
