// The body of a message: the documented JSON, Slack's, or a template of one's own. Pure.
import { nearest } from "../config/spelling.ts";
import { type Told, VARIABLES, type Variable } from "./event.ts";

/** `json`: every variable, and the hosts as a list. `slack`: what Slack's incoming webhooks take, and those of Mattermost and others. */
export const FORMATS = ["json", "slack"] as const;
export type Format = (typeof FORMATS)[number];

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
  told: Told,
): string {
  if (template !== undefined) return fill(template, variables, inJson);
  if (format === "slack") return fill(SLACK, variables, (value) => inJson(inSlack(shortened(value))));
  const { hosts, ...texts } = variables;
  return JSON.stringify({ ...texts, hosts: told.hosts ?? [] });
}

/** Why a template cannot be used, as it follows the word "expected"; undefined: it gives JSON whatever its variables hold. */
export function templateProblem(template: string): string | undefined {
  for (const [, name = ""] of template.matchAll(PLACE)) {
    if (name in VARIABLES) continue;
    const meant = nearest(name, Object.keys(VARIABLES));
    return `a template whose variables are there: {{${name}}} is none${meant ? `, did you mean {{${meant}}}?` : ""}`;
  }
  const filledWith = (value: string) =>
    fill(template, Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, value])), inJson);
  return isJson(filledWith("")) && isJson(filledWith('a "quoted"\nvalue\\'))
    ? undefined
    : 'a template that is JSON, with its variables inside of strings: {"text": "{{summary}}"}';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const PLACE = /\{\{[#/]?\s*([^{}]*?)\s*\}\}/g;

function fill(template: string, variables: Record<string, string>, escaped: (value: string) => string): string {
  const chosen = template.replace(/\{\{#\s*([\w-]+)\s*\}\}([\s\S]*?)\{\{\/\s*\1\s*\}\}/g, (_all, name, inner) =>
    variables[name] ? inner : "",
  );
  return chosen.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_all, name) => escaped(variables[name] ?? ""));
}

/** A value as it stands inside of a JSON string. */
const inJson = (value: string) => JSON.stringify(value).slice(1, -1);

/** The three characters that mean something to Slack: a release called `<!channel>` wakes nobody. A fence of code would end early. */
const inSlack = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("```", "'''");

const shortened = (value: string) => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
