// One call to the program on a host, and its answer.
import type { SharedText } from "./frames.ts";
import type { Verb } from "./verbs.ts";

export interface Call {
  verb: Verb;
  values: Record<string, string | number | undefined>;
  /** Texts by name; they become files on the host for as long as the call lasts. */
  texts?: Record<string, string | SharedText> | undefined;
  /** Bytes for the verb, such as the wire tar. */
  data?: AsyncIterable<Uint8Array> | undefined;
  /** What children of the verb print, as it comes. */
  onOutput?: ((bytes: Buffer) => void) | undefined;
  /** Frames of data by their name, as they come. What it throws ends the connection. */
  onData?: ((name: string, bytes: Buffer) => void) | undefined;
  /** What the answer may come to at most; left out: those of the connection. */
  limits?: Partial<Limits> | undefined;
  /** Nothing is called afterwards: the program ends with its answer, and closing need not ask it to. */
  last?: boolean | undefined;
}

export interface Limits {
  /** Bytes of all frames but those of `onOutput` and signs of life; 512 of each frame besides its body. */
  bytes: number;
  /** Seconds in which nothing comes, and nothing is taken. */
  silence: number;
  /** Seconds until the answer. */
  time: number;
}

export interface Reply {
  values: Map<string, string[]>;
  /** First value of a key. */
  value(key: string): string | undefined;
  texts: Map<string, string>;
}
