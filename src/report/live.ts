// Progress on a terminal: running tasks are drawn at the bottom, ended ones stay above.
//
// listr2 is not used: it needs a list of tasks before they run and keeps all of it on the screen. Here, tasks appear
// and end as the work calls (src/progress.ts), on as many hosts at once as a fleet has. listr2 also prints the output
// of tasks unfiltered.
import { beforeEnd } from "../exit-handlers.ts";
import type { Progress, Task } from "../progress.ts";
import { visible, visibleLine } from "../text/visible.ts";
import { endLine, frame, type LiveTask, type NameWidths } from "./frame.ts";
import type { Paint } from "./paint.ts";
import { rateMeter } from "./rate.ts";
import { widthOf } from "./width.ts";

/** The required part of a terminal, such as `process.stderr`. */
export interface Screen {
  write(text: string): unknown;
  columns?: number | undefined;
  rows?: number | undefined;
}

export interface LiveProgress extends Progress {
  /** Draws the remaining lines and shows the cursor again. Called before other code writes to the terminal. */
  close(): void;
}

const REFRESH = 80;
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";

/** @param options.verbose also shows the output of commands */
export function liveProgress(screen: Screen, options: { paint: Paint; verbose?: boolean }): LiveProgress {
  const { paint } = options;
  const widths = { title: 8, host: 0 };
  const display = openDisplay(screen, widths, paint);
  return {
    task(title, where) {
      const shown = visibleLine(title);
      const host = where?.host === undefined ? undefined : visibleLine(where.host);
      widths.title = Math.max(widths.title, Math.min(widthOf(shown), 20));
      widths.host = Math.max(widths.host, widthOf(host ?? ""));
      return liveTask(shown, host);
    },
    notice: (message) => display.print(`${paint.dim("note:")} ${visible(message)}`),
    warning: (message, location) => {
      const at = location ? `${location.file}${location.line ? `:${location.line}` : ""}: ` : "";
      display.print(`${paint.warn("warning:")} ${visible(at + message)}`);
    },
    close: display.close,
  };

  function liveTask(title: string, host: string | undefined): Task {
    const began = Date.now();
    const task: LiveTask = { title, host, began, state: undefined, rate: undefined, said: undefined };
    const meter = rateMeter(began);
    display.add(task);
    const finish = (ok: boolean, detail: string | undefined) => {
      const bytes = task.state && task.state.unit !== "files" ? task.state.done : 0;
      const said = detail === undefined ? undefined : visible(detail);
      display.remove(task, endLine(task, { ok, detail: said, now: Date.now(), bytes }, widths, paint));
    };
    return {
      update(state) {
        task.state = state;
        task.rate = meter(state.done, Date.now());
      },
      line(text) {
        const said = visibleLine(text);
        if (options.verbose) display.print(`  ${paint.dim(`${host ?? title} │`)} ${said}`);
        else if (said.trim() !== "") task.said = said.trim();
      },
      end: (detail) => finish(true, detail),
      fail: (detail) => finish(false, detail),
    };
  }
}

/** The bottom of the terminal: the lines of open tasks are redrawn, and finished lines are inserted above. */
function openDisplay(screen: Screen, widths: NameWidths, paint: Paint) {
  const open = new Set<LiveTask>();
  /** Finished lines, not yet written. */
  let waiting: string[] = [];
  /** Widths of the lines of the last frame. */
  let drawn: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let hidden = false;
  let forget: (() => void) | undefined;

  const draw = () => {
    // Some terminals report 0 until their size is set.
    const columns = screen.columns || 80;
    const lines =
      open.size > 0 ? frame([...open], Date.now(), { columns, rows: screen.rows || 24 }, widths, paint) : [];
    // A terminal that was made narrower has wrapped the lines of the last frame.
    const above = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    // Each line overwrites the old one and erases the rest of it, all in one write, so that nothing flickers.
    const text = [...waiting, ...lines].map((line) => `${line.replaceAll("\n", "\x1b[K\n")}\x1b[K\n`).join("");
    screen.write(`${above > 0 ? `\r\x1b[${above}A` : "\r"}${text}\x1b[J`);
    waiting = [];
    drawn = lines.map((line) => widthOf(withoutColour(line)));
  };
  const cursor = (show: boolean) => {
    if (show !== hidden) return;
    hidden = !show;
    screen.write(show ? SHOW_CURSOR : HIDE_CURSOR);
  };
  const stopping = (signal: NodeJS.Signals) => {
    if (signal === "SIGINT") print(`${paint.warn("stopping in good order")}; Ctrl-C again ends at once`);
  };
  const refresh = () => {
    if (open.size > 0) cursor(false);
    draw();
  };
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
    if (waiting.length > 0 || drawn.length > 0) draw();
    cursor(true);
  };
  const close = () => {
    open.clear();
    rest();
    forget?.();
    forget = undefined;
  };
  const print = (line: string) => {
    waiting.push(line);
    if (timer === undefined) draw();
  };
  return {
    print,
    close,
    add(task: LiveTask) {
      open.add(task);
      // From the first task to the end, and not only while something is drawn: a signal may arrive between two tasks.
      forget ??= beforeEnd({ last: close, stopping });
      // Tasks that end at once are never drawn as open ones.
      timer ??= setInterval(refresh, REFRESH).unref();
    },
    remove(task: LiveTask, line: string) {
      if (!open.delete(task)) return;
      waiting.push(line);
      if (open.size === 0) rest();
    },
  };
}

const withoutColour = (line: string): string => line.replace(/\x1b\[\d+m/g, "");
