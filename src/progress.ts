// What the domain tells while it works. Domain code never prints: it calls this, and a terminal, a runner's log or a test listens.

/** One piece of long work (packing, hashing, sending); a listener derives rates from the times of the calls. */
export interface Task {
  /** `done` and `total` in bytes unless `unit` says otherwise; `total` is left out where it is unknown. */
  update(state: { done: number; total?: number; unit?: "bytes" | "files" }): void;
  /** A line of a child's output, without its newline. */
  line(text: string): void;
  /** Ends the task; `detail` is one short phrase: `86 MB, 10 000 files`. */
  end(detail?: string): void;
  fail(detail?: string): void;
}

export interface Progress {
  task(title: string, options?: { host?: string }): Task;
  /** Something a user should know and need not act on. */
  notice(message: string): void;
  /** Something a user should act on that does not stop the work. */
  warning(message: string, place?: { file: string; line?: number }): void;
}

const nothing: Task = { update() {}, line() {}, end() {}, fail() {} };

/** A listener that hears nothing: for tests and for `--json`. */
export const silent: Progress = { task: () => nothing, notice() {}, warning() {} };

/** Runs `work` as one task: ended with the detail that it returns beside its value, failed when it throws. */
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
