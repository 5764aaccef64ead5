// The main job from end to end, as a user would type it: a real application's environment is built, bundled and deployed to this machine
// (and, as root with an sshd installed, to a second host behind a loopback sshd); a second commit is deployed, a broken third one is
// reverted, and the second is rolled back. Everything stands below one temporary directory and is gone afterwards.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const example = join(import.meta.dirname, "../examples/django");
const home = realpathSync(mkdtempSync(join(tmpdir(), "tarlift-demo-")));
// Built from the sources: between two commits `Build dist` the committed dist/ is behind them.
const tarlift = join(home, "dist/cli.js");
// The demo's services run as this user; everybody may pass.
chmodSync(home, 0o755);
const children: ChildProcess[] = [];
const timings: [what: string, seconds: number][] = [];

const env: NodeJS.ProcessEnv = {
  ...process.env,
  XDG_CACHE_HOME: join(home, "cache"),
  SECRET_KEY: "a key for the demo, $not 'for' \"production\" #1",
  GIT_AUTHOR_NAME: "Demo",
  GIT_AUTHOR_EMAIL: "demo@example.org",
  GIT_COMMITTER_NAME: "Demo",
  GIT_COMMITTER_EMAIL: "demo@example.org",
};
for (const name of ["GITHUB_REF", "GITHUB_ACTIONS", "RUNNER_TEMP", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"])
  delete env[name];

/** One server: its service has a name and a port of its own, since both servers are this machine. */
interface Server {
  role: "web" | "second";
  service: string;
  /** What stands at `<home>/srv` there, as seen from here. */
  directory: string;
  port: number;
}

function say(text: string): void {
  process.stdout.write(`\n\u001b[1m== ${text}\u001b[0m\n`);
}

function must(command: string, args: string[], options: { cwd?: string; quiet?: boolean } = {}): string {
  const result = spawnSync(command, args, {
    cwd: options.cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", options.quiet ? "pipe" : "inherit"],
  });
  if (result.status !== 0)
    throw new Error(
      `${command} ${args.join(" ")}: ${result.error?.message ?? `exit code ${result.status}`}\n${result.stdout}${result.stderr ?? ""}`,
    );
  return result.stdout;
}

/** Runs `tarlift` as a user would see it, and insists on an exit code. */
function run(args: string[], expected = 0): number {
  process.stdout.write(`\n$ tarlift ${args.join(" ")}\n`);
  const start = performance.now();
  const result = spawnSync(process.execPath, [tarlift, ...args], {
    cwd: join(home, "accounting"),
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== expected)
    throw new Error(`tarlift ${args.join(" ")} ended with ${result.status}, and ${expected} was expected`);
  return seconds;
}

function timed(what: string, seconds: number): void {
  timings.push([what, seconds]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(command: string, args: string[], log: string): ChildProcess {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const keep = (chunk: Buffer) => writeFileSync(join(home, log), chunk, { flag: "a" });
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  children.push(child);
  return child;
}

/** The Python of this machine, as its hosts have it: with its minor version in the name. */
function hostPython(): string {
  const python = must("python3", [
    "-c",
    "import sys; print('%s/bin/python%d.%d' % (sys.base_prefix, *sys.version_info[:2]))",
  ]).trim();
  if (!existsSync(python)) throw new Error(`there is no ${python}`);
  return python;
}

/** A commit of the example, made for this machine: its own supervisord, ports and directories. */
function makeRepository(python: string, servers: Server[], ssh: Sshd | undefined): void {
  const repository = join(home, "accounting");
  const built = new Set([".venv", "__pycache__", "staticfiles", "data", "media"]);
  cpSync(example, repository, { recursive: true, filter: (path) => !built.has(path.split("/").at(-1) ?? "") });
  const services = servers.map(
    ({ role, service, port }) =>
      `  ${role}: { supervisord: ${service}, roles: [${role}], stable-for: 3, health: { url: "http://127.0.0.1:${port}/healthz", release-header: X-Release, retries: 10 } }`,
  );
  const hosts = servers.map(
    ({ role, port }) =>
      `      - { address: ${role === "web" ? "local" : `127.0.0.1, port: ${ssh?.port}, ssh-user: root`}, roles: [${role}], env: { BIND: "127.0.0.1:${port}" } }`,
  );
  const file = join(repository, "tarlift.yml");
  const text = readFileSync(file, "utf8")
    .replace(/^app: .*$/m, `app: accounting\nenvironments-root: ${home}/srv/envs`)
    .replace(/interpreter: \S+/, `interpreter: ${python}`)
    .replace(
      /^services:[\s\S]*$/m,
      `services:
${services.join("\n")}

targets:
  demo:
    root: ${home}/srv
    hosts:
${hosts.join("\n")}
    env: { DEBUG: "0", ALLOWED_HOSTS: "127.0.0.1", DATABASE_URL: "sqlite:///${home}/database/db.sqlite3", WEB_WORKERS: "1" }
    secrets: [SECRET_KEY]
`,
    );
  writeFileSync(file, text);
  if (!hasCompiler()) {
    const requirements = join(repository, "requirements.txt");
    writeFileSync(requirements, readFileSync(requirements, "utf8").replace(/^--no-binary.*$/m, ""));
  }
  must("git", ["init", "-q", "-b", "main"], { cwd: repository });
  commit("The application");
}

const hasCompiler = () => spawnSync("cc", ["--version"]).status === 0;

function edit(path: string, change: (text: string) => string): void {
  const file = join(home, "accounting", path);
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`the demo's edit of ${path} changed nothing`);
  writeFileSync(file, after);
}

function commit(message: string): void {
  must("git", ["add", "-A"], { cwd: join(home, "accounting") });
  must("git", ["commit", "-q", "-m", message], { cwd: join(home, "accounting") });
}

/** A supervisord of the server's own. It stands in the application's root, where supervisorctl finds its configuration. */
function supervisorConfiguration(service: string): string {
  const root = join(home, "srv");
  return `[unix_http_server]
file=${root}/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisord]
nodaemon=true
logfile=${root}/supervisord.log
pidfile=${root}/supervisord.pid
[supervisorctl]
serverurl=unix://${root}/supervisor.sock
[program:${service}]
directory=${root}/current
command=${root}/current/.tarlift/exec .venv/bin/gunicorn
autostart=false
startsecs=2
stopwaitsecs=25
redirect_stderr=true
stdout_logfile=${root}/${service}.log
`;
}

/** supervisord as it is installed, else from the package index into a directory of the demo's. @returns the directory of its programs */
function findSupervisor(python: string): string {
  const there = spawnSync("sh", ["-c", "command -v supervisord"], { encoding: "utf8" }).stdout.trim();
  if (there) return join(there, "..");
  say("supervisord is not installed: the demo installs it into its own directory");
  must(python, ["-m", "venv", join(home, "supervisor")]);
  must(join(home, "supervisor/bin/python"), [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "supervisor",
    "setuptools<81",
  ]);
  return join(home, "supervisor/bin");
}

interface Sshd {
  port: number;
}

const SSHD = "/usr/sbin/sshd";
const canServeSsh = () =>
  process.getuid?.() === 0 && existsSync(SSHD) && spawnSync("unshare", ["--mount", "true"]).status === 0;

/** The second server: a mount namespace of its own, so that its files stand at the same paths, and an sshd on the loopback. */
async function startSecondServer(server: Server, supervisor: string): Promise<Sshd> {
  const port = await freePort();
  const directory = join(home, "sshd");
  mkdirSync(directory, { mode: 0o700 });
  must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, "host")]);
  must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, "user")]);
  cpSync(join(directory, "user.pub"), join(directory, "authorized"));
  writeFileSync(join(directory, "known"), `[127.0.0.1]:${port} ${readFileSync(join(directory, "host.pub"), "utf8")}`);
  writeFileSync(
    join(directory, "config"),
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${directory}/host\nAuthorizedKeysFile ${directory}/authorized\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nPidFile none\nSetEnv PATH=${supervisor}:/usr/local/bin:/usr/bin:/bin\n`,
  );
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const inside = 'mount --make-rprivate / && mount --bind "$1" "$2" && shift 2 && exec "$@"';
  const within = (command: string[]) => [
    "--mount",
    "sh",
    "-c",
    inside,
    "sh",
    server.directory,
    join(home, "srv"),
    ...command,
  ];
  start("unshare", within([SSHD, "-D", "-e", "-f", join(directory, "config")]), "sshd.log");
  start(
    "unshare",
    within([join(supervisor, "supervisord"), "-c", join(home, "srv/supervisord.conf")]),
    "supervisord-2.log",
  );
  return { port };
}

async function page(server: Server, path = "/"): Promise<{ status: number; release: string | null; text: string }> {
  // A connection of its own: one that was kept open leads to the process before.
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { connection: "close" } });
  return { status: response.status, release: response.headers.get("x-release"), text: await response.text() };
}

/** What people see now, asked of every server. */
async function ask(servers: Server[], expected: string): Promise<void> {
  for (const server of servers) {
    const { status, release, text } = await page(server);
    const title = /<h1>\s*([^<]*?)\s*<\/h1>/.exec(text)?.[1] ?? "";
    process.stdout.write(
      `$ curl http://127.0.0.1:${server.port}/   ->  ${status}, X-Release: ${release}, "${title}"\n`,
    );
    if (status !== 200 || !text.includes(expected))
      throw new Error(`the page of ${server.service} does not say "${expected}"`);
  }
}

