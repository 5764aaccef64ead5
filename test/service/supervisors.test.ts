// Supervisors that run on any machine: supervisord, and commands that drive a service.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe } from "vitest";
import { command } from "../../src/supervisors/command/index.ts";
import { supervisord } from "../../src/supervisors/supervisord/index.ts";
import { describeSupervisor, serveText } from "../contract/adapters/supervisor.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const SHELLS = ["dash", "bash", "busybox ash"].filter((shell) => needs(shell.split(" ")[0]!));

/** Runs a script that is a file of its own. */
async function run(shell: string, script: string): Promise<string> {
  const file = join(temporary("script"), "script.sh");
  writeFileSync(file, script);
  return sh(shell.split(" ")[0]!, [...shell.split(" ").slice(1), file]);
}

const started = async (root: string) => {
  for (let n = 0; n < 200 && !existsSync(join(root, "pid")); n++)
    await new Promise((resolve) => setTimeout(resolve, 50));
};

describe.runIf(needs("root", "supervisord", "supervisorctl"))("with a supervisord", () => {
  let root: string;
  beforeAll(async () => {
    root = temporary("supervised");
    mkdirSync(join(root, "more"));
    writeFileSync(join(root, "serve.sh"), serveText(root));
    const program = (name: string, text: string, ...more: string[]) =>
      [`[program:${name}]`, `command=sh ${text}`, `stderr_logfile=${root}/${name}.log`, ...more, ""].join("\n");
    writeFileSync(
      join(root, "supervisord.conf"),
      `[supervisord]
nodaemon=true
logfile=${root}/supervisord.log
pidfile=${root}/supervisord.pid
[unix_http_server]
file=${root}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${root}/s.sock
[include]
files=${root}/more/*.conf
${program("shop", `${root}/serve.sh`)}${program("idle", `${root}/serve.sh`, "autostart=false")}${program("bad", "-c 'exit 3'", "startretries=1000")}`,
    );
    const child = spawn("supervisord", ["-c", join(root, "supervisord.conf")], { cwd: "/", stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    atEnd(async () => {
      child.kill("SIGTERM");
      await ended;
    });
    await started(root);
  });

  describeSupervisor(supervisord, {
    shells: SHELLS,
    run,
    root: () => root,
    prelude: () => `SUPERVISORD_FILES=${root}/supervisord.conf`,
    services: {
      running: { unit: "shop" },
      stopped: { unit: "idle" },
      crashing: { unit: "bad" },
      missing: { unit: "none" },
    },
    unreachable: "v_root=/nowhere; cd /",
    restarted: "started",
    logs: true,
    looksLate: `supervisord_log_handover() {
        late_log=$(supervisord_log_file stderr)
        until read -r late_pid <"$v_root/pid" && [ "$late_pid" != "$old" ] && grep -q "start $late_pid" "$late_log"; do sleep 0.2; done
        supervisord_log_mark; : >"$session/late"
      }`,
    // The way through sudo, which this supervisord answers to.
    asks: `supervisord_by="sudo -n /usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf"
      sudo() { shift 4; supervisorctl "$@"; }`,
    undefined: {
      unit: "new",
      prelude: () =>
        `alone() { :; }; supervisord_program=supervisorctl supervisord_configuration=${root}/supervisord.conf`,
    },
    keys: { supervisord: 'supervisord: "shop:*"' },
    repository: {
      files: { "deploy/supervisor.conf": "[program:web]\ncommand=x\n[program:mail]\n", "setup.ini": "[program:no]\n" },
      found: [
        { file: "deploy/supervisor.conf", name: "web" },
        { file: "deploy/supervisor.conf", name: "mail" },
      ],
    },
  });
});

describe.runIf(needs("root", "setsid"))("with commands", () => {
  let root: string;
  const stop = 'pid=$(cat pid) && kill "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done || :';
  beforeAll(async () => {
    root = temporary("commanded");
    writeFileSync(join(root, "serve.sh"), serveText(root));
    sh("sh", ["-c", "setsid sh serve.sh >/dev/null 2>&1 &"], { cwd: root });
    await started(root);
    atEnd(() => void sh("sh", ["-c", stop], { cwd: root }));
  });
  const commands = {
    restart: `${stop}; rm -f pid; setsid sh serve.sh </dev/null >/dev/null 2>&1 & while [ ! -s pid ]; do sleep 0.1; done`,
    stop,
    status: 'kill -0 "$(cat pid)"',
  };

  describeSupervisor(command, {
    shells: SHELLS,
    run,
    root: () => root,
    services: {
      running: { unit: "", commands },
      stopped: { unit: "", commands: { restart: "true", status: "false" } },
    },
    restarted: "supervisor",
    logs: false,
    keys: { command: "command: { restart: ./restart }" },
    repository: { files: { Procfile: "web: serve" }, found: [] },
  });
});
