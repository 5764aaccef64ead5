// The output of a call's child process: passed on line by line as it arrives, and kept for the end.

import type { Task } from "../progress.ts";
import { LARGEST_SAID } from "../protocol/frames.ts";
import { CUT, cutStart } from "../text/cut.ts";

const LAST_LINES = 40;
/** The maximum number of characters that are kept: a command may print more than a string can hold. */
const KEPT = 16 * 1024 * 1024;

/** Lines of a child's output: passed on as they arrive, and kept for the end. */
export class Output {
  readonly #task: Task;
  readonly #isShown: (line: string) => boolean;
  readonly #decoder = new TextDecoder();
  #rest = "";
  /** The whole output, or the end of it. */
  all = "";

  constructor(task: Task, isShown: (line: string) => boolean = () => true) {
    this.#task = task;
    this.#isShown = isShown;
  }

  push(bytes: Buffer): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.all += text;
    if (this.all.length > 2 * KEPT) this.all = cutStart(this.all, KEPT);
    // The kept part of a line is not scanned again with each piece: a host may send a line byte by byte.
    const [more = "", ...parts] = text.split("\n");
    this.#rest += more;
    for (const part of parts) {
      this.#line(this.#rest);
      this.#rest = part;
    }
    // A line of a dump stays whole, but not a line without an end.
    if (this.#rest.length > KEPT) {
      this.#line(this.#rest + CUT);
      this.#rest = CUT;
    }
  }

  end(): void {
    if (this.#rest) this.#line(this.#rest);
    this.#rest = "";
  }

  get lastLines(): string {
    const lines = this.all.trimEnd().split("\n").filter(this.#isShown).slice(-LAST_LINES);
    return cutStart(lines.join("\n"), LARGEST_SAID);
  }

  #line(line: string): void {
    if (this.#isShown(line)) this.#task.line(line);
  }
}
