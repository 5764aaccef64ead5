// Files from a stream that is not to be believed: only what has its digest gets into the pool.
import { hash } from "node:crypto";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { FilePool } from "../../src/artifact/file-pool.ts";
import { temporary } from "../support/temporary.ts";

const contents = ["", "one", "two two", "", "the last"];
const wanted = contents.map((text) => ({ sha256: hash("sha256", text), size: text.length }));

async function readAll(pool: FilePool, sha256: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of pool.read(sha256)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it.each([1, 2, 3, 100])("case 13: files come whole out of a stream in pieces of %i bytes", async (size) => {
  const pool = new FilePool(temporary("pool"));
  const intake = pool.intake(wanted);
  const stream = Buffer.from(contents.join(""));
  for (let at = 0; at < stream.length; at += size) intake.push(stream.subarray(at, at + size));
  intake.end();
  for (const [n, { sha256 }] of wanted.entries()) expect(await readAll(pool, sha256)).toBe(contents[n]);
});

it.each([
  ["another content", "oneTWO TWOthe last", [1, 4]],
  ["an early end", "onetwo", [1]],
  ["more than was asked for", "onetwo twothe last and more", [1, 2, 4]],
])("case 13: %s of a file gets nothing wrong into the pool", (_, said, right) => {
  const directory = temporary("pool");
  const pool = new FilePool(directory);
  const intake = pool.intake(wanted);
  intake.push(Buffer.from(said));
  intake.end();
  const expected = [wanted[0]!, ...right.map((n) => wanted[n]!)].map(({ sha256 }) => sha256);
  expect(readdirSync(directory).sort()).toEqual(expected.sort());
  for (const { sha256 } of wanted) expect(pool.has(sha256)).toBe(expected.includes(sha256));
});
