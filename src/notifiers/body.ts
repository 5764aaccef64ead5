// The body of a message: the documented JSON, Slack's, or a template of one's own. Pure.
import { cutEnd } from "../text/cut.ts";
import type { MessageContext } from "./notifier.ts";
import { fill, inJson } from "./template.ts";
import type { Format, Variable } from "./vocabulary.ts";

/**
 * Slack's template. `{{#name}}…{{/name}}` stands only where the variable is not empty.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://docs.slack.dev/messaging/formatting-message-text
 */
const SLACK = `{"text": "*{{summary}}*\\n{{message}}{{#hosts}}\\n{{hosts}}{{/hosts}}{{#trouble}}\\n\`\`\`{{trouble}}\`\`\`{{/trouble}}{{#next}}\\nnext: \`{{next}}\`{{/next}}{{#run-url}}\\n<{{run-url}}|the run>{{/run-url}}"}`;

/** Slack shows 4000 characters of a text, and refuses much longer ones. */
const LONGEST = 3000;

/**
 * @param template JSON in which `{{name}}` stands inside of strings; undefined: the format's
 * @returns JSON
 */
export function bodyOf(
  { format, template }: { format: Format; template?: string | undefined },
  variables: Record<Variable, string>,
  told: MessageContext,
): string {
  if (template !== undefined) return fill(template, variables, inJson);
  if (format === "slack") return fill(SLACK, variables, (value) => inJson(inSlack(shortened(value))));
  const { hosts, ...texts } = variables;
  return JSON.stringify({ ...texts, hosts: told.hosts ?? [] });
}

/** The three characters that mean something to Slack: a release called `<!channel>` wakes nobody. A fence of code would end early. */
const inSlack = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("```", "'''");

const shortened = (value: string) => cutEnd(value, LONGEST);
