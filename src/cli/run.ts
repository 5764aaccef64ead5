// `tarlift run`: runs one command in the live release's environment, with its configuration.
import { type Command, Option } from "commander";
import { type RunResult, run } from "../operations/run.ts";
import type { Context } from "../pipeline/context.ts";
import { type FleetOptions, withFleet } from "../pipeline/fleet-request.ts";
import type { Task } from "../progress.ts";
import { type KeptLines, keepLines } from "../subprocess/kept-lines.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";
import { printOutput } from "./output.ts";
import { timeLimitOf } from "./values.ts";

interface Options extends HostOptions {
  role?: string;
  all?: boolean;
  timeout?: number;
}

export function register(program: Command): void {
  const command = hostOptions(program.command("run"))
    .description(
      "run a command in the live release, with its environment and configuration; it has no standard input (it reads an end of file) and no terminal",
    )
    .showHelpAfterError("(the command is one text: tarlift run production 'ls -l media'; tarlift run --help says more)")
    .argument("<command>", "shell text, run by `sh -ec` in the release's directory")
    .option("--role <role>", "on the hosts of this role (default: on the first host)")
    .addOption(new Option("--all", "on every host").conflicts("role"))
    .option(
      "--timeout <time>",
      "how long it may take: 90, 90s, 10m, 1h30m (default: no limit)",
      timeLimitOf("--timeout"),
    );
  hostVerb<Options, RunResult>(command, {
    json: "as JSON: of each host `lines`, the first 16 MiB, and `leftOut`, how many lines came after them",
    work: (here, fleet, options, [text = ""]) => runCommand(here, fleet, options, text),
    print() {},
    errors: ({ hosts }) => hosts.flatMap(({ error }) => error ?? []),
    exitCode: ({ ok }) => (ok ? 0 : 1),
  });
}

/** Prints the output while the command runs; for `--json` it is in the result. */
async function runCommand(
  here: Context,
  fleet: FleetOptions,
  { role, all, timeout, json }: Options,
  command: string,
): Promise<RunResult> {
  const said = new Map<string, KeptLines>();
  const on = role ? { role } : all ? "all" : undefined;
  const { hosts, ok } = await withFleet(here, fleet, (request) =>
    run(request, { command, on, timeout }, (host, count) =>
      json ? keeping(host, said) : printing(count > 1 ? `${host}: ` : ""),
    ),
  );
  if (!json) return { hosts, ok };
  const linesOf = ({ name }: { name: string }) => {
    const { lines = [], leftOut = 0 } = said.get(name) ?? {};
    return { lines, ...(leftOut > 0 ? { leftOut } : {}) };
  };
  return { hosts: hosts.map((host) => ({ ...host, ...linesOf(host) })), ok };
}

/** The command's own output is the result. */
function printing(prefix: string): Task {
  return listening((text) => printOutput(prefix + text));
}

/** Maximum number of characters of one host's output in `--json`. */
const JSON_LIMIT = 16 << 20;

/** For `--json`: one document at the end. */
function keeping(host: string, said: Map<string, KeptLines>): Task {
  const lines = keepLines(JSON_LIMIT);
  said.set(host, lines);
  return listening(lines.add);
}

const listening = (line: (text: string) => void): Task => ({ update() {}, end() {}, fail() {}, line });
