// `tarlift host setup`: prints what the hosts of a target need, for their administrators, or sets it up with --apply.
// `--check` reports what is missing on all hosts at once.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { EXIT_CODES, Failure } from "../failure.ts";
import { checkHosts, type HostCheck } from "../operations/host-check.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { type HostSetup, onlyHost, refuseUnknownServices, setUpHosts, setupScripts } from "../pipeline/host-setup.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { errorText } from "../report/outcome-text.ts";
import { visibleLine } from "../text/visible.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./host-options.ts";
import { callOf, checkCommand } from "./invocation.ts";
import { printError, printJson, printLines, printVerbatim, withNextCommands } from "./output.ts";

interface Options extends HostOptions {
  apply?: boolean;
  as?: string;
  authorize?: string;
  check?: boolean;
  command?: Record<string, string>;
  dryRun?: boolean;
  host?: string;
}

export function register(program: Command): void {
  const host = program.command("host").description("prepare hosts for their first deploy");
  hostOptions(host.command("setup"))
    .description("print what each host needs, as a script for root: users, directories, sudoers, services")
    .option("--apply", "run it on the hosts, after showing what it will do; what is there already stays")
    .option("--dry-run", "with --apply: only show it")
    .option("--as <user>", "who logs in for --apply: root, or a user with sudo (default: the target's user)")
    .option("--authorize <file>", "a public key that may log in as the target's user")
    .option("--command <service=command>", "what a service runs in a release (again for each service)", commandOf)
    .option("--host <address>", "only this one of the target's hosts")
    .addOption(
      new Option(
        "--check",
        "look at every host instead and say what is missing, and which definition of a service differs",
      ).conflicts(["apply", "as", "authorize", "dryRun"]),
    )
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      setup(target, command.optsWithGlobals(), command),
    );
}

/** `web=.venv/bin/gunicorn …`, added to the commands before it. */
function commandOf(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0 || text.slice(at + 1).trim() === "") {
    throw new Failure({
      code: "input-invalid",
      what: `\`--command ${text}\` names no service and its command`,
      remedy: "Write --command web='.venv/bin/gunicorn config.wsgi'",
      outcome: "refused",
    });
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1).trim() };
}

async function setup(target: string, options: Options, command: Command): Promise<void> {
  const here = await context(options, stopSignal());
  const fleet = fleetOptions(target, options);
  if (options.check) {
    refuseUnknownServices(here.config, options.command);
    const found = await withFleet(here, fleet, (all) => checkHosts(onlyHost(all, options.host), options.command ?? {}));
    return printCheck(target, found, options.json);
  }
  for (const [name, given] of Object.entries({ "--as": options.as, "--dry-run": options.dryRun }))
    if (given !== undefined && !options.apply)
      throw new Failure({
        code: "input-invalid",
        what: `${name} does nothing without --apply`,
        remedy: "Without --apply the scripts are printed, and no host is asked. Leave it out, or add --apply.",
        outcome: "refused",
      });
  const key =
    options.authorize === undefined ? undefined : publicKey(resolve(options.directory ?? ".", options.authorize));
  const wanted = { ...fleet, key, commands: options.command ?? {}, host: options.host };
  if (!options.apply) {
    const hosts = await setupScripts(here, wanted);
    if (options.json) printJson({ hosts });
    // It has to run as it is, and contains only what tarlift.yml says.
    else
      printVerbatim(
        `${hosts
          .map(({ script }) => script)
          .join("\n")
          .trimEnd()}\n`,
      );
    return;
  }
  const apply = !options.dryRun;
  const shows = options.json ? undefined : (plan: HostSetup) => printLines(planLines(plan, apply).map(visibleLine));
  const report = await setUpHosts(here, { ...wanted, as: options.as, apply, ...(shows ? { shows } : {}) });
  if (options.json) printJson(report);
  else {
    for (const error of report.errors) printError(errorText(withNextCommands(error)));
    printLines(endLines(report.outcome, checkCommand(callOf(command), target, options)));
  }
  if (report.outcome === "failed" || report.outcome === "incomplete") process.exitCode = EXIT_CODES.failed;
}

function publicKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Failure({
      code: "input-invalid",
      what: "there is no such public key",
      where: { file },
      outcome: "refused",
    });
  }
}

/**
 * What will be done on a host, what stays although it differs, and what a person has to do. Correct items are only
 * counted.
 */
function planLines({ name, lines }: HostSetup, apply: boolean): string[] {
  const fine = lines.filter((line) => line.startsWith("= ")).length;
  const rest = lines.filter((line) => !line.startsWith("= "));
  const what = !rest.some((line) => /^[+!] /.test(line))
    ? "nothing to do"
    : apply
      ? "this will be done"
      : "this would be done";
  return [`${name}: ${what}${fine > 0 ? ` (${fine} as they should be)` : ""}`, ...rest.map((line) => `  ${line}`)];
}

/** @param check the next command */
function endLines(outcome: string, check: string): string[] {
  switch (outcome) {
    case "planned":
      return ["nothing was changed"];
    case "done":
      return ["every host has it", `next: ${check}`];
    case "incomplete":
      return ["done, but for what is marked with `!`: that is yours to do"];
    default:
      return ["it did not come to an end on every host; it may be run again"];
  }
}

/** Exit code 1 if anything is missing on any host. */
function printCheck(target: string, found: HostCheck, json: boolean | undefined): void {
  if (json) printJson(found);
  else {
    const shown = withNextCommands(found);
    printLines([...shown.missing.flatMap(checkLines), ...shown.warnings].map(visibleLine));
    if (found.missing.length === 0) printLines([`${target}: every host has what it needs`]);
  }
  if (found.missing.length > 0) process.exitCode = EXIT_CODES.failed;
}

function checkLines({ host, what, remedy }: { host?: string | undefined; what: string; remedy?: string | undefined }) {
  return [
    `${host}: ${what}`,
    ...(remedy ? remedy.split("\n").map((line, n) => `${n === 0 ? "  next: " : "        "}${line}`) : []),
  ];
}
