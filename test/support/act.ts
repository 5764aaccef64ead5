// GitHub's workflows on this machine, by act (https://github.com/nektos/act): no container, no network, actions from directories.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { act } from "./act-program.ts";
import { temporary } from "./temporary.ts";

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