/** Waits until something listens. */
async function answers(port: number): Promise<void> {
  for (let left = 100; left > 0; left--) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function demo(): Promise<void> {
  must(process.execPath, [join(import.meta.dirname, "build.ts"), join(home, "dist")], { quiet: true });
  const python = hostPython();
  const supervisor = findSupervisor(python);
  env.PATH = `${supervisor}:${process.env.PATH}`;
  const servers: Server[] = [
    { role: "web", service: "accounting-web", directory: join(home, "srv"), port: await freePort() },
  ];
  if (canServeSsh())
    servers.push({
      role: "second",
      service: "accounting-second",
      directory: join(home, "srv-2"),
      port: await freePort(),
    });
  mkdirSync(join(home, "srv"));
  // Both servers see one database, as with PostgreSQL: migrations are applied once.
  mkdirSync(join(home, "database"));
  for (const { directory, service } of servers) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "supervisord.conf"), supervisorConfiguration(service));
  }
  const second = servers[1];
  const ssh = second && (await startSecondServer(second, supervisor));
  start(join(supervisor, "supervisord"), ["-c", join(home, "srv/supervisord.conf")], "supervisord-1.log");
  if (ssh) await answers(ssh.port);
  const login = ssh ? ["--ssh-key", join(home, "sshd/user"), "--ssh-known-hosts", join(home, "sshd/known")] : [];
  makeRepository(python, servers, ssh);
  const file = (version: string) => join(home, `${version}.tar`);

  say(
    `The servers: this machine${ssh ? ", and a second one behind SSH" : " (a second one behind SSH needs root and an sshd)"}`,
  );
  say("First commit: the environment is built, and one artifact is bundled and checked");
  timed("first bundle: environment built, checks", run(["bundle", "--label", "v1", "--output", file("v1")]));
  timed("first deploy", run(["deploy", "demo", "--artifact", file("v1"), ...login]));
  await ask(servers, "Accounting");

  say("Second commit: nothing is installed, and nothing of the environment is sent");
  edit("ledger/templates/ledger/entries.html", (text) => text.replace("<h1>Accounting", "<h1>Better accounting"));
  commit("A better title");
  timed("second bundle: environment restored, checks", run(["bundle", "--label", "v2", "--output", file("v2")]));
  timed("second deploy", run(["deploy", "demo", "--artifact", file("v2"), ...login]));
  await ask(servers, "Better");

  say("Third commit: it passes its checks and fails in production; every server reverts");
  edit("config/health.py", (text) => text.replace("    try:", "    raise RuntimeError('broken on purpose')\n    try:"));
  commit("Broken");
  timed("third bundle", run(["bundle", "--label", "v3", "--output", file("v3")]));
  timed("broken deploy, reverted", run(["deploy", "demo", "--artifact", file("v3"), ...login], 3));
  await ask(servers, "Better");

  say("Rolling back to the first release");
  timed("rollback", run(["rollback", "demo", ...login]));
  await ask(servers, "Accounting");
  run(["status", "demo", ...login]);

  say("Timings");
  for (const [what, seconds] of timings) process.stdout.write(`${seconds.toFixed(1).padStart(6)} s  ${what}\n`);
}

/** Ends what was started here, by pid: supervisord ends its programs itself. */
async function cleanUp(): Promise<void> {
  for (const child of children) if (child.exitCode === null) child.kill("SIGTERM");
  for (
    let left = 60;
    left > 0 && children.some((child) => child.exitCode === null && child.signalCode === null);
    left--
  )
    await sleep(100);
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  spawnSync("chmod", ["-R", "u+rwX", home]);
  rmSync(home, { recursive: true, force: true });
}

let failed = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => cleanUp().finally(() => process.exit(130)));
try {
  await demo();
} catch (error) {
  failed = true;
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : error}\n`);
  for (const log of ["supervisord-1.log", "supervisord-2.log", "sshd.log"]) {
    if (existsSync(join(home, log)))
      process.stderr.write(`-- ${log}\n${readFileSync(join(home, log), "utf8").slice(-2000)}\n`);
  }
} finally {
  await cleanUp();
}
process.exitCode = failed ? 1 : 0;
if (!failed) process.stdout.write("\nThe demo is over; this machine is as it was.\n");
