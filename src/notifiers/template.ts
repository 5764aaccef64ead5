// Templates of messages: JSON with `{{name}}` inside of strings, and `{{#name}}…{{/name}}` that stands only where the variable is not empty.
import { nearest } from "../schema/spelling.ts";
import { VARIABLES } from "./vocabulary.ts";

/** Why a template cannot be used, as it follows the word "expected"; undefined: it gives JSON whatever its variables hold. */
export function templateProblem(template: string): string | undefined {
  for (const [, name = ""] of template.matchAll(PLACE)) {
    if (Object.hasOwn(VARIABLES, name)) continue;
    const meant = nearest(name, Object.keys(VARIABLES));
    return `a template whose variables are there: {{${name}}} is none${meant ? `, did you mean {{${meant}}}?` : ""}`;
  }
  const names = Object.keys(VARIABLES);
  const filled = (isFull: (name: string) => boolean) =>
    fill(template, Object.fromEntries(names.map((name) => [name, isFull(name) ? HOSTILE : ""])), inJson);
  // What is left stands there without its other half, or in another one.
  const [left, name] = /\{\{[#/]\s*([\w-]+)\s*\}\}/.exec(filled(() => true)) ?? [];
  if (left !== undefined)
    return `a template in which {{#${name}}} has its {{/${name}}} behind it, and neither stands in another such pair`;
  const found = [...template.matchAll(/\{\{#\s*([\w-]+)/g)].map(([, section]) => togetherWith(section!));
  const sections = [...new Set(found)].filter((section) => !ALWAYS.has(section));
  // Each of them may be there without the others.
  for (const which of combinations(sections)) {
    const isThere = (one: string) => ALWAYS.has(one) || which.includes(togetherWith(one));
    const isFull = (one: string) => isThere(one) || !sections.includes(togetherWith(one));
    if (isJson(filled(isFull)) && isJson(filled(isThere))) continue;
    const some = which.length > 0 ? `only ${which.join(" and ")}` : "none";
    const when = which.length < sections.length ? ` also where ${some} of ${sections.join(", ")} is known` : "";
    return `a template that is JSON${when}, with its variables inside of strings: {"text": "{{summary}}"}`;
  }
  return undefined;
}

/** Variables that are never empty (event.ts). */
const ALWAYS = new Set(["event", "summary", "message", "app", "time"]);
/** Two that are known or unknown together. */
const togetherWith = (name: string) => (name === "short-commit" ? "commit" : name);

/** All that can be known of some sections; of many of them: none, all, each alone and all but each. */
function combinations(sections: readonly string[]): string[][] {
  if (sections.length > MOST_SECTIONS)
    return [[], [...sections], ...sections.flatMap((one) => [[one], sections.filter((other) => other !== one)])];
  return Array.from({ length: 2 ** sections.length }, (_, there) =>
    sections.filter((_section, n) => (there >> n) % 2 === 1),
  );
}

const MOST_SECTIONS = 8;
const HOSTILE = 'a "quoted"\nvalue\\';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const PLACE = /\{\{[#/]?\s*([^{}]*?)\s*\}\}/g;

/** Replaces every variable by its value. @param escaped how a value stands where the template has it */
export function fill(template: string, variables: Record<string, string>, escaped: (value: string) => string): string {
  const chosen = template.replace(/\{\{#\s*([\w-]+)\s*\}\}([\s\S]*?)\{\{\/\s*\1\s*\}\}/g, (_all, name, inner) =>
    variables[name] ? inner : "",
  );
  return chosen.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_all, name) => escaped(variables[name] ?? ""));
}

/** A value as it stands inside of a JSON string. */
export const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
