// Selects the part of a service's log that explains a failure: the last error of the new process with its stack,
// otherwise the last lines without those of requests. Answers to health checks fill a log faster than the error that
// explains them.
import { cutEnd } from "./cut.ts";

/** Lines that are shown if there is no error. */
const LINES = 20;
/** Limits the stack of a recursion, or an exception with a page of SQL. */
const LONGEST_BLOCK = 60;
const LONGEST_LINE = 1_000;
/**
 * Maximum number of lines between two lines of one stack: source, marks below it, the message of the error that led to
 * the next one.
 */
const GAP = 8;
/** Lines above a stack that are shown: the error, or what was being done. Python prints the error below the stack. */
const ABOVE = 5;
const BELOW = 12;

/** Requests in the formats of web servers and frameworks: common and combined logs, uvicorn, morgan, Rails. */
const ACCESS = [
  /"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+(?: HTTP\/[\d.]+)?"/,
  /^\S*\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/\S* \d{3}\b/,
  /^Started (?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) "/,
];

/** The beginning of an error: Python, Go, Rust, PHP, Java, Node. A logger may put its prefix before it. */
const HEADS = [
  /Traceback \(most recent call last\):$/,
  /^(?:During handling of the above exception|The above exception was the direct cause)/,
  /(?:^|\s)panic: |^fatal error: /,
  /^thread '.*' panicked at /,
  /PHP (?:Fatal|Parse) error|Uncaught \w+/,
  /Exception in thread /,
  /^Caused by: /,
  /^\S+:\d+:in [`'].*: /,
];

/** Lines of a stack: Python, Node and Java, Ruby, PHP, Go. */
const STACK = [
  /^[\s|]*File "[^"]+", line \d+/,
  /^\s+at \S/,
  /^\s+\.\.\. \d+ more$/,
  /^\s*(?:from )?\S+:\d+:in [`']/,
  /^#\d+ /,
  /^\s+thrown in .* on line \d+$/,
  /^\t\S+\.go:\d+/,
  /^goroutine \d+ /,
];

/** The beginning of another log entry: a time, an address, a level, a bracket. */
const ENTRY = /^(?:\[|\d|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b)/;

/** Words that mark an error of one line. */
const ERROR = /error|exception|fatal|panic|failed/i;

const isOne = (line: string, of: readonly RegExp[]): boolean => of.some((one) => one.test(line));
const isStack = (line: string) => isOne(line, HEADS) || isOne(line, STACK);
const isRequest = (line: string) => isOne(line, ACCESS);

/**
 * @param log what the service wrote since it was started, oldest first
 * @returns the part that explains the failure; empty if there are only requests
 */
export function whyOf(log: string): string {
  const lines = log.split(/\r?\n/).map((line) => cutEnd(line, LONGEST_LINE));
  const last = lines.findLastIndex(isStack);
  const chosen =
    last < 0
      ? lines.filter((line) => line.trim() !== "" && !isRequest(line)).slice(-LINES)
      : lines.slice(beginOf(lines, last), endOf(lines, last)).slice(-LONGEST_BLOCK);
  return chosen
    .join("\n")
    .trimEnd()
    .replace(/^(?:\s*\n)+/, "");
}

/** The first line of the error whose stack ends at a line, including the errors that led to it. */
function beginOf(lines: readonly string[], end: number): number {
  let first = end;
  for (let at = end - 1; at >= 0 && first - at <= GAP && !isRequest(lines[at]!); at--) {
    if (isStack(lines[at]!)) first = at;
    // This line is another entry, and not part of the error's message.
    else if (ENTRY.test(lines[at]!) && first - at > 1) break;
  }
  let above = first;
  while (above > 0 && first - above < ABOVE && !isRequest(lines[above - 1]!)) {
    above--;
    if (ENTRY.test(lines[above]!)) break;
  }
  return above;
}

function endOf(lines: readonly string[], last: number): number {
  let end = last + 1;
  const goesOn = (line: string) => line.trim() !== "" && !ENTRY.test(line) && !isRequest(line);
  while (end < lines.length && end - last <= BELOW && goesOn(lines[end]!)) end++;
  return end;
}

/** Whether a log contains an error, with a stack or in one line. */
export function containsError(log: string): boolean {
  return log.split(/\r?\n/).some((line) => !isRequest(line) && (isStack(line) || ERROR.test(line)));
}

/**
 * Adds the relevant part of the service's log to the output of a failure.
 *
 * @param log as for {@link whyOf}; undefined: it cannot be read
 */
export function withServiceLog(output: string | undefined, log: string | undefined): string | undefined {
  const why = log === undefined ? "" : whyOf(log);
  if (why === "") return output;
  return [output?.trimEnd(), "its log since the restart:", why].filter(Boolean).join("\n");
}
