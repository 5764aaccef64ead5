// What a reader copies works: every fenced block of every page is judged by what will read it, and what pages refer to is there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { buildProgram } from "../../src/cli/program.ts";
import { parseConfig } from "../../src/config/load.ts";
import { FAILURE_CODES } from "../../src/failure-codes.ts";
import { OUTCOME_EXIT } from "../../src/fleet/report.ts";
import { EVIDENCE_MEANING } from "../../src/report/outcome-text.ts";
import { commands, type Fence, fences, inlineCode, page, pages, prose, ROOT } from "../support/documents.ts";
import { problemsOf } from "../support/workflow-judge.ts";

const all = pages();
const fenced = all.flatMap(fences);
const of = (...languages: string[]) => fenced.filter(({ language }) => languages.includes(language));

describe("every fenced block", () => {
  // A new language needs a judge of its own here. `text` and `json` are what commands print; `ini` and `systemd` are files on hosts.
  // adding-an-adapter.test.ts uses every block of its page.
  test("is in a language that something here judges, or is output", () => {
    const judged = ["sh", "yaml", "text", "json", "ini", "systemd"];
    const others = fenced.filter(({ language }) => !judged.includes(language)).map(({ at }) => at);
    expect(others.filter((at) => !at.startsWith("docs/contributing/adding-an-adapter.md:"))).toEqual([]);
  });

  test.each(of("yaml").map((fence) => [fence.at, fence] as const))(
    "%s is YAML that GitHub or Tarlift takes",
    async (_, fence) => {
      expect(await yamlProblems(fence)).toEqual([]);
    },
  );

  test.each(of("sh").map((fence) => [fence.at, fence] as const))(
    "%s is shell text that names commands as they are",
    async (_, fence) => {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: fence.text, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      const words = commands(fence.text);
      const problems = await Promise.all(
        words.map(async (line) => (await commandProblem(line)) ?? scriptProblem(line)),
      );
      expect(problems.filter(Boolean)).toEqual([]);
    },
  );
});

describe("every page", () => {
  test.each(all)("%s leads to files and headings that are there", (path) => {
    const targets = [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.filter((target) => !leads(path, target))).toEqual([]);
  });

  test.each(all)("%s names verbs and options of the command as they are", async (path) => {
    const named = inlineCode(path).filter((code) => /^tarlift [a-z]/.test(code));
    const problems = await Promise.all(named.flatMap(commands).map((words) => commandProblem(words, { whole: false })));
    expect(problems.filter(Boolean)).toEqual([]);
  });
});

