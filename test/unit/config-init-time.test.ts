// Patterns of `tarlift init` read any text in time: none tries the same characters in many ways.

import { expect, test } from "vitest";
import { cpuTime } from "../support/cpu-time.ts";
import { DJANGO, init } from "../support/initial-config.ts";

const SIZE = 100_000;
const many = (text: string) => text.repeat(Math.ceil(SIZE / text.length));
/** Milliseconds; in many ways it would be minutes, or for ever. */
const SOON = 5000;

function inTime(files: Record<string, string>) {
  const start = cpuTime();
  init(files);
  expect(start()).toBeLessThan(SOON);
}

test("a block of 200 lines that is tried, with another exception", () => {
  const body = Array.from({ length: 200 }, (_, line) => `    x${line} = ${line}\n`).join("");
  const settings = `try:\n${body}except ImportError:\n    pass\n`;
  inTime({ ...DJANGO, "config/settings.py": settings });
  const tried = `try:\n${body}    K = os.environ["K"]\n\n    \nexcept KeyError:\n    pass\n`;
  expect(init({ ...DJANGO, "config/settings.py": tried }).text).not.toContain("the code reads");
});

test.each([
  ["blank lines", many("\n")],
  ["lines of spaces", `try:\n${many("    \n")}x`],
  ["one word", many("a")],
  ["dots of an import", `from ${many(".")}`],
  ["imports without an end", many("from a import (\n")],
  ["classes without an end", many("class A(")],
  ["one class without an end", `class A(${many("BaseSettings ")}`],
  ["a field's long type", `class A(BaseSettings):\n    a: ${many("w")}(\n`],
  ["calls without an end", many("Env(")],
  ["parentheses without an end", `STATIC_ROOT = ${many("(")}`],
  ["a long parameter", `from flask import Flask\ndef create_app(a${many(" ")}b):\n`],
  ["a string without an end", `x = "${many('\\"')}`],
])("Python: %s", (_, code) => {
  inTime({ ...DJANGO, "config/settings.py": code });
  inTime({ "requirements.txt": "", "app.py": code, ".python-version": code });
});

test.each([
  ["options of node that may have a value", `node ${"-r ".repeat(100)}$x`],
  ["spaces", `a${many(" ")}b`],
])("how it is started: %s", (_, start) => {
  const manifest = JSON.stringify({ dependencies: { a: "1" }, scripts: { start } });
  inTime({ "package.json": manifest, "package-lock.json": "", Procfile: `web: ${start}\n` });
});
