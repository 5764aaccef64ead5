// Runs the checks of tarlift.yml in the finished artifact: at its real paths in a private root, read-only, without network, as another
// user, with own processes. What the machine does not allow is reported, and refused where the user requires it.
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandResult, formatEnd, tryRun } from "../command/run.ts";
import type { Check } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { during, type Progress } from "../report/progress.ts";
import { pathsOf } from "./format.ts";
import program from "./tryout.sh";

export interface TryOutOptions {
  app: string;
  /** The unpacked application, assets and trees: shown at `/srv/<app>/current`. */
  release: string;
  /** Path environments: where each stands on hosts, and where it is unpacked on this machine. */
  environments: readonly { path: string; directory: string }[];
  /** Further directories to show, such as the prefix of the builder's interpreter. */
  readable?: readonly string[];
  checks: readonly Check[];
  /** The whole environment of the checks, beside PATH and HOME. */
  variables: Record<string, string>;
  /** Directories that come first on PATH, as they are inside. */
  path: readonly string[];
  /** Fails when not everything of {@link Held} holds. */
  require?: boolean;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** What held while the checks ran. */
export interface Held {
  mountNamespace: boolean;
  noNetwork: boolean;
  readOnly: boolean;
  otherUser: boolean;
  pidNamespace: boolean;
}

export interface TryOutReport {
  /** Milliseconds. `network`: this one asked for the machine's network. */
  checks: { run: string; duration: number; network: boolean }[];
  held: Held;
  /** Why something did not hold, a sentence each. */
  why: string[];
}

/** Not a real account: a check should own nothing. */
const NOBODY = "65534";
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const NAMESPACES = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=SIGKILL"];

const ALL: Held = { mountNamespace: true, noNetwork: true, readOnly: true, otherUser: true, pidNamespace: true };
const NONE: Held = { mountNamespace: false, noNetwork: false, readOnly: false, otherUser: false, pidNamespace: false };

/** How isolation is had on this machine. */
interface Means {
  /** Before the program; undefined: not isolated. */
  prefix: string[] | undefined;
  user: string;
  held: Held;
  why: string[];
}

/**
 * Runs the checks one after the other.
 *
 * @throws Failure when a check fails, with its last lines; when isolation is required and cannot be had
 */
export async function tryOut(options: TryOutOptions): Promise<TryOutReport> {
  const scratch = mkdtempSync(join(tmpdir(), "tarlift-tryout-"));
  try {
    const script = join(scratch, "tryout.sh");
    writeFileSync(script, program, { mode: 0o755 });
    const root = join(scratch, "root");
    await tryRun(["mkdir", root]);
    const means = await findMeans(script, root);
    if (options.require && Object.values(means.held).includes(false)) {
      throw new Failure({
        what: "the checks cannot be isolated on this machine, and isolation is required",
        output: means.why.join("\n"),
        remedy:
          "Run as root or with passwordless sudo (hosted runners have it), and install util-linux. Or leave the requirement out: the summary then says what did not hold.",
        outcome: "refused",
      });
    }
    const checks: TryOutReport["checks"] = [];
    for (const check of options.checks) checks.push(await runCheck(check, means, { ...options, script, root }));
    return { checks, held: means.held, why: means.why };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runCheck(
  check: Check,
  means: Means,
  options: TryOutOptions & { script: string; root: string },
): Promise<TryOutReport["checks"][number]> {
  const network = check.network;
  const start = performance.now();
  const result = await during(
    options.progress,
    `check ${check.run}${network ? " (with network)" : ""}`,
    async (task) => {
      const common = {
        onLine: (line: string) => task.line(line),
        signal: options.signal,
        ...("timeout" in check && check.timeout ? { timeout: check.timeout * 1000 } : {}),
      };
      const ended = means.prefix
        ? await tryRun(isolated(check, means.prefix, means.user, options), common)
        : await openly(check, options, common);
      if (ended.code !== 0 || ended.timedOut) throw failed(check, ended, means, options);
      return ended;
    },
  );
  void result;
  return { run: check.run, duration: performance.now() - start, network };
}

function isolated(
  check: Check,
  prefix: string[],
  user: string,
  options: TryOutOptions & { script: string; root: string },
): [string, ...string[]] {
  const current = `/${pathsOf(options.app).application}`;
  const binds = [...options.environments.map(({ path, directory }) => [directory, path]), [options.release, current]];
  return [
    ...(prefix as [string, ...string[]]),
    ...(check.network ? [] : ["--net"]),
    ...NAMESPACES,
    "sh",
    options.script,
    options.root,
    user,
    check.network ? "host" : "none",
    ...shown(options),
    "--",
    ...binds.flat(),
    "--",
    ...variablesOf(options, "/tmp", current),
    "sh",
    "-ec",
    check.run,
  ];
}

/** Directories outside of /usr, /etc and /opt that checks need; resolved names only, since each is made inside. */
function shown({ readable = [] }: TryOutOptions): string[] {
  return readable.filter(
    (directory) => existsSync(directory) && !/^\/(usr|etc|opt|bin|sbin|lib\w*)(\/|$)/.test(directory),
  );
}

function variablesOf({ variables, path }: TryOutOptions, home: string, current: string): string[] {
  const own = {
    LANG: "C.UTF-8",
    ...variables,
    HOME: home,
    TMPDIR: "/tmp",
    PWD: current,
    PATH: [...path, ...SYSTEM_PATH].join(":"),
  };
  return Object.entries(own).map(([name, value]) => `${name}=${value}`);
}

/** Where no namespace is allowed: in the unpacked release, with its real variables and without the run's tokens. */
function openly(check: Check, options: TryOutOptions, common: Parameters<typeof tryRun>[1]): Promise<CommandResult> {
  const current = `/${pathsOf(options.app).application}`;
  const inside = (value: string) => value.replaceAll(current, options.release);
  const variables = Object.fromEntries(
    variablesOf(options, tmpdir(), options.release).map((pair) => [
      pair.slice(0, pair.indexOf("=")),
      inside(pair.slice(pair.indexOf("=") + 1)),
    ]),
  );
  return tryRun(["sh", "-ec", check.run], { ...common, cwd: options.release, env: variables });
}

function failed(check: Check, ended: CommandResult, means: Means, options: TryOutOptions): Failure {
  const setUp = ended.code === 125 && /^tryout: /m.test(ended.stderr);
  return new Failure({
    what: setUp ? "the private root for the checks could not be made" : "a check of the finished artifact failed",
    where: {
      check: check.run,
      directory: `/${pathsOf(options.app).application}`,
      ended: formatEnd(ended, "timeout" in check && check.timeout ? { timeout: check.timeout * 1000 } : {}),
    },
    output: ended.lastLines,
    remedy: setUp
      ? "This is no fault of the application: `--no-check` leaves the checks out."
      : means.prefix && !check.network
        ? "It ran without network, read-only but for /tmp, as another user, with `build-variables:` alone. A check that needs the network: `{ run: …, network: true }`."
        : "It ran with `build-variables:` alone.",
  });
}

/** The strongest isolation that this machine allows, tried out and not guessed. */
async function findMeans(script: string, root: string): Promise<Means> {
  const missing = ["unshare", "mount", "pivot_root", "setpriv"].filter((name) => !onPath(name));
  if (process.platform !== "linux" || missing.length > 0)
    return {
      prefix: undefined,
      user: "keep",
      held: NONE,
      why: [`not isolated: this machine has no ${missing.join(", ")}`],
    };
  const asRoot = process.getuid?.() === 0;
  const why: string[] = [];
  for (const prefix of asRoot ? [["unshare"]] : [["sudo", "-n", "unshare"]]) {
    const problem = await probe(prefix, NOBODY, script, root);
    if (problem === undefined) return { prefix, user: NOBODY, held: ALL, why };
    why.push(`${prefix.join(" ")}: ${problem}`);
  }
  // Another user would need ranges of subordinate ids: the check runs as this one.
  const unprivileged = ["unshare", "--user", "--map-root-user"];
  const problem = await probe(unprivileged, "keep", script, root);
  if (problem === undefined)
    return {
      prefix: unprivileged,
      user: "keep",
      held: { ...ALL, otherUser: false },
      why: [...why, "the checks run as this user: without root there is no other"],
    };
  return { prefix: undefined, user: "keep", held: NONE, why: [...why, `user namespaces: ${problem}`, "not isolated"] };
}

/** Builds the private root around `true`. @returns what kept it from being built */
async function probe(prefix: string[], user: string, script: string, root: string): Promise<string | undefined> {
  const command = [
    ...prefix,
    "--net",
    ...NAMESPACES,
    "sh",
    script,
    root,
    user,
    "none",
    "--",
    "/etc",
    "/srv/tarlift-probe",
    "--",
    "PATH=/usr/bin:/bin",
    "true",
  ];
  const result = await tryRun(command as [string, ...string[]], { timeout: 20_000 }).catch((error: Error) => ({
    code: 1,
    lastLines: error.message,
  }));
  return result.code === 0 ? undefined : result.lastLines.split("\n").at(-1) || "failed";
}

function onPath(name: string): boolean {
  return `${process.env.PATH}:/usr/sbin:/sbin`.split(":").some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return statSync(join(directory, name)).isFile();
    } catch {
      return false;
    }
  });
}
