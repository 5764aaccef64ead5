// Runs the checks of tarlift.yml in the finished artifact: at its real paths in a private root, read-only, without
// network, as another user, with its own processes. What the machine does not allow is reported, and refused if the
// user requires it.
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathsOf } from "../artifact/format.ts";
import type { Check } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { during, type Progress } from "../progress.ts";
import { type CommandResult, formatEnd } from "../subprocess/command.ts";
import { tryRun } from "../subprocess/run.ts";
import program from "./isolated-root.sh";

export interface RunChecksOptions {
  app: string;
  /** The unpacked application, assets and trees: visible at `/srv/<app>/current`. */
  release: string;
  /** Path environments: the path of each on hosts, and the directory in which it is unpacked on this machine. */
  environments: readonly { path: string; directory: string }[];
  /** Directories of the release that are outside it on hosts: in `release` they are empty, and writable. */
  shared?: readonly string[];
  /** Further visible directories, such as the prefix of the builder's interpreter. */
  readable?: readonly string[];
  checks: readonly Check[];
  /** The whole environment of the checks, except PATH and HOME. */
  variables: Record<string, string>;
  /** Directories that come first on PATH, as paths inside the private root. */
  path: readonly string[];
  /** Fails unless everything of {@link Held} is true. */
  require?: boolean;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** Which parts of the isolation were in effect while the checks ran. */
export interface Held {
  mountNamespace: boolean;
  noNetwork: boolean;
  readOnly: boolean;
  otherUser: boolean;
  pidNamespace: boolean;
}

export interface CheckReport {
  /** Milliseconds. `network`: this check requested the machine's network. */
  checks: { run: string; duration: number; network: boolean }[];
  held: Held;
  /** Why a part was missing, a sentence each. */
  why: string[];
}

/** Not a real account, since a check should own nothing, and not the user that builds. */
const UNPRIVILEGED = process.getuid?.() === 65534 ? "65533" : "65534";
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const NAMESPACES = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=SIGKILL"];

const ALL: Held = { mountNamespace: true, noNetwork: true, readOnly: true, otherUser: true, pidNamespace: true };
const NONE: Held = { mountNamespace: false, noNetwork: false, readOnly: false, otherUser: false, pidNamespace: false };

/** Visible to checks as they are on this machine, except {@link hidden}. */
const SYSTEM = /^\/(usr|etc|opt|bin|sbin|lib\w*)(\/|$)/;

/** How this machine can isolate. */
interface Means {
  /** The command before the namespaces' options: `unshare`, `sudo -n unshare`; undefined: no isolation. */
  prefix: string[] | undefined;
  /** In the form that the script takes. */
  user: string;
  held: Held;
  why: string[];
}

/**
 * Runs the checks one after the other.
 *
 * @throws Failure when a check fails, with its last lines; when isolation is required and not possible
 */
export async function runChecks(options: RunChecksOptions): Promise<CheckReport> {
  const scratch = mkdtempSync(join(tmpdir(), "tarlift-checks-"));
  try {
    const script = join(scratch, "isolated-root.sh");
    writeFileSync(script, program, { mode: 0o755 });
    const root = join(scratch, "root");
    await tryRun(["mkdir", root]);
    const means = await findMeans(script, root);
    if (options.require && Object.values(means.held).includes(false)) {
      throw new Failure({
        code: "isolation-unavailable",
        what: "the checks cannot be isolated on this machine, and isolation is required",
        output: means.why.join("\n"),
        remedy:
          "Run as root or with passwordless sudo (hosted runners have it), and install util-linux. Or leave the requirement out: the summary then says what did not hold.",
        outcome: "refused",
      });
    }
    const checks: CheckReport["checks"] = [];
    for (const check of options.checks) checks.push(await runCheck(check, means, { ...options, script, root }));
    const open = checks.filter(({ network }) => network).length;
    if (open === 0 || !means.held.noNetwork) return { checks, held: means.held, why: means.why };
    const why = `${open} of ${checks.length} checks asked for the network`;
    return { checks, held: { ...means.held, noNetwork: false }, why: [...means.why, why] };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runCheck(
  check: Check,
  means: Means,
  options: RunChecksOptions & { script: string; root: string },
): Promise<CheckReport["checks"][number]> {
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
        ? await tryRun(isolated(check, means.prefix, means.user, options), { ...common, lifeline: true })
        : await openly(check, options, common);
      // A check that the signal ended says nothing about the artifact.
      if (options.signal?.aborted)
        throw new Failure({ code: "cancelled", what: "stopped before the checks had ended" });
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
  options: RunChecksOptions & { script: string; root: string },
): [string, ...string[]] {
  const current = `/${pathsOf(options.app).application}`;
  const binds = [...options.environments.map(({ path, directory }) => [directory, path]), [options.release, current]];
  return [
    ...guarded(prefix, options.script),
    ...(check.network ? [] : ["--net"]),
    ...NAMESPACES,
    "sh",
    options.script,
    options.root,
    user,
    check.network ? "host" : "none",
    ...hidden(),
    "--",
    ...shown(options),
    "--",
    ...binds.flat(),
    "--",
    ...(options.shared ?? []).map((directory) => `${current}/${directory}`),
    "--",
    ...variablesOf(options, "/tmp", current),
    "sh",
    "-ec",
    check.run,
  ];
}

/**
 * The guard runs outside the namespaces, as the user that creates them: a signal of this process would not reach what
 * sudo started.
 */
function guarded(prefix: string[], script: string): [string, ...string[]] {
  const at = prefix.indexOf("unshare");
  return [...prefix.slice(0, at), "sh", script, "guard", ...prefix.slice(at)] as [string, ...string[]];
}

/**
 * Directories of a runner that do not belong to the artifact. Most of them are not visible anyway; a self-hosted runner
 * may be in /opt.
 */
function hidden(): string[] {
  const { HOME, RUNNER_TEMP, RUNNER_WORKSPACE, GITHUB_WORKSPACE } = process.env;
  const places = [HOME, RUNNER_TEMP, RUNNER_WORKSPACE, GITHUB_WORKSPACE].map((path) => path?.replace(/\/+$/, ""));
  // Not a system directory itself: some accounts have /, /usr/bin or /opt as their home.
  return [...new Set(places)].filter((path) => path !== undefined && /^\/opt\/[^/]/.test(path)) as string[];
}

/** Directories that checks need and that are not visible as part of the system. */
function shown({ readable = [] }: RunChecksOptions): string[] {
  const unseen = (directory: string) =>
    !SYSTEM.test(directory) || hidden().some((place) => `${directory}/`.startsWith(`${place}/`));
  return [...readable, ...builderNode().shown].filter((directory) => existsSync(directory) && unseen(directory));
}

/** The Node that installed the packages, which may be in a home or a tool cache; a host has its own. */
function builderNode(): { bin: string[]; shown: string[] } {
  const found = process.env.PATH?.split(":").find((directory) => directory && existsSync(join(directory, "node")));
  if (!found || SYSTEM_PATH.includes(found)) return { bin: [], shown: [] };
  const bin = dirname(realpathSync(join(found, "node")));
  const prefix = dirname(bin);
  // ~/bin/node must not make the whole home visible.
  const wide = prefix === "/" || `${process.env.HOME}/`.startsWith(`${prefix}/`);
  return { bin: [bin], shown: [wide ? bin : prefix] };
}

function variablesOf({ variables, path }: RunChecksOptions, home: string, current: string): string[] {
  const own = {
    LANG: "C.UTF-8",
    ...variables,
    HOME: home,
    TMPDIR: "/tmp",
    PWD: current,
    PATH: [...path, ...builderNode().bin, ...SYSTEM_PATH].join(":"),
  };
  return Object.entries(own).map(([name, value]) => `${name}=${value}`);
}

/** Where no namespace is allowed: in the unpacked release, with its real variables and without the run's tokens. */
function openly(check: Check, options: RunChecksOptions, common: Parameters<typeof tryRun>[1]): Promise<CommandResult> {
  const current = `/${pathsOf(options.app).application}`;
  const inside = (value: string) => value.replaceAll(current, () => options.release);
  const variables = Object.fromEntries(
    variablesOf(options, tmpdir(), options.release).map((pair) => [
      pair.slice(0, pair.indexOf("=")),
      inside(pair.slice(pair.indexOf("=") + 1)),
    ]),
  );
  return tryRun(["sh", "-ec", check.run], { ...common, cwd: options.release, env: variables });
}

function failed(check: Check, ended: CommandResult, means: Means, options: RunChecksOptions): Failure {
  const setUp = ended.code === 125 && /^isolated-root: /m.test(ended.stderr);
  return new Failure({
    code: setUp ? "isolation-unavailable" : "check-failed",
    what: setUp ? "the private root for the checks could not be made" : "a check of the finished artifact failed",
    where: {
      check: check.run,
      directory: `/${pathsOf(options.app).application}`,
      ended: formatEnd(ended, "timeout" in check && check.timeout ? { timeout: check.timeout * 1000 } : {}),
    },
    output: ended.lastLines,
    // No host was contacted.
    outcome: "refused",
    remedy: setUp
      ? "This is no fault of the application: `--no-check` leaves the checks out."
      : means.prefix && !check.network
        ? `It ran without network, read-only but for /tmp and the directories of \`shared:\`, as ${means.held.otherUser ? "another" : "this very"} user, with \`step-env:\` alone. A check that needs the network: \`{ run: …, network: true }\`.`
        : "It ran with `step-env:` alone.",
  });
}

/** The strongest isolation that this machine allows, tested and not guessed. */
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
    const problem = await probe(prefix, UNPRIVILEGED, script, root);
    if (problem === undefined) return { prefix, user: UNPRIVILEGED, held: ALL, why };
    why.push(`${prefix.join(" ")}: ${problem}`);
  }
  // Another user would need ranges of subordinate ids: the check runs as this one.
  const unprivileged = ["unshare", "--user", "--map-root-user"];
  const self = `keep:${process.getuid?.() || UNPRIVILEGED}:${process.getgid?.() || UNPRIVILEGED}`;
  const problem = await probe(unprivileged, self, script, root);
  if (problem === undefined)
    return {
      prefix: unprivileged,
      user: self,
      held: { ...ALL, otherUser: false },
      why: [...why, "the checks run as this user: without root there is no other"],
    };
  return { prefix: undefined, user: "keep", held: NONE, why: [...why, `user namespaces: ${problem}`, "not isolated"] };
}

/** Builds the private root, and tests from inside whether it isolates as it should. @returns what is wrong with it */
async function probe(prefix: string[], user: string, script: string, root: string): Promise<string | undefined> {
  const command = [
    ...guarded(prefix, script),
    "--net",
    ...NAMESPACES,
    "sh",
    script,
    root,
    user,
    "none",
    "--",
    "--",
    "/etc",
    "/srv/tarlift-probe",
    "--",
    "--",
    "PATH=/usr/bin:/bin",
    "sh",
    "-c",
    SEEN,
  ];
  const result = await tryRun(command as [string, ...string[]], { timeout: 20_000, lifeline: true }).catch(
    (error: Error) => ({ code: 1, lastLines: error.message, stdout: "" }),
  );
  if (result.code !== 0) return result.lastLines.split("\n").at(-1) || "failed";
  const [mount, network, processes, capabilities, rest] = result.stdout.trim().split("\n");
  const outside = (name: string) => readlinkSync(`/proc/self/ns/${name}`);
  if (mount === outside("mnt")) return "mounts are the machine's";
  if (network === outside("net")) return "the network is the machine's";
  if (processes === outside("pid")) return "processes are the machine's";
  if (!/^CapEff:\s*0+$/.test(capabilities ?? "")) return "checks would have capabilities";
  return rest === undefined ? undefined : "the private root can be written";
}

/** Output of the probe: its namespaces, its capabilities, and another line if the root is writable. */
const SEEN = `readlink /proc/self/ns/mnt /proc/self/ns/net /proc/self/ns/pid
grep CapEff /proc/self/status
for place in . /usr /; do if touch "$place/.tarlift-probe" 2>/dev/null; then echo writable; fi; done`;

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
