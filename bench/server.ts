// A server for benchmarks of deploys: an sshd on the loopback behind a line, a key that it lets in, and an application that goes there.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Sshd, startSshdIn } from "../test/support/sshd-process.ts";
import { type Line, openLine } from "./line.ts";

export interface Server {
  sshd: Sshd;
  line: Line;
  knownHosts: string;
  /** Options for any `ssh`: the key, the known hosts, and nothing of the user's own. */
  sshOptions: string[];
  stop(): Promise<void>;
}

/** @param delay milliseconds in either direction */
export async function startServer(work: string, delay: number): Promise<Server> {
  const directory = join(work, "sshd");
  mkdirSync(directory, { recursive: true });
  const sshd = await startSshdIn(directory);
  const line = await openLine(sshd.port, delay);
  const knownHosts = join(directory, "known_hosts");
  writeFileSync(knownHosts, sshd.knownHosts.replace(`:${sshd.port} `, `:${line.port} `));
  return {
    sshd,
    line,
    knownHosts,
    sshOptions: [
      "-F",
      "/dev/null",
      "-i",
      sshd.key,
      "-o",
      "IdentitiesOnly=yes",
      "-o",
      `UserKnownHostsFile=${knownHosts}`,
    ],
    async stop() {
      await line.close();
      await sshd.stop();
    },
  };
}

/** Makes a repository of these files, with its first commit. */
export function makeRepository(directory: string, files: Record<string, string | Buffer>): void {
  mkdirSync(directory, { recursive: true });
  execFileSync("git", ["init", "-q", "-b", "main", directory]);
  change(directory, files, "first");
}

/** Writes files and commits all. */
export function change(directory: string, files: Record<string, string | Buffer>, message: string): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const git = ["-C", directory, "-c", "gc.auto=0", "-c", "user.name=A", "-c", "user.email=a@example.org"];
  execFileSync("git", [...git, "add", "-A"]);
  execFileSync("git", [...git, "commit", "-q", "-m", message]);
}

/** tarlift.yml of an application without services that goes to the server's `root`. */
export const configFor = (server: Server, root: string) =>
  [
    "app: bench",
    "targets:",
    "  production:",
    `    root: ${root}`,
    `    environments-root: ${root}/envs`,
    `    ssh-user: ${server.sshd.user}`,
    `    port: ${server.line.port}`,
    "    hosts: [127.0.0.1]",
    "",
  ].join("\n");

/** Runs a command without blocking the line, which lives in this process. @returns seconds; throws with its output when it fails */
export function timed(
  command: string,
  args: string[],
  cwd: string,
  environment: Record<string, string> = {},
): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    let said = "";
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve((performance.now() - start) / 1000)
        : reject(new Error(`${command} ${args.join(" ")}: exit ${code}\n${said}`)),
    );
  });
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}
