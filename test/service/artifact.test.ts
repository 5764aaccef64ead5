// An artifact in the hands of others' tools: registries, copiers and readers of tar.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { list } from "tar";
import { beforeAll, describe, expect, test } from "vitest";
import type { WrittenArtifact } from "../../src/artifact/oci-layout.ts";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { packLayer, walk } from "../../src/artifact/pack.ts";
import { FRAME } from "../../src/artifact/zstd.ts";
import { artifactOf, text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { startRegistry } from "../support/registry.ts";
import { temporary } from "../support/temporary.ts";

// Long names need pax headers; more than two frames of content need a reader that continues after the first.
const LONG = `${"a directory/".repeat(20)}ü 'quoted' $(touch pwned).txt`;

function sources() {
  const large = Buffer.alloc(2 * FRAME + 12_345);
  for (let n = 0; n < large.length; n += 4)
    large.writeUInt32LE(Math.imul(n, 2_654_435_761) >>> 0, Math.min(n, large.length - 4));
  return [
    text("manage.py", "print('hello')\n", true),
    text(LONG, "long"),
    { type: "file" as const, path: "large.bin", content: large },
    { type: "link" as const, path: "link", target: "manage.py" },
    { type: "link" as const, path: "absolute", target: `/usr/${"l".repeat(150)}` },
    { type: "directory" as const, path: "empty" },
  ];
}

describe.runIf(needs("skopeo", "docker-registry"))("a registry", () => {
  let registry: string;
  let written: WrittenArtifact;
  const out = () => temporary("skopeo");
  const skopeo = (from: string, to: string, ...options: string[]) =>
    sh("skopeo", [
      "--insecure-policy",
      "copy",
      "--quiet",
      "--src-tls-verify=false",
      "--dest-tls-verify=false",
      ...options,
      from,
      to,
    ]);

  beforeAll(async () => {
    registry = await startRegistry();
    written = await artifactOf(temporary("artifact"), sources());
    skopeo(`oci-archive:${written.file}`, `docker://${registry}/shop:v1`);
  });

  test("an artifact that went to a registry and back is the same release with the same manifest, and opens", async () => {
    const back = join(out(), "back.tar");
    skopeo(`docker://${registry}/shop:v1`, `oci-archive:${back}`);
    const artifact = await openArtifact(back);
    await artifact.verify();
    expect(artifact).toMatchObject({
      releaseDigest: written.releaseDigest,
      manifestDigest: written.manifestDigest,
      version: "v1",
    });
    const original = await openArtifact(written.file);
    const application = original.layers[0]!.record.diffId;
    expect(await artifact.index(application)).toEqual(await original.index(application));
  });

  test("the registry itself names the manifest by our digest and serves the config under the release digest", async () => {
    const manifest = await fetch(`http://${registry}/v2/shop/manifests/v1`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    expect(manifest.headers.get("docker-content-digest")).toBe(written.manifestDigest);
    const config = await fetch(`http://${registry}/v2/shop/blobs/${written.releaseDigest}`);
    expect(config.status).toBe(200);
    expect(await config.json()).toMatchObject({ os: "linux", tarlift: { app: "shop" } });
  });

  test("another reader of zstd and sha256 (Go's) finds in the layers exactly what the diff ids say", () => {
    const directory = out();
    // skopeo verifies digests on the way; decompressed blobs are named by the digest of what was inside.
    skopeo(`oci-archive:${written.file}`, `dir:${directory}/plain`, "--dest-decompress");
    const config = JSON.parse(readFileSync(join(directory, "plain", written.releaseDigest.slice(7)), "utf8"));
    expect(config.rootfs.diff_ids).toHaveLength(2);
    for (const diffId of config.rootfs.diff_ids) {
      expect(readdirSync(join(directory, "plain"))).toContain(diffId.slice(7));
      expect(sh("sha256sum", [join(directory, "plain", diffId.slice(7))]).slice(0, 64)).toBe(diffId.slice(7));
    }
  });
});

describe.runIf(needs("zstd", "busybox", "tar"))("readers of tar", () => {
  let source: string;
  let tar: string;

  beforeAll(async () => {
    const directory = temporary("readers");
    source = join(directory, "source");
    for (const entry of sources()) {
      const path = join(source, entry.path);
      mkdirSync(entry.type === "directory" ? path : join(path, ".."), { recursive: true });
      if (entry.type === "file" && "content" in entry)
        writeFileSync(path, entry.content, { mode: "executable" in entry && entry.executable ? 0o755 : 0o644 });
      if (entry.type === "link") sh("ln", ["-s", "--", entry.target, path]);
    }
    const layer = await packLayer(walk(source), { base: "srv/shop/current", file: join(directory, "layer.tar.zst") });
    tar = join(directory, "layer.tar");
    sh("zstd", ["-q", "-d", layer.file, "-o", tar]);
    expect(sh("sha256sum", [tar]).slice(0, 64)).toBe(layer.diffId.slice(7));
  });

  test.each([
    ["GNU tar", ["tar", "-xf"]],
    ["busybox tar", ["busybox", "tar", "-xf"]],
  ])("%s restores every byte, name, link and mode", (_, command) => {
    const out = temporary("extracted");
    const [file, ...args] = command as [string, ...string[]];
    sh(file, [...args, tar, "-C", out]);
    sh("diff", ["-r", "--no-dereference", source, join(out, "srv/shop/current")]);
    const modes = (directory: string) =>
      sh("find", [".", "-type", "f", "-printf", "%m %p\\n"], { cwd: directory }).split("\n").sort();
    expect(modes(join(out, "srv/shop/current"))).toEqual(modes(source));
    expect(existsSync("pwned")).toBe(false);
    rmSync(out, { recursive: true });
  });

  test("headers say nothing of the machine: 0:0, two modes, one time", () => {
    const lines = sh("tar", ["--full-time", "--numeric-owner", "-tvf", tar], { env: { ...process.env, TZ: "UTC" } });
    for (const line of lines.trim().split("\n")) {
      expect(line).toMatch(/^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) 0\/0 +\d+ 1980-01-01 00:00:00 /);
    }
  });

  test("npm's tar lists the same paths", async () => {
    const paths: string[] = [];
    await list({ file: tar, strict: true, onReadEntry: (entry) => void paths.push(entry.path) });
    expect(paths).toContain(`srv/shop/current/${LONG}`);
    expect(paths).toContain("srv/shop/current/empty/");
  });
});
