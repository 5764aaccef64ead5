// Layers are read to their end, whichever program made their frames, at any boundaries of what is read.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decompress } from "../../src/artifact/zstd.ts";
import { splitFrames } from "../../src/artifact/zstd-frames.ts";
import { Failure } from "../../src/failure.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const MIB = 1 << 20;
const directory = temporary("frames");
const random = randomBytes(2 * MIB);

interface Frame {
  compressed: Buffer;
  content: Buffer;
}

/** @param more further parameters of the compressor */
const frame = (content: Buffer, checksum = true, more: Record<number, number> = {}): Frame => ({
  content,
  compressed: zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: Number(checksum), ...more } }),
});

/** A frame without content (RFC 8878, 3.1.2). @param size bytes in all, at least 8 */
function skippable(size: number, kind = 0): Frame {
  const compressed = Buffer.alloc(size, "x");
  compressed.writeUInt32LE(0x184d2a50 + kind, 0);
  compressed.writeUInt32LE(size - 8, 4);
  return { compressed, content: Buffer.alloc(0) };
}

async function read(compressed: Buffer): Promise<Buffer> {
  const file = join(directory, "layer.zst");
  writeFileSync(file, compressed);
  const chunks: Buffer[] = [];
  for await (const chunk of decompress({ file, offset: 0, size: compressed.length })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const joined = (frames: readonly Frame[], what: keyof Frame) => Buffer.concat(frames.map((one) => one[what]));

const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc
    .record({ size: fc.integer({ min: 8, max: 3000 }), kind: fc.nat(15) })
    .map(({ size, kind }) => skippable(size, kind)),
  fc
    .record({
      size: fc.oneof(fc.nat(300), fc.nat(400_000), fc.constantFrom(MIB, 2 * MIB, 128 << 10)),
      noise: fc.constantFrom(0, 0.3, 1),
      checksum: fc.boolean(),
      sized: fc.nat(1),
      level: fc.constantFrom(1, 3, 19),
    })
    .map(({ size, noise, checksum, sized, level }) => {
      const content = Buffer.alloc(size, "tarlift ");
      random.copy(content, 0, 0, Math.floor(size * noise));
      return frame(content, checksum, {
        [constants.ZSTD_c_contentSizeFlag]: sized,
        [constants.ZSTD_c_compressionLevel]: size > 1000 ? 1 : level,
      });
    }),
);

describe("layers of several zstd frames", () => {
  it("are cut where frames end, in whatever pieces they come", async () => {
    const property = fc.asyncProperty(
      fc.array(frames, { minLength: 1, maxLength: 6 }),
      fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 300_000 })), { minLength: 1 }),
      async (all, sizes) => {
        const whole = joined(all, "compressed");
        async function* pieces() {
          // Once each as given, then in one go: many small pieces of a large frame show nothing more.
          for (let at = 0, n = 0; at < whole.length; at += sizes[n++] ?? whole.length)
            yield whole.subarray(at, at + (sizes[n] ?? whole.length));
        }
        const ends = new Set<number>();
        const out: Buffer[] = [];
        let at = 0;
        for await (const piece of splitFrames(pieces())) {
          expect(piece.length).toBeGreaterThan(0);
          out.push(piece);
          at += piece.length;
          ends.add(at);
        }
        expect(Buffer.concat(out).equals(whole)).toBe(true);
        let end = 0;
        for (const { compressed } of all) {
          end += compressed.length;
          expect(ends).toContain(end);
        }
        expect((await read(whole)).equals(joined(all, "content"))).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);

  it("are read on behind a frame that ends just behind a border of what is read at once", async () => {
    const first = frame(Buffer.alloc(4 * MIB, "some content of a layer\n"));
    const second = frame(Buffer.from("more"));
    for (let beyond = -1; beyond <= 8; beyond++) {
      const all = [skippable(MIB + beyond - first.compressed.length), first, second];
      const content = await read(joined(all, "compressed"));
      expect(content.equals(joined(all, "content")), `${beyond} bytes beyond`).toBe(true);
    }
  });

  it("are those of the zstd command as well", async () => {
    const plain = join(directory, "plain");
    writeFileSync(plain, Buffer.concat([random, Buffer.alloc(3 * MIB, "abc"), random.subarray(0, 999_999)]));
    const made = [["-1"], ["--no-check"], ["-T4", "-B1M"], ["--long=27", "-5"]].map((options, n) => {
      sh("zstd", ["-q", "-f", ...options, plain, "-o", join(directory, `${n}.zst`)]);
      return readFileSync(join(directory, `${n}.zst`));
    });
    const content = readFileSync(plain);
    expect((await read(Buffer.concat(made))).equals(Buffer.concat(made.map(() => content)))).toBe(true);
  });

  it.each([
    ["bytes that are no frame behind them", Buffer.from("garbage"), /Unknown frame/],
    ["a piece of a frame's beginning behind them", Buffer.from([0x28, 0xb5]), /unexpected end/],
    ["a frame that is cut short behind them", frame(Buffer.from("whole")).compressed.subarray(0, -1), /unexpected end/],
    ["more frames than a layer has", joined(Array(100_001).fill(frame(Buffer.alloc(0))), "compressed"), /100000 zstd/],
  ])("with %s are refused", { timeout: 60_000 }, async (_, behind, output) => {
    const failure = await read(Buffer.concat([frame(Buffer.from("content")).compressed, behind])).catch((e) => e);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure.output).toMatch(output);
  });
});
