import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { callFrames, type Frame, FrameReader, frame, frames, HEADER, LARGEST_BODY } from "../../src/protocol/frames.ts";

const reply = (kind: string, name: string, body: string) =>
  Buffer.from(`${kind.padEnd(8)}${String(Buffer.byteLength(body)).padStart(10, "0")} ${name.padEnd(60)}\n${body}`);

describe("frames", () => {
  it("cut a body of any size into pieces that one dd can hold", () => {
    const pieces = [...frames("data", "", Buffer.alloc(2 * LARGEST_BODY + 1))];
    expect(pieces.map((piece) => piece.length - HEADER)).toEqual([LARGEST_BODY, LARGEST_BODY, 1]);
    expect(() => frame("text", "../x")).toThrow();
  });

  const of = (texts: Record<string, string>) =>
    callFrames("facts", { root: "/srv/a b", gone: undefined, keep: 5 }, texts).map((each) => ({
      kind: each.subarray(0, 8).toString().trim(),
      length: Number(each.subarray(8, 18)),
      body: each.subarray(HEADER),
    }));

  it("hold a call with its short plain texts, each counted in lines", () => {
    const [call, ...more] = of({ env: "A=1\nB=\t$(x) ~\n\n", "link-trees": "" });
    expect(more).toEqual([]);
    expect(call).toMatchObject({ kind: "call", length: call!.body.length });
    expect(call!.body.toString()).toBe("root /srv/a b\nkeep 5\n\nenv 3\nA=1\nB=\t$(x) ~\n\nlink-trees 0\n.\n");
  });

  it("hold any other text by themselves, in bytes", () => {
    for (const text of ["no newline at its end", "grün\n", "\r\n", "a\0\n"]) {
      const all = of({ env: text });
      expect(all.map(({ kind }) => kind)).toEqual(["begin", "text", "run"]);
      expect(all[1]!.body.toString()).toBe(text);
    }
    const [, long] = of({ env: "a\n".repeat(256) });
    expect([long!.kind, gunzipSync(long!.body).toString()]).toEqual(["gzip", "a\n".repeat(256)]);
  });

  it("refuse values that would be two lines", () => {
    expect(() => callFrames("facts", { root: "a\nverb b" })).toThrow(/line break/);
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

it("case 13: a frame that is larger than what was asked for is refused before it has come", () => {
  const reader = new FrameReader("nonce", () => {});
  reader.limit = 100;
  reader.push(Buffer.from("\nnonce\n"));
  const header = `data    ${"9".repeat(10)} ${"piece".padEnd(60)}\n`;
  expect(() => reader.push(Buffer.from(header))).toThrow(/sends more than it was asked for/);
});
