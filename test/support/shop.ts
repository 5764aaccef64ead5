// A small service with a supervisord of its own, below a root of the test's own: enough to see whether a deploy tells the truth.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Artifact, openArtifact } from "../../src/artifact/open-artifact.ts";
import type { HealthConfig } from "../../src/config/schema.ts";
import type { Member } from "../../src/fleet/member.ts";
import { openHost } from "../../src/host/calls/open.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { HostAddress } from "../../src/transports/types.ts";
import { artifactOf, text } from "./layers.ts";
import { freePort } from "./sshd.ts";
import { atEnd, temporary } from "./temporary.ts";

/** What the service does wrong. */
export type Fault = "none" | "crash" | "port" | 500 | 301 | "other release" | "raise";

/** Its program: python3, PORT and TARLIFT_RELEASE from the environment. */
const SERVER = `
import http.server, os, signal, sys, threading, time, traceback
FAULT = "@FAULT@"
TEXT = open("text.txt").read()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if FAULT == "raise":
            return self.fail()
        self.send_response(int(FAULT) if FAULT.isdigit() else 200)
        if FAULT == "301":
            self.send_header("Location", "https://127.0.0.1/")
        self.send_header("X-Release", "other" if FAULT == "other release" else os.environ["TARLIFT_RELEASE"])
        self.end_headers()
        self.wfile.write(TEXT.encode())
    def fail(self):
        try:
            1 / 0
        except ZeroDivisionError:
            traceback.print_exc()
        self.send_error(500)
    def log_message(self, *rest):
        if FAULT == "raise":
            super().log_message(*rest)
def end(*_):
    sys.stderr.write("%s says good-bye\\n" % TEXT)
    sys.stderr.flush()
    os._exit(0)
signal.signal(signal.SIGTERM, end)
if FAULT == "crash":
    threading.Timer(2, lambda: os._exit(3)).start()
port = int(os.environ["PORT"]) + (1 if FAULT == "port" else 0)
http.server.ThreadingHTTPServer.allow_reuse_address = True
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
`;

/** A program beside the page, which does nothing, and by STUBBORN in its configuration does not end when it is told to. */
const WORKER = `
import os, signal, time
if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    time.sleep(60)
`;

/** An artifact of the shop whose page says `words`. @param programs it has besides the page */
export async function shopArtifact(
  words: string,
  fault: Fault = "none",
  programs: readonly string[] = [],
): Promise<Artifact> {
  const sources = [
    ...programs.map((name) => text(`${name}.py`, WORKER)),
    text("server.py", SERVER.replace("@FAULT@", String(fault))),
    text("text.txt", words),
    text("same.txt", "the same in every release\n"),
  ];
  const { file } = await artifactOf(temporary("artifact"), sources, { version: words });
  return openArtifact(file);
}

export interface Shop {
  root: string;
  port: number;
  member(address?: Partial<HostAddress>, options?: OpenOptions): Member;
  /** Name of the release that `current` leads to. */
  live(): string | undefined;
  /** What the page says; undefined when nothing answers. */
  page(): Promise<string | undefined>;
}

/**
 * A host's worth of shop: its root, and a supervisord that knows the program `web`, and others, and does not start them.
 *
 * @param options.late seconds that the other programs take to start
 */
export async function startShop(
  options: { startsecs?: number; programs?: string[]; late?: number } = {},
): Promise<Shop> {
  const root = join(temporary("shop"), "srv");
  mkdirSync(root);
  const port = await freePort();
  const log = join(root, "..");
  writeFileSync(
    join(root, "supervisord.conf"),
    `[supervisord]
nodaemon=true
logfile=${log}/supervisord.log
pidfile=${log}/supervisord.pid
[unix_http_server]
file=${log}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${log}/s.sock
[program:web]
directory=${root}/current
command=${root}/current/.tarlift/exec python3 server.py
autostart=false
startsecs=${options.startsecs ?? 1}
stopwaitsecs=3
stdout_logfile=${log}/web.out
stderr_logfile=${log}/web.err
${(options.programs ?? [])
  .map(
    (name) => `[program:${name}]
directory=${root}/current
command=sh -c "sleep ${options.late ?? 0}; exec ${root}/current/.tarlift/exec python3 ${name}.py"
autostart=false
startretries=0
stdout_logfile=${log}/${name}.out
stderr_logfile=${log}/${name}.err
`,
  )
  .join("")}`,
  );
  const child = spawn("supervisord", ["-c", join(root, "supervisord.conf")], { cwd: "/", stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  atEnd(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  while (!existsSync(join(log, "s.sock"))) await new Promise((resolve) => setTimeout(resolve, 50));
  const health: HealthConfig = {
    url: `http://127.0.0.1:${port}/`,
    status: 200,
    "release-header": "X-Release",
    timeout: 2,
    // What a busy machine may need until the service listens; one that answers wrongly is given up sooner.
    retries: 25,
    interval: 0.2,
  };
  return {
    root,
    port,
    member(address = {}, open = {}) {
      const host = openHost(
        { address: "local", roles: undefined, forwards: [{ host: "127.0.0.1", port }], ...address },
        open,
      );
      return {
        host,
        roles: [],
        configuration: { PORT: String(port) },
        layout: { app: "shop", target: "test", root, environmentsRoot: join(root, "envs") },
        shared: { directories: [], files: [] },
        services: [{ name: "web", kind: "supervisord", unit: "web", action: "restart", settle: 1 }],
        health: { web: health },
      };
    },
    live() {
      try {
        return readlinkSync(join(root, "current")).replace("releases/", "");
      } catch {
        return undefined;
      }
    },
    async page() {
      try {
        return await (await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" })).text();
      } catch {
        return undefined;
      }
    },
  };
}
