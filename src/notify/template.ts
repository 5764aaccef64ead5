// Templates of messages: JSON with `{{name}}` inside of strings, and `{{#name}}…{{/name}}` that stands only where the variable is not empty.
import { nearest } from "../config/spelling.ts";
import { VARIABLES } from "./vocabulary.ts";

/** Why a template cannot be used, as it follows the word "expected"; undefined: it gives JSON whatever its variables hold. */
export function templateProblem(template: string): string | undefined {
  for (const [, name = ""] of template.matchAll(PLACE)) {
    if (Object.hasOwn(VARIABLES, name)) continue;
    const meant = nearest(name, Object.keys(VARIABLES));
    return `a template whose variables are there: {{${name}}} is none${meant ? `, did you mean {{${meant}}}?` : ""}`;
  }
  const filledWith = (value: string) =>
    fill(template, Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, value])), inJson);
  // What is left stands there without its other half, or in another one.
  const [left, name] = /\{\{[#/]\s*([\w-]+)\s*\}\}/.exec(filledWith("x")) ?? [];
  if (left !== undefined)
    return `a template in which {{#${name}}} has its {{/${name}}} behind it, and neither stands in another such pair`;
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

/** Replaces every variable by its value. @param escaped how a value stands where the template has it */
export function fill(template: string, variables: Record<string, string>, escaped: (value: string) => string): string {
  const chosen = template.replace(/\{\{#\s*([\w-]+)\s*\}\}([\s\S]*?)\{\{\/\s*\1\s*\}\}/g, (_all, name, inner) =>
    variables[name] ? inner : "",
  );
  return chosen.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_all, name) => escaped(variables[name] ?? ""));
}

/** A value as it stands inside of a JSON string. */
export const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
