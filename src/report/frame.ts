// Draws running work on a terminal: one line a task, as wide as the terminal. Pure: live.ts has the effects.

import { formatBytes, formatCount } from "../text/quantity.ts";
import type { Paint } from "./paint.ts";
import { rateOf, WORTH_A_RATE } from "./rate.ts";
import { pad, shorten, widthOf } from "./width.ts";

/** The data of a task's line. All texts are visible ones. */
export interface LiveTask {
  title: string;
  host: string | undefined;
  /** Milliseconds, of the same clock as `now`. */
  began: number;
  state: { done: number; total?: number; unit?: "bytes" | "files" } | undefined;
  /** Bytes or files a second, over the last seconds; undefined until it can be measured. */
  rate: number | undefined;
  /** The last line of its command's output. */
  said: string | undefined;
}

export interface FrameSize {
  columns: number;
  rows: number;
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const TURN = 80;

/** Widths of the names that were shown so far, in cells, so that columns do not move. */
export interface NameWidths {
  title: number;
  host: number;
}

/** The lines for all tasks. If there are more tasks than rows, the last line counts the others. */
export function frame(
  tasks: readonly LiveTask[],
  now: number,
  size: FrameSize,
  widths: NameWidths,
  paint: Paint,
): string[] {
  const room = Math.max(1, size.rows - 2);
  const seen = tasks.length > room ? tasks.slice(0, room - 1) : tasks;
  const lines = seen.map((task) => taskLine(task, now, size, widths, paint));
  const more = tasks.slice(seen.length);
  return more.length === 0 ? lines : [...lines, shorten(`  … and ${moreOf(more)}`, size.columns - 1)];
}

const nameOf = ({ title, host }: Pick<LiveTask, "title" | "host">, widths: NameWidths): string =>
  host === undefined ? title : `${pad(title, widths.title)}  ${pad(host, widths.host)}`;

function taskLine(task: LiveTask, now: number, size: FrameSize, widths: NameWidths, paint: Paint): string {
  const spinner = SPINNER[Math.floor(now / TURN) % SPINNER.length]!;
  // The last column stays free: some terminals wrap a line that fills it.
  let cells = size.columns - 1 - 2;
  const parts: string[] = [];
  for (const [text, colour] of [
    [nameOf(task, widths), paint.bold],
    [measure(task), same],
    [elapsed(now - task.began), paint.dim],
    [task.state ? "" : (task.said ?? ""), paint.dim],
  ] as const) {
    if (text === "" || cells <= 3) continue;
    const shown = shorten(text, parts.length === 0 ? cells : cells - 2);
    parts.push(colour(shown));
    cells -= widthOf(shown) + (parts.length === 1 ? 0 : 2);
  }
  return `${paint.warn(spinner)} ${parts.join("  ").trimEnd()}`;
}

const same = (text: string) => text;

/** `12.3 MB of 45.0 MB, 27 %, 8.10 MB/s`. */
export function measure({ state, rate }: Pick<LiveTask, "state" | "rate">): string {
  if (!state) return "";
  const { done, total, unit } = state;
  const files = unit === "files";
  const quantity = (count: number) => (files ? formatCount(count, "file") : formatBytes(count));
  return [
    total ? `${files ? done : formatBytes(done)} of ${quantity(total)}` : quantity(done),
    total ? `${Math.min(100, Math.floor((done / total) * 100))} %` : "",
    rate && (files || done > WORTH_A_RATE) ? `${files ? `${Math.round(rate)} files` : formatBytes(rate)}/s` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Nothing during the first second, then whole seconds, then minutes. */
function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return "";
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** `57 more: prepare 40, activate 17`. */
function moreOf(tasks: readonly LiveTask[]): string {
  const counts = new Map<string, number>();
  for (const { title } of tasks) counts.set(title, (counts.get(title) ?? 0) + 1);
  return `${tasks.length} more: ${[...counts].map(([title, count]) => `${title} ${count}`).join(", ")}`;
}

/** The line that stays after a task has ended. */
export function endLine(
  task: Pick<LiveTask, "title" | "host" | "began">,
  end: { ok: boolean; detail: string | undefined; now: number; bytes: number },
  widths: NameWidths,
  paint: Paint,
): string {
  const seconds = (end.now - task.began) / 1000;
  const rate = (end.ok && rateOf(end.bytes, seconds)) || "";
  const results = [end.detail ?? (end.ok ? "" : "failed"), paint.dim(rate), paint.dim(`${seconds.toFixed(1)} s`)];
  return `${end.ok ? paint.good("✓") : paint.bad("✗")} ${[paint.bold(nameOf(task, widths)), ...results].filter(Boolean).join("  ")}`;
}
