// Output of the command: only the result on standard output; progress and errors on standard error.
import { fstatSync } from "node:fs";
import { beforeEnd } from "../exit-handlers.ts";
import { EXIT_CODES, Failure } from "../failure.ts";
import { errorOf } from "../fleet/for-each-host.ts";
import { type Progress, silent } from "../progress.ts";
import { hiding, maskedProgress } from "../report/hidden.ts";
import { type Call, completeCommands, NO_CALL, withCommands } from "../report/invocation.ts";
import { type LiveProgress, liveProgress } from "../report/live.ts";
import { coloured, type Paint, uncoloured, wantsColour, wantsLive } from "../report/paint.ts";
import { plainProgress } from "../report/plain.ts";
import { wrap } from "../report/width.ts";
import { defused } from "../report/workflow-text.ts";
import { visible, visibleJson } from "../text/visible.ts";

export interface OutputOptions {
  verbose?: boolean;
  quiet?: boolean;
  json?: boolean;
}

let live: LiveProgress | undefined;
/** Values that the command never prints: secrets from the environment and from files. */
export const hidden = hiding();
let call: Call = NO_CALL;

/** Sets the call that all further output answers: next commands repeat its options. */
export function answers(to: Call): void {
  call = to;
}

/** A report or a failure with complete commands in its remedies and warnings. */
export const withNextCommands = <T>(value: T): T => withCommands(value, call);

/** A text with complete commands. @param target of the commands, if the call had none */
export const typed = (text: string, target = call.target): string => completeCommands(text, { ...call, target });

/** Live lines on a terminal, plain ones elsewhere, none with `--quiet`. */
export function progressFor({ quiet, verbose = false }: OutputOptions): Progress {
  const { stderr, env } = process;
  if (quiet) return silent;
  if (!wantsLive(stderr, env)) {
    const write = (text: string) => writeLines(stderr, [text]);
    beforeEnd({
      last() {},
      stopping: (signal) => write(`${signal}: stopping in good order; a second one ends at once`),
    });
    return maskedProgress(plainProgress(write, { verbose }), hidden);
  }
  live = liveProgress(stderr, { paint: paintFor(stderr), verbose });
  return maskedProgress(live, hidden);
}

/** Ends progress lines before the result is written, so that nothing is drawn over it. */
export function endProgress(): void {
  live?.close();
}

/** Colours for the result, if they are wanted. */
export const resultPaint = (): Paint => paintFor(process.stdout);

/** The result for people. Hidden characters in values of others were made visible before (see src/text/visible.ts). */
export function printLines(lines: readonly string[]): void {
  endProgress();
  writeLines(process.stdout, lines);
}

/**
 * Output of a command on a host: unchanged into a file (a dump of a database); otherwise without secrets, and made
 * visible where people read it.
 */
export function printOutput(line: string): void {
  if (fstatSync(process.stdout.fd).isFile()) printVerbatim(`${line}\n`);
  else printLines([process.stdout.isTTY || inJobLog(process.stdout) ? visible(line) : line]);
}

type Stream = typeof process.stdout | typeof process.stderr;

function writeLines(stream: Stream, texts: readonly string[]): void {
  const text = hidden.mask(texts.map((one) => `${one}\n`).join(""));
  stream.write(inJobLog(stream) ? text.split("\n").map(defused).join("\n") : text);
}

/** Whether output may go to the log of a job on a GitHub runner, which treats some lines as commands. */
function inJobLog(stream: Stream): boolean {
  return process.env.GITHUB_ACTIONS === "true" && !fstatSync(stream.fd).isFile();
}

/** Like {@link printLines}, with sentences wrapped between words, where a terminal would break them anywhere. */
export function printProse(lines: readonly string[]): void {
  const { isTTY, columns } = process.stdout;
  printLines(isTTY && columns > 0 ? lines.flatMap((line) => (isProse(line) ? wrap(line, columns) : [line])) : lines);
}

/** Tables keep their columns, commands can be copied in one piece, and texts of others stay unchanged. */
const isProse = (line: string): boolean => !/^ {6}|\S {2,}\S|\btarlift /.test(line);

/** The result for programs: one document. */
export function printJson(value: unknown): void {
  endProgress();
  // The same value, without a command of the runner, which finds this anywhere in a line.
  const text = visibleJson(hidden.maskValues(withNextCommands(value))).replaceAll("##[", "#\\u0023[");
  process.stdout.write(`${text}\n`);
}

/** The result without changes, for a file or another program; it contains no secrets of the run. */
export function printVerbatim(text: string): void {
  endProgress();
  process.stdout.write(text);
}

/** An error beside a result. */
export function printError(text: string): void {
  endProgress();
  writeLines(process.stderr, [visible(hidden.mask(text))]);
}

/** Ends the command with a failure: for people, with `--json` for programs too, and with its exit code. */
export function printFailure(failure: Failure, { json }: OutputOptions): void {
  const { code, outcome, what, where, output, remedy } = withNextCommands({ ...failure });
  const { message } = new Failure({ code, what, where, output, remedy });
  // Masked before hidden characters are made visible, which would change a value that contains some.
  const [head = "", ...rest] = visible(hidden.mask(`tarlift: ${message}`)).split("\n");
  endProgress();
  writeLines(process.stderr, [paintFor(process.stderr).bad(head), ...rest]);
  if (json) printFailedJson(failure);
  process.exitCode = EXIT_CODES[outcome];
}

/** What `--json` prints when there is no result: the outcome, and the error as reports have theirs. */
export function printFailedJson(failure: Failure): void {
  printJson({ outcome: failure.outcome, errors: [errorOf(failure)] });
}

const paintFor = (stream: { isTTY?: boolean }): Paint => (wantsColour(stream, process.env) ? coloured : uncoloured);
