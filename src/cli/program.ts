// The command with all its verbs, not yet parsed: src/cli/main.ts runs it, scripts/docs.ts writes its reference.
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { register as adopt } from "./adopt.ts";
import { register as buildEnv } from "./build-env.ts";
import { register as bundle } from "./bundle.ts";
import { register as compatible } from "./compatible.ts";
import { globalOptions } from "./context.ts";
import { register as converge } from "./converge.ts";
import { register as deploy } from "./deploy.ts";
import { register as history } from "./history.ts";
import { register as host } from "./host.ts";
import { register as init } from "./init.ts";
import { register as inspect } from "./inspect.ts";
import { callOf, refuseEmpty, refuseRenamed, renamedOptions } from "./invocation.ts";
import { register as lock } from "./lock.ts";
import { answers } from "./output.ts";
import { register as rollback } from "./rollback.ts";
import { register as run } from "./run.ts";
import { register as status } from "./status.ts";

/** Builds `tarlift`: each verb is a file of this directory that registers itself. */
export function buildProgram(): Command {
  const program = new Command("tarlift")
    .description(
      "Turns a commit into one artifact and puts it on your own servers: atomic swap, health check, rollback, as one transaction.",
    )
    .showHelpAfterError("(tarlift --help lists what it can do)")
    // The caller decides how to exit: src/cli/main.ts.
    .exitOverride()
    // `--version` belongs to the program, before the verb.
    .enablePositionalOptions();
  program.version(manifest.version, "--version", "print the version of Tarlift");
  for (const [heading, verbs] of GROUPS) {
    program.commandsGroup(heading);
    for (const register of verbs) register(program);
  }
  for (const command of [program, ...verbsOf(program)]) globalOptions(command);
  for (const verb of verbsOf(program)) renamedOptions(verb);
  for (const [verb, examples] of Object.entries(EXAMPLES))
    (verb === "" ? program : program.commands.find((command) => command.name() === verb))?.addHelpText(
      "after",
      `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`,
    );
  program.hook("preAction", (_program, verb) => {
    refuseRenamed(verb);
    refuseEmpty(verb);
    answers(callOf(verb));
  });
  return program;
}

/** All verbs, including groups (`host`). */
const verbsOf = (parent: Command): Command[] => parent.commands.flatMap((command) => [command, ...verbsOf(command)]);

const GROUPS: readonly (readonly [heading: string, register: readonly ((program: Command) => void)[]])[] = [
  ["Begin:", [init, host, adopt]],
  ["Build and deploy:", [buildEnv, bundle, deploy, rollback]],
  ["Look:", [status, history, inspect, compatible]],
  ["Look after:", [converge, lock, run]],
];

/** For verbs that users often type. */
const EXAMPLES: Record<string, readonly string[]> = {
  "": ["tarlift init", "tarlift host setup production --check", "tarlift deploy production"],
  bundle: ["tarlift bundle", "tarlift bundle --label v1.4.0 -o shop.tar"],
  deploy: [
    "tarlift deploy production",
    "tarlift deploy production --dry-run",
    "tarlift deploy production --artifact shop.tar --wait-for-lock 10m",
  ],
  rollback: ["tarlift rollback production", "tarlift rollback production --to v1.3.9"],
  run: ["tarlift run production 'python manage.py check'", "tarlift run production 'df -h .' --all --timeout 30s"],
};
