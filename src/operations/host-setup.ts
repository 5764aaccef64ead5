// What a host needs before its first deploy, as a script for root to read and to run: users, directories, sudoers,
// services. Its functions are defined in host-setup.sh; it is idempotent, and with `plan` as its argument it only
// prints what it would do. Every value comes from tarlift.yml, whose schema admits no quotes or blanks in names; paths
// are quoted all the same.

import { Failure } from "../failure.ts";
import type { AppLayout } from "../protocol/app-layout.ts";
import { SUPERVISORS, supervisorOfKind } from "../supervisors/registry.ts";
import type { DefinedService, ServiceRequest, Supervisor, SupervisorSetup } from "../supervisors/supervisor.ts";
import { shellWord } from "../text/shell-word.ts";
import words from "./host-setup.sh";

export interface SetupInput {
  /** The host's name in messages. */
  host: string;
  /** The SSH user. */
  user: string;
  layout: AppLayout;
  services: readonly ServiceRequest[];
  shared: { directories: readonly string[]; files: readonly string[] };
  /** A line of authorized_keys for the SSH user. */
  key?: string | undefined;
  /** Commands by service: `.venv/bin/gunicorn config.wsgi`. */
  commands?: Record<string, string> | undefined;
  /** The host must be able to revert by itself. */
  requireSwitch?: boolean | undefined;
}

/**
 * The script. A service whose command is unknown has CHANGE in its place, and is left out until the command is given.
 *
 * @throws Failure (refused) for an invalid key, and for a command that cannot be written to a supervisor's file
 */
export function setupScript(input: SetupInput): string {
  const { host, user, layout, shared } = input;
  const runAs = layout.runAs ?? user;
  const others = new Set(
    [runAs, ...input.services.flatMap((service) => service.runAs ?? [])].filter((one) => one !== user),
  );
  const owner = `${user} ${runAs}`;
  const setUp = [
    "# Users: the services' own, and the one that deploys, in its group.",
    ...[...others].map(
      (other) => `user ${other} --system --user-group --home-dir ${shellWord(layout.root)} --shell /usr/sbin/nologin`,
    ),
    // No password, and not locked: sshd without PAM accepts no key of a locked account (sshd(8), AUTHENTICATION).
    `user ${user} --create-home --user-group --shell /bin/sh --password '*'`,
    ...[...others].map((other) => `member ${user} ${other}`),
    `group_alone ${[runAs, user, ...others].join(" ")}`,
    ...(input.key === undefined ? [] : [`key ${user} ${shellWord(checkedKey(input.key))}`]),
    "",
    "# Directories: releases belong to the user that deploys; what services write is below shared/.",
    `directory ${shellWord(layout.root)} ${owner} 755`,
    `directory ${shellWord(`${layout.root}/releases`)} ${owner} 755`,
    `directory ${shellWord(`${layout.root}/.tarlift`)} ${owner} 750`,
    `directory ${shellWord(layout.environmentsRoot)} ${owner} 755`,
    ...["shared", ...shared.directories.map((path) => `shared/${path}`)].map(
      (path) => `shared_directory ${shellWord(layout.root)} ${shellWord(path)} ${owner}`,
    ),
    ...shared.files.map((path) => `needs_file ${shellWord(`${layout.root}/shared/${path}`)}`),
    ...once(input),
    ...sudoers(input),
    ...definitions(input, runAs),
    "",
    "finish",
  ];
  const lines = [
    `# ${layout.app} on ${host}: run as root; it may be run again. With the argument \`plan\` it changes nothing and says what it would do.`,
    "#",
    "# All that it does is in set_up, in this order. The functions that set_up uses stand below it.",
    "set -eu",
    "",
    "set_up() {",
    ...setUp,
    "}",
    "",
    SETUP_WORDS,
    "set_up",
  ];
  return `${lines.join("\n")}\n`;
}

