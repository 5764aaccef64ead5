// What a host needs before its first deploy, as a script for root to read and to run: users, directories, sudoers, services. It may be
// run again. Every value comes from tarlift.yml, whose schema admits no quotes or blanks in names; paths are quoted all the same.
import type { Place, ServiceRequest } from "../host/types.ts";

export interface SetupInput {
  /** What messages call the host. */
  host: string;
  /** The SSH user. */
  user: string;
  place: Place;
  services: readonly ServiceRequest[];
  shared: { directories: readonly string[]; files: readonly string[] };
}

/** The script; lines that a person must complete say CHANGE. */
export function setupScript(input: SetupInput): string {
  const { host, user, place, shared } = input;
  const runAs = place.runAs ?? user;
  const directories = [place.root, `${place.root}/releases`, `${place.root}/.tarlift`, place.environmentsRoot];
  const lines = [
    `# ${place.app} on ${host}: run as root; it may be run again.`,
    "set -eu",
    "",
    "# Users: the services' own, and the one that deploys, in its group.",
    ...(runAs === user
      ? []
      : [
          `id -u ${runAs} >/dev/null 2>&1 || useradd --system --user-group --home-dir ${quote(place.root)} --shell /usr/sbin/nologin ${runAs}`,
        ]),
    `id -u ${user} >/dev/null 2>&1 || useradd --create-home --user-group --shell /bin/sh ${user}`,
    ...(runAs === user ? [] : [`usermod --append --groups "$(id -gn ${runAs})" ${user}`]),
    "",
    "# Directories: releases belong to the user that deploys; what services write is below shared/.",
    ...directories.map((path) => `install -d -o ${user} -g "$(id -gn ${runAs})" -m 0755 ${quote(path)}`),
    `install -d -o ${user} -g "$(id -gn ${runAs})" -m 2775 ${quote(`${place.root}/shared`)}`,
    ...shared.directories.map(
      (path) => `install -d -o ${user} -g "$(id -gn ${runAs})" -m 2775 ${quote(`${place.root}/shared/${path}`)}`,
    ),
    ...shared.files.map(
      (path) =>
        `[ -e ${quote(`${place.root}/shared/${path}`)} ] || echo ${quote(`CHANGE: put ${path} into ${place.root}/shared`)}`,
    ),
    ...sudoers(input),
    ...input.services.flatMap((service) => snippet(service, place, service.runAs ?? runAs)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The exact commands that the program on the host runs through sudo (src/remote/services.sh). */
export function sudoLines({ user, place, services }: Pick<SetupInput, "user" | "place" | "services">): string[] {
  if (user === "root") return [];
  const commands = services.flatMap(({ kind, unit, action }) => {
    const signal = action.startsWith("signal ") ? action.slice("signal ".length) : undefined;
    if (kind === "supervisord") {
      const signals = signal ? [`signal ${signal}`] : action === "reload" ? ["signal HUP"] : [];
      return ["status", "restart", "stop", ...signals].map((verb) => `/usr/bin/supervisorctl ${verb} ${unit}`);
    }
    if (kind !== "systemd") return [];
    const further = signal ? [`kill --kill-who=main -s ${signal}`] : action === "reload" ? ["reload"] : [];
    return ["restart", "stop", ...further].map((verb) => `/usr/bin/systemctl ${verb} ${unit}`);
  });
  const others = new Set(
    [place.runAs, ...services.map(({ runAs }) => runAs)].filter((other) => other && other !== user),
  );
  return [
    ...commands.map((command) => `${user} ALL=(root) NOPASSWD: ${escapeSudoers(command)}`),
    // Migrations, hooks and `tarlift run`: anything, but as the services' user and with a release's configuration.
    ...[...others].map((other) => `${user} ALL=(${other}) NOPASSWD: ${place.root}/releases/*/.tarlift/exec`),
  ];
}

function sudoers(input: SetupInput): string[] {
  const lines = sudoLines(input);
  if (lines.length === 0) return [];
  const file = `/etc/sudoers.d/tarlift-${input.place.app}-${input.place.target}`;
  return [
    "",
    "# sudo: these lines and no others, checked before they count.",
    `cat >${file}.new <<'SUDOERS'`,
    ...lines,
    "SUDOERS",
    `chmod 0440 ${file}.new`,
    `visudo -cqf ${file}.new`,
    `mv ${file}.new ${file}`,
  ];
}

/** sudoers(5): `,`, `:`, `=` and `\` must be escaped in arguments; `*` would match anything. */
const escapeSudoers = (command: string): string => command.replace(/[,:=\\*?[\]!]/g, "\\$&");

function snippet(service: ServiceRequest, place: Place, user: string): string[] {
  const current = `${place.root}/current`;
  const title = `# Service ${service.name}.`;
  if (service.kind === "supervisord") {
    const [group, all] = service.unit.split(":");
    return [
      "",
      `${title} supervisord starts what its configuration names; CHANGE the command.`,
      `[ -e /etc/supervisor/conf.d/${group}.conf ] || cat >/etc/supervisor/conf.d/${group}.conf <<'PROGRAM'`,
      `[program:${group}]`,
      `command=${current}/.tarlift/exec CHANGE .venv/bin/gunicorn config.wsgi`,
      `directory=${current}`,
      `user=${user}`,
      ...(all ? ["numprocs=2", "process_name=%(program_name)s_%(process_num)02d"] : []),
      "autostart=true",
      "autorestart=true",
      `stopwaitsecs=${service.stopTimeout ?? 10}`,
      "PROGRAM",
      "supervisorctl update",
    ];
  }
  if (service.kind === "systemd") {
    const unit = /\.\w+$/.test(service.unit) ? service.unit : `${service.unit}.service`;
    return [
      "",
      `${title} CHANGE the command.`,
      `[ -e /etc/systemd/system/${unit} ] || cat >/etc/systemd/system/${unit} <<'UNIT'`,
      "[Unit]",
      `Description=${place.app} ${service.name}`,
      "After=network.target",
      "[Service]",
      `User=${user}`,
      `WorkingDirectory=${current}`,
      `ExecStart=${current}/.tarlift/exec CHANGE .venv/bin/python manage.py work`,
      "Restart=on-failure",
      ...(service.stopTimeout === undefined ? [] : [`TimeoutStopSec=${service.stopTimeout}`]),
      "[Install]",
      "WantedBy=multi-user.target",
      "UNIT",
      "systemctl daemon-reload",
      `systemctl enable ${unit}`,
    ];
  }
  return [];
}

const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
