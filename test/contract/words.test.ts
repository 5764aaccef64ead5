// Words that this project used to use where the field has others, or where plain English has shorter ones. None of them comes back: not
// in documents, not in messages, comments and names of the source.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { page, pages, ROOT } from "../support/documents.ts";

interface Retired {
  /** Matched without regard to case, as whole words. */
  words: RegExp;
  /** What to write. */
  instead: string;
  /** Files in which it stays, and why. */
  allowed?: Readonly<Record<string, string>>;
  /** Why the word is good English in the source: only documents are held to it. */
  documentsOnly?: string;
}

const RECORDED = "a word of names or records on hosts' disks, which other versions read too";

const RETIRED: readonly Retired[] = [
  { words: /told|tells?|telling/, instead: "notify, report, say, show; what a variable contains" },
  { words: /(no|some|any)body/, instead: "no user, a person, an administrator" },
  { words: /who(m|ever)|wher(ever)|there(of|by)|whence/, instead: "a person who; where" },
  { words: /a(new)/, instead: "again" },
  {
    words: /seats?/,
    instead: "backend server",
    allowed: { "src/host/calls/delayed-task.sh": RECORDED, "src/balancers/haproxy/auto-restore.sh": RECORDED },
  },
  { words: /(take|takes|taken|took) out/, instead: "drain" },
  { words: /(give|gives|given|gave) back/, instead: "restore" },
  { words: /(take|takes|taken|took) back/, instead: "revert" },
  { words: /(go|goes|going|gone|went) back/, instead: "revert (a deploy), return or roll back (to a release)" },
  { words: /(?<!in)coming release|coming one/, instead: "incoming release" },
  { words: /(lay|lays|laid) (it |them )?out/, instead: "unpack" },
  {
    words: /farm|farms/,
    instead: "link tree",
    allowed: { "src/remote/prepare.sh": RECORDED, "src/remote/drift.sh": RECORDED },
  },
  { words: /rungs?|ladder/, instead: "evidence level" },
  {
    words: /dead man/,
    instead: "auto-revert",
    allowed: { "src/remote/auto-revert.sh": RECORDED, "src/host/calls/delayed-task.sh": RECORDED },
  },
  { words: /survey/, instead: "preflight", allowed: { "bench/README.md": "figures of runs that called it so" } },
  { words: /(?<=, )before it(?= v)/, instead: "previous" },
  { words: /it said:|things it said/, instead: "output" },
  { words: /tries/, instead: "attempts" },
  {
    words: /troubles?/,
    instead: "errors",
    allowed: { "src/notifiers/vocabulary.ts": "the old name of a variable, for the error that names the new one" },
  },
  { words: /(try|tries|tried|trying) (it |them )?out|try-out/, instead: "test, check" },
  { words: /mends?|mended|mending/, instead: "repair, fix" },
  { words: /asks? of hosts/, instead: "host requirements" },
  { words: /lines? of sudo/, instead: "sudoers rule" },
  { words: /dialogues?/, instead: "session" },
  { words: /aliens?/, instead: "foreign, unknown" },
  {
    words: /let it happen|hears? of it|on the strength of|is proved|are proved/,
    instead: "run; contact; because of; passes",
  },
];

/** What docs/concepts.md has to define: the nouns in names of folders, types and verbs. */
const NOUNS: readonly string[] = [
  ...["application", "artifact", "asset step", "cache", "check", "condition", "environment", "environment key"],
  ...["file index", "installer", "label", "layer", "release digest", "requirements", "store", "work directory"],
  ...["backend server", "balancer", "fleet", "host", "leader", "release", "incoming release", "role", "service"],
  ...["shared path", "supervisor", "target"],
  ...["activate", "adopt", "auto-revert", "canary", "commit", "converge", "deploy", "drift", "evidence level"],
  ...["health check", "hook", "journal", "lock", "migration", "notification", "outcome", "phase", "preflight"],
  ...["prepare", "recover", "revert", "rollback", "run", "seal", "transaction", "verify", "wave"],
];

