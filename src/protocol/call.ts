// One call to the program on a host, and its reply.
import type { SharedText } from "./frames.ts";
import type { ManyOf, OneOf, TextOf } from "./replies.ts";
import type { InputOf, ValueOf } from "./requests.ts";
import type { Verb } from "./verbs.ts";

export interface Call<V extends Verb = Verb> {
  verb: V;
  values: { [K in ValueOf<V>]?: string | number | undefined };
  /** Texts by name; they are files on the host while the call lasts. */
  texts?: { [K in InputOf<V>]?: string | SharedText | undefined } | undefined;
  /** Bytes for the verb, such as the wire tar. */
  data?: AsyncIterable<Uint8Array> | undefined;
  /** Output of the verb's child processes, as it arrives. */
  onOutput?: ((bytes: Buffer) => void) | undefined;
  /** Frames of data by their name, as they arrive. If it throws, the connection is ended. */
  onData?: ((name: string, bytes: Buffer) => void) | undefined;
  /** Limits of the reply; left out: those of the connection. */
  limits?: Partial<Limits> | undefined;
  /** The last call: the program ends with its reply, and closing the connection need not ask it to. */
  last?: boolean | undefined;
}

export interface Limits {
  /** Bytes of all frames but those of `onOutput` and signs of life; 512 of each frame besides its body. */
  bytes: number;
  /** Seconds in which no bytes are received or sent. */
  silence: number;
  /** Seconds until the reply. */
  time: number;
}

/** The reply to a verb. Only keys and texts of its row in replies.ts can be read. */
export interface Reply<V extends Verb = Verb> {
  /** The value of a key; the first one if there are many. */
  value(key: OneOf<V> | ManyOf<V>): string | undefined;
  /** All values of a key, in the host's order. */
  all(key: ManyOf<V>): readonly string[];
  readonly texts: ReadonlyMap<TextOf<V>, string>;
}

/** What a host sent as the reply to a verb. @param values all values by key @param texts by name */
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
