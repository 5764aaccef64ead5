// What a host needs before its first deploy, as a script for root to read and to run: users, directories, sudoers, services. Its words are
// defined in host-setup.sh; it may be run again, and with `plan` as its argument it only says what it would do. Every value comes
// from tarlift.yml, whose schema admits no quotes or blanks in names; paths are quoted all the same.

import { Failure } from "../failure.ts";
import type { Place } from "../protocol/app-layout.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import { unitCommand } from "../supervisors/systemd/quote.ts";
import { shellWord } from "../text/shell-word.ts";
import words from "./host-setup.sh";

export interface SetupInput {
  /** What messages call the host. */
  host: string;
  /** The SSH user. */
  user: string;
  place: Place;
  services: readonly ServiceRequest[];
  shared: { directories: readonly string[]; files: readonly string[] };
  /** A line of authorized_keys for the SSH user. */
  key?: string | undefined;
  /** What services run, by service: `.venv/bin/gunicorn config.wsgi`. */
  commands?: Record<string, string> | undefined;
  /** It must be able to go back by itself. */
  requireSwitch?: boolean | undefined;
}

/**
 * The script. A service whose command nobody has said has CHANGE in its place, and is left out until it is said.
 *
 * @throws Failure (refused) for a key that is none, and for a command that cannot stand in a supervisor's file
 */
export function setupScript(input: SetupInput): string {
  const { host, user, place, shared } = input;
  const runAs = place.runAs ?? user;
  const others = new Set(
    [runAs, ...input.services.flatMap((service) => service.runAs ?? [])].filter((one) => one !== user),
  );
  const owner = `${user} ${runAs}`;
  const setUp = [
    "# Users: the services' own, and the one that deploys, in its group.",
    ...[...others].map(
      (other) => `user ${other} --system --user-group --home-dir ${shellWord(place.root)} --shell /usr/sbin/nologin`,
    ),
    // No password, and not locked: sshd without PAM takes no key of an account that is (sshd(8), AUTHENTICATION).
    `user ${user} --create-home --user-group --shell /bin/sh --password '*'`,
    ...[...others].map((other) => `member ${user} ${other}`),
    `group_alone ${[runAs, user, ...others].join(" ")}`,
    ...(input.key === undefined ? [] : [`key ${user} ${shellWord(checkedKey(input.key))}`]),
    "",
    "# Directories: releases belong to the user that deploys; what services write is below shared/.",
    `directory ${shellWord(place.root)} ${owner} 755`,
    `directory ${shellWord(`${place.root}/releases`)} ${owner} 755`,
    `directory ${shellWord(`${place.root}/.tarlift`)} ${owner} 750`,
    `directory ${shellWord(place.environmentsRoot)} ${owner} 755`,
    ...["shared", ...shared.directories.map((path) => `shared/${path}`)].map(
      (path) => `shared_directory ${shellWord(place.root)} ${shellWord(path)} ${owner}`,
    ),
    ...shared.files.map((path) => `needs_file ${shellWord(`${place.root}/shared/${path}`)}`),
    ...(input.services.some(({ kind }) => kind === "supervisord") ? ["", "supervisor"] : []),
    ...sudoers(input),
    // Services of the user's own manager, and a dead man's switch where sessions are killed at their end.
    ...(input.requireSwitch || input.services.some(({ kind }) => kind === "systemd-user")
      ? ["", `lingers ${user}`]
      : []),
    ...definitions(input, runAs),
    "",
    "finish",
  ];
  const lines = [
    `# ${place.app} on ${host}: run as root; it may be run again. With the argument \`plan\` it changes nothing and says what it would do.`,
    "#",
    "# All that it does is in set_up, in this order. The functions that set_up uses stand below it.",
    "set -eu",
    "",
    "set_up() {",
    ...setUp,
    "}",
    "",
    withoutHead(words),
    "set_up",
  ];
  return `${lines.join("\n")}\n`;
}

/** The first line is for shellcheck. */
const withoutHead = (text: string): string => text.slice(text.indexOf("\n") + 1);

/** @throws Failure for what is no public key */
function checkedKey(text: string): string {
  const [line = "", ...more] = text.trim().split(/\r?\n/);
  if (more.length === 0 && /^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( [^\0]*)?$/.test(line)) return line;
  const secret = text.includes("PRIVATE KEY");
  throw new Failure({
    what: secret ? "this is a private key, which must not leave your machine" : "this is no public key",
    remedy: "Give the public half, one line that begins with ssh-ed25519 or the like: the file that ends with .pub.",
    outcome: "refused",
  });
}

/**
 * Without -c it reads the supervisord.conf of the directory that its caller is in, and runs the plugins that this names. The script puts
 * the paths of its host in place of these, and of systemctl and journalctl (host-setup.sh, sudo_here).
 */
