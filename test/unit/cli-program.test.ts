// The command as it is typed: what its words and options mean, and what is refused before anything is done.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { secretsIn } from "../../src/cli/secrets-file.ts";
import { Failure } from "../../src/failure.ts";
import { parseDuration } from "../../src/schema/duration.ts";
import { sh } from "../support/needs.ts";
import { repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

afterEach(() => vi.restoreAllMocks());

/** The options of a call as its verb sees them; the verb itself does nothing. */
async function optionsOf(...words: string[]): Promise<Record<string, unknown>> {
  const program = buildProgram();
  const verb = program.commands.find((command) => words.includes(command.name()))!;
  let seen: Record<string, unknown> = {};
  verb.action(() => {
    seen = verb.optsWithGlobals();
  });
  await program.parseAsync(words, { from: "user" });
  return seen;
}

const refusal = async (...words: string[]): Promise<Failure> => {
  const error = await optionsOf(...words).catch((reason) => reason);
  expect(error).toBeInstanceOf(Failure);
  return error;
};

describe("case 38: a time is written the same way everywhere", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["10m", 600],
    ["1h30m", 5400],
    ["1h 30m 5s", 5405],
    ["1.5m", 90],
    ["2 h", 7200],
    ["0", 0],
  ])("%s is %i s", async (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(await optionsOf("deploy", "prod", "--wait-for-lock", text)).toMatchObject({ waitForLock: seconds });
    if (seconds > 0)
      expect(await optionsOf("run", "prod", "true", "--timeout", text)).toMatchObject({ timeout: seconds });
  });

  it.each([
    "",
    " ",
    "NaN",
    "-5",
    "1e9",
    "1e3",
    "soon",
    "10x",
    "30m1h",
    "1h30",
    "m",
    "Infinity",
    "0x10",
    "8888888",
    "169h",
  ])("%j is none, on every verb that waits, and the accepted forms are named", async (text) => {
    for (const verb of ["deploy", "rollback", "converge", "adopt"]) {
      const failure = await refusal(verb, "prod", "--wait-for-lock", text);
      expect(failure.what).toMatch(/^--wait-for-lock is .*90s, 5m, 1h30m; at most 7 days$/);
      expect(failure.outcome).toBe("refused");
    }
    expect((await refusal("run", "prod", "true", "--timeout", text)).what).toMatch(/^--timeout is .*1h30m/);
  });

  it("a limit of no time at all is refused, and so is a count that is none", async () => {
    expect((await refusal("run", "prod", "true", "--timeout", "0s")).what).toContain("more than 0");
    for (const text of ["0", "-1", "1e2", "2.5", "many", ""])
      expect((await refusal("history", "prod", "--limit", text)).what).toContain("a whole number from 1 to 99999");
    expect(await optionsOf("history", "prod", "-n", "5")).toMatchObject({ limit: 5 });
  });
});

it("run takes one role or all hosts, and no role that is empty", async () => {
  expect(await optionsOf("run", "prod", "true", "--role", "web")).toMatchObject({ role: "web" });
  const error = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await expect(optionsOf("run", "prod", "true", "--role", "web", "--all")).rejects.toMatchObject({
    code: "commander.conflictingOption",
  });
  expect(error.mock.calls.join()).toContain("'--all' cannot be used with option '--role <role>'");
});

it("looks for an interpreter that is a path where -C says", async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const root = repository({
    "tarlift.yml": "app: shop\nenvironments: { python: { installer: pip, interpreter: /usr/bin/python3.11 } }\n",
    "requirements.txt": "",
  });
  const words = ["-C", root, "build-env", "--explain", "--python", "bin/python"];
  await expect(buildProgram().parseAsync(words, { from: "user" })).rejects.toMatchObject({
    output: `${root}/bin/python: does not start`,
  });
});

it("refuses a file of secrets that cannot be read", () => {
  const directory = temporary("secrets");
  expect(() => secretsIn(directory)).toThrow(
    expect.objectContaining({
      what: "the file of secrets cannot be read",
      where: { file: directory },
      outcome: "refused",
    }),
  );
  expect(() => secretsIn(join(directory, "none"))).toThrow(
    expect.objectContaining({ what: "there is no such file of secrets", outcome: "refused" }),
  );
});

it("refuses words and values that are empty, as a variable of the shell gives them that is not set", async () => {
  const calls: [string, ...string[]][] = [
    ["<command>", "run", "prod", ""],
    ["<target>", "status", " "],
    ["<name>", "build-env", "python", ""],
    ["--message", "lock", "prod", "-m", ""],
    ["--to", "rollback", "prod", "--to", ""],
    ["--artifact", "deploy", "prod", "--artifact", ""],
    ["--directory", "-C", "", "deploy", "prod"],
    ["--role", "run", "prod", "true", "--role", ""],
  ];
  for (const [name, ...words] of calls)
    expect(await refusal(...words)).toMatchObject({ what: `${name} is empty`, outcome: "refused" });
  // A commit without a tag has none.
  expect(await optionsOf("bundle", "-C", temporary("untagged"), "--label", "")).toMatchObject({ label: "" });
});

