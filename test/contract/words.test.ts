// Words that this project used to use where the field has others, or where plain English has shorter ones. None of them comes back.
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
}

const RETIRED: readonly Retired[] = [
  { words: /told|tells?|telling/, instead: "notify, report, say, show; what a variable contains" },
  { words: /(no|some|any)body/, instead: "no user, a person, an administrator" },
  { words: /who(m|ever)|wher(ever)|there(of|by)|whence/, instead: "a person who; where" },
  { words: /a(new)/, instead: "again" },
  { words: /seats?/, instead: "backend server" },
  { words: /(take|takes|taken|took) out/, instead: "drain" },
  { words: /(give|gives|given|gave) back/, instead: "restore" },
  { words: /(take|takes|taken|took) back/, instead: "revert" },
  { words: /(go|goes|going|gone|went) back/, instead: "revert (a deploy), return or roll back (to a release)" },
  { words: /(?<!in)coming release|coming one/, instead: "incoming release" },
  { words: /(lay|lays|laid) (it |them )?out/, instead: "unpack" },
  { words: /farm|farms/, instead: "link tree" },
  { words: /rungs?|ladder/, instead: "evidence level" },
  { words: /dead man/, instead: "auto-revert" },
  { words: /survey/, instead: "preflight", allowed: { "bench/README.md": "figures of runs that called it so" } },
  { words: /(?<=, )before it(?= v)/, instead: "previous" },
  { words: /it said:|things it said/, instead: "output" },
  { words: /tries/, instead: "attempts" },
  { words: /troubles?/, instead: "errors" },
  { words: /(try|tries|tried|trying) (it |them )?out|try-out/, instead: "test, check" },
  { words: /mends?|mended|mending/, instead: "repair, fix" },
  { words: /asks? of hosts/, instead: "host requirements" },
  { words: /lines? of sudo/, instead: "sudoers rule" },
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

/** Files that a reader meets: hand-written pages, and what describes inputs. Generated pages follow the descriptions in src. */
const FILES = [
  ...pages().filter((path) => !path.startsWith("docs/reference/")),
  "action.yml",
  ...readdirSync(join(ROOT, "actions")).map((name) => `actions/${name}/action.yml`),
  ...readdirSync(join(ROOT, "examples/workflows")).map((name) => `examples/workflows/${name}`),
];

/** The sentences of a file: names and messages in backquotes are quoted, and so are messages that are headings. */
function sentences(path: string): string {
  const text = path === "docs/troubleshooting.md" ? page(path).replaceAll(/^#### .*$/gm, "") : page(path);
  return path.endsWith(".md") ? text.replaceAll(/`[^`\n]*`/g, "``") : text;
}

/** @returns `path:line: word (instead: …)`, for every retired word */
function retired(path: string, text: string): string[] {
  return RETIRED.filter(({ allowed = {} }) => !(path in allowed)).flatMap(({ words, instead }) =>
    [...text.matchAll(new RegExp(`(?<![\\w-])(?:${words.source})(?![\\w-])`, "gi"))].map(
      ({ 0: word, index }) => `${path}:${text.slice(0, index).split("\n").length}: ${word} (instead: ${instead})`,
    ),
  );
}

test.each(FILES)("%s has no retired word", (path) => {
  expect(retired(path, sentences(path))).toEqual([]);
});

describe("docs/concepts.md", () => {
  const rows = [...page("docs/concepts.md").matchAll(/^\| \*\*([^*]+)\*\* \| ([^|]+) \|/gm)].map(([, word]) => word!);
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const used = [
    ...FILES.filter((path) => path !== "docs/concepts.md").map(page),
    // `BackendServer` is a backend server.
    ...sources.map((name) => page(`src/${name}`).replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")),
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

  test("allows a word only in files that have it", () => {
    for (const { words, allowed = {} } of RETIRED)
      for (const path of Object.keys(allowed)) expect(page(path)).toMatch(new RegExp(words, "i"));
  });
});
