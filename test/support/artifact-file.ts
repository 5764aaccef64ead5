// Synthetic artifacts with everything that a host must handle: path and tree environments besides the application. Free of Vitest, so that
// a process of its own can make them too (artifact.ts is for tests).
import { join } from "node:path";
import type { EnvironmentRecord, Requirements } from "../../src/artifact/format.ts";
import { pathsOf } from "../../src/artifact/format.ts";
import { writeArtifact } from "../../src/artifact/oci-layout.ts";
import { type Artifact, openArtifact } from "../../src/artifact/open-artifact.ts";
import { type PackSource, packLayer } from "../../src/artifact/pack.ts";
import { release } from "./layers.ts";

export interface SyntheticEnvironment {
  id: string;
  sources: PackSource[];
  requirements?: Partial<Requirements>;
  /** kind path: its root on hosts and its link; else kind tree with these mounts. */
  path?: { root: string; link: string };
  mounts?: string[];
}

const nothing: Requirements = { architecture: process.arch === "x64" ? "x86_64" : "aarch64", sonames: [] };

export interface SyntheticOptions {
  version?: string;
  environments?: SyntheticEnvironment[];
  requirements?: Partial<Requirements>;
  /** Its tarlift.yml, parsed; without targets. */
  configuration?: Record<string, unknown>;
}

/** An artifact of an application and its environments, made by the real writer in a directory that is there. */
export async function writeSyntheticArtifact(
  directory: string,
  sources: PackSource[],
  options: SyntheticOptions = {},
): Promise<Artifact> {
  const app = "shop";
  const layers = [];
  const records: EnvironmentRecord[] = [];
  for (const { id, sources: files, path, mounts, requirements } of options.environments ?? []) {
    const base = path ? `${path.root.slice(1)}/${id}` : pathsOf(app).application;
    const packed = await packLayer(files, { base, file: join(directory, `${id}.tar.zst`) });
    layers.push({ packed, kind: "environment" as const, name: id });
    records.push({
      name: path ? "python" : "node",
      kind: path ? "path" : "tree",
      id,
      key: "0".repeat(64),
      installer: { name: "test", version: "1" },
      ...(path ? { root: path.root, link: path.link } : { mounts: mounts ?? [] }),
      diffId: packed.diffId,
      requirements: { ...nothing, ...requirements },
      resolved: [],
    });
  }
  const packed = await packLayer(sources, {
    base: pathsOf(app).application,
    file: join(directory, "application.tar.zst"),
  });
  layers.push({ packed, kind: "application" as const, name: "application" });
  const { file } = await writeArtifact(join(directory, "artifact.tar"), {
    release: release(app, {
      environments: records,
      requirements: { ...nothing, ...options.requirements },
      configuration: { app, ...options.configuration },
    }),
    layers,
    version: options.version ?? "v1",
  });
  return openArtifact(file);
}
