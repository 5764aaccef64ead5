// Progress reports of the domain code. Domain code never prints: it calls this interface, and a terminal, a runner's
// log or a test listens.

/** A long piece of work (packing, hashing, sending). A listener derives rates from the times of the calls. */
export interface Task {
  /** `done` and `total` are bytes unless `unit` says otherwise. `total` is missing where it is unknown. */
  update(state: { done: number; total?: number; unit?: "bytes" | "files" }): void;
  /** A line of a child process's output, without its newline. */
  line(text: string): void;
  /** Ends the task; `detail` is one short phrase: `86 MB, 10 000 files`. */
  end(detail?: string): void;
  fail(detail?: string): void;
}

export interface Progress {
  task(title: string, options?: { host?: string }): Task;
  /** Information that needs no action. */
  notice(message: string): void;
  /** A problem that the user should act on, although the work continues. */
  warning(message: string, location?: { file: string; line?: number }): void;
}

const nothing: Task = { update() {}, line() {}, end() {}, fail() {} };

/** A listener that ignores everything: for tests and for `--json`. */
export const silent: Progress = { task: () => nothing, notice() {}, warning() {} };

/**
 * Runs `work` as one task. The task ends with the detail that `work` returns beside its value, and fails when `work`
 * throws.
 */
export async function during<T>(
  progress: Progress,
  title: string,
  work: (task: Task) => Promise<T>,
  detail?: (value: T) => string,
): Promise<T> {
  const task = progress.task(title);
  try {
    const value = await work(task);
    task.end(detail?.(value));
    return value;
  } catch (error) {
    task.fail();
    throw error;
  }
}
