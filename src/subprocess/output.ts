// The output of a local command: its lines as they arrive, the last lines, and all of it up to a limit.
import { StringDecoder } from "node:string_decoder";
import { Failure } from "../failure.ts";
import { CUT } from "../text/cut.ts";
import { type Command, type CommandOptions, type CommandResult, shownCommand } from "./command.ts";

const LAST_LINES = 40;
/** Maximum number of bytes that are kept of one stream. `git ls-tree` of a million files prints 120 MB. */
const LARGEST_OUTPUT = 256 << 20;
/** Characters of a line: output without line breaks is passed on in pieces of about this length. */
const LONGEST_LINE = 64 << 10;

type Stream = "stdout" | "stderr";

/** Both streams of one command. They never reach this process's own output: a line could be a workflow command. */
export class Output {
  readonly #streams: Record<Stream, Kept>;
  readonly #last: string[] = [];

  constructor(command: Command, options: Pick<CommandOptions, "onLine" | "redact" | "largestOutput">) {
    const largest = options.largestOutput ?? LARGEST_OUTPUT;
    const keep = (stream: Stream) => (printed: string) => {
      const line = options.redact ? options.redact(printed) : printed;
      this.#last.push(line);
      if (this.#last.length > LAST_LINES) this.#last.shift();
      options.onLine?.(line, stream);
    };
    const tooMuch = (stream: Stream) => () =>
      new Failure({
        code: "output-too-large",
        what: `${command[0]} printed more than ${largest >> 20} MiB`,
        where: { command: shownCommand(command, options.redact), stream },
        remedy: "Run it by hand to see why.",
      });
    const kept = (stream: Stream) => new Kept(largest, keep(stream), tooMuch(stream));
    this.#streams = { stdout: kept("stdout"), stderr: kept("stderr") };
  }

  write(stream: Stream, bytes: Buffer): void {
    this.#streams[stream].write(bytes);
  }

  /** Ends the output. The last line may lack its newline. */
  end(): Pick<CommandResult, "stdout" | "stderr" | "lastLines"> {
    const { stdout, stderr } = this.#streams;
    stdout.end();
    stderr.end();
    return {
      lastLines: this.#last.join("\n"),
      get stdout() {
        return stdout.text();
      },
      get stderr() {
        return stderr.text();
      },
    };
  }
}

/** One stream. */
class Kept {
  #chunks: Buffer[] = [];
  #size = 0;
  #rest = "";
  readonly #decoder = new StringDecoder("utf8");
  readonly #largest: number;
  readonly #onLine: (line: string) => void;
  /** The error for output that exceeds the limit. */
  readonly #tooMuch: () => Failure;

  constructor(largest: number, onLine: (line: string) => void, tooMuch: () => Failure) {
    this.#largest = largest;
    this.#onLine = onLine;
    this.#tooMuch = tooMuch;
  }

  write(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size <= this.#largest) this.#chunks.push(bytes);
    else this.#chunks = [];
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest + CUT);
      this.#rest = CUT;
    }
    for (const line of lines) this.#onLine(line);
  }

  end(): void {
    if (this.#rest) this.#onLine(this.#rest);
    this.#rest = "";
  }

  text(): string {
    if (this.#size <= this.#largest) return Buffer.concat(this.#chunks).toString("utf8");
    throw this.#tooMuch();
  }
}
