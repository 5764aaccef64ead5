import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatIndex, parseIndex } from "../../src/artifact/format.ts";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { type PackSource, packLayer, walk } from "../../src/artifact/pack.ts";
import { unpackLayer } from "../../src/artifact/unpack-layer.ts";
import { Failure } from "../../src/failure.ts";
import { artifactOf, text } from "../support/layers.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const LONG = `${"long directory name with spaces/".repeat(9)}$(touch pwned) 'quoted' "twice" -rf ü🦀.txt`;

function tree(): string {
  const directory = temporary("tree");
  mkdirSync(join(directory, LONG, ".."), { recursive: true });
  writeFileSync(join(directory, LONG), "long");
  writeFileSync(join(directory, "-leading"), "");
  writeFileSync(join(directory, "big"), Buffer.alloc(3_000_001, "tarlift "));
  writeFileSync(join(directory, "script"), "#!/bin/sh\n");
  chmodSync(join(directory, "script"), 0o700);
  chmodSync(join(directory, "big"), 0o600);
  mkdirSync(join(directory, "empty"));
  symlinkSync("/usr/bin/python3", join(directory, "absolute"));
  symlinkSync(`${"t".repeat(150)}/ü`, join(directory, "dangling"));
  return directory;
}

test("GNU tar, busybox tar and unpackLayer unpack what was packed, byte for byte", async () => {
  const directory = tree();
  const out = temporary("out");
  const layer = await packLayer(walk(directory), { base: "srv/shop/current", file: join(out, "layer") });
  const unpacked = join(out, "ours");
  await unpackLayer(layer, { base: layer.base, directory: unpacked, diffId: layer.diffId });
  sh("zstd", ["-q", "-d", join(out, "layer"), "-o", join(out, "layer.tar")]);
  for (const reader of ["gnu", "busybox"]) {
    mkdirSync(join(out, reader));
    sh(reader === "gnu" ? "tar" : "busybox", [
      ...(reader === "gnu" ? [] : ["tar"]),
      "-xf",
      join(out, "layer.tar"),
      "-C",
      join(out, reader),
    ]);
    sh("diff", ["-r", "--no-dereference", directory, join(out, reader, "srv/shop/current")]);
  }
  sh("diff", ["-r", "--no-dereference", directory, unpacked]);
  expect(statSync(join(unpacked, "script")).mode & 0o777).toBe(0o755);
  expect(statSync(join(unpacked, "big")).mode & 0o777).toBe(0o644);
  expect(readlinkSync(join(unpacked, "absolute"))).toBe("/usr/bin/python3");
  expect(readdirSync(process.cwd())).not.toContain("pwned");
});

test("the index verifies an unpacked layer with sed and sha256sum alone", async () => {
  const directory = tree();
  const out = temporary("out");
  const layer = await packLayer(walk(directory), { base: "srv/shop/current", file: join(out, "layer") });
  writeFileSync(join(out, "index"), formatIndex(layer.index));
  const verify = (where: string) =>
    sh("sh", ["-c", `sed -n 's/^f [0-7]* [0-9]* //p' "$1" | sha256sum --quiet -c`, "sh", join(out, "index")], {
      cwd: where,
    });
  verify(directory);
  writeFileSync(join(directory, "-leading"), "x");
  expect(() => verify(directory)).toThrow(/-leading: FAILED/);
});

test("the same content gives the same diff id, whatever its mtimes and the order of its sources", async () => {
  const directory = tree();
  const out = temporary("out");
  const first = await packLayer(walk(directory), { base: "srv/shop/current", file: join(out, "1") });
  sh("find", [directory, "-exec", "touch", "-h", "-d", "2001-01-01", "{}", "+"]);
  const second = await packLayer(walk(directory).reverse(), { base: "srv/shop/current", file: join(out, "2") });
  expect(second.diffId).toBe(first.diffId);
  expect(second.index).toEqual(first.index);
});