const SUPERVISORCTL = "/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf";

/**
 * The exact commands that the program on the host runs through sudo (src/remote/services.sh). Those that read a service's log
 * (service-log.sh) may be left out: a failure then says less.
 */
export function sudoLines({ user, place, services }: Pick<SetupInput, "user" | "place" | "services">): string[] {
  if (user === "root") return [];
  const commands = services.flatMap(({ kind, unit, action }) => {
    const signal = action.startsWith("signal ") ? action.slice("signal ".length) : undefined;
    if (kind === "supervisord") {
      const signals = signal ? [`signal ${signal}`] : action === "reload" ? ["signal HUP"] : [];
      const verbs = ["status", "restart", "stop", ...signals].map((verb) => `${SUPERVISORCTL} ${verb} ${unit}`);
      return unit.includes("*") ? verbs : [...verbs, `${SUPERVISORCTL} tail ${unit} stderr`];
    }
    if (kind !== "systemd") return [];
    const further = signal ? [`kill --kill-who=main -s ${signal}`] : action === "reload" ? ["reload"] : [];
    const verbs = ["restart", "stop", "reset-failed", ...further].map((verb) => `${verb} ${unit}`);
    const commands = [...verbs, ...socketVerbs(unit)].map((verb) => `/usr/bin/systemctl ${verb}`);
    return [...commands, `/usr/bin/journalctl --unit ${unit} --lines 400 --no-pager --output short-unix`];
  });
  const others = new Set(
    [place.runAs, ...services.map(({ runAs }) => runAs)].filter((other) => other && other !== user),
  );
  return [
    ...commands.map((command) => `${user} ALL=(root) NOPASSWD: ${escapeSudoers(command)}`),
    // Migrations, hooks and `tarlift run`: anything, but as the services' user and with a release's configuration.
    ...[...others].map(
      (other) => `${user} ALL=(${other}) NOPASSWD: ${escapeSudoers(`${place.root}/releases/`, / /g)}*/.tarlift/exec`,
    ),
  ];
}

/** A socket fails together with its service when that died too often, and nothing else opens it again. */
function socketVerbs(unit: string): string[] {
  const name = unit.replace(/\.service$/, "");
  if (/\.(target|socket|path|timer|mount|slice|scope)$/.test(name)) return [];
  return ["reset-failed", "start"].map((verb) => `${verb} ${name}.socket`);
}

function sudoers(input: SetupInput): string[] {
  const lines = sudoLines(input);
  if (lines.length === 0) return [];
  const { app, target, root } = input.place;
  const file = (...names: string[]) => `/etc/sudoers.d/tarlift-${names.join("-")}`;
  // A `-` within a name is doubled: app `shop-api`, target `production`, is another than app `shop`, target `api-production`.
  const own = file(...[app, target].map((name) => name.replaceAll("-", "--")));
  const older = file(app, target);
  return [
    "",
    "# sudo: these lines and no others.",
    `sudo_lines ${input.user} ${own}${older === own ? "" : ` ${older} ${shellWord(root)}`} <<'SUDOERS'`,
    ...lines,
    "SUDOERS",
  ];
}

/**
 * sudoers(5): `,`, `:`, `=`, `#` and `\` must be escaped in commands, and blanks in their paths; `*` would match anything. What is read so
 * is a pattern (fnmatch), in which a backslash must be escaped once more.
 */
