import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { OUTCOME_EXIT } from "../../src/fleet/report.ts";
import { jsonBody } from "../../src/notifiers/json/index.ts";
import type { MessageContext } from "../../src/notifiers/notifier.ts";
import { slackBody } from "../../src/notifiers/slack/index.ts";
import { templateProblem } from "../../src/notifiers/template.ts";
import { DEFAULT_EVENTS, EVENTS, type NotifyEvent, VARIABLES } from "../../src/notifiers/vocabulary.ts";
import { variablesOf } from "../../src/notify/message-context.ts";

const run = { GITHUB_REPOSITORY: "acme/shop", GITHUB_RUN_ID: "77", GITHUB_ACTOR: "ada" };
const context: MessageContext = {
  app: "shop",
  target: "production",
  release: "v2-12345678",
  previousRelease: "v1-87654321",
  label: "v2",
  commit: "c".repeat(40),
  hosts: [
    { name: "app1", live: "v2-12345678" },
    { name: "app2", live: undefined },
  ],
};

const variables = (event: NotifyEvent, more: Partial<MessageContext> = {}) =>
  variablesOf(event, { ...context, ...more }, run, 0);
const body = (
  event: NotifyEvent,
  { format, template }: { format: "json" | "slack"; template?: string },
  more: Partial<MessageContext> = {},
) => {
  const message = { event, context: { ...context, ...more }, variables: variables(event, more) };
  return JSON.parse(format === "slack" ? slackBody(message) : jsonBody(message, template));
};

describe("events", () => {
  test("are the start and every outcome but a plan", () => {
    expect([...EVENTS].sort()).toEqual(
      ["started", ...Object.keys(OUTCOME_EXIT).filter((one) => one !== "planned")].sort(),
    );
    expect(DEFAULT_EVENTS).not.toContain("unchanged");
  });
});

describe("the JSON body", () => {
  test("has every documented variable, and the hosts as a list", () => {
    const { hosts, ...texts } = body("reverted", { format: "json" });
    expect(Object.keys({ ...texts, hosts }).sort()).toEqual(Object.keys(VARIABLES).sort());
    expect(hosts).toEqual([{ name: "app1", live: "v2-12345678" }, { name: "app2" }]);
    expect(texts).toMatchObject({
      event: "reverted",
      outcome: "reverted",
      summary: "shop on production: reverted v2-12345678",
      message: "every host that was touched is back where it was",
      "short-commit": "cccccccccccc",
      "run-url": "https://github.com/acme/shop/actions/runs/77",
      actor: "ada",
      time: "1970-01-01T00:00:00.000Z",
    });
  });

  test("is described by the action's README, variable for variable", () => {
    const readme = readFileSync(new URL("../../actions/notify/README.md", import.meta.url), "utf8");
    for (const [name, meaning] of Object.entries(VARIABLES)) expect(readme).toContain(`| \`${name}\` | ${meaning} |`);
  });

  test("of a start has no outcome", () => {
    expect(body("started", { format: "json" })).toMatchObject({ event: "started", outcome: "" });
  });
});

describe("Slack's body", () => {
  test("is one text, with what is known", () => {
    expect(body("deployed", { format: "slack" }, { hosts: [], next: "tarlift status production" })).toEqual({
      text: [
        "*shop on production: deployed v2-12345678*",
        "it is live",
        "next: `tarlift status production`",
        "<https://github.com/acme/shop/actions/runs/77|the run>",
      ].join("\n"),
    });
  });

  test("cannot be made to mention a person, nor to break out of its frames", () => {
    const { text } = body(
      "split",
      { format: "slack" },
      { label: undefined, release: "<!channel>", error: "``` <@U1>" },
    );
    expect(text).toContain("&lt;!channel&gt;");
    expect(text).toContain("```''' &lt;@U1&gt;```");
  });

  test("is shortened to what Slack takes", () => {
    expect(body("failed", { format: "slack" }, { error: "x".repeat(100_000) }).text.length).toBeLessThan(4000);
  });
});

describe("a template of one's own", () => {
  test("gives JSON whatever its variables hold", () => {
    const message = '"quotes"\\ \n\t\u2028 {{app}} {{#next}}';
    const template =
      '{"title": "{{ app }}: {{event}}", "lines": ["{{message}}"]{{#next}}, "next": "{{next}}"{{/next}}}';
    expect(templateProblem(template)).toBe(undefined);
    expect(body("deployed", { format: "json", template }, { message })).toEqual({
      title: "shop: deployed",
      lines: [message],
    });
    expect(body("deployed", { format: "json", template }, { message, next: "x" })).toMatchObject({ next: "x" });
    const sections = Object.keys(VARIABLES).map((name) => `{{#${name}}}, "${name}": "{{${name}}}"{{/${name}}}`);
    expect(templateProblem(`{"a": 1${sections.join("")}}`)).toBe(undefined);
    // Some are always known, and two of them together.
    expect(templateProblem('{ {{#event}}"e": 1{{/event}}{{#error}}, "t": 1{{/error}} }')).toBe(undefined);
    expect(templateProblem('{ "a": 1{{#commit}}, {{/commit}}{{#short-commit}}"c": 1{{/short-commit}} }')).toBe(
      undefined,
    );
  });

  test.each([
    ['{"text": "{{sumary}}"}', "{{sumary}} is none, did you mean {{summary}}?"],
    ['{"text": "{{$(id)}}"}', "{{$(id)}} is none"],
    ['{"text": {{summary}}}', "inside of strings"],
    ["deployed {{app}}", "inside of strings"],
    ['{"text": "{{toString}}"}', "{{toString}} is none"],
    ['{"text": "x{{#error}}: {{error}}"}', "{{#error}} has its {{/error}} behind it"],
    ['{"text": "x{{/error}}"}', "{{#error}} has its {{/error}} behind it"],
    ['{"text": "{{#error}}x{{#next}}y{{/next}}{{/error}}"}', "{{#next}} has its {{/next}} behind it"],
    ['{"text": "x" {{#error}} "y": 1 {{/error}}}', "inside of strings"],
    [
      '{ {{#error}}"t": "{{error}}"{{/error}}{{#next}}, "n": "{{next}}"{{/next}} }',
      "JSON also where only next of error, next is known",
    ],
    ['{ "a": 1 {{#error}},{{/error}} {{#next}}"n": 1{{/next}} }', "JSON also where only error of error, next is known"],
    // Of many sections each alone is tried, and all but each.
    [
      `{ ${Object.keys(VARIABLES)
        .map((name, n) => `{{#${name}}}${n === 0 ? "" : ","}"${name}": 1{{/${name}}}`)
        .filter((_, n) => n > 0)
        .join("")} }`,
      "a template that is JSON",
    ],
  ])("%s is refused", (template, reason) => {
    expect(templateProblem(template)).toContain(reason);
  });

  test("is judged where it stands in tarlift.yml, like an address that should be a variable's name", () => {
    const config = (notify: string) => () => parseConfig(`app: shop\nnotify:\n  chat: ${notify}\n`, "tarlift.yml");
    expect(config(`{ url-env: CHAT, template: '{"text": "{{nothing}}"}' }`)).toThrow(
      /notify\.chat\.template.*\{\{nothing\}\} is none/s,
    );
    expect(config("{ url-env: https://chat.example.org/secret }")).toThrow(/a variable's name/);
    expect(config("{ url-env: CHAT, events: [deploy] }")).toThrow(/did you mean deployed/i);
  });
});