test("a file that goes away or becomes a link, a named pipe or a directory before it is read is named", async () => {
  const directory = temporary("changing");
  const out = join(temporary("out"), "layer");
  const pack = (...sources: PackSource[]) => packLayer(sources, { base: "srv/shop/current", file: out });
  const victim = join(directory, "victim");
  // Read before the victim, in the order of names.
  const meddler = (act: () => void): PackSource => ({
    type: "file",
    path: "a",
    get from() {
      act();
      return join(directory, "a");
    },
  });
  writeFileSync(join(directory, "a"), "a");
  const source: PackSource = { type: "file", path: "victim", from: victim };
  const become: (() => void)[] = [
    () => {},
    () => symlinkSync("/etc/hostname", victim),
    () => sh("mkfifo", [victim]),
    () => mkdirSync(victim),
  ];
  for (const make of become) {
    sh("rm", ["-rf", victim]);
    writeFileSync(victim, "v");
    const act = () => {
      unlinkSync(victim);
      make();
    };
    await expect(pack(meddler(act), source)).rejects.toMatchObject({
      what: "a file changed while it was packed",
      where: { file: JSON.stringify(victim) },
    });
  }
});

test.each([
  ["shorter", 1],
  ["longer", 30 << 20],
])("a file that gets %s while it is read is named", async (_, size) => {
  const file = join(temporary("written"), "busy");
  writeFileSync(file, Buffer.alloc(20 << 20));
  // Told for the first time when the first piece of the file has been read.
  const update = () => truncateSync(file, size);
  const packing = packLayer([{ type: "file", path: "busy", from: file }], {
    base: "srv/shop/current",
    file: join(temporary("out"), "layer"),
    task: { update, line() {}, end() {}, fail() {} },
  });
  await expect(packing).rejects.toMatchObject({
    what: "a file changed while it was packed",
    where: { file: JSON.stringify(file) },
  });
});

test.each([
  "line\nbreak",
  "tab\there",
  "back\\slash",
  "a/../b",
  "/absolute",
  "delete\x7f",
  "c1\x9b31m",
  "case 26: \u2028",
  "case 26: \u2029",
  "case 26: \u0085",
  "-",
  "n".repeat(256),
  "ü".repeat(128),
  "long/".repeat(601),
])("the name %j is refused by name", async (name) => {
  const out = temporary("out");
  await expect(packLayer([text(name, "")], { base: "srv/shop/current", file: join(out, "1") })).rejects.toThrow(
    /cannot be shipped|standard input|more than 255 bytes|more than 3000 bytes/,
  );
});

test("case 26: names that look like options, end like a checksum's verdict, or differ by case or normalisation alone ship", async () => {
  const names = [
    "--help",
    "-",
    "-rf",
    "a: FAILED",
    "a: OK",
    " ",
    ".hidden",
    "...",
    "A",
    "a",
    "\u00e9",
    "e\u0301",
    "n".repeat(255),
  ];
  const below = names.map((name) => `below/${name}`);
  const top = names.filter((name) => name !== "-");
  const layer = await packLayer(
    [...below, ...top].map((path) => text(path, path)),
    { base: "srv/shop/current", file: join(temporary("out"), "1") },
  );
  expect(parseIndex(formatIndex(layer.index))).toEqual(layer.index);
  expect(layer.index.filter(({ type }) => type === "file")).toHaveLength(below.length + top.length);
});

test("two things at one path, and a file where another needs a directory, are refused", async () => {
  const pack = (...paths: string[]) =>
    packLayer(
      paths.map((path) => text(path, "")),
      { base: "srv/shop/current", file: join(temporary("out"), "1") },
    );
  await expect(pack("a", "a")).rejects.toThrow(/two things would stand at one path/);
  await expect(pack("a", "a/b")).rejects.toThrow(/two things would stand at one path/);
});

