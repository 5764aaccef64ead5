// What a local command prints: its lines as they come, the last of them, and all of it as long as that is not too much.
import { StringDecoder } from "node:string_decoder";
import { Failure } from "../failure.ts";
import { CUT } from "../text/cut.ts";
import { type Command, type CommandOptions, type CommandResult, shownCommand } from "./command.ts";

const LAST_LINES = 40;
/** Bytes of one stream that are kept. `git ls-tree` of a million files prints 120 MB. */
const LARGEST_OUTPUT = 256 << 20;
/** Characters of a line: what is printed without a line break is passed on in pieces of about this length. */
const LONGEST_LINE = 64 << 10;

type Stream = "stdout" | "stderr";

/** Both streams of one command. Nothing of them reaches this process's own output: a line could be a command to the runner. */
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

  /** Nothing more comes: a last line without a newline is one, too. */
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
  /** The error for more than is kept. */
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