/** Files that a reader meets: pages, generated ones too, and what describes inputs. */
const FILES = [
  ...pages(),
  ...readdirSync(join(ROOT, "docs/reference"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/reference/${name}`),
  "action.yml",
  ...readdirSync(join(ROOT, "actions")).map((name) => `actions/${name}/action.yml`),
  ...readdirSync(join(ROOT, "examples/workflows")).map((name) => `examples/workflows/${name}`),
];

const SOURCES = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|sh|awk)$/.test(name))
  .map((name) => `src/${name}`);

/** The sentences of a file: names and messages in backquotes are quoted, and so are messages that are headings. */
function sentences(path: string): string {
  const text = path === "docs/troubleshooting.md" ? page(path).replaceAll(/^#### .*$/gm, "") : page(path);
  return path.endsWith(".md") ? text.replaceAll(/`[^`\n]*`/g, "``") : text;
}

/** A source with its names as words: `toldOf` and `told_of` are `told Of` and `told of`. */
const namesSplit = (source: string): string => source.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|_/g, " ");

/** @returns the positions and the text of each occurrence, as whole words */
const occurrences = (words: RegExp, text: string): RegExpExecArray[] => [
  ...text.matchAll(new RegExp(`(?<![\\w-])(?:${words.source})(?![\\w-])`, "gi")),
];

/** @returns `path:line: word (instead: …)`, for every retired word */
function retired(path: string, text: string, list: readonly Retired[] = RETIRED): string[] {
  return list
    .filter(({ allowed = {} }) => !(path in allowed))
    .flatMap(({ words, instead }) =>
      occurrences(words, text).map(
        ({ 0: word, index }) => `${path}:${text.slice(0, index).split("\n").length}: ${word} (instead: ${instead})`,
      ),
    );
}

const OF_SOURCES = RETIRED.filter(({ documentsOnly }) => documentsOnly === undefined);
const textOf = (path: string): string => (SOURCES.includes(path) ? namesSplit(page(path)) : sentences(path));

test.each(FILES)("%s has no retired word", (path) => {
  expect(retired(path, sentences(path))).toEqual([]);
});

test.each(SOURCES)("%s has no retired word", (path) => {
  expect(retired(path, namesSplit(page(path)), OF_SOURCES)).toEqual([]);
});

describe("docs/concepts.md", () => {
  const rows = [...page("docs/concepts.md").matchAll(/^\| \*\*([^*]+)\*\* \| ([^|]+) \|/gm)].map(([, word]) => word!);
  const used = [
    ...FILES.filter((path) => path !== "docs/concepts.md").map(page),
    ...SOURCES.filter((path) => path.endsWith(".ts")).map((path) => namesSplit(page(path))),
  ].map((text) => text.toLowerCase());

  test("defines the nouns of code and documents, each once", () => {
    expect(NOUNS.filter((noun) => !rows.includes(noun))).toEqual([]);
    expect(new Set(rows).size).toBe(rows.length);
  });

  test("defines no word that is used nowhere", () => {
    expect(rows.filter((word) => !used.some((text) => text.includes(word.toLowerCase())))).toEqual([]);
  });
});

describe("the check", () => {
  test("finds a word in any case, with its line", () => {
    expect(retired("page.md", "A line.\nThe runner is Told of it.")).toEqual([
      "page.md:2: Told (instead: notify, report, say, show; what a variable contains)",
    ]);
    expect(retired("page.md", `No${"body"}\nlaid it out a${"new"}`).map((found) => found.split(": ")[1])).toHaveLength(
      3,
    );
  });

  test("leaves parts of words and quotations alone", () => {
    expect(retired("page.md", "entries, incoming release, amends, retries")).toEqual([]);
    expect(sentences("docs/fleets.md")).not.toContain("~/.tarlift/");
  });

  test("finds a word in names of the source", () => {
    const source = "const tellAll = toldOf(x); # took_out\nTOLD_ONCE, retold, tellsit";
    expect(retired("a.ts", namesSplit(source), OF_SOURCES).map((found) => found.split(" (")[0])).toEqual([
      "a.ts:1: tell",
      "a.ts:1: told",
      "a.ts:2: TOLD",
      "a.ts:1: took out",
    ]);
  });

  test("allows a word only in files that have it", () => {
    for (const { words, allowed = {} } of RETIRED)
      for (const path of Object.keys(allowed)) expect(occurrences(words, textOf(path)), path).not.toEqual([]);
  });

  test("leaves out only words that the source has", () => {
    const sources = SOURCES.map(textOf).join("\n");
    for (const { words, documentsOnly } of RETIRED)
      if (documentsOnly !== undefined) expect(occurrences(words, sources), words.source).not.toEqual([]);
  });
});
