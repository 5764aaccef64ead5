// Notifiers: each sends messages about deploys in its own format. They know the variables of a message (vocabulary.ts)
// and how one is posted (webhook.ts, post.ts). src/notify decides which messages an event causes.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";
import type { Post } from "./post.ts";
import type { NotifyEvent, Variable } from "./vocabulary.ts";

/** What is known of a deploy when an event occurs. Everything but app and target may be missing. */
export interface MessageContext {
  app: string;
  target: string;
  release?: string | undefined;
  previousRelease?: string | undefined;
  label?: string | undefined;
  /** 40 hex digits. */
  commit?: string | undefined;
  hosts?: { name: string; live?: string | undefined }[] | undefined;
  /** The error. */
  error?: string | undefined;
  next?: string | undefined;
  /** A custom sentence instead of the event's. */
  message?: string | undefined;
}

/** One event of a deploy, ready to send. */
export interface Message {
  event: NotifyEvent;
  context: MessageContext;
  /** The same as texts, empty if a value is unknown. */
  variables: Record<Variable, string>;
}

export interface NotifierIo {
  /** Values of the variables with addresses and keys: from the environment, and from given secrets. */
  values: Readonly<Record<string, string | undefined>>;
  post: Post;
  /** What a notifier keeps between messages of one run, such as the id of a message that it edits. Empty at first. */
  memory: Map<string, unknown>;
}

/** @typeParam C its entry in `notify:`, as its schema parses it */
export interface Notifier<C = unknown> extends Adapter {
  /** A strict mapping in which `format` is the notifier's key. */
  readonly schema: z.ZodObject;
  /** @returns names of the variables with addresses and keys of the entry */
  secretNames(config: C): string[];
  /**
   * @returns undefined if the receiver accepted the message, otherwise the reason: a sentence that quotes the event,
   *   without address and key
   * @throws never because of a receiver or the network
   */
  send(message: Message, config: C, io: NotifierIo): Promise<string | undefined>;
}
