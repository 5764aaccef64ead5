// Synthetic artifacts for the tests of one file: they go with them.

import type { Artifact } from "../../src/artifact/open-artifact.ts";
import type { PackSource } from "../../src/artifact/pack.ts";
import { type SyntheticOptions, writeSyntheticArtifact } from "./artifact-file.ts";
import { temporary } from "./temporary.ts";

export type { SyntheticEnvironment } from "./artifact-file.ts";

/** An artifact of an application and its environments, made by the real writer. */
export function syntheticArtifact(sources: PackSource[], options: SyntheticOptions = {}): Promise<Artifact> {
  return writeSyntheticArtifact(temporary("artifact"), sources, options);
}
