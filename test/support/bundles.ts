// Bundling in a test: a store and a work directory of its own, small environments without network, and artifacts unpacked to files.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { unpackLayer } from "../../src/artifact/unpack-layer.ts";
import { bundle } from "../../src/bundle/bundle.ts";
import type { BundleOptions } from "../../src/bundle/bundle-run.ts";
import type { BundleResult } from "../../src/bundle/result.ts";
import { loadConfig } from "../../src/config/load.ts";
import { directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { recording } from "./environments.ts";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

export interface Bundler {
  /** Holds everything of the following. */
  directory: string;
  store: string;
  /** Where path environments live: give it as `environments-root:`. */
  root: string;
  /** What was said in all runs. */
  said: string[];
  /** Bundles what is checked out, with its own tarlift.yml. */
  make(repository: string, more?: Partial<BundleOptions>): Promise<BundleResult>;
}

let tools: string | undefined;

/** A machine to bundle on. */
export function bundler(): Bundler {
  const directory = temporary("bundle");
  const store = join(directory, "store");
  mkdirSync(join(directory, "work"));
  // Installers are the same for all tests of a file: fetched once.
  tools ??= temporary("tools");
  symlinkSync(tools, join(directory, "work/tools"));
  const progress = recording();
  let runs = 0;
  return {
    directory,
    store,
    root: join(directory, "envs"),
    said: progress.said,
    async make(repository, more = {}) {
      const configFile = join(repository, "tarlift.yml");
      return bundle({
        config: loadConfig(configFile),
        configFile,
        repository,
        work: join(directory, "work"),
        store: directoryLayerStore(store),
        progress,
        output: join(directory, `artifact-${runs++}.tar`),
        ...more,
      });
    },
  };
}

/** Lays the application of an artifact out as a host does. @returns the directory that stands for `/srv/<app>/current` */
export async function unpackArtifact(file: string): Promise<string> {
  const directory = join(temporary("release"), "current");
  mkdirSync(directory);
  const artifact = await openArtifact(file);
  await artifact.verify();
  for (const { record, blob } of artifact.layers)
    if (record.base === `srv/${artifact.release.app}/current`)
      await unpackLayer(blob, { base: record.base, directory, diffId: record.diffId });
  return directory;
}

/** A wheel of one module, made without any tool of Python's packaging. @returns its file */
export function wheel(directory: string, name: string, files: Record<string, string>): string {
  mkdirSync(directory, { recursive: true });
  const program = `
import base64, hashlib, json, os, sys, zipfile
out, name, files = sys.argv[1], sys.argv[2], json.load(sys.stdin)
info = f"{name}-1.0.dist-info"
files = {**files, f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n",
         f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
record = ""
path = os.path.join(out, f"{name}-1.0-py3-none-any.whl")
with zipfile.ZipFile(path, "w") as archive:
    for file, text in files.items():
        data = text.encode()
        archive.writestr(zipfile.ZipInfo(file), data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{file},sha256={digest},{len(data)}\\n"
    archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), record + f"{info}/RECORD,,\\n")
print(path)
`;
  return sh("python3", ["-c", program, directory, name], { input: JSON.stringify(files) }).trim();
}
