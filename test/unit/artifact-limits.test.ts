// What an artifact may cost before it is known to be one: small files that would be read for hours, or take all memory.
import { expect, test } from "vitest";
import { z } from "zod";
import { manifestSchema } from "../../src/bundle/format.ts";
import { readJson } from "../../src/bundle/json-values.ts";
import { tarHeader } from "../../src/bundle/tar-header.ts";
import { readTar } from "../../src/bundle/tar-reader.ts";
import { keepLines } from "../../src/command/kept-lines.ts";

/** @returns how many bytes of what is given were taken, and the Failure */
async function reading(chunks: Iterable<Buffer>): Promise<{ taken: number; output: unknown }> {
  let taken = 0;
  async function* counted() {
    for (const chunk of chunks) {
      taken += chunk.length;
      yield chunk;
    }
  }
  try {
    for await (const _ of readTar(counted())) void _;
  } catch (error) {
    return { taken, output: (error as { output?: unknown }).output };
  }
  return { taken, output: undefined };
}

function* times(count: number, chunk: Buffer): Generator<Buffer> {
  for (let n = 0; n < count; n++) yield chunk;
}

test("a layer that goes on after its end is not read on", async () => {
  const { taken, output } = await reading(times(10_000, Buffer.alloc(1 << 20)));
  expect(output).toBe("more than 1048576 bytes follow its end");
  expect(taken).toBeLessThan(4 << 20);
  // A whole record of another program's tar is in order.
  expect(await reading([Buffer.alloc(10 << 10)])).toEqual({ taken: 10 << 10, output: undefined });
});

test("headers that extend no member are not read on", async () => {
  const name = "pax/x";
  const header = tarHeader({ type: "file", path: name, size: 0 });
  // A checksum counts its own field as spaces.
  header[156] = "x".charCodeAt(0);
  header.write("        ", 148, "latin1");
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const { taken, output } = await reading(times(100_000, header));
  expect(output).toBe("two pax headers of one member");
  expect(taken).toBeLessThan(10_000);
});

test("metadata of more values than any artifact has is not looked at", () => {
  const zeros = (count: number) => `{"layers":[${"0,".repeat(count)}0]}`;
  expect(readJson(zeros(300_000), manifestSchema)).toEqual({ wrong: "has more than 200000 values" });
  const nested = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  expect(readJson(nested, manifestSchema)).toEqual({ wrong: expect.stringMatching(/^is not what Tarlift writes/) });
});

test("of metadata that is wrong in many places the first are said", () => {
  const read = readJson(`{"layers":[${"0,".repeat(5_000)}0]}`, manifestSchema);
  const said = "wrong" in read ? read.wrong : "";
  expect(said).toContain("layers");
  expect(said.split("\n").length).toBeLessThan(25);
  const long = readJson(JSON.stringify({ ["k".repeat(1 << 20)]: 1 }), z.strictObject({}));
  expect("wrong" in long && long.wrong.length).toBeLessThan(5_000);
});

test("of an output without an end its beginning is kept, and the rest is counted", () => {
  const kept = keepLines(10);
  for (const line of ["abc", "defgh", "i", ""]) kept.add(line);
  expect(kept.lines).toEqual(["abc", "defgh"]);
  expect(kept.leftOut).toBe(2);
});