describe("docs/troubleshooting.md", () => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|sh)$/.test(name) && name !== "failure-codes.ts")
    .map((name) => readFileSync(join(ROOT, "src", name), "utf8"));
  const text = page("docs/troubleshooting.md");
  const messages = [...text.matchAll(/^#### (.+)$/gm)].map(([, heading]) => heading!.replaceAll("`", ""));
  const codes = Object.keys(FAILURE_CODES);

  test("has messages", () => expect(messages.length).toBeGreaterThan(20));

  // `…` stands for what differs from case to case.
  test.each(messages)("%s is what Tarlift says", (message) => {
    const pattern = message.split("…").map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const said = new RegExp(pattern.join(".{0,160}"));
    expect(sources.some((source) => said.test(source))).toBe(true);
  });

  test("has a heading for each code, in the order of the table, and its sentence below", () => {
    expect([...text.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)).toEqual(
      codes.map((code) => `\`${code}\``),
    );
    const below = [...text.matchAll(/^### .+\n\n((?:.+\n)+)/gm)].map(([, paragraph]) =>
      paragraph!.replaceAll("\n", " "),
    );
    expect(Object.values(FAILURE_CODES).filter((sentence, n) => !below[n]?.startsWith(`${sentence} `))).toEqual([]);
  });

  test("each code is one that Tarlift or its program on hosts gives", () => {
    const given = sources.join("\n");
    // In shell, a word after what takes it; in TypeScript, a text.
    const gives = (code: string) =>
      new RegExp(`"${code}"|(fail|finding|service_failed|set --|code) ${code}\\b|task_refusal=${code}\\b`).test(given);
    expect(codes.filter((code) => !gives(code))).toEqual([]);
  });

  test("each code of the program on hosts is one of the table", () => {
    const shell = sources.filter((source) => source.startsWith("# shellcheck shell=sh")).join("\n");
    const given = [
      ...shell.matchAll(/(?<![#\w].*)\b(?:fail|finding|service_failed) ([\w-]+|"\$[^"]+"|\S)|task_refusal=(\S+)/g),
    ];
    const words = given.map(([, word = "", refusal]) => refusal ?? word);
    expect(words.length).toBeGreaterThan(100);
    const passed = ['"$1"', '"$task_refusal"'];
    expect([...new Set(words)].filter((word) => !codes.includes(word) && !passed.includes(word))).toEqual([]);
  });
});

describe("docs/outcomes.md", () => {
  const rows = new Map(
    [...page("docs/outcomes.md").matchAll(/^\| `([\w-]+)` \| ([^|]+) \|/gm)].map(([, name, cell]) => [
      name!,
      cell!.trim(),
    ]),
  );

  test("has every outcome with its exit code", () => {
    expect(Object.fromEntries(Object.keys(OUTCOME_EXIT).map((name) => [name, rows.get(name)]))).toEqual(
      Object.fromEntries(Object.entries(OUTCOME_EXIT).map(([name, code]) => [name, String(code)])),
    );
  });

  test("has every evidence level", () => {
    expect(Object.keys(EVIDENCE_MEANING).filter((name) => !rows.has(name))).toEqual([]);
  });
});

describe("the judges are awake to", () => {
  test.each([
    ["an option that is not there", ["tarlift", "deploy", "production", "--force"]],
    ["a verb that is not there", ["tarlift", "ship", "production"]],
    ["an argument that is missing", ["tarlift", "deploy"]],
  ])("%s", async (_, words) => {
    expect(await commandProblem(words)).toBeTruthy();
  });

  test("a key that tarlift.yml does not have", async () => {
    expect(
      await yamlProblems({ at: "page.md:1", language: "yaml", text: "services:\n  web: { system: web }\n" }),
    ).not.toEqual([]);
  });

  test("an input that an action does not have", async () => {
    const text = "- uses: acme/tarlift/actions/bundle@v1\n  with: { speed: high }\n";
    expect(await yamlProblems({ at: "page.md:1", language: "yaml", text })).not.toEqual([]);
  });
});

/** A whole workflow, a job's steps, a whole tarlift.yml, or some of its keys: everything that pages show. */
async function yamlProblems({ at, text }: Fence): Promise<string[]> {
  const content = parse(text);
  if (Array.isArray(content)) return problemsOf(".github/workflows/page.yml", workflowOf({ steps: content }));
  if ("on" in content) return problemsOf(".github/workflows/page.yml", text);
  if ("jobs" in content) return problemsOf(".github/workflows/page.yml", stringify({ on: "push", ...content }));
  try {
    parseConfig(stringify({ ...REST, ...content }));
    return [];
  } catch (error) {
    return [`${at}: ${(error as Error).message}`];
  }
}

/** What a page's keys of tarlift.yml refer to without showing it. */
const REST = {
  app: "page",
  migrations: { pending: "true", apply: "true" },
  targets: { production: { hosts: ["app1.example.org"] } },
};

const workflowOf = (job: object) => stringify({ on: "push", jobs: { page: { "runs-on": "ubuntu-24.04", ...job } } });

/** What commander calls it when a text names a verb without all that it needs. */
const LEFT_OUT = ["commander.missingArgument", "commander.missingMandatoryOptionValue", "commander.help"];

/**
 * What commander says about a command line of Tarlift's, or nothing.
 *
 * @param options.whole false: its arguments may be left out, as in `tarlift deploy`
 */
async function commandProblem(words: string[], { whole = true } = {}): Promise<string | undefined> {
  const at = words.indexOf("tarlift");
  // `NAME=value tarlift …` is one too; `cd tarlift` is not.
  if (at < 0 || !words.slice(0, at).every((word) => /^\w+=/.test(word))) return undefined;
  const program = silenced(buildProgram());
  let said = "";
  program.configureOutput({ writeErr: (text) => (said += text), writeOut: () => {} });
  try {
    await program.parseAsync(words.slice(at + 1), { from: "user" });
    return undefined;
  } catch (error) {
    const { code, exitCode } = error as { code?: string; exitCode?: number };
    if (exitCode === 0 || (!whole && LEFT_OUT.includes(code ?? ""))) return undefined;
    return `${words.join(" ")}: ${said || error}`;
  }
}

/** Parses and does nothing. */
function silenced(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  if (command.registeredArguments.length > 0 || command.commands.length === 0) command.action(() => {});
  for (const inner of command.commands) silenced(inner);
  return command;
}

function scriptProblem(words: string[]): string | undefined {
  const name = words[0] === "npm" && words[1] === "run" ? words[2] : undefined;
  if (name === undefined) return undefined;
  const { scripts } = JSON.parse(page("package.json"));
  return name in scripts || ["build:server", "build:web"].includes(name) ? undefined : `no script ${name}`;
}

function leads(from: string, target: string): boolean {
  const [path, anchor] = target.split("#");
  const file = path ? join(dirname(from), path) : from;
  if (!existsSync(join(ROOT, file))) return false;
  if (!anchor) return true;
  const headings = [...page(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
  return headings.includes(anchor);
}
