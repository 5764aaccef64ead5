// One call to the program on a host, and its answer.
import type { SharedText } from "./frames.ts";
import type { ManyOf, OneOf, TextOf } from "./replies.ts";
import type { InputOf, ValueOf } from "./requests.ts";
import type { Verb } from "./verbs.ts";

export interface Call<V extends Verb = Verb> {
  verb: V;
  values: { [K in ValueOf<V>]?: string | number | undefined };
  /** Texts by name; they become files on the host for as long as the call lasts. */
  texts?: { [K in InputOf<V>]?: string | SharedText | undefined } | undefined;
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

/** The answer to a verb. Only keys and texts of its row in replies.ts can be asked for. */
export interface Reply<V extends Verb = Verb> {
  /** The value of a key, and the first one of a key that may have many. */
  value(key: OneOf<V> | ManyOf<V>): string | undefined;
  /** All values of a key, in the host's order. */
  all(key: ManyOf<V>): readonly string[];
  readonly texts: ReadonlyMap<TextOf<V>, string>;
}

/** What came from a host as the answer to a verb. @param values all values by key @param texts by name */
export function replyOf<V extends Verb>(
  values: ReadonlyMap<string, readonly string[]>,
  texts: ReadonlyMap<string, string>,
): Reply<V> {
  return {
    value: (key) => values.get(key)?.[0],
    all: (key) => values.get(key) ?? [],
    texts: texts as ReadonlyMap<TextOf<V>, string>,
  };
}
