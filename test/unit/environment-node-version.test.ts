// Which Node a version file asks for.
import { describe, expect, it } from "vitest";
import { isNode, wantedNode } from "../../src/installers/npm/node-version.ts";

describe("case 55: a version file", () => {
  it.each([
    ["24\n", "24"],
    ["v20.11.1\n", "20.11.1"],
    ["20.x", "20"],
    ["# ours\n\n22.4 # comment\n", "22.4"],
    ["node-v18.2.0", "18.2.0"],
    ["lts/iron", "20"],
    ["lts/Krypton\r\n", "24"],
    ["lts/*", "any"],
    ["node", "any"],
    ["python 3.12.1\nnodejs 22.1.0\n", "22.1.0"],
    ["", undefined],
    ["lts/nowhere", undefined],
    [">=18", undefined],
  ])("%j", (text, wanted) => expect(wantedNode(text)).toBe(wanted));

  it.each([
    ["20.11.1", "20", true],
    ["20.11.1", "20.11", true],
    ["20.11.1", "2", false],
    ["20.11.1", "20.1", false],
    ["24.0.0", "any", true],
  ])("%s is one of %s: %s", (version, wanted, expected) => expect(isNode(version, wanted)).toBe(expected));
});
