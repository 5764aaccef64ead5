// GitHub's workflows on this machine, by act (https://github.com/nektos/act): no container, no network, actions from directories.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

const VERSION = "v0.2.89";
/** Outside of the checkout: built once for a machine. */
const TOOLS = join(homedir(), ".cache", "tarlift-tests");
const PROGRAM = join(TOOLS, `act-${VERSION}`);

/** Go 1.25 builds it; since 1.21 an older one fetches the toolchain that it needs. 0 without Go. */
const go = Number(
  /^go1\.(\d+)/.exec(spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? 0,
);

/** What the machine must have: `describe.runIf(needs(...ACT_NEEDS))`. Go builds act once, in about a minute. */
export const ACT_NEEDS = existsSync(PROGRAM) || go >= 21 ? ["git"] : ["git", "go (1.25 or newer)"];

/** The path of act, built when this machine has none yet. */
export function act(): string {
  if (existsSync(PROGRAM)) return PROGRAM;
  mkdirSync(TOOLS, { recursive: true });
  const place = mkdtempSync(join(TOOLS, "building-"));
  try {
    const toolchain = go < 25 ? { GOTOOLCHAIN: "auto" } : {};
    sh("go", ["install", `github.com/nektos/act@${VERSION}`], { env: { ...process.env, GOBIN: place, ...toolchain } });
    renameSync(join(place, "act"), PROGRAM);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return PROGRAM;
}

export interface WorkflowRun {
  /** The repository that the workflow belongs to; its checkout is copied for each job. */
  repository: string;
  /** The workflow's file. */
  workflow: string;
  event: "push" | "pull_request" | "workflow_dispatch";
  /** The event's payload. Without a `ref` act takes one from git: a tag on HEAD makes every event the tag's. Booleans are strings. */
  payload: Record<string, unknown>;
  /** Directories that stand for published actions: `acme/tarlift@v1`. */
  actions: Record<string, string>;
  secrets?: Record<string, string>;
  variables?: Record<string, string>;
  env?: Record<string, string>;
}

export interface Ran {
  /** 0 when every job has succeeded. */
  code: number | null;
  /** Everything that the run has printed, `[workflow/job]` before each line. */
  log: string;
}

/** Runs a workflow to its end. */
export async function runWorkflow(run: WorkflowRun): Promise<Ran> {
  const place = temporary("act");
  const event = join(place, "event.json");
  writeFileSync(event, JSON.stringify(run.payload));
  const secrets = join(place, "secrets.yml");
  // JSON is YAML: values of several lines stay whole.
  writeFileSync(secrets, JSON.stringify(run.secrets ?? {}));
  const each = (option: string, values: Record<string, string> = {}) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const child = spawn(
    act(),
    [
      run.event,
      ...["-P", "ubuntu-24.04=-self-hosted", "--no-cache-server", "-W", run.workflow, "-e", event],
      ...["--secret-file", secrets, "--action-offline-mode", "--no-skip-checkout"],
      ...each("--local-repository", run.actions),
      ...each("--var", run.variables),
      ...each("--env", run.env),
    ],
    {
      cwd: run.repository,
      env: {
        ...process.env,
        PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
        XDG_CACHE_HOME: join(place, "cache"),
        XDG_CONFIG_HOME: join(place, "config"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  return ended(child);
}

async function ended(child: ChildProcess): Promise<Ran> {
  let log = "";
  const keep = (chunk: Buffer) => {
    log += chunk;
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, log };
}
