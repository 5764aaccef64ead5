// What notifiers that post JSON to an address have in common: their keys in tarlift.yml, and one signed delivery.
import { z } from "zod";
import { describe } from "../schema/describe.ts";
import { name, timeLimit, variableName } from "../schema/values.ts";
import type { Message, NotifierIo } from "./notifier.ts";
import { deliver } from "./post.ts";
import { DEFAULT_EVENTS, EVENTS } from "./vocabulary.ts";

/** Keys of all notifiers: they select the messages to send. */
export const selectionKeys = {
  events: describe(
    z.array(z.enum(EVENTS)).min(1).optional(),
    `Events that are sent. Default: ${DEFAULT_EVENTS.map((event) => `\`${event}\``).join(", ")}.`,
  ),
  targets: describe(z.array(name).min(1).optional(), "Targets whose deploys and rollbacks are reported. Default: all."),
};

/** Keys of notifiers that post to an address. */
export const webhookKeys = {
  "url-env": describe(
    variableName,
    "The environment variable, or the secret given as NAME=VALUE, that holds the webhook's address: addresses are secrets.",
  ),
  "secret-env": describe(
    variableName.optional(),
    "Another one, which holds the key that signs messages: header `Tarlift-Signature: v1=<HMAC-SHA256 of timestamp, a dot and the body>`.",
  ),
  ...selectionKeys,
  timeout: describe(timeLimit.prefault(10), "How long one try may take."),
  retries: describe(
    z.number().int().min(0).max(5).default(2),
    "How often it is tried again on 429, 5xx and no answer.",
  ),
};

/** The parsed form of {@link webhookKeys}. */
export type WebhookConfig = z.infer<z.ZodObject<typeof webhookKeys>>;

/** @returns names of the variables with the address and the key */
export const webhookSecrets = (config: WebhookConfig): string[] => [
  config["url-env"],
  ...(config["secret-env"] === undefined ? [] : [config["secret-env"]]),
];

/**
 * Posts one message, signed if the entry names a key.
 *
 * @param body JSON
 * @returns undefined if the receiver accepted it, otherwise the reason: a sentence without address and key
 */
export async function postMessage(
  { event }: Message,
  body: string,
  config: WebhookConfig,
  { values, post }: NotifierIo,
): Promise<string | undefined> {
  const [urlName, keyName] = webhookSecrets(config);
  const url = values[urlName as string];
  const secret = keyName === undefined ? undefined : values[keyName];
  if (!url) return `${urlName} is not set: the message "${event}" went nowhere`;
  if (keyName !== undefined && !secret) return `${keyName} is not set: the message "${event}" is not sent unsigned`;
  const { timeout, retries } = config;
  const problem = await deliver({ url, event, body, secret, timeout, retries }, post);
  return problem && `the message "${event}" was not delivered: ${problem}`;
}
