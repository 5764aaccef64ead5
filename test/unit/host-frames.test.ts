import { describe, expect, it } from "vitest";
import { type Frame, FrameReader, formatValues, frame, frames, HEADER, LARGEST_BODY } from "../../src/host/frames.ts";

const reply = (kind: string, name: string, body: string) =>
  Buffer.from(`${kind.padEnd(8)}${String(Buffer.byteLength(body)).padStart(10, "0")} ${name.padEnd(60)}\n${body}`);

describe("frames", () => {
  it("cut a body of any size into pieces that one dd can hold", () => {
    const pieces = [...frames("data", "", Buffer.alloc(2 * LARGEST_BODY + 1))];
    expect(pieces.map((piece) => piece.length - HEADER)).toEqual([LARGEST_BODY, LARGEST_BODY, 1]);
    expect(() => frame("text", "../x")).toThrow();
  });

  it("refuse values that would be two lines", () => {
    expect(formatValues({ root: "/srv/a b", gone: undefined, keep: 5 }).toString()).toBe("root /srv/a b\nkeep 5\n");
    expect(() => formatValues({ root: "a\nverb b" })).toThrow(/line break/);
  });

  it("are found behind the noise of a login shell, however the bytes are cut", () => {
    const stream = Buffer.concat([
      Buffer.from("Welcome!\nok        0000000003\n"),
      Buffer.from("\nn0nce\n"),
      reply("out", "", "a\n"),
      reply("text", "plan", ""),
      reply("ok", "", "live v1\n"),
    ]);
    for (const step of [1, 7, stream.length]) {
      const seen: Frame[] = [];
      const reader = new FrameReader("n0nce", (each) => seen.push(each));
      for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step));
      expect(seen.map(({ kind, name, body }) => [kind, name, body.toString()])).toEqual([
        ["out", "", "a\n"],
        ["text", "plan", ""],
        ["ok", "", "live v1\n"],
      ]);
      expect(reader.noise).toContain("Welcome!");
    }
  });

  it("end the conversation when the bytes are no frames", () => {
    const reader = new FrameReader("n", () => {});
    expect(() => reader.push(Buffer.from(`\nn\n${"x".repeat(200)}`))).toThrow(/protocol/);
  });
});
