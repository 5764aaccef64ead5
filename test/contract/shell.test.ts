// How the shell programs are written: results of functions, and awk programs.
//
// Functions of the shell share their variables. One that has a result sets the variable of its own name, which says what it is, and only a
// function that calls it reads that: a result that is read far from its call would be that of another call one day.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { textOf } from "../../scripts/shell-text.ts";
import { temporary } from "../support/temporary.ts";

const src = new URL("../../src/", import.meta.url).pathname;
const names = readdirSync(src, { recursive: true, encoding: "utf8" });
const read = (name: string) => readFileSync(join(src, name), "utf8");
const shell = names.filter((name) => name.endsWith(".sh"));
const awk = names.filter((name) => name.endsWith(".awk"));

/** @returns `FUNCTION reads $NAME`, for each result that is read without a call, and each `$line` that is not read there itself */
function strayReads(shell: string): string[] {
  const code = shell.replaceAll(/^\s*#.*$/gm, "");
  const functions = [...code.matchAll(/^([a-z_]+)\(\) (?:[{(]\n([\s\S]*?)^[})]|\{ (.*) \}$)/gm)].map(
    ([, name = "", body, short]) => ({ name, body: body ?? short ?? "" }),
  );
  const reads = (body: string, name: string) => new RegExp(`\\$\\{?${name}\\b`).test(body);
  const sets = (body: string, name: string) => new RegExp(`(?<![\\w$-])${name}=`).test(body);
  const calls = (body: string, name: string) => new RegExp(`(?:^|[\\s;&|({!])${name}(?=[\\s;)]|$)`, "m").test(body);
  const results = functions.filter(({ name, body }) => sets(body, name)).map(({ name }) => name);
  return functions.flatMap(({ name, body }) => [
    ...results
      .filter((result) => result !== name && reads(body, result) && !calls(body, result) && !sets(body, result))
      .map((result) => `${name} reads $${result}`),
    ...(reads(body, "line") && !/\bread (?:-r )?line\b/.test(body) ? [`${name} reads $line`] : []),
  ]);
}

test("a result is read only where its function is called", () => {
  expect(strayReads(shell.map(read).join("\n"))).toEqual([]);
});

test("one that is read elsewhere is found", () => {
  const shell =
    "first() {\n\tfirst=$1\n}\nnear() {\n\tfirst x && echo $first\n}\nfar() {\n\techo ${first:-x} $line\n}\n";
  expect(strayReads(shell)).toEqual(["far reads $first", "far reads $line"]);
});

describe("an awk program", () => {
  /** More lines than this are a file of their own. */
  const MOST = 12;

  test("of many lines is a file of its own", () => {
    const long = shell.flatMap((name) =>
      [...read(name).matchAll(/\bawk\b[^'\n]*'([^']*)'/g)]
        .filter(([, program = ""]) => program.trim().split("\n").length > MOST)
        .map(([, program]) => `${name}: ${program!.trim().split("\n", 1)}`),
    );
    expect(long).toEqual([]);
  });

  test.each(awk)("%s says what it reads and prints", (name) => {
    const [header = ""] = read(name).split("\n\n", 1);
    expect(header).toMatch(/^# [A-Z]/);
    expect(header).toMatch(/^# Reads\b/m);
    expect(header).toMatch(/\b(Prints|Writes|Exits) /);
    expect(read(name).match(/^\t*#.{120,}$/gm) ?? []).toEqual([]);
  });

  test.each(awk)("%s is used by a shell program beside it, and becomes a part of it", (name) => {
    const users = shell.filter(
      (one) => dirname(one) === dirname(name) && read(one).includes(` -f ${name.split("/").at(-1)}`),
    );
    expect(users).not.toEqual([]);
    for (const user of users) expect(textOf(join(src, user))).toContain(`'\n${read(name).trim()}'`);
  });

  test("must not end the word that it becomes", () => {
    const file = join(temporary("awk"), "program.sh");
    writeFileSync(file, "awk -v a=1 -f it.awk FILE\n");
    writeFileSync(join(dirname(file), "it.awk"), "# Reads x.\n{ print }\n");
    expect(textOf(file)).toBe("awk -v a=1 '\n# Reads x.\n{ print }' FILE\n");
    writeFileSync(join(dirname(file), "it.awk"), '{ print "it\'s" }\n');
    expect(() => textOf(file)).toThrow(/single quote/);
  });
});
