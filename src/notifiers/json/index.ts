// All variables of a message by name, or a custom template.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import type { Message, Notifier } from "../notifier.ts";
import { fill, inJson, templateProblem } from "../template.ts";
import { VARIABLES } from "../vocabulary.ts";
import { postMessage, webhookKeys, webhookSecrets } from "../webhook.ts";
import docs from "./docs.md";

const schema = z.strictObject({
  format: describe(z.literal("json").optional().default("json"), "How messages are written."),
  ...webhookKeys,
  template: describe(
    z
      .string()
      .superRefine((text, context) => {
        const problem = templateProblem(text);
        if (problem) context.addIssue({ code: "custom", message: problem });
      })
      .optional(),
    `A body of your own: JSON with \`{{name}}\` inside of strings, and \`{{#name}}…{{/name}}\` where the variable is not empty. Variables: ${Object.keys(VARIABLES).join(", ")}.`,
  ),
});

export const json = {
  key: "json",
  title: "JSON",
  docs,
  schema,
  secretNames: webhookSecrets,
  send: (message, config, io) => postMessage(message, jsonBody(message, config.template), config, io),
} as const satisfies Notifier<z.infer<typeof schema>>;

/**
 * @param template JSON with `{{name}}` inside strings; undefined: all variables, and the hosts as a list
 * @returns JSON
 */
export function jsonBody({ variables, context }: Message, template?: string): string {
  if (template !== undefined) return fill(template, variables, inJson);
  const { hosts, ...texts } = variables;
  return JSON.stringify({ ...texts, hosts: context.hosts ?? [] });
}