const escapeSudoers = (command: string, more = /(?!)/g): string =>
  command
    .replaceAll("\\", "\\\\")
    .replace(/[,:=#\\*?[\]!^]/g, "\\$&")
    .replace(more, "\\$&");

/** One service with what its definition says besides. */
interface Defined {
  service: ServiceRequest;
  place: Place;
  user: string;
  /** What it runs in the release, relative to it; left out: a person has to say. */
  command: string | undefined;
}

/**
 * What supervisors take for something else than a part of the command. supervisord reads its file as Python's configparser does, with
 * comments behind blanks; systemd joins a line to the next, and ends a command at a `;` of its own (systemd.service(5)).
 */
const UNFIT: {
  kinds: readonly ServiceRequest["kind"][];
  has: RegExp;
  /** What keeps it from meaning that. */
  quotes?: RegExp;
  wanted: string;
}[] = [
  { kinds: ["supervisord", "systemd"], has: /[\n\r%]|^$/, wanted: "one line, without %" },
  {
    kinds: ["supervisord"],
    has: /\s[;#]/,
    wanted: "supervisord takes what follows a blank and `;` or `#` for a comment",
  },
  {
    kinds: ["systemd"],
    has: /(^|\s);(\s|$)/,
    quotes: /\\.|'(\\.|[^'\\])*'|"(\\.|[^"\\])*"/g,
    wanted: "systemd takes a `;` by itself for the end of the command",
  },
  { kinds: ["systemd"], has: /\\$/, wanted: "systemd joins a line that ends with `\\` to the next one" },
];

/**
 * The services' definitions for their supervisors: a file each, and one for a group of supervisord's.
 *
 * @throws Failure for a command that a supervisor would read differently: of several lines, with `%`, …
 */
function definitions({ services, place, commands }: SetupInput, runAs: string): string[] {
  const all = services.map((service): Defined => {
    const command = commands?.[service.name];
    const unfit =
      command === undefined
        ? undefined
        : UNFIT.find(
            ({ kinds, has, quotes }) =>
              kinds.includes(service.kind) && has.test(quotes ? command.replaceAll(quotes, "quoted") : command),
          );
    if (unfit) {
      throw new Failure({
        what: `the command of ${service.name} cannot stand in a supervisor's file: ${unfit.wanted}`,
        remedy: "Put it into a script of the application.",
        outcome: "refused",
      });
    }
    return { service, place, user: service.runAs ?? runAs, command };
  });
  const files = Map.groupBy(
    all.filter(({ service }) => service.kind === "supervisord"),
    ({ service }) => service.unit.replace(/:.*/, ""),
  );
  return [
    ...[...files].flatMap(([name, programs]) => supervisordFile(name, programs)),
    ...all.filter(({ service }) => service.kind === "systemd").flatMap(systemdUnit),
  ];
}

const titleOf = ({ service, command }: Defined): string =>
  `Service ${service.name}.${command === undefined ? " CHANGE the command." : ""}`;

const execOf = ({ place, command }: Defined, example: string): string =>
  `${place.root}/current/.tarlift/exec ${command ?? `CHANGE ${example}`}`;

/**
 * @param name the program, or the group: `shop:*` is the program `shop` with several processes, whose group supervisord makes; `shop:web` is
 *   the program `web` of a group `shop`
 */
function supervisordFile(name: string, programs: readonly Defined[]): string[] {
  const members = programs.flatMap(({ service }) => /^[^:]+:([^*].*)$/.exec(service.unit)?.[1] ?? []);
  return [
    "",
    ...programs.map((one) => `# ${titleOf(one)} supervisord starts what its configuration names.`),
    `definition "$(supervisor_file ${name})" supervisor_reads ${name} <<'PROGRAM'`,
    ...(members.length > 0 ? [`[group:${name}]`, `programs=${members.join(",")}`] : []),
    ...programs.flatMap(programSection),
    "PROGRAM",
  ];
}

function programSection(one: Defined): string[] {
  const [group, member] = one.service.unit.split(":");
  const { stopTimeout } = one.service;
  return [
    `[program:${member === undefined || member === "*" ? group : member}]`,
    `command=${execOf(one, ".venv/bin/gunicorn config.wsgi")}`,
    `directory=${one.place.root}/current`,
    `user=${one.user}`,
    ...(member === "*" ? ["numprocs=2", "process_name=%(program_name)s_%(process_num)02d"] : []),
    "autostart=true",
    "autorestart=true",
    // It gives up after so many starts in vain, each a second later than the one before.
    "startretries=100",
    `stopwaitsecs=${stopTimeout === undefined ? 10 : stopLimit(stopTimeout)}`,
    "killasgroup=true",
  ];
}

/** What systemd takes for the kind of a unit; it adds `.service` to any other name (systemd.unit(5)). */
const UNIT_KIND = /\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

function systemdUnit(one: Defined): string[] {
  const { unit: name, stopTimeout } = one.service;
  const unit = UNIT_KIND.test(name) ? name : `${name}.service`;
  return [
    "",
    `# ${titleOf(one)}`,
    `definition ${shellWord(`/etc/systemd/system/${unit}`)} systemd_reads ${shellWord(unit)} <<'UNIT'`,
    "[Unit]",
    `Description=${one.place.app} ${one.service.name}`,
    "After=network.target",
    // What dies is started again for as long as it takes, and no release uses up the starts of the next one.
    "StartLimitIntervalSec=0",
    "[Service]",
    `User=${one.user}`,
    `WorkingDirectory=${one.place.root}/current`,
    `ExecStart=${unitCommand(execOf(one, ".venv/bin/python manage.py work"))}`,
    "Restart=on-failure",
    "RestartSec=2",
    // The main process ends its workers, as it does by hand; what is left of them at the end is killed.
    "KillMode=mixed",
    ...(stopTimeout === undefined ? [] : [`TimeoutStopSec=${stopLimit(stopTimeout)}`]),
    "[Install]",
    "WantedBy=multi-user.target",
    "UNIT",
  ];
}

/** The supervisor kills later than a deploy gives up, so that nothing is cut within its stop-timeout. In seconds. */
const stopLimit = (stopTimeout: number): number => Math.ceil(stopTimeout) + 15;
