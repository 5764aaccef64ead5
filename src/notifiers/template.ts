// Templates of messages: JSON with `{{name}}` inside strings, and `{{#name}}…{{/name}}`, which is left out if the
// variable is empty.
import { nearest } from "../schema/spelling.ts";
import { RENAMED_VARIABLES, VARIABLES } from "./vocabulary.ts";

/**
 * Why a template is invalid, as the text after the word "expected"; undefined if it gives JSON for all values of its
 * variables.
 */
export function templateProblem(template: string): string | undefined {
  for (const [, name = ""] of template.matchAll(PLACE)) {
    if (Object.hasOwn(VARIABLES, name)) continue;
    const now = nameNow(name);
    if (now !== undefined) return `a template with names of today: {{${name}}} is now called {{${now}}}`;
    const meant = nearest(name, Object.keys(VARIABLES));
    return `a template whose variables are there: {{${name}}} is none${meant ? `, did you mean {{${meant}}}?` : ""}`;
  }
  const names = Object.keys(VARIABLES);
  const filled = (isFull: (name: string) => boolean) =>
    fill(template, Object.fromEntries(names.map((name) => [name, isFull(name) ? HOSTILE : ""])), inJson);
  // The remaining tag has no partner, or overlaps another section.
  const [left, name] = /\{\{[#/]\s*([\w-]+)\s*\}\}/.exec(filled(() => true)) ?? [];
  if (left !== undefined)
    return `a template in which {{#${name}}} has its {{/${name}}} behind it, and neither stands in another such pair`;
  const found = [...template.matchAll(/\{\{#\s*([\w-]+)/g)].map(([, section]) => togetherWith(section!));
  const sections = [...new Set(found)].filter((section) => !ALWAYS.has(section));
  // Each section may be present without the others.
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

/** A recorded template with the names of today. */
export const upgradeTemplate = (template: string): string =>
  template.replace(
    /(\{\{[#/]?\s*)([\w-]+)(\s*\}\})/g,
    (_all, open, name, close) => open + (nameNow(name) ?? name) + close,
  );

const nameNow = (name: string) => (Object.hasOwn(RENAMED_VARIABLES, name) ? RENAMED_VARIABLES[name] : undefined);

/** Variables that are never empty (message-context.ts). */
const ALWAYS = new Set(["event", "summary", "message", "app", "time"]);
/** Variables of which both are known or neither. */
const togetherWith = (name: string) => (name === "short-commit" ? "commit" : name);

/** All combinations of known sections; if there are many: none, all, each alone and all but each. */
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

/** Replaces all variables by their values. @param escaped escapes a value for the template */
export function fill(template: string, variables: Record<string, string>, escaped: (value: string) => string): string {
  const chosen = template.replace(/\{\{#\s*([\w-]+)\s*\}\}([\s\S]*?)\{\{\/\s*\1\s*\}\}/g, (_all, name, inner) =>
    variables[name] ? inner : "",
  );
  return chosen.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_all, name) => escaped(variables[name] ?? ""));
}

/** A value inside a JSON string. */
export const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
