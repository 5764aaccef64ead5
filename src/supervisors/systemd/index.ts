// systemd: units of the system, and of the SSH user's own manager.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { shellWord } from "../../text/shell-word.ts";
import { execOf, stopLimit, titleOf, unfitLine } from "../definition.ts";
import type { DefinedService, Supervisor } from "../supervisor.ts";
import definitionShell from "./definition.sh";
import docs from "./docs.md";
import words from "./host-setup.sh";
import shell from "./systemd.sh";

/** The name of one unit: systemctl treats `*`, `?` and `[` as patterns, and a path as a mount. */
const unit = z
  .string()
  .regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/, "the name of one systemd unit: letters, digits and : _ . \\ @ -")
  .max(255)
  .meta({ title: "unit" });

const schema = z.strictObject({
  systemd: describe(unit, "A systemd unit."),
  "user-manager": describe(z.boolean().default(false), "systemd: it is a unit of the SSH user's own manager."),
});

export const systemd: Supervisor<typeof schema> & { key: "systemd" } = {
  key: "systemd",
  title: "systemd",
  docs,
  kinds: ["systemd", "systemd-user"],
  schema,
  request: ({ systemd: unit, "user-manager": own }) => ({ kind: own ? "systemd-user" : "systemd", unit }),
  check: ({ systemd: unit, "user-manager": own }) =>
    own && unit === undefined
      ? [{ path: ["user-manager"], message: "only a systemd unit can belong to the user manager", atKey: true }]
      : [],
  setup: {
    words,
    once: (services, user) => (services.some(isUserUnit) ? [`lingers ${user}`] : []),
    sudo: (service) => (isUserUnit(service) ? [] : sudoLines(service)),
    unfit: (command, service) => (isUserUnit(service) ? undefined : (unfitLine(command) ?? readDifferently(command))),
    define: (services) => services.filter(({ service }) => !isUserUnit(service)).flatMap(unitFile),
  },
  definitionCommand: (text) => unitCommand(text),
  detect: ({ paths }) =>
    paths.flatMap((file) => {
      const name = /([^/]+)\.service$/.exec(file)?.[1];
      return name === undefined ? [] : [{ file, name }];
    }),
  example: (name) => `systemd: ${name}.service`,
  shell,
  definitionShell,
};

/** Units of the user manager need no permission and no file of root's: the user can define them. */
const isUserUnit = ({ kind }: { kind: string }) => kind === "systemd-user";

/**
 * systemd replaces `$NAME` by variables of the unit, and knows none of a release's (systemd.service(5), COMMAND LINES):
 * a shell that the command starts knows them.
 */
const unitCommand = (command: string): string => command.replaceAll("$", () => "$$");

/** Parts that systemd would not read as a part of the command (systemd.service(5)). */
function readDifferently(command: string): string | undefined {
  const plain = command.replaceAll(/\\.|'(\\.|[^'\\])*'|"(\\.|[^"\\])*"/g, "quoted");
  if (/(^|\s);(\s|$)/.test(plain)) return "systemd takes a `;` by itself for the end of the command";
  return /\\$/.test(command) ? "systemd joins a line that ends with `\\` to the next one" : undefined;
}

/** The rules for reading the log may be left out: a failure then shows less. */
function sudoLines({ unit, action }: { unit: string; action: string }): string[] {
  const further = action.startsWith("signal ")
    ? [`kill --kill-who=main -s ${action.slice("signal ".length)}`]
    : action === "reload"
      ? ["reload"]
      : [];
  const verbs = ["restart", "stop", "reset-failed", ...further].map((verb) => `${verb} ${unit}`);
  const commands = [...verbs, ...socketVerbs(unit)].map((verb) => `/usr/bin/systemctl ${verb}`);
  return [...commands, `/usr/bin/journalctl --unit ${unit} --lines 400 --no-pager --output short-unix`];
}

/** A socket fails together with its service after too many crashes, and nothing else opens it again. */
function socketVerbs(unit: string): string[] {
  const name = unit.replace(/\.service$/, "");
  if (/\.(target|socket|path|timer|mount|slice|scope)$/.test(name)) return [];
  return ["reset-failed", "start"].map((verb) => `${verb} ${name}.socket`);
}

/** Suffixes by which systemd recognizes the kind of a unit; it adds `.service` to any other name (systemd.unit(5)). */
const UNIT_KIND = /\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

function unitFile(one: DefinedService): string[] {
  const { unit: name, stopTimeout } = one.service;
  const unit = UNIT_KIND.test(name) ? name : `${name}.service`;
  return [
    "",
    `# ${titleOf(one)}`,
    `definition ${shellWord(`/etc/systemd/system/${unit}`)} systemd ${shellWord(unit)} <<'UNIT'`,
    "[Unit]",
    `Description=${one.app} ${one.service.name}`,
    "After=network.target",
    // A crashed service is restarted without limit, and no release uses up the starts of the next one.
    "StartLimitIntervalSec=0",
    "[Service]",
    `User=${one.user}`,
    `WorkingDirectory=${one.root}/current`,
    `ExecStart=${unitCommand(execOf(one, ".venv/bin/python manage.py work"))}`,
    "Restart=on-failure",
    "RestartSec=2",
    // The main process ends its workers, as in a manual stop; those that remain at the end are killed.
    "KillMode=mixed",
    ...(stopTimeout === undefined ? [] : [`TimeoutStopSec=${stopLimit(stopTimeout)}`]),
    "[Install]",
    "WantedBy=multi-user.target",
    "UNIT",
  ];
}
