// Exporters: each converts a release of an artifact into another form.
import type { z } from "zod";
import type { Artifact } from "../artifact/open-artifact.ts";
import type { Progress } from "../progress.ts";
import type { Adapter } from "../schema/adapter.ts";

/** @typeParam O its options, as its schema parses them */
export interface Exporter<O = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /**
   * @returns absolute paths of the created files or directories
   * @throws Failure when the artifact does not match its digests, or cannot have this form on this machine
   */
  export(artifact: Artifact, options: O, context: ExportContext): Promise<{ files: string[] }>;
}

export interface ExportContext {
  progress: Progress;
}
