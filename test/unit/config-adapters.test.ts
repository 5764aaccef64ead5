import { describe, expect, test } from "vitest";
import { adapterKinds, adapterReference, adaptersOf } from "../../scripts/docs/adapter-reference.ts";
import { configReference, editorSchema, type JsonSchema } from "../../scripts/docs/config-reference.ts";
import { ConfigFailure, parseConfig } from "../../src/config/load.ts";
import { INSTALLERS } from "../../src/installers/registry.ts";
import { either } from "../../src/schema/spelling.ts";

function problemsOf(text: string): string[] {
  try {
    parseConfig(`app: a\n${text}`);
  } catch (error) {
    if (!(error instanceof ConfigFailure)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("a mapping whose adapter is chosen by a word", () => {
  const words = either(INSTALLERS.map(({ key }) => key));

  test("says which words there are where none is given", () => {
    expect(problemsOf("environments: { one: { use: build } }")).toEqual([
      `environments.one.installer: missing: expected ${words}`,
    ]);
    expect(problemsOf("environments: { one: { installer: [pip] } }")).toEqual([
      `environments.one.installer: expected ${words}, got a list`,
    ]);
    expect(problemsOf("environments: { one: pip }")).toEqual(['environments.one: expected a mapping, got "pip"']);
  });

  test("has its other problems told together with a wrong word", () => {
    expect(problemsOf("environments: { one: { installer: npn, directry: ui, use: runs, groups: [x] } }")).toEqual([
      `environments.one.installer: expected ${words}, got "npn"; did you mean npm?`,
      "environments.one.directry: unknown key; did you mean directory?",
      'environments.one.use: expected runtime or build, got "runs"',
    ]);
  });

  test("takes no key of another adapter, and says so apart from a mistyped one", () => {
    expect(problemsOf("environments: { one: { installer: npm, groups: [x], lnk: y } }")).toEqual([
      "environments.one.groups: groups means nothing to npm",
      "environments.one.lnk: unknown key; known here: installer, use, installer-version, options, pass-env, directory, version-file, inputs",
    ]);
  });
});

describe("the documentation of a mapping whose adapter is chosen by a word", () => {
  /** `path.key` of all mappings of a schema, whatever form they are in. */
  function keysOf(path: string, schema: JsonSchema): string[] {
    const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as JsonSchema[];
    const inner = [schema.items, schema.additionalProperties].filter(
      (one): one is JsonSchema => typeof one === "object" && one !== null && !Array.isArray(one),
    );
    return [
      ...[...forms, ...inner].flatMap((one) => keysOf(path, one)),
      ...Object.entries(schema.properties ?? {}).flatMap(([key, one]) => [
        `${path}.${key}`,
        ...keysOf(`${path}.${key}`, one as JsonSchema),
      ]),
    ];
  }

  test("has every key of the file, here or on the adapter's page", async () => {
    const kinds = await Promise.all(adapterKinds().map(async (kind) => ({ kind, adapters: await adaptersOf(kind) })));
    const pages = kinds.flatMap(({ kind, adapters }) => adapters.map((adapter) => adapterReference(kind, adapter)));
    const rows = [configReference(), ...pages].join("\n").match(/^\| (\*\*)?`[^`]+`/gm) ?? [];
    const there = new Set(rows.map((row) => /`([^`]+)`/.exec(row)![1]));
    const keys = keysOf("", editorSchema());
    expect(keys.length).toBeGreaterThan(150);
    expect(keys.filter((path) => !there.has(path.slice(path.lastIndexOf(".") + 1)))).toEqual([]);
  });

  test("leaves out what only Tarlift reads of a schema", () => {
    expect(JSON.stringify(editorSchema())).not.toMatch(/foreignKeys|"adapters"/);
  });

  test("links from the common keys to the page of each adapter", () => {
    expect(configReference()).toContain(
      "[`pip`](installers/pip.md), [`uv`](installers/uv.md), [`npm`](installers/npm.md)",
    );
  });
});
