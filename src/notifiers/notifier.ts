// Notifiers: each sends messages about deploys in its own form. They know the words of a message (vocabulary.ts), and how one is posted
// (webhook.ts, post.ts); which messages a moment concerns is decided in src/notify.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";
import type { Post } from "./post.ts";
import type { NotifyEvent, Variable } from "./vocabulary.ts";

/** What is known of a deploy at one moment; everything but app and target may be missing. */
export interface MessageContext {
  app: string;
  target: string;
  release?: string | undefined;
  previousRelease?: string | undefined;
  version?: string | undefined;
  /** 40 hex digits. */
  commit?: string | undefined;
  hosts?: { name: string; live?: string | undefined }[] | undefined;
  /** What went wrong. */
  trouble?: string | undefined;
  next?: string | undefined;
  /** A sentence of one's own instead of the event's. */
  message?: string | undefined;
}

/** One moment of a deploy, ready to be written. */
export interface Message {
  event: NotifyEvent;
  context: MessageContext;
  /** The same as texts, empty where a value is not known. */
  variables: Record<Variable, string>;
}

export interface NotifierIo {
  /** Values of the variables that hold addresses and keys: the environment, and what was given as secrets. */
  values: Readonly<Record<string, string | undefined>>;
  post: Post;
  /** What a notifier keeps from one message of a run to the next, as the id of one that it edits. Empty at first. */
  memory: Map<string, unknown>;
}

/** @typeParam C its entry in `notify:`, as its schema parses it */
export interface Notifier<C = unknown> extends Adapter {
  /** A strict mapping in which `format` is the notifier's key. */
  readonly schema: z.ZodObject;
  /** @returns names of the variables that the entry takes addresses and keys from */
  secretNames(config: C): string[];
  /**
   * @returns undefined: the receiver has the message; else why not, a sentence that quotes the event and has no address and no key
   * @throws never for what a receiver or the network does
   */
  send(message: Message, config: C, io: NotifierIo): Promise<string | undefined>;
}