/** The first lines are for shellcheck. */
const withoutHead = (text: string): string => text.replace(/^(# shellcheck .*\n)+/, "");

const supervisors: readonly Supervisor[] = SUPERVISORS;

/** The functions of the script: those that all supervisors share, and each one's own. */
export const SETUP_WORDS: string = [
  withoutHead(words),
  `supervisors="${supervisors.flatMap(({ key, setup }) => (setup ? [key] : [])).join(" ")}"`,
  ...supervisors.flatMap(({ setup }) => (setup ? ["", withoutHead(setup.words)] : [])),
].join("\n");

/** The services of each supervisor that has something to set up. */
function bySetup(services: readonly ServiceRequest[]): [SupervisorSetup, ServiceRequest[]][] {
  return supervisors.flatMap(({ setup, kinds }): [SupervisorSetup, ServiceRequest[]][] => {
    const own = services.filter(({ kind }) => kinds.includes(kind));
    return setup && own.length > 0 ? [[setup, own]] : [];
  });
}

/** Auto-revert, too, outlives a session only if sessions are not killed at their end. */
function once({ services, user, requireSwitch }: SetupInput): string[] {
  const lines = bySetup(services).flatMap(([setup, own]) => setup.once?.(own, user) ?? []);
  const all = new Set([...lines, ...(requireSwitch ? [`lingers ${user}`] : [])]);
  return all.size > 0 ? ["", ...all] : [];
}

/** @throws Failure for anything but a public key */
function checkedKey(text: string): string {
  const [line = "", ...more] = text.trim().split(/\r?\n/);
  if (more.length === 0 && /^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( [^\0]*)?$/.test(line)) return line;
  const secret = text.includes("PRIVATE KEY");
  throw new Failure({
    code: "ssh-key-invalid",
    what: secret ? "this is a private key, which must not leave your machine" : "this is no public key",
    remedy: "Give the public half, one line that begins with ssh-ed25519 or the like: the file that ends with .pub.",
    outcome: "refused",
  });
}

/** The sudoers rules for what the program on the host runs through sudo. */
export function sudoLines({ user, layout, services }: Pick<SetupInput, "user" | "layout" | "services">): string[] {
  if (user === "root") return [];
  const commands = services.flatMap((service) => supervisorOfKind(service.kind).setup?.sudo(service) ?? []);
  const others = new Set(
    [layout.runAs, ...services.map(({ runAs }) => runAs)].filter((other) => other && other !== user),
  );
  return [
    ...commands.map((command) => `${user} ALL=(root) NOPASSWD: ${escapeSudoers(command)}`),
    // Migrations, hooks and `tarlift run`: any command, but as the services' user and with a release's configuration.
    ...[...others].map(
      (other) => `${user} ALL=(${other}) NOPASSWD: ${escapeSudoers(`${layout.root}/releases/`, / /g)}*/.tarlift/exec`,
    ),
  ];
}

function sudoers(input: SetupInput): string[] {
  const lines = sudoLines(input);
  if (lines.length === 0) return [];
  const { app, target, root } = input.layout;
  const file = (...names: string[]) => `/etc/sudoers.d/tarlift-${names.join("-")}`;
  // A `-` within a name is doubled: app `shop-api`, target `production`, differs from app `shop`, target
  // `api-production`.
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
 * sudoers(5): `,`, `:`, `=`, `#` and `\` must be escaped in commands, and blanks in their paths; `*` would match
 * anything. The result is a pattern (fnmatch), in which a backslash must be escaped once more.
 */
const escapeSudoers = (command: string, more = /(?!)/g): string =>
  command
    .replaceAll("\\", "\\\\")
    .replace(/[,:=#\\*?[\]!^]/g, "\\$&")
    .replace(more, "\\$&");

/**
 * The services' definitions for their supervisors.
 *
 * @throws Failure for a command that a supervisor would read differently: of several lines, with `%`, …
 */
function definitions({ services, layout, commands }: SetupInput, runAs: string): string[] {
  return bySetup(services).flatMap(([setup, own]) =>
    setup.define(
      own.map((service): DefinedService => {
        const command = commands?.[service.name];
        const unfit = command === undefined ? undefined : setup.unfit(command, service);
        if (unfit !== undefined) {
          throw new Failure({
            code: "config-invalid",
            what: `the command of ${service.name} cannot stand in a supervisor's file: ${unfit}`,
            remedy: "Put it into a script of the application.",
            outcome: "refused",
          });
        }
        return { service, app: layout.app, root: layout.root, user: service.runAs ?? runAs, command };
      }),
    ),
  );
}
