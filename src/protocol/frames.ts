// Frames, on this side. src/remote/frames.sh describes the format.
import { gzipSync } from "node:zlib";
import { Failure } from "../failure.ts";
import { CUT, cutEnd } from "../text/cut.ts";

export const HEADER = 80;
/** A body has at most 1 MiB: each is read by one `dd`, which holds it in memory. */
export const LARGEST_BODY = 1 << 20;

export type SentKind = "open" | "call" | "begin" | "text" | "gzip" | "run" | "data" | "end" | "keep";
export type ReceivedKind = "alive" | "out" | "text" | "data" | "ok" | "no";

export interface Frame {
  kind: string;
  name: string;
  body: Buffer;
}

const NAME = /^(?!\.)[A-Za-z0-9._-]{0,60}$/;

/**
 * The bytes of one frame.
 *
 * @throws Error when the name or the size of the body violates the format: both come from Tarlift's own code
 */
export function frame(kind: SentKind, name = "", body: Uint8Array = Buffer.alloc(0)): Buffer {
  if (!NAME.test(name) || body.length > LARGEST_BODY)
    throw new Error(`no frame: ${kind} ${name} of ${body.length} bytes`);
  const header = `${kind.padEnd(8)}${String(body.length).padStart(10, "0")} ${name.padEnd(60)}\n`;
  return Buffer.concat([Buffer.from(header, "latin1"), body]);
}

/** Frames of one kind that together hold a body of any size; none for an empty one unless `always`. */
export function* frames(kind: SentKind, name: string, body: Buffer, always = false): Generator<Buffer> {
  if (body.length === 0 && always) yield frame(kind, name);
  for (let at = 0; at < body.length; at += LARGEST_BODY) yield frame(kind, name, body.subarray(at, at + LARGEST_BODY));
}

/** Shorter texts are sent uncompressed. */
const SMALL = 512;
/**
 * Text that every shell's `read` reads unchanged: no NUL, nothing that depends on a locale, and a newline at the end.
 */
const PLAIN_LINES = /^(?:[\t\x20-\x7e]*\n)*$/;

/** A text for several hosts: it is compressed and framed once for all of them. */
export class SharedText {
  readonly text: string;
  #framed: { name: string; frames: readonly Buffer[] } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  framed(name: string): readonly Buffer[] {
    if (this.#framed?.name !== name) this.#framed = { name, frames: textFrames(name, this.text) };
    return this.#framed.frames;
  }
}

/** The frames of a text, which becomes a file of this name on the host. */
function textFrames(name: string, text: string | SharedText): readonly Buffer[] {
  if (text instanceof SharedText) return text.framed(name);
  const bytes = Buffer.from(text);
  if (bytes.length < SMALL) return [...frames("text", name, bytes, true)];
  const parts: Buffer[] = [];
  // Each piece is compressed separately, so that the host can decompress each frame as it arrives.
  for (let at = 0; at < bytes.length; at += LARGEST_BODY / 2)
    parts.push(frame("gzip", name, gzipSync(bytes.subarray(at, at + LARGEST_BODY / 2))));
  return parts;
}

/**
 * The frames of a call: one frame if all of its texts are short and plain.
 *
 * @throws Failure as {@link formatValues}
 */
export function callFrames(
  verb: string,
  values: Record<string, string | number | undefined>,
  texts: Record<string, string | SharedText | undefined> = {},
): Buffer[] {
  const within: string[] = [];
  const after: Buffer[] = [];
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    if (typeof text === "string" && text.length < SMALL && PLAIN_LINES.test(text))
      within.push(`${name} ${text.split("\n").length - 1}\n${text}`);
    else after.push(...textFrames(name, text));
  }
  const body = Buffer.concat([formatValues(values), Buffer.from(`\n${within.join("")}.\n`)]);
  return after.length === 0 ? [frame("call", verb, body)] : [frame("begin", verb, body), ...after, frame("run")];
}

/** Values of a request: `key value` lines. */
function formatValues(values: Record<string, string | number | undefined>): Buffer {
  const lines = Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (!/^[a-z][A-Za-z0-9._-]*$/.test(key) || /[\0\n\r]/.test(String(value))) {
      throw new Failure({
        code: "protocol-broken",
        what: "a value has a line break or NUL where it cannot have one",
        where: { value: key },
      });
    }
    return [`${key} ${value}\n`];
  });
  return Buffer.from(lines.join(""));
}

