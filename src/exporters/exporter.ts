// Exporters: each makes a release of an artifact into another form of it.
import type { z } from "zod";
import type { Artifact } from "../artifact/open-artifact.ts";
import type { Progress } from "../progress.ts";
import type { Adapter } from "../schema/adapter.ts";

/** @typeParam O what it is told, as its schema parses it */
export interface Exporter<O = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /**
   * @returns what was made: paths of files or directories, absolute
   * @throws Failure when the artifact is not what its digests say, or cannot have this form on this machine
   */
  export(artifact: Artifact, options: O, context: ExportContext): Promise<{ files: string[] }>;
}

export interface ExportContext {
  progress: Progress;
}