describe("host setup", () => {
  const setup = async (...words: string[]) => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const directory = temporary("setup");
    writeFileSync(
      join(directory, "tarlift.yml"),
      "app: shop\nservices: { web: { systemd: shop-web } }\ntargets: { prod: { hosts: [local] } }\n",
    );
    sh("git", ["init", "-q"], { cwd: directory });
    return buildProgram()
      .parseAsync(["host", "setup", "prod", "-C", directory, ...words], { from: "user" })
      .catch((error) => error);
  };

  it("refuses the command of a service that is not there, also where it only looks", async () => {
    for (const name of ["wbe", "toString"])
      for (const more of [[], ["--check"], ["--apply"]])
        expect(await setup("--command", `${name}=sleep 1`, ...more)).toMatchObject({
          what: `there is no service ${name} in tarlift.yml`,
          remedy: "There are: web.",
        });
  });

  it("refuses options that would do nothing", async () => {
    for (const words of [["--apply"], ["--apply", "--as", "root"], ["--authorize", "key.pub"], ["--dry-run"]])
      expect(await setup("--check", ...words)).toMatchObject({ code: "commander.conflictingOption" });
    expect(await setup("--as", "root")).toMatchObject({ what: "--as does nothing without --apply" });
    expect(await setup("--dry-run")).toMatchObject({ what: "--dry-run does nothing without --apply" });
  });
});

describe("case 43: help", () => {
  it("shows the options of every verb, verbs in groups, and examples that can be read", async () => {
    const program = buildProgram();
    const helpOf = (command = program) => {
      let text = "";
      command.configureOutput({
        writeOut(part) {
          text += part;
        },
      });
      command.outputHelp();
      return text;
    };
    const verbs = program.commands.filter((command) => command.name() !== "help");
    for (const verb of verbs) expect(helpOf(verb)).toMatch(/Global options:\n +-C, --directory/);
    expect(helpOf()).toMatch(/Begin:\n +init[\s\S]*Build and deploy:\n[\s\S]*Look:\n[\s\S]*Look after:\n/);
    const examples = [program, ...verbs].flatMap((command) =>
      (/Examples:\n([\s\S]*)/.exec(helpOf(command))?.[1] ?? "").split("\n").filter(Boolean),
    );
    expect(examples.length).toBeGreaterThan(8);
    for (const example of examples.filter((line) => !line.includes("host setup"))) {
      const words = [...example.trim().matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      expect(words[0]).toBe("tarlift");
      await optionsOf(...words.slice(1));
    }
  });
});

it("case 46: run says that its command has no standard input and no terminal", () => {
  const run = buildProgram().commands.find((command) => command.name() === "run");
  expect(run?.description()).toContain("no standard input (it reads an end of file) and no terminal");
});

describe("case 39: --version", () => {
  it("before a verb is the version of Tarlift", async () => {
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    await expect(buildProgram().parseAsync(["--version"], { from: "user" })).rejects.toMatchObject({ exitCode: 0 });
    expect(written.mock.calls.map(([text]) => text)).toEqual([`${version}\n`]);
  });

  it("after a verb is refused, with the option that gives the release a label", async () => {
    for (const words of [["deploy", "prod"], ["bundle"]]) {
      expect(await optionsOf(...words, "--label", "v1.4.0")).toMatchObject({ label: "v1.4.0" });
      expect(await refusal(...words, "--version", "v1.4.0")).toMatchObject({
        what: "--version is called --label here",
        remedy: "Write --label v1.4.0. `tarlift --version` prints the version of Tarlift.",
        outcome: "refused",
      });
      expect(await refusal(...words, "--version")).toMatchObject({
        remedy: expect.stringMatching(/^Write --label LABEL\./),
      });
    }
  });

  it("is in no help and no reference of a verb", () => {
    const bundle = buildProgram().commands.find((command) => command.name() === "bundle")!;
    expect(bundle.helpInformation()).toContain("--label <label>");
    expect(bundle.helpInformation()).not.toContain("--version");
  });

  it("global options stand before a verb or after it", async () => {
    expect(await optionsOf("-C", "app", "deploy", "prod")).toMatchObject({ directory: "app" });
    expect(await optionsOf("deploy", "prod", "-C", "app")).toMatchObject({ directory: "app" });
  });
});

it("says to a command of several words that it is one text", async () => {
  const said: string[] = [];
  const program = buildProgram();
  const run = program.commands.find((command) => command.name() === "run")!;
  run.configureOutput({ writeErr: (text) => said.push(text) });
  await expect(program.parseAsync(["run", "prod", "ls", "media"], { from: "user" })).rejects.toThrow();
  expect(said.join("")).toMatch(
    /too many arguments[\s\S]*the command is one text: tarlift run production 'ls -l media'/,
  );
});
