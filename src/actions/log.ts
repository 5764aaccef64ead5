// How a step of a workflow tells what it does.
import * as core from "@actions/core";
import { Failure } from "../failure.ts";
import type { Trouble } from "../fleet/types.ts";
import { plainProgress } from "../report/plain.ts";
import type { Progress } from "../report/progress.ts";

export interface StepLog extends Progress {
  /** An error as an annotation, where it helps at a line of a file. */
  failure(failure: Failure | Trouble, place?: { file: string; line?: number }): void;
  lines(lines: string[]): void;
  /** Ends what is open; nothing is told afterwards. */
  close(): void;
}

export function stepLog(): StepLog {
  return {
    ...plainProgress(core.info, { verbose: true }),
    notice: (message) => core.notice(message),
    warning: (message, place) => core.warning(message, properties(place)),
    failure: (failure, place) =>
      core.error(failure instanceof Failure ? failure.message : failure.what, properties(place)),
    lines: (lines) => core.info(lines.join("\n")),
    close() {},
  };
}

const properties = (place?: { file: string; line?: number }) => ({
  ...(place ? { file: place.file } : {}),
  ...(place?.line ? { startLine: place.line } : {}),
});
