// A real sshd on a loopback port, run by the user of the tests: everything of SSH but another machine.
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { sh } from "./needs.ts";

export interface SshdOptions {
  /**
   * The program that stands in for the login shell, absolute: it is started as `<loginShell> -c "$SSH_ORIGINAL_COMMAND"`, as sshd starts
   * the shell of a user. Without it the user's own shell is used.
   */
  loginShell?: string;
  /** Shell text that runs before each command and whose output precedes the command's own, as a talkative `.bashrc` does. */
  bashrc?: string;
  /** `MaxStartups`, as sshd_config has it: `10:30:100`. Default: sshd's own. */
  maxStartups?: string;
  /** Further lines of sshd_config. */
  config?: string[];
  /** The address it listens on. */
  address?: string;
  /** Words before its command line: a program that prepares its surroundings and then becomes it. */
  within?: string[];
}

export interface Sshd {
  address: string;
  port: number;
  /** The user that runs it, and that the key admits. When that is root, the key lets in every user that has a shell. */
  user: string;
  /** A file with the private key that is let in, mode 0600. */
  key: string;
  /** The line for known_hosts. */
  knownHosts: string;
  /** Process id of the listening sshd. */
  pid: number;
  /** What sshd has written until now. */
  log(): string;
  /** Ends it and every session of it. */
  stop(): Promise<void>;
}

/**
 * Starts an sshd with keys of its own, all of whose files lie in `directory`. The caller stops it.
 *
 * @throws Error with sshd's log when it does not come up within 10 s
 */
export async function startSshdIn(directory: string, options: SshdOptions = {}): Promise<Sshd> {
  const address = options.address ?? "127.0.0.1";
  const port = await freePort(address);
  const file = (name: string) => join(directory, name);
  for (const name of ["host_key", "id"])
    sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file(name)]);
  // Other users (when root runs it) must be able to read the list of keys, and only that.
  mkdirSync(file("public"), { mode: 0o755 });
  writeFileSync(file("public/authorized_keys"), readFileSync(file("id.pub")), { mode: 0o644 });
  sh("chmod", ["711", directory]);
  const login = wrapper(options);
  if (login) writeFileSync(file("public/login"), login, { mode: 0o755 });
  mkdirSync(file("public/home"));
  writeFileSync(
    file("sshd_config"),
    [
      `ListenAddress ${address}`,
      `Port ${port}`,
      `HostKey ${file("host_key")}`,
      `AuthorizedKeysFile ${file("public/authorized_keys")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
      "PermitUserEnvironment no",
      // What the tests show does not depend on the .bashrc of the user who runs them, nor on the time that it takes.
      `SetEnv HOME=${file("public/home")}`,
      "PrintMotd no",
      "UseDNS no",
      "LogLevel VERBOSE",
      options.maxStartups ? `MaxStartups ${options.maxStartups}` : "",
      login ? `ForceCommand ${file("public/login")}` : "",
      ...(options.config ?? []),
      "",
    ].join("\n"),
  );
  // sshd running as root insists on its directory for unprivileged children.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  let log = "";
  const [program = "", ...words] = [...(options.within ?? []), "/usr/sbin/sshd", "-D", "-e", "-f", file("sshd_config")];
  const daemon = spawn(program, words, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  daemon.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  await listening(address, port, daemon, () => log);
  const [type, value] = readFileSync(file("host_key.pub"), "utf8").split(" ");
  return {
    address,
    port,
    user: userInfo().username,
    key: file("id"),
    knownHosts: `[${address}]:${port} ${type} ${value}\n`,
    pid: daemon.pid!,
    log: () => log,
    stop: () => end(daemon),
  };
}

/**
 * A port of `address` on which nothing listens at this moment. It is none of those that the kernel gives to connections and to servers that
 * leave the choice to it (32768 and above): one of these is another process's before it is used here.
 */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  for (let attempts = 0; attempts < 100; attempts++) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port, address)) return port;
  }
  throw new Error(`no port of 100 is free on ${address}`);
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

function wrapper({ loginShell, bashrc }: SshdOptions): string | undefined {
  if (loginShell === undefined && bashrc === undefined) return undefined;
  const shell = loginShell ?? "/bin/sh";
  return `#!/bin/sh\n${bashrc ?? ""}\nSHELL=${shell}\nexport SHELL\nexec ${shell} -c "$SSH_ORIGINAL_COMMAND"\n`;
}

async function listening(address: string, port: number, daemon: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && daemon.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port }, () => socket.end(() => resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await end(daemon);
  throw new Error(`sshd does not listen on ${address}:${port}\n${log()}`);
}

/** Ends the daemon, then its sessions, which have process groups of their own and outlive it. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const sessions = descendants(daemon.pid!);
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGTERM");
  for (const pid of sessions) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  }
  await ended;
}

/** All descendants of a process, nearest first. */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const line of sh("ps", ["-eo", "pid=,ppid="]).trim().split("\n")) {
    const [child, parent] = line.trim().split(/\s+/).map(Number) as [number, number];
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const found = [...(children.get(pid) ?? [])];
  for (const one of found) found.push(...(children.get(one) ?? []));
  return found;
}
