// Progress as plain lines: for logs and pipes. A task has one line at its start and one at its end.
import type { Progress, Task } from "../progress.ts";
import { formatBytes } from "../text/quantity.ts";
import { visible, visibleLine } from "../text/visible.ts";
import { rateOf } from "./rate.ts";

const QUIET_FOR = 10_000;

/**
 * @param out receives whole lines without their newline
 * @param options.verbose also shows the output of commands
 */
export function plainProgress(out: (line: string) => void, options: { verbose?: boolean } = {}): Progress {
  const write = (line: string) => out(visible(line));
  return {
    task: (title, where) => plainTask(where?.host ? `${where.host}: ${title}` : title, write, options.verbose ?? false),
    notice: (message) => write(`note: ${message}`),
    warning: (message, location) =>
      write(`warning: ${location ? `${location.file}${location.line ? `:${location.line}` : ""}: ` : ""}${message}`),
  };
}

function plainTask(title: string, write: (line: string) => void, verbose: boolean): Task {
  const start = Date.now();
  let lastLineAt = start;
  let done = 0;
  write(`${title} …`);
  const seconds = () => (Date.now() - start) / 1000;
  const rate = () => {
    const shown = rateOf(done, seconds());
    return shown === undefined ? "" : `, ${shown}`;
  };
  return {
    update(state) {
      if (state.unit !== "files") done = state.done;
      // Long work shows from time to time that it continues.
      if (Date.now() - lastLineAt < QUIET_FOR) return;
      lastLineAt = Date.now();
      const total = state.total ? ` of ${formatBytes(state.total)}` : "";
      write(
        `${title}: ${state.unit === "files" ? `${state.done} files` : `${formatBytes(state.done)}${total}${rate()}`}`,
      );
    },
    line(text) {
      if (verbose) write(`  | ${visibleLine(text)}`);
    },
    end(detail) {
      write(`${title}: ${detail ? `${detail}, ` : ""}${seconds().toFixed(1)} s${rate()}`);
    },
    fail(detail) {
      write(`${title}: failed${detail ? `, ${detail}` : ""} after ${seconds().toFixed(1)} s`);
    },
  };
}
