// Where the command writes: the result, and nothing else, on standard output; everything about the way there on standard error.
import { fstatSync } from "node:fs";
import { beforeEnd } from "../exit-handlers.ts";
import { EXIT_CODES, Failure } from "../failure.ts";
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
/** Values that the command never writes: what it is told of in the environment and in files, in all that it prints. */
export const hidden = hiding();
let call: Call = NO_CALL;

/** The call that everything which is printed from here on is an answer to: commands to type next repeat its options. */
export function answers(to: Call): void {
  call = to;
}

/** A report or a failure whose remedies and warnings name commands that work as printed. */
export const withNextCommands = <T>(value: T): T => withCommands(value, call);

/** A text whose commands work as printed. @param target which they are about, where the call was about none */
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

/** Lines that end before the result is written: nothing is drawn over it any more. */
export function endProgress(): void {
  live?.close();
}

/** Colours for the result, where they are wanted. */
export const resultPaint = (): Paint => paintFor(process.stdout);

/** The result for people. Hidden characters in values of others were made visible before (see src/text/visible.ts). */
export function printLines(lines: readonly string[]): void {
  endProgress();
  writeLines(process.stdout, lines);
}

/**
 * What a command on a host prints: as it is into a file (a dump of a database); elsewhere without secrets, and made visible where people
 * read it.
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

/** Whether what is written may go to the log of a job on a GitHub runner, which takes some lines for its commands. */
function inJobLog(stream: Stream): boolean {
  return process.env.GITHUB_ACTIONS === "true" && !fstatSync(stream.fd).isFile();
}

/** As {@link printLines}, with sentences broken between words where a terminal would break them anywhere. */
export function printProse(lines: readonly string[]): void {
  const { isTTY, columns } = process.stdout;
  printLines(isTTY && columns > 0 ? lines.flatMap((line) => (isProse(line) ? wrap(line, columns) : [line])) : lines);
}

/** Tables keep their columns, commands are copied in one piece, and what others wrote stays as they wrote it. */
const isProse = (line: string): boolean => !/^ {6}|\S {2,}\S|\btarlift /.test(line);

/** The result for programs: one document. */
export function printJson(value: unknown): void {
  endProgress();
  // The same value, and no command of the runner, which finds this anywhere in a line.
  const text = visibleJson(hidden.maskValues(withNextCommands(value))).replaceAll("##[", "#\\u0023[");
  process.stdout.write(`${text}\n`);
}

/** The result as it is, for a file or another program; nothing of a run's secrets is in it. */
export function printVerbatim(text: string): void {
  endProgress();
  process.stdout.write(text);
}

/** Something that went wrong beside a result. */
export function printError(text: string): void {
  endProgress();
  writeLines(process.stderr, [visible(hidden.mask(text))]);
}

/** Ends the command for a failure: for people, with `--json` for programs too, and with its exit code. */
export function printFailure(failure: Failure, { json }: OutputOptions): void {
  const { code, outcome, what, where, output, remedy } = withNextCommands({ ...failure });
  const { message } = new Failure({ code, what, where, output, remedy });
  // Masked before hidden characters are made visible, which would change a value that has some.
  const [head = "", ...rest] = visible(hidden.mask(`tarlift: ${message}`)).split("\n");
  endProgress();
  writeLines(process.stderr, [paintFor(process.stderr).bad(head), ...rest]);
  if (json) printJson({ outcome, failure: { code, what, where, output, remedy } });
  process.exitCode = EXIT_CODES[outcome];
}

const paintFor = (stream: { isTTY?: boolean }): Paint => (wantsColour(stream, process.env) ? coloured : uncoloured);
