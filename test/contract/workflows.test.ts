// Workflows and action.yml files as GitHub's own language service judges them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { registerLogger, validate } from "@actions/languageservice";
import { describe, expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";

const root = new URL("../..", import.meta.url).pathname;

// The service logs exceptions and goes on as if nothing had been found.
const fail = (message: unknown) => {
  throw new Error(String(message));
};
registerLogger({ error: fail, warn: fail, info() {}, log() {} });

let documents = 0;

/** `line: message` of everything that is wrong. Each text gets an address of its own, for the service caches by it. */
async function problemsOf(path: string, text: string): Promise<string[]> {
  const document = TextDocument.create(`file:///${documents++}/${path}`, "yaml", 1, text);
  const found = await validate(document, {});
  return found.map(({ message, range }) => `${path}:${range.start.line + 1}: ${message}`);
}

function list(directory: string, wanted: RegExp): string[] {
  if (!existsSync(join(root, directory))) return [];
  const names = readdirSync(join(root, directory), { recursive: true, encoding: "utf8" });
  return names.filter((name) => wanted.test(name)).map((name) => join(directory, name));
}

const files = [...list(".github/workflows", /\.ya?ml$/), ...list("actions", /\/action\.ya?ml$/), "action.yml"].filter(
  (path) => existsSync(join(root, path)),
);

describe("workflows and actions", () => {
  test.each(files)("%s is valid", async (path) => {
    expect(await problemsOf(path, readFileSync(join(root, path), "utf8"))).toEqual([]);
  });

  test("the judge is awake", async () => {
    const text = readFileSync(join(root, ".github/workflows/ci.yml"), "utf8");
    expect(await problemsOf(".github/workflows/ci.yml", text.replace("runs-on:", "runs_on:"))).not.toEqual([]);
  });
});
