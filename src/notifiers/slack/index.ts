// Text for Slack's incoming webhooks, and for those of Mattermost and others.
import { z } from "zod";
import { describe, withForeignKeys } from "../../schema/describe.ts";
import { cutEnd } from "../../text/cut.ts";
import type { Message, Notifier } from "../notifier.ts";
import { fill, inJson } from "../template.ts";
import { postMessage, webhookKeys, webhookSecrets } from "../webhook.ts";
import docs from "./docs.md";

const schema = withForeignKeys(
  z.strictObject({ format: describe(z.literal("slack"), "How messages are written."), ...webhookKeys }),
  { template: ": a template of your own is the whole message, so remove one of the two keys" },
);

export const slack = {
  key: "slack",
  title: "Slack",
  docs,
  schema,
  secretNames: webhookSecrets,
  send: (message, config, io) => postMessage(message, slackBody(message), config, io),
} as const satisfies Notifier<z.infer<typeof schema>>;

/**
 * The part between `{{#name}}` and `{{/name}}` is left out if the variable is empty.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
 * https://docs.slack.dev/messaging/formatting-message-text
 */
const TEMPLATE = `{"text": "*{{summary}}*\\n{{message}}{{#hosts}}\\n{{hosts}}{{/hosts}}{{#error}}\\n\`\`\`{{error}}\`\`\`{{/error}}{{#next}}\\nnext: \`{{next}}\`{{/next}}{{#run-url}}\\n<{{run-url}}|the run>{{/run-url}}"}`;

/** Slack shows 4000 characters of a text, and refuses much longer ones. */
const LONGEST = 3000;

/** @returns JSON */
export function slackBody({ variables }: Message): string {
  return fill(TEMPLATE, variables, (value) => inJson(escaped(cutEnd(value, LONGEST))));
}

/**
 * The three special characters of Slack: a release called `<!channel>` must notify no channel. A code fence would end
 * early.
 */
const escaped = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("```", "'''");
