// The only error type for errors that a user can fix. Anything else that is thrown is a defect of Tarlift.
import type { FailureCode } from "./failure-codes.ts";

/** Exit codes of the command and their meaning (docs/reference): `refused` means that nothing changed anywhere. */
export const EXIT_CODES = { failed: 1, refused: 2, reverted: 3, split: 4 } as const;
export type FailureOutcome = keyof typeof EXIT_CODES;

export interface FailureParts {
  /** The kind of failure. Programs and decisions use it; `what` is only for people. */
  code: FailureCode;
  /** What failed, a sentence without its full stop: `pip could not resolve the requirements`. */
  what: string;
  /** Host, release, step, command, file:line:column. Printed in this order as `name: value`. */
  where?: Record<string, string | undefined>;
  /** The last lines of output, verbatim. */
  output?: string | undefined;
  /** What to do next, a sentence or several lines. */
  remedy?: string | undefined;
  outcome?: FailureOutcome;
  cause?: unknown;
}

/** An error in four parts: what failed, where, the last lines of output, and what to do next. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly what: string;
  readonly where: Record<string, string>;
  readonly output: string | undefined;
  readonly remedy: string | undefined;
  readonly outcome: FailureOutcome;

  constructor(parts: FailureParts) {
    super(formatFailure(parts), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = "Failure";
    this.code = parts.code;
    this.what = parts.what;
    this.where = present(parts.where);
    this.output = parts.output?.trimEnd() || undefined;
    this.remedy = parts.remedy;
    this.outcome = parts.outcome ?? "failed";
  }
}

/** Codes of system errors that concern the file system or a path, and are no defect. */
const OF_THE_MACHINE = [
  ...["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE"],
  ...["EISDIR", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_FS_EISDIR"],
];

/**
 * Turns anything that was thrown into a Failure: `local-file` for an error of the file system, otherwise `defect`, with
 * what a bug report needs.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const {
    message,
    stack,
    code = "",
    path,
  } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  if (OF_THE_MACHINE.includes(code))
    return new Failure({
      code: "local-file",
      what: "this machine refused a file or a directory",
      where: { path },
      output: message,
      remedy: "Is the path what it should be, may this user write there, and has its file system room?",
      cause: error,
    });
  return new Failure({
    code: "defect",
    what: `Tarlift has a defect: ${message}`,
    output: stack,
    remedy: "Please report it.",
    cause: error,
  });
}

function present(where: FailureParts["where"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(where ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function formatFailure(parts: Omit<FailureParts, "code">): string {
  const lines = [parts.what];
  for (const [name, value] of Object.entries(present(parts.where))) lines.push(`  ${name}: ${value}`);
  const output = parts.output?.trimEnd();
  if (output) lines.push("  output:", ...output.split("\n").map((line) => `    ${line}`));
  if (parts.remedy) lines.push(`  next: ${parts.remedy.split("\n").join("\n        ")}`);
  return lines.join("\n");
}

/**
 * Runs independent checks, so that the user sees all their errors at once.
 *
 * @throws Failure (refused) that names all errors, with the code of the first, or the only error itself; any other
 *   error at once
 */
export function checkAll(...checks: readonly (() => unknown)[]): void {
  const failures: Failure[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (!first) return;
  if (failures.length === 1) throw first;
  throw new Failure({
    code: first.code,
    what: failures.map(({ what }) => what).join("; "),
    where: Object.assign({}, ...failures.map(({ where }) => where)),
    remedy: failures.flatMap(({ remedy }) => remedy ?? []).join("\n"),
    outcome: "refused",
  });
}
