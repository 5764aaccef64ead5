import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { Header } from "tar";
import { expect, test } from "vitest";
import { packLayer } from "../../src/artifact/pack.ts";
import { unpackLayer } from "../../src/artifact/unpack-layer.ts";
import { Failure } from "../../src/failure.ts";
import { text } from "../support/layers.ts";
import { temporary } from "../support/temporary.ts";

const BASE = "srv/shop/current";

type Member = { path: string; type: string; content?: string; linkpath?: string; size?: number };

/** A layer as an attacker would make it: any members, well-formed headers. */
function forged(...members: Member[]) {
  const blocks = members.flatMap(({ content = "", size = content.length, ...fields }) => {
    const block = Buffer.alloc(512);
    new Header({ mode: 0o755, uid: 0, gid: 0, mtime: new Date(0), ...fields, size } as never).encode(block);
    return [block, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  const directory = temporary("forged");
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  const packed = zstdCompressSync(tar);
  writeFileSync(join(directory, "layer"), packed);
  return {
    directory,
    out: join(directory, "out"),
    blob: { file: join(directory, "layer"), offset: 0, size: packed.length },
    diffId: `sha256:${createHash("sha256").update(tar).digest("hex")}`,
  };
}

const unpack = (layer: ReturnType<typeof forged>) => unpackLayer(layer.blob, { base: BASE, directory: layer.out });

test.each<[string, Member[]]>([
  ["a path with ..", [{ path: `${BASE}/../../../escaped`, type: "File", content: "x" }]],
  ["an absolute path", [{ path: "/escaped", type: "File", content: "x" }]],
  ["a path beside the base", [{ path: "srv/shop/currently/x", type: "File", content: "x" }]],
  ["the base as a link", [{ path: BASE, type: "SymbolicLink", linkpath: "/etc" }]],
  ["a hard link", [{ path: `${BASE}/passwd`, type: "Link", linkpath: "/etc/passwd" }]],
  ["a device", [{ path: `${BASE}/null`, type: "CharacterDevice" }]],
  ["a fifo", [{ path: `${BASE}/pipe`, type: "FIFO" }]],
  [
    "the same path twice",
    [
      { path: `${BASE}/a`, type: "File", content: "1" },
      { path: `${BASE}/a`, type: "File", content: "2" },
    ],
  ],
  ["a member that claims more than there is", [{ path: `${BASE}/a`, type: "File", content: "1", size: 7e9 }]],
])("a layer with %s is refused", async (_, members) => {
  const layer = forged(...members);
  await expect(unpack(layer)).rejects.toThrow(Failure);
  expect(existsSync("/escaped")).toBe(false);
  expect(existsSync(join(layer.directory, "escaped"))).toBe(false);
});

test("nothing is written through a link of the layer itself", async () => {
  const target = temporary("target");
  const layer = forged(
    { path: `${BASE}/a`, type: "SymbolicLink", linkpath: target },
    { path: `${BASE}/a/written`, type: "File", content: "x" },
  );
  await expect(unpack(layer)).rejects.toThrow(/something else stands where it needs a directory/);
  expect(readdirSync(target)).toEqual([]);
});

test("links and files that are in the way are replaced, not written through; a link to a directory is not followed", async () => {
  const target = temporary("target");
  writeFileSync(join(target, "precious"), "kept");
  const layer = forged({ path: `${BASE}/precious`, type: "File", content: "new" });
  mkdirSync(layer.out);
  symlinkSync(join(target, "precious"), join(layer.out, "precious"));
  await unpack(layer);
  await unpack(layer);
  expect(readFileSync(join(target, "precious"), "utf8")).toBe("kept");
  expect(readFileSync(join(layer.out, "precious"), "utf8")).toBe("new");

  const inside = forged({ path: `${BASE}/linked/file`, type: "File", content: "x" });
  mkdirSync(inside.out);
  symlinkSync(target, join(inside.out, "linked"));
  await expect(unpack(inside)).rejects.toThrow(/something else stands/);
  expect(readdirSync(target)).toEqual(["precious"]);
});

test("absolute and escaping links are kept as links", async () => {
  const layer = forged(
    { path: `${BASE}/absolute`, type: "SymbolicLink", linkpath: "/usr/bin/python3" },
    { path: `${BASE}/escaping`, type: "SymbolicLink", linkpath: "../../../../etc" },
  );
  await unpack(layer);
  expect(readlinkSync(join(layer.out, "absolute"))).toBe("/usr/bin/python3");
  expect(readlinkSync(join(layer.out, "escaping"))).toBe("../../../../etc");
});

test("modes are those of the layer whatever the umask", async () => {
  const layer = await packLayer([text("dir/tool", "#!", true), text("dir/page", "")], {
    base: BASE,
    file: join(temporary("umask"), "layer"),
  });
  const before = process.umask(0o077);
  const out = join(temporary("umask-out"), "new");
  try {
    await unpackLayer(layer, { base: BASE, directory: out });
  } finally {
    process.umask(before);
  }
  const mode = (path: string) => (statSync(join(out, path)).mode & 0o777).toString(8);
  expect([mode("dir"), mode("dir/tool"), mode("dir/page")]).toEqual(["755", "755", "644"]);
});

test("only what is asked for is unpacked, with the directories above it", async () => {
  const layer = await packLayer([text("a/b/c", "1"), text("a/d", "2"), text("e", "3")], {
    base: BASE,
    file: join(temporary("only"), "layer"),
  });
  const out = temporary("only-out");
  await unpackLayer(layer, { base: BASE, directory: out, only: (path) => path === "a/b/c" });
  expect(readdirSync(out, { recursive: true }).sort()).toEqual(["a", "a/b", "a/b/c"]);
});

test("content that is not that of its diff id is refused", async () => {
  const layer = forged({ path: `${BASE}/a`, type: "File", content: "x" });
  const options = { base: BASE, directory: layer.out };
  await unpackLayer(layer.blob, { ...options, diffId: layer.diffId });
  await expect(unpackLayer(layer.blob, { ...options, diffId: `sha256:${"0".repeat(64)}` })).rejects.toThrow(
    /not that of its digest/,
  );
});
