// What the deploy key says of a release digest.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sealer } from "../../src/transports/ssh/seal.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const place = { app: "shop", target: "production" };
const DIGEST = `sha256:${"a".repeat(64)}`;

function newKey(): { file: string; text: string } {
  const file = join(temporary("key"), "id");
  sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  return { file, text: sh("cat", [file]) };
}

it("case 13: a seal is the key's, the application's, the target's and the digest's", () => {
  const { file, text } = newKey();
  const seal = sealer({ file }, place)!(DIGEST);
  expect(seal).toMatch(/^[0-9a-f]{64}$/);
  // As an input of an action arrives: without its last newline, perhaps with Windows line ends.
  expect(sealer({ text: text.trim().replaceAll("\n", "\r\n") }, place)!(DIGEST)).toBe(seal);
  const others = [
    sealer({ text: newKey().text }, place)!(DIGEST),
    sealer({ file }, { ...place, app: "other" })!(DIGEST),
    sealer({ file }, { ...place, target: "staging" })!(DIGEST),
    sealer({ file }, place)!(`sha256:${"b".repeat(64)}`),
  ];
  expect(new Set([seal, ...others]).size).toBe(5);
});

it("case 13: there is none where no key is given, and none of a text that is no key", () => {
  expect(sealer(undefined, place)).toBeUndefined();
  const file = join(temporary("key"), "id");
  writeFileSync(file, "hello");
  expect(() => sealer({ file }, place)!(DIGEST)).toThrow(/not a private key/);
});