/** The maximum number of lines of a reply: one for each finding, warning, service or requirement. */
const MOST_VALUES = 10_000;
/** Characters of all these lines together. */
const LARGEST_VALUES = 4 << 20;

/** Reads `key value` lines; a key may occur several times. @throws Failure for more than a reply has */
export function parseValues(text: string): Map<string, string[]> {
  if (text.length > LARGEST_VALUES) throw tooMuch();
  const lines = text.split("\n", MOST_VALUES + 2);
  if (lines.length > MOST_VALUES + 1) throw tooMuch();
  const values = new Map<string, string[]>();
  for (const line of lines) {
    if (line === "") continue;
    const space = line.indexOf(" ");
    const key = space < 0 ? line : line.slice(0, space);
    const value = space < 0 ? "" : line.slice(space + 1);
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  return values;
}

/**
 * Bytes of a reply about each file of a release: a list of a million names has 100 MB. Output of child processes does
 * not count.
 */
export const LARGEST_REPLY = 256 << 20;
/** Characters of a command's output that a message contains: the end of it. */
export const LARGEST_SAID = 256 << 10;
/** Bytes that a login shell may print before the program's first frame. */
const LARGEST_NOISE = 1 << 20;
/** Bytes of it that are kept for messages. */
const SHOWN_NOISE = 4096;

/** A host that does not stop sending must not fill this machine's memory. */
export const tooMuch = () =>
  new Failure({
    code: "protocol-broken",
    what: "the host sends more than it was asked for",
    remedy: "Look at the host: this is not Tarlift's program that answers, or what it keeps was changed.",
  });

/**
 * Parses the bytes of the host's channel. Bytes before the nonce are output of the login shell and are kept for
 * messages.
 */
export class FrameReader {
  #pending: Buffer[] = [];
  #size = 0;
  #open = false;
  /** Bytes that the next header, or the current frame, needs: until they are here there is nothing to do. */
  #needed = 0;
  readonly #nonce: Buffer;
  readonly #frame: (frame: Frame) => void;
  noise = "";
  /** Bytes that a body may have. */
  limit = LARGEST_REPLY;

  constructor(nonce: string, onFrame: (frame: Frame) => void) {
    this.#nonce = Buffer.from(`\n${nonce}\n`);
    this.#frame = onFrame;
  }

  /** The nonce has arrived. */
  get open(): boolean {
    return this.#open;
  }

  /** @throws Failure when the bytes are not frames */
  push(chunk: Buffer): void {
    this.#pending.push(chunk);
    this.#size += chunk.length;
    if (!this.#open) this.#findNonce();
    while (this.#open) {
      if (this.#size < Math.max(HEADER, this.#needed)) return;
      const all = this.#all();
      const header = /^([a-z]+) +(\d{10}) ([A-Za-z0-9._-]*) *\n$/.exec(
        all
          .subarray(0, HEADER)
          .toString("latin1")
          .replace(/^(\S{8})(\d)/, "$1 $2"),
      );
      if (!header)
        throw new Failure({ code: "protocol-broken", what: "the program on the host does not keep to its protocol" });
      const length = Number(header[2]);
      if (length > this.limit) throw tooMuch();
      this.#needed = HEADER + length;
      if (this.#size < this.#needed) return;
      this.#needed = 0;
      this.#pending = [all.subarray(HEADER + length)];
      this.#size -= HEADER + length;
      this.#frame({ kind: header[1]!, name: header[3]!, body: all.subarray(HEADER, HEADER + length) });
    }
  }

  #findNonce(): void {
    const all = this.#all();
    const at = all.indexOf(this.#nonce);
    const end = at < 0 ? all.length : at;
    this.noise = all.subarray(0, Math.min(end, SHOWN_NOISE)).toString("utf8") + (end > SHOWN_NOISE ? CUT : "");
    if (at < 0 && this.#size > LARGEST_NOISE)
      throw new Failure({
        code: "login-shell",
        what: "the login shell of the host prints without an end",
        output: cutEnd(this.noise, 400),
        remedy: "Let it print nothing where no terminal is (.bashrc, .profile of the SSH user).",
      });
    if (at < 0) return;
    this.#open = true;
    this.#pending = [all.subarray(at + this.#nonce.length)];
    this.#size = this.#pending[0]!.length;
  }

  #all(): Buffer {
    if (this.#pending.length !== 1) this.#pending = [Buffer.concat(this.#pending)];
    return this.#pending[0]!;
  }
}
