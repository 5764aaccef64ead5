// Both sides of the protocol say what its tables say: the program on hosts, function by function, and what asks it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { REFUSAL, REPLIES, strangeParts } from "../../src/protocol/replies.ts";
import { EVERY_REQUEST, REQUESTS } from "../../src/protocol/requests.ts";
import type { Verb } from "../../src/protocol/verbs.ts";

const src = new URL("../../src/", import.meta.url).pathname;
const files = readdirSync(src, { recursive: true, encoding: "utf8" });
const read = (name: string) => readFileSync(join(src, name), "utf8");

/** Scripts of their own, which no verb calls. */
const APART = /^(bundle|operations)\/|host-setup\.sh$/;
const shell = files.filter((name) => name.endsWith(".sh") && !APART.test(name)).map(read);
const code = shell.join("\n").replaceAll(/^\t*#.*$/gm, "");
const typescript = files
  .filter((name) => /^(host|host-requirements|session|balancers|transfers)\/.*\.ts$/.test(name))
  .map(read)
  .join("\n");

/** Functions of the program by name; one of several files has the text of all. */
const functions = new Map<string, string>();
for (const [, name = "", body = ""] of code.matchAll(/^([a-z_]+)\(\) [{(]\n([\s\S]*?)^[})]/gm))
  functions.set(name, `${functions.get(name) ?? ""}${body}`);

/** What a function may call. `service_do WORD` calls the function of that name of any supervisor, `"http_$client"` that of any client. */
const called = (body: string): string[] => [
  ...(body.match(/[a-z_]+/g) ?? []),
  ...[...body.matchAll(/service_do ([a-z_]+)/g)].flatMap(([, word]) =>
    [...functions.keys()].filter((name) => name.endsWith(`_${word}`)),
  ),
  ...[...body.matchAll(/\b([a-z]+_)"?\$/g)].flatMap(([, start]) =>
    [...functions.keys()].filter((name) => name.startsWith(start!)),
  ),
];

/** The text of a verb with all that it may call, and of `main`, which every call passes. */
function reached(verb: string): string {
  const seen = new Set([`verb_${verb}`, "main_session", "main_verb", "main_run", "main_end"]);
  for (const name of seen)
    for (const word of called(functions.get(name) ?? "")) if (functions.has(word)) seen.add(word);
  return [...seen].map((name) => functions.get(name)).join("\n");
}

const verbs = Object.keys(REPLIES) as Verb[];
const reachedBy = new Map(verbs.map((verb) => [verb, reached(verb)]));

/** Names of texts as the tables have them: `log-*` for `"log-$s_name"`. */
const named = (word: string) => word.replaceAll('"', "").replace(/\$.*$/, "*");
const keysReplied = (text: string) => [
  ...[...text.matchAll(/(?<![\w-])reply ("?[\w$]+"?)/g)].map(([, key]) => key!),
  ...(/(?<![\w-])finding /.test(text) ? ["finding"] : []),
];
const textsReplied = (text: string) =>
  [...text.matchAll(/\breply_text ("[^"]+"|\S+)/g)].map(([, word]) => named(word!));

describe("replies", () => {
  test("the program is read whole", () => {
    expect(verbs.filter((verb) => !functions.has(`verb_${verb}`))).toEqual([]);
    expect(functions.size).toBeGreaterThan(250);
  });

  test.each(verbs)("of %s have nothing that its functions do not say", (verb) => {
    const text = reachedBy.get(verb)!;
    const [keys, texts] = [keysReplied(text), textsReplied(text)];
    expect(Object.keys(REPLIES[verb].values).filter((key) => !keys.includes(key))).toEqual([]);
    expect(REPLIES[verb].texts.filter((name) => !texts.includes(name))).toEqual([]);
  });

  test("every key and text that the program says is in the row of a verb that reaches it", () => {
    const strange = [...functions].flatMap(([name, body]) => {
      const rows = verbs.filter((verb) => reachedBy.get(verb)!.includes(body)).map((verb) => REPLIES[verb]);
      const missing = (kind: string, words: string[], has: (row: (typeof rows)[number], word: string) => boolean) =>
        words.filter((word) => !rows.some((row) => has(row, word))).map((word) => `${name}: ${kind} ${word}`);
      return [
        ...missing("key", keysReplied(body), (row, key) => key in row.values),
        ...missing("text", textsReplied(body), (row, text) => [...row.texts, ...REFUSAL.texts].includes(text as never)),
      ];
    });
    // Frames pass on what they are given.
    expect(strange.filter((one) => !/^reply_text: |^fail: /.test(one))).toEqual([]);
  });

  test("every key and text is read", () => {
    const unread = verbs.flatMap((verb) => {
      const { values, texts } = REPLIES[verb];
      const keys = [...Object.keys(values), ...texts].filter((key) => !typescript.includes(`"${key}"`));
      return keys
        .filter((key) => !(key.endsWith("*") && typescript.includes(key.replace("*", ""))))
        .map((key) => `${verb}: ${key}`);
    });
    expect(unread).toEqual([]);
  });

  test("a key or text that a row lacks is found", () => {
    expect(strangeParts(REPLIES.observe, ["service", "shell"], ["log-web", "plan"])).toEqual([
      "key shell",
      "text plan",
    ]);
  });
});

describe("requests", () => {
  const variables = (text: string) => [...text.matchAll(/\bv_([a-z_]+)/g)].map(([, key]) => key!);

  test.each(verbs)("%s is told nothing that its functions do not read", (verb) => {
    const text = reachedBy.get(verb)!;
    const values: readonly string[] = REQUESTS[verb].values;
    const known = [...variables(text), ...[...text.matchAll(/\bvalue "?([a-z]+)/g)].map(([, key]) => key!)];
    expect(values.filter((key) => !known.includes(key.replace(/\.\*$/, "")))).toEqual([]);
    expect(REQUESTS[verb].texts.filter((name) => !text.includes(`request/${name.replace("*", "")}`))).toEqual([]);
  });

  test("every variable of a request that the program reads is in the tables", () => {
    const keys: readonly string[] = [...EVERY_REQUEST, ...verbs.flatMap((verb) => REQUESTS[verb].values)];
    expect([...new Set(variables(code))].filter((key) => !keys.includes(key))).toEqual([]);
  });
});
