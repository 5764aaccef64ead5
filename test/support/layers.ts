// Small layers and artifacts for tests, made by the real writer.
import { join } from "node:path";
import type { EnvironmentRecord, Release } from "../../src/artifact/format.ts";
import { pathsOf } from "../../src/artifact/format.ts";
import { type WrittenArtifact, writeArtifact } from "../../src/artifact/oci-layout.ts";
import { type PackSource, packLayer } from "../../src/artifact/pack.ts";

export const text = (path: string, content: string, executable = false): PackSource => ({
  type: "file",
  path,
  content: Buffer.from(content),
  executable,
});

/** The record of a release without environments. */
export function release(
  app: string,
  more: Partial<Omit<Release, "format" | "layers">> = {},
): Omit<Release, "format" | "layers"> {
  return {
    app,
    commit: { id: "a".repeat(40), time: "2026-01-02T03:04:05Z" },
    environments: [] as EnvironmentRecord[],
    requirements: { architecture: "x86_64", sonames: [] },
    configuration: { app },
    ...more,
  };
}

/** An artifact whose application layer holds `sources`. */
export async function artifactOf(
  directory: string,
  sources: PackSource[],
  options: { app?: string; version?: string } = {},
): Promise<WrittenArtifact> {
  const app = options.app ?? "shop";
  const packed = await packLayer(sources, {
    base: pathsOf(app).application,
    file: join(directory, "application.tar.zst"),
  });
  return writeArtifact(join(directory, "artifact.tar"), {
    release: release(app),
    layers: [{ packed, kind: "application", name: "application" }],
    version: options.version ?? "v1",
  });
}
