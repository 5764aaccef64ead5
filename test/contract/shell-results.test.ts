// Functions of the shell share their variables. One that has a result sets the variable of its own name, which says what it is, and only a
// function that calls it reads that: a result that is read far from its call would be that of another call one day.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = new URL("../../src/", import.meta.url).pathname;
const texts = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".sh"))
  .map((name) => readFileSync(join(src, name), "utf8"));

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
  expect(strayReads(texts.join("\n"))).toEqual([]);
});

test("one that is read elsewhere is found", () => {
  const shell =
    "first() {\n\tfirst=$1\n}\nnear() {\n\tfirst x && echo $first\n}\nfar() {\n\techo ${first:-x} $line\n}\n";
  expect(strayReads(shell)).toEqual(["far reads $first", "far reads $line"]);
});
