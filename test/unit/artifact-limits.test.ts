// What an artifact may cost before it is known to be one: small files that would be read for hours, or take all memory.
import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { FilePool } from "../../src/artifact/file-pool.ts";
import { type IndexEntry, MOST_INDEXED, manifestSchema, parseIndex, pathsOf } from "../../src/artifact/format.ts";
import { readJson } from "../../src/artifact/json-values.ts";
import { type KeptRecord, openKept } from "../../src/artifact/kept-release.ts";
import type { ArtifactLayer } from "../../src/artifact/layer-contents.ts";
import { blobPath, writeArtifact } from "../../src/artifact/oci-layout.ts";
import { type Artifact, openArtifact } from "../../src/artifact/open-artifact.ts";
import { type PackSource, packLayer } from "../../src/artifact/pack.ts";
import { padding, tarHeader } from "../../src/artifact/tar-header.ts";
import { readTar } from "../../src/artifact/tar-reader.ts";
import { keepLines } from "../../src/subprocess/kept-lines.ts";
import { artifactOf, release, text } from "../support/layers.ts";
import { temporary } from "../support/temporary.ts";

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

/** A pax header with these records. */
function pax(records: string): Buffer {
  const body = Buffer.from(records);
  const header = tarHeader({ type: "file", path: "pax/x", size: body.length });
  // A checksum counts its own field as spaces.
  header[156] = "x".charCodeAt(0);
  header.write("        ", 148, "latin1");
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, body, Buffer.alloc(padding(body.length))]);
}

test("headers that extend no member are not read on", async () => {
  const { taken, output } = await reading(times(100_000, pax("")));
  expect(output).toBe("two pax headers of one member");
  expect(taken).toBeLessThan(10_000);
});

test.each(["12 size=1.5\n", "13 size=1e30\n", "17 size=Infinity\n"])(
  "a member of the size %j is not read",
  async (record) => {
    const member = tarHeader({ type: "file", path: "x", size: 0 });
    const { output } = await reading([pax(record), member, Buffer.alloc(4096)]);
    expect(output).toBe("a member of impossible size");
  },
);

/** A whole artifact whose layer of file indexes holds these files instead. */
async function withIndexes(files: PackSource[]): Promise<Artifact> {
  const directory = temporary("indexes");
  const real = await openArtifact((await artifactOf(directory, [text("a", "x")])).file);
  const [application, indexes] = real.layers as [ArtifactLayer, ArtifactLayer];
  const packed = await packLayer(files, { base: indexes.record.base, file: join(directory, "indexes") });
  const named = (content: Buffer) => ({ digest: `sha256:${hash("sha256", content)}`, size: content.length });
  const json = (value: unknown) => Buffer.from(JSON.stringify(value).replaceAll(indexes.record.diffId, packed.diffId));
  const blobs = [readFileSync(real.file).subarray(application.blob.offset).subarray(0, application.blob.size)];
  blobs.push(readFileSync(packed.file));
  const config = json(real.config);
  const layers = real.manifest.layers.map((layer, n) => ({ ...layer, ...named(blobs[n]!) }));
  const manifest = json({ ...real.manifest, config: { ...real.manifest.config, ...named(config) }, layers });
  const member = (path: string, content: Buffer) => [
    tarHeader({ type: "file", path, size: content.length }),
    content,
    Buffer.alloc(padding(content.length)),
  ];
  const file = join(directory, "made.tar");
  const parts = [
    ...member("oci-layout", json({ imageLayoutVersion: "1.0.0" })),
    ...member("index.json", json({ manifests: [{ mediaType: real.manifest.mediaType, ...named(manifest) }] })),
    ...[...blobs, config, manifest].flatMap((blob) => member(blobPath(named(blob).digest), blob)),
  ];
  writeFileSync(file, Buffer.concat([...parts, Buffer.alloc(1024)]));
  return openArtifact(file);
}

const hex = (n: number) => n.toString(16).padStart(64, "0");

test("an artifact has no more file indexes than it may have layers, and no other files beside them", async () => {
  const many = await withIndexes(Array.from({ length: 10_000 }, (_, n) => text(hex(n), "")));
  await expect(many.verify()).rejects.toMatchObject({
    output: "its layer of file indexes has more than 10000 members",
  });
  const other = "its layer of file indexes holds something else than one file a layer";
  for (const path of ["n".repeat(250), `x/${hex(1)}`, `${hex(1)}/x`]) {
    const artifact = await withIndexes([text(path, "")]);
    await expect(artifact.indexText(artifact.layers[0]!.record.diffId), path).rejects.toMatchObject({ output: other });
  }
});

test("case 22: file indexes are limited in sum, before they take memory", async () => {
  // Each within the limit; compressed they are some KB.
  const content = Buffer.alloc(110 << 20, `d ${"a".repeat(200)}\n`);
  const artifact = await withIndexes([1, 2].map((n) => ({ type: "file", path: hex(n), content })));
  expect(artifact.size).toBeLessThan(200_000);
  await expect(artifact.verify()).rejects.toMatchObject({
    output: `it has file indexes of more than ${MOST_INDEXED.bytes} bytes`,
  });
}, 60_000);

test("file indexes of more entries than are read are neither read nor written", async () => {
  const lines = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `d ${String(from + n).padStart(7, "0")}\n`).join("");
  const half = MOST_INDEXED.entries / 2;
  const artifact = await withIndexes([text(hex(1), lines(0, half)), text(hex(2), lines(half, half + 1))]);
  const output = "file indexes of more than 1250000 files, links and directories";
  await expect(artifact.indexText(artifact.layers[0]!.record.diffId)).rejects.toMatchObject({
    output: `it has ${output}`,
  });
  const all = lines(0, MOST_INDEXED.entries + 1);
  expect(() => parseIndex(all)).toThrow(output);
  const directory = temporary("excess");
  const packed = await packLayer([text("a", "x")], { base: pathsOf("shop").application, file: join(directory, "a") });
  const [entry] = packed.index;
  const index = Array<IndexEntry>(MOST_INDEXED.entries + 1).fill(entry!);
  const layers = [{ packed: { ...packed, index }, kind: "application" as const, name: "application" }];
  await expect(
    writeArtifact(join(directory, "artifact.tar"), { release: release("shop"), layers, version: "v1" }),
  ).rejects.toMatchObject({ what: `an artifact with ${output} could not be read again` });
}, 60_000);

test("of what a host keeps nothing is read before its config is that of the digest, and then no more than the config has", async () => {
  const config = JSON.stringify({ layers: "none" });
  const layers = `${"0,".repeat(1_000)}0 20000\n`;
  const index = Array.from({ length: 20_000 }, (_, n) => `d ${String(n).padStart(6, "0")}\n`).join("");
  const open = (digest: string, record: Partial<KeptRecord>) =>
    openKept(
      { digest, version: "v1", record: { config, index, layers, environments: new Map(), ...record } },
      { pool: new FilePool(temporary("pool")), scratch: temporary("scratch") },
    );
  await expect(open(`sha256:${hex(1)}`, {})).rejects.toMatchObject({
    output: `its config is not that of sha256:${hex(1)}`,
  });
  const real = await openArtifact((await artifactOf(temporary("real"), [text("a", "x")])).file);
  await expect(open(real.releaseDigest, { config: real.configText })).rejects.toThrow(
    /does not belong to its file index/,
  );
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
