// What every exporter keeps to.
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { describe, expect, test } from "vitest";
import type { Exporter } from "../../../src/exporters/exporter.ts";
import { silent } from "../../../src/progress.ts";
import { syntheticArtifact } from "../../support/artifact.ts";
import { text } from "../../support/layers.ts";

export interface ExporterFixture {
  /** Its options, for a form of its own each time. */
  options(): Record<string, unknown>;
  /** The files of the release in what was made: path, mode and content, as {@link FILES} has them. */
  found(made: readonly string[]): Promise<{ path: string; executable: boolean; content: string }[]>;
}

export const FILES = [
  { path: "bin/serve", executable: true, content: "#!/bin/sh\nexec true\n" },
  { path: "empty", executable: false, content: "" },
  { path: "page ü.txt", executable: false, content: "one\n" },
];

/** Runs the suite. */
export function describeExporter(exporter: Exporter, { options, found }: ExporterFixture): void {
  const artifactOf = () =>
    syntheticArtifact(FILES.map(({ path, executable, content }) => text(path, content, executable)));

  describe(`the exporter ${exporter.key}`, () => {
    test("makes something that has the files of the release, and says where it is", async () => {
      const { files } = await exporter.export(await artifactOf(), exporter.schema.parse(options()), {
        progress: silent,
      });
      expect(files.filter((file) => !isAbsolute(file) || !existsSync(file))).toEqual([]);
      const inOrder = (await found(files)).toSorted((one, other) => (one.path < other.path ? -1 : 1));
      expect(inOrder).toEqual(FILES);
    });

    test("takes no options that it does not know", () => {
      expect(() => exporter.schema.parse({ ...options(), unknown: true })).toThrow();
    });
  });
}
