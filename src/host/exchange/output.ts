// What a child of an exchange prints: told line by line as it comes, and kept for the end.
import type { Task } from "../../report/progress.ts";

const LAST_LINES = 40;
/** Characters that are kept: a command may print more than a string can hold. */
const KEPT = 16 * 1024 * 1024;
/** Characters of a line: what a child prints without a line break is passed on in pieces of this length. */
const LONGEST_LINE = 64 * 1024;

/** Lines of a child's output: told as they come, kept for the end. */
export class Output {
  readonly #task: Task;
  readonly #tell: (line: string) => boolean;
  readonly #decoder = new TextDecoder();
  #rest = "";
  /** All that was printed, or the end of it. */
  all = "";

  constructor(task: Task, tell: (line: string) => boolean = () => true) {
    this.#task = task;
    this.#tell = tell;
  }

  push(bytes: Buffer): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.all += text;
    if (this.all.length > 2 * KEPT) this.all = this.all.slice(-KEPT);
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop() ?? "";
    if (this.#rest.length > LONGEST_LINE) {
      parts.push(this.#rest);
      this.#rest = "";
    }
    for (const line of parts) if (this.#tell(line)) this.#task.line(line);
  }

  end(): void {
    if (this.#rest && this.#tell(this.#rest)) this.#task.line(this.#rest);
    this.#rest = "";
  }

  get lastLines(): string {
    return this.all.trimEnd().split("\n").filter(this.#tell).slice(-LAST_LINES).join("\n");
  }
}
