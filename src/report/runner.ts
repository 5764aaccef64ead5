// Progress in the log of a GitHub runner: output in collapsed groups, important messages as annotations. It does not
// import @actions/core but receives its functions, which escape their input for the runner.
import { randomUUID } from "node:crypto";
import type { FailureParts } from "../failure.ts";
import type { Progress, Task } from "../progress.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { mapTexts, visible, visibleLine } from "../text/visible.ts";
import { rateOf } from "./rate.ts";
import { quoteCommands } from "./workflow-text.ts";

export interface AnnotationLocation {
  title?: string;
  /** Relative to the repository's root. */
  file?: string;
  startLine?: number;
}

/** The functions of `@actions/core` that are used. */
export interface RunnerLog {
  info(message: string): void;
  startGroup(name: string): void;
  endGroup(): void;
  notice(message: string, location?: AnnotationLocation): void;
  warning(message: string, location?: AnnotationLocation): void;
  error(message: string, location?: AnnotationLocation): void;
}

export interface RunnerProgress extends Progress {
  /** An error, as an annotation, and in full in the log. */
  failure(
    failure: Pick<FailureParts, "what" | "output" | "remedy"> & {
      where?: FailureParts["where"] | undefined;
      host?: string | undefined;
    },
    location?: { file: string; line?: number },
  ): void;
  /** Lines of text for the log, such as the result's table. */
  lines(lines: readonly string[]): void;
  /** Ends an open group. Called before other code writes to the log. */
  close(): void;
}

/** Maximum number of annotations of each kind that GitHub shows for a step; one error is left for `setFailed`. */
const QUOTA = { notice: 10, warning: 10, error: 9 };
/** GitHub cuts an annotation's message there. */
const LONGEST = 4096;
/** A task without output for this long prints a line. */
const QUIET_FOR = 10_000;

/**
 * @param options.mask replaces secrets in everything that is written
 * @param options.token for tests: generates the token of `stop-commands`
 */
export function runnerProgress(
  core: RunnerLog,
  options: { mask?: (text: string) => string; token?: () => string } = {},
): RunnerProgress {
  const { token = randomUUID } = options;
  // A secret may contain hidden characters, and another one may only be found without them.
  const mask = options.mask ?? ((text: string) => text);
  const shown = (text: string) => mask(visible(mask(text)));
  const shownLine = (text: string) => mask(visibleLine(mask(text)));
  const left = { ...QUOTA };
  /** The title whose group is open. */
  let group: string | undefined;
  /** Number of open tasks for each title. */
  const open = new Map<string, number>();
  /** End lines of tasks in the open group: written when it is closed, so that they are visible without expanding it. */
  let ended: string[] = [];

  const write = (lines: readonly string[]) => {
    for (const line of quoteCommands(
      lines.flatMap((line) => shown(line).split("\n")),
      token,
    ))
      core.info(line);
  };
  const close = () => {
    if (group !== undefined) core.endGroup();
    group = undefined;
    write(ended);
    ended = [];
  };
  const inGroup = (title: string, line: string) => {
    if (group !== title) {
      close();
      core.startGroup(title);
      group = title;
    }
    write([line]);
  };
  const annotate = (kind: keyof typeof QUOTA, message: string, location: AnnotationLocation) => {
    close();
    const text = shown(message);
    if (left[kind]-- > 0) return core[kind](cut(text), location);
    const at = location.file ? ` ${location.file}${location.startLine ? `:${location.startLine}` : ""}:` : "";
    write([`${kind}:${at} ${text}`]);
  };

  return {
    close,
    task: (title, where) => {
      const name = shownLine(title);
      open.set(name, (open.get(name) ?? 0) + 1);
      return runnerTask(name, { host: where?.host && shownLine(where.host), shownLine }, inGroup, endTask);
    },
    notice: (message) => annotate("notice", message, {}),
    warning: (message, location) => annotate("warning", message, locationOf(location)),
    failure(failure, location) {
      // Masked before it is indented: a secret of several lines is not found between indents.
      const { host, what, where, output, remedy } = mapTexts({ ...failure }, shown, visible);
      const at = host ?? where?.host;
      const next = remedy ? `\nnext: ${remedy}` : "";
      annotate("error", `${at ? `${at}: ` : ""}${what}${next}`, locationOf(location));
      const details = Object.entries(where ?? {}).flatMap(([name, value]) =>
        value === undefined || name === "host" ? [] : [`  ${name}: ${value}`],
      );
      const outputLines = output?.trim() ? ["  output:", ...output.trimEnd().split("\n").map(indented)] : [];
      write([...details, ...outputLines]);
    },
    lines: (lines) => {
      close();
      write(lines);
    },
  };

  function endTask(title: string, line: string) {
    const others = (open.get(title) ?? 1) - 1;
    open.set(title, others);
    if (group !== title) return write([line]);
    ended.push(line);
    if (others === 0) close();
  }
}

const indented = (line: string) => `    ${line}`;
const locationOf = (location: { file: string; line?: number } | undefined): AnnotationLocation =>
  location ? { file: location.file, ...(location.line ? { startLine: location.line } : {}) } : {};

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/**
 * Output of tasks goes into a group of their title, shared by all hosts; their end is a line outside, visible without
 * expanding.
 */
function runnerTask(
  title: string,
  { host, shownLine }: { host: string | undefined; shownLine(text: string): string },
  inGroup: (title: string, line: string) => void,
  end: (title: string, line: string) => void,
): Task {
  const began = Date.now();
  const name = host ? `${title} ${host}` : title;
  let lastLineAt = began;
  let bytes = 0;
  const say = (line: string) => {
    lastLineAt = Date.now();
    inGroup(title, host ? `${host} | ${line}` : line);
  };
  const elapsed = () => (Date.now() - began) / 1000;
  const rate = () => {
    const shown = rateOf(bytes, elapsed());
    return shown === undefined ? "" : `, ${shown}`;
  };
  // Some work has no output for minutes: the log must show what it waits for.
  const alive = setInterval(() => {
    if (Date.now() - lastLineAt >= QUIET_FOR) say(`still at it after ${Math.round(elapsed())} s`);
  }, QUIET_FOR).unref();
  const finish = (mark: string, detail: string | undefined) => {
    clearInterval(alive);
    end(title, `${mark} ${name}: ${detail ? `${detail}, ` : ""}${elapsed().toFixed(1)} s${rate()}`);
  };
  return {
    update({ done, total, unit }) {
      if (unit !== "files") bytes = done;
      if (Date.now() - lastLineAt < QUIET_FOR) return;
      const quantity = (count: number) => (unit === "files" ? formatCount(count, "file") : formatBytes(count));
      say(`${quantity(done)}${total ? ` of ${quantity(total)}` : ""}${rate()}`);
    },
    line: (text) => say(shownLine(text)),
    end: (detail) => finish("✓", detail),
    fail: (detail) => finish("✗", detail ?? "failed"),
  };
}
