// supervisord: programs, and groups of them (http://supervisord.org).
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { execOf, stopLimit, titleOf, unfitLine } from "../definition.ts";
import type { DefinedService, ServiceRequest, Supervisor } from "../supervisor.ts";
import definitionShell from "./definition.sh";
import docs from "./docs.md";
import words from "./host-setup.sh";
import shell from "./supervisord.sh";

/**
 * A program, or a group as `name:*`. Neither `all`, which to supervisorctl is every program of the host, nor anything
 * that sudoers or a shell reads as a pattern.
 */
const program = z
  .string()
  .regex(
    /^(?!all$)[A-Za-z0-9_][A-Za-z0-9_.@+-]*(:(\*|[A-Za-z0-9_.@+-]+))?$/,
    "a program of supervisord (not `all`), or a group as `name:*`",
  )
  .meta({ title: "program" });

const schema = z.strictObject({
  supervisord: describe(program, "A program of supervisord, or a group as `name:*`."),
});

export const supervisord: Supervisor<typeof schema> & { key: "supervisord" } = {
  key: "supervisord",
  title: "supervisord",
  docs,
  kinds: ["supervisord"],
  schema,
  request: ({ supervisord: unit }) => ({ kind: "supervisord", unit }),
  setup: {
    words,
    once: () => ["supervisord"],
    sudo,
    // It reads its file as Python's configparser does.
    unfit: (command) =>
      unfitLine(command) ??
      (/\s[;#]/.test(command) ? "supervisord takes what follows a blank and `;` or `#` for a comment" : undefined),
    define: (services) => {
      const files = Map.groupBy(services, ({ service }) => service.unit.replace(/:.*/, ""));
      return [...files].flatMap(([name, programs]) => file(name, programs));
    },
  },
  definitionCommand: (text) => text,
  detect: (tree) =>
    tree.paths
      .filter((path) => /supervisor/.test(path) && /\.(conf|ini)$/.test(path))
      .flatMap((path) =>
        [...(tree.read(path) ?? "").matchAll(/^\[program:([^\]\n]+)\]/gm)].map(([, name = ""]) => ({
          file: path,
          name,
        })),
      ),
  example: (name) => `supervisord: ${name}`,
  shell,
  definitionShell,
};

/**
 * Without -c it reads the supervisord.conf of its caller's directory, and runs the plugins that this names. The script
 * replaces these paths by those of its host (host-setup.sh, supervisord_sudo_here).
 */
const SUPERVISORCTL = "/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf";

/** The rules for reading the log may be left out: a failure then shows less. */
function sudo({ unit, action }: ServiceRequest): string[] {
  const signal = action.startsWith("signal ") ? action.slice("signal ".length) : undefined;
  const signals = signal ? [`signal ${signal}`] : action === "reload" ? ["signal HUP"] : [];
  const verbs = ["status", "restart", "stop", ...signals].map((verb) => `${SUPERVISORCTL} ${verb} ${unit}`);
  return unit.includes("*") ? verbs : [...verbs, `${SUPERVISORCTL} tail ${unit} stderr`];
}

/**
 * @param name the program, or the group: `shop:*` is the program `shop` with several processes, whose group supervisord
 * makes; `shop:web` is the program `web` of a group `shop`
 */
function file(name: string, programs: readonly DefinedService[]): string[] {
  const members = programs.flatMap(({ service }) => /^[^:]+:([^*].*)$/.exec(service.unit)?.[1] ?? []);
  return [
    "",
    ...programs.map((one) => `# ${titleOf(one)} supervisord starts what its configuration names.`),
    `definition "$(supervisord_file ${name})" supervisord ${name} <<'PROGRAM'`,
    ...(members.length > 0 ? [`[group:${name}]`, `programs=${members.join(",")}`] : []),
    ...programs.flatMap(section),
    "PROGRAM",
  ];
}

function section(one: DefinedService): string[] {
  const [group, member] = one.service.unit.split(":");
  const { stopTimeout } = one.service;
  return [
    `[program:${member === undefined || member === "*" ? group : member}]`,
    `command=${execOf(one, ".venv/bin/gunicorn config.wsgi")}`,
    `directory=${one.root}/current`,
    `user=${one.user}`,
    ...(member === "*" ? ["numprocs=2", "process_name=%(program_name)s_%(process_num)02d"] : []),
    "autostart=true",
    "autorestart=true",
    // It gives up after this number of failed starts, each a second later than the previous one.
    "startretries=100",
    `stopwaitsecs=${stopTimeout === undefined ? 10 : stopLimit(stopTimeout)}`,
    "killasgroup=true",
  ];
}
