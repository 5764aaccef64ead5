// Runs all commands that supervised.ts does not: with @actions/exec, always silent, since its own output would pass
// workflow commands of children to the runner.
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { exec } from "@actions/exec";
import {
  type Command,
  type CommandOptions,
  type CommandResult,
  endGroup,
  GRACE,
  LINGER,
  notStarted,
  withoutActions,
} from "./command.ts";
import { Output } from "./output.ts";

/**
 * @actions/exec leaves standard input an open pipe, on which a command that reads would wait for ever. An empty `input`
 *   would end this process if the command ends first (EPIPE). The shell stays, since exec does not report which signal
 *   ended a command: the shell's exit code is 128 + its number.
 */
const WITHOUT_INPUT = ["/bin/sh", "-c", '"$0" "$@" </dev/null; exit $?'] as const;

/** The same, after it wrote the number of its own process group. */
const IN_GROUP = `echo $$ >"$0"; "$@" </dev/null; exit $?`;

/** Milliseconds between two checks for the number of a group that has to end. */
const LOOK = 10;

/** Runs a command; with a signal, in its own process group. @throws Failure when it cannot be started */
export async function execute(command: Command, options: CommandOptions): Promise<CommandResult> {
  const env = withoutActions(options.env ?? process.env);
  const started = startable(command, { ...options, env });
  const group = options.signal ? new Group(options.signal) : undefined;
  const [tool, ...args] = group
    ? [setsid()!, "/bin/sh", "-c", IN_GROUP, group.file, ...started]
    : [...WITHOUT_INPUT, ...started];
  const output = new Output(command, options);
  try {
    // A null code means that a signal ended it, although the types exclude null.
    const code: number | null = await exec(`"${tool!.replaceAll('"', '\\"')}"`, args, {
      cwd: options.cwd ?? process.cwd(),
      env: env as Record<string, string>,
      silent: true,
      ignoreReturnCode: true,
      delay: LINGER,
      listeners: {
        stdout: (bytes) => output.write("stdout", bytes),
        stderr: (bytes) => output.write("stderr", bytes),
      },
    });
    // Exec does not report which signal it was. A group that was stopped received this one.
    const signal = code === null && options.signal?.aborted ? "SIGTERM" : null;
    return Object.assign(output.end(), { code, signal, timedOut: false } as const);
  } catch (cause) {
    throw notStarted(command, options, cause as Error);
  } finally {
    group?.ended();
  }
}

/** Ends the process group of a command on abort. */
class Group {
  readonly #directory = mkdtempSync(join(tmpdir(), "tarlift-group-"));
  readonly #signal: AbortSignal;
  readonly #stop = () => this.#end("SIGTERM");
  #next: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#stop, { once: true });
    if (signal.aborted) this.#stop();
  }

  /** The file that contains the number of the group. */
  get file(): string {
    return join(this.#directory, "leader");
  }

  #end(signal: "SIGTERM" | "SIGKILL"): void {
    const leader = this.#leader();
    endGroup(leader, signal);
    if (leader === undefined) this.#next = setTimeout(() => this.#end(signal), LOOK);
    else if (signal === "SIGTERM") this.#next = setTimeout(() => this.#end("SIGKILL"), GRACE);
  }

  #leader(): number | undefined {
    try {
      const number = Number(readFileSync(this.file, "utf8"));
      return number > 1 ? number : undefined;
    } catch {
      return undefined;
    }
  }

  ended(): void {
    clearTimeout(this.#next);
    this.#signal.removeEventListener("abort", this.#stop);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** setsid(1) of util-linux or busybox, absolute; undefined on a machine without it (macOS). */
const setsid = (): string | undefined => findProgram("setsid", process.env.PATH);

/** Bytes of arguments and variables that every system accepts. */
const ALWAYS_TAKEN = 96 << 10;

/**
 * Whether @actions/exec can run a command. It does not report that arguments are too long, and refuses a program that
 * this user may execute only through a supplementary group.
 */
export function isExecutable(command: Command, { cwd, env = process.env, signal }: CommandOptions): boolean {
  if (signal && setsid() === undefined) return false;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value ?? ""}`);
  const bytes = [...command, ...variables].reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  const program = programOf(command[0], env.PATH, cwd);
  return bytes <= ALWAYS_TAKEN && (program === undefined || !isProgram(program) || (statSync(program).mode & 1) === 1);
}

const programOf = (name: string, path: string | undefined, cwd = process.cwd()): string | undefined =>
  name.includes("/") ? resolve(cwd, name) : findProgram(name, path, cwd);

/**
 * The command with the absolute path of its program, resolved on the command's own PATH: @actions/exec uses the PATH of
 * this process.
 *
 * @throws Failure if the program or the working directory does not exist
 */
function startable(
  [name, ...args]: Command,
  options: CommandOptions & { env: Record<string, string | undefined> },
): Command {
  const refuse = (message: string) =>
    notStarted([name, ...args], options, Object.assign(new Error(message), { code: "ENOENT" }));
  const { cwd = process.cwd(), env } = options;
  if (!isDirectory(cwd)) throw refuse(`there is no directory ${cwd}`);
  const program = programOf(name, env.PATH, cwd);
  if (program === undefined || !isProgram(program)) throw refuse(`spawn ${name} ENOENT`);
  return [program, ...args];
}

function findProgram(name: string, path = "/usr/bin:/bin", cwd = "/"): string | undefined {
  return path
    .split(delimiter)
    .map((directory) => resolve(cwd, directory, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