test("an index is read back as it was written, and refused when it was changed", async () => {
  const layer = await packLayer(walk(tree()), { base: "srv/shop/current", file: join(temporary("out"), "1") });
  const written = formatIndex(layer.index);
  expect(parseIndex(written)).toEqual(layer.index);
  for (const wrong of [
    written.slice(0, -3),
    written.replace("f 0644", "f 0666"),
    `${written}d ../x\n`,
    `${written}d a\n`,
    "x\n",
  ])
    expect(() => parseIndex(wrong)).toThrow(Failure);
});

test("an artifact opens with what was written, and its release digest depends on no version", async () => {
  const sources = [text("manage.py", "print()", true), text("templates/ü.html", "<p>")];
  const one = await artifactOf(temporary("one"), sources, { version: "v1" });
  const two = await artifactOf(temporary("two"), sources, { version: "v2" });
  expect(two.releaseDigest).toBe(one.releaseDigest);
  expect(two.manifestDigest).not.toBe(one.manifestDigest);
  const artifact = await openArtifact(two.file);
  expect(artifact).toMatchObject({ releaseDigest: one.releaseDigest, version: "v2", release: { app: "shop" } });
  await artifact.verify();
  const read: string[] = [];
  for await (const { entry, content } of artifact.readLayer(artifact.layers[0]!.record.diffId)) {
    let said = "";
    for await (const chunk of content ?? []) said += chunk.toString();
    read.push(`${entry.type} ${entry.path} ${said}`);
  }
  expect(read).toEqual(["file manage.py print()", "directory templates ", "file templates/ü.html <p>"]);
});

test("long names, long link targets and everything else of a layer are read back against its index", async () => {
  const directory = tree();
  const written = await artifactOf(temporary("long"), walk(directory));
  const artifact = await openArtifact(written.file);
  await artifact.verify();
  const read = [];
  for await (const { entry } of artifact.readLayer(artifact.layers[0]!.record.diffId)) read.push(entry);
  expect(read).toEqual(await artifact.index(artifact.layers[0]!.record.diffId));
  expect(read.map(({ path }) => path)).toContain(LONG);
  expect(read).toContainEqual({ type: "link", path: "dangling", target: readlinkSync(join(directory, "dangling")) });
});

test("an artifact that was truncated or changed anywhere is a Failure: never another error, never accepted", async () => {
  const directory = temporary("fuzz");
  const written = await artifactOf(directory, [text("a", "some content\n".repeat(300)), text("b/c", "more")]);
  const whole = readFileSync(written.file);
  const broken = join(directory, "broken.tar");
  const open = async () => (await openArtifact(broken)).verify();
  for (let cut = 0; cut < whole.length - 1024; cut += 97) {
    copyFileSync(written.file, broken);
    truncateSync(broken, cut);
    await expect(open(), `cut at ${cut}`).rejects.toThrow(Failure);
  }
  // index.json only says where the manifest is: its annotations are no part of any identity.
  const label = whole.indexOf("index.json");
  const free = (at: number) => whole[at] === 0 || (at >= label + 512 && at < label + 1024);
  let accepted = 0;
  for (let at = 0; at < whole.length - 1024; at += 61) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0x55;
    writeFileSync(broken, bytes);
    const outcome = await open().then(
      () => "accepted",
      (error) => error,
    );
    // A byte of padding means nothing; everything else must be noticed.
    if (outcome === "accepted") {
      expect(free(at), `byte ${at}`).toBe(true);
      accepted++;
    } else expect(outcome, `byte ${at}: ${outcome.stack}`).toBeInstanceOf(Failure);
  }
  expect(accepted).toBeLessThan(whole.length / 61);
});

test("a zip, a text and a missing file are named for what they are", async () => {
  const directory = temporary("wrong");
  writeFileSync(join(directory, "zip"), Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(2000)]));
  writeFileSync(join(directory, "text"), "hello\n".repeat(1000));
  await expect(openArtifact(join(directory, "zip"))).rejects.toThrow(/this is a zip/);
  await expect(openArtifact(join(directory, "text"))).rejects.toThrow(/not a tar/);
  await expect(openArtifact(join(directory, "none"))).rejects.toThrow(/tarlift bundle/);
});
