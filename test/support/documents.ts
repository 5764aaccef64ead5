// The pages that people read, in the parts that a program can check.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

export interface Fence {
  /** Page and line, for messages. */
  at: string;
  language: string;
  text: string;
}

/** Paths of all pages that are written by hand, also as a part of a generated one; the rest of the reference comes from the code. */
export function pages(): string[] {
  const below = (directory: string) =>
    existsSync(join(ROOT, directory))
      ? readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".md") && !name.includes("node_modules") && !/^reference\/[^/]+$/.test(name))
          .map((name) => join(directory, name))
      : [];
  const top = readdirSync(ROOT).filter((name) => name.endsWith(".md") && name !== "THIRD_PARTY_NOTICES.md");
  return [...top, ...["docs", "examples", "actions", "bench"].flatMap(below)].sort();
}

export const page = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Fenced blocks of a page, without their indentation. */
export function fences(path: string): Fence[] {
  const found: Fence[] = [];
  const text = page(path);
  for (const match of text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)) {
    const [, indent = "", language = "", inner = ""] = match;
    const line = text.slice(0, match.index).split("\n").length;
    found.push({ at: `${path}:${line}`, language, text: inner.replaceAll(new RegExp(`^${indent}`, "gm"), "") });
  }
  return found;
}

/** A page without its fenced blocks. */
export const prose = (path: string): string => page(path).replaceAll(/^( *)```.*?^ *```$/gms, "");

/** What stands in backquotes in a page's prose. */
export const inlineCode = (path: string): string[] =>
  [...prose(path).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);

/** The simple commands of shell text, each as its words: quotes are taken off, comments, pipes and redirections end a command. */
export function commands(text: string): string[][] {
  const all: string[][] = [];
  for (const line of text.replaceAll("\\\n", " ").split("\n")) {
    let words: string[] = [];
    for (const [token] of line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"|;&<>])+|[|;&<>]+/g)) {
      if (token.startsWith("#")) break;
      if (/^[|;&<>]/.test(token)) {
        all.push(words);
        words = [];
      } else words.push(token.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
    }
    all.push(words);
  }
  return all.filter((words) => words.length > 0);
}
