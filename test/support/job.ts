// A job of a workflow without its runner: entries of dist/ are started as a runner starts them, with its environment contract
// (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax, .../workflow-commands).
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { bundledCommand } from "./command.ts";
import { temporary } from "./temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

interface Manifest {
  inputs?: Record<string, { default?: string; required?: boolean }>;
  outputs?: Record<string, unknown>;
  runs: { using: string; main: string; post?: string };
}

/** @param action a directory below actions/; `pipeline` is the action of the repository's root */
export function manifestOf(action: string): Manifest {
  return parse(readFileSync(join(ROOT, action === "pipeline" ? "action.yml" : `actions/${action}/action.yml`), "utf8"));
}

/** What a step has said and left. */
export interface StepEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output and standard error. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
  /** Texts that the runner was told to mask. */
  masks: string[];
  /** Messages of `::error::`, `::warning::` and `::notice::`, with their properties as they stand. */
  annotations: { type: string; properties: string; message: string }[];
}

export interface RunningStep {
  child: ChildProcess;
  ended: Promise<StepEnd>;
  /** Resolves when the log has a line that matches. @throws Error when the step ends before */
  said(text: RegExp): Promise<void>;
  /** Runs the action's `post` entry with the same inputs and what the step has saved. */
  post(): Promise<StepEnd>;
}

export interface Job {
  /** Variables of later steps: what steps have exported, and PATH with what they have added. */
  env: NodeJS.ProcessEnv;
  temp: string;
  start(action: string, inputs?: Record<string, string>, env?: NodeJS.ProcessEnv): RunningStep;
  /** Runs a step to its end. */
  run(action: string, inputs?: Record<string, string>, env?: NodeJS.ProcessEnv): Promise<StepEnd>;
}

export interface JobOptions {
  /** The checkout. */
  workspace: string;
  /** Variables of the run: the services' addresses, the ref. */
  env?: NodeJS.ProcessEnv;
  /** The event's payload. */
  event?: object;
  /** The job's token. */
  token?: string;
}

/** What a job needs of this machine: programs, and the way to package indexes. */
const OF_THE_MACHINE = /^(PATH|TMPDIR|(PIP|UV|SSL|NPM_CONFIG)_\w+|(HTTPS?|NO|ALL)_PROXY)$/i;

/** A directory with the entries of every action, built once for a test file. */
export const builtActions = () => dirname(bundledCommand());

export function startJob({ workspace, env = {}, event = {}, token = "job-token" }: JobOptions): Job {
  const temp = temporary("runner");
  const eventFile = join(temp, "event.json");
  writeFileSync(eventFile, JSON.stringify(event));
  mkdirSync(join(temp, "temp"));
  let steps = 0;
  const job: Job = {
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => OF_THE_MACHINE.test(name))),
      HOME: temp,
      LANG: "C.UTF-8",
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_PATH: eventFile,
      GITHUB_EVENT_NAME: "push",
      GITHUB_REF: "refs/heads/main",
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_RUN_ID: "1",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_SERVER_URL: "https://github.com",
      RUNNER_TEMP: join(temp, "temp"),
      RUNNER_TOOL_CACHE: join(temp, "tools"),
      ...env,
    },
    temp,
    start(action, inputs = {}, more = {}) {
      const manifest = manifestOf(action);
      const given: NodeJS.ProcessEnv = {};
      // A runner hands over every input of action.yml: one without a default, which the step does not name, is empty.
      const defaults = Object.entries(manifest.inputs ?? {}).map(
        ([name, { default: value = "" }]) => [name, value === "${{ github.token }}" ? token : value] as const,
      );
      for (const [name, value] of [...defaults, ...Object.entries(inputs)])
        given[`INPUT_${name.toUpperCase()}`] = value;
      const files = join(temp, `step-${steps++}`);
      const all = () => ({ ...job.env, ...given, ...more });
      const main = startEntry(entryOf(manifest.runs.main), all(), workspace, files);
      const ended = main.ended.then((end) => {
        // GitHub passes undeclared outputs on all the same; no page would list them.
        const undeclared = Object.keys(end.outputs).filter((name) => !Object.hasOwn(manifest.outputs ?? {}, name));
        if (undeclared.length > 0) throw new Error(`${action} has no output ${undeclared.join(", ")}`);
        Object.assign(job.env, pairs(join(files, "env")));
        const added = lines(join(files, "path")).reverse();
        job.env.PATH = [...added, job.env.PATH].join(":");
        return end;
      });
      return {
        ...main,
        ended,
        async post() {
          if (!manifest.runs.post) throw new Error(`${action} has no post entry`);
          const saved = Object.entries(pairs(join(files, "state"))).map(([name, value]) => [`STATE_${name}`, value]);
          const state = Object.fromEntries(saved) as NodeJS.ProcessEnv;
          return startEntry(entryOf(manifest.runs.post), { ...all(), ...state }, workspace, `${files}-post`).ended;
        },
      };
    },
    run: (...step) => job.start(...step).ended,
  };
  return job;
}

const entryOf = (path: string) => join(builtActions(), path.split("dist/")[1] ?? "");

function startEntry(entry: string, env: NodeJS.ProcessEnv, cwd: string, files: string) {
  mkdirSync(files);
  const file = (name: string) => {
    writeFileSync(join(files, name), "");
    return join(files, name);
  };
  const child = spawn(process.execPath, [entry], {
    cwd,
    env: {
      ...env,
      GITHUB_OUTPUT: file("output"),
      GITHUB_ENV: file("env"),
      GITHUB_PATH: file("path"),
      GITHUB_STATE: file("state"),
      GITHUB_STEP_SUMMARY: file("summary"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      for (const look of waiting) look();
    });
  const ended = once(child, "close").then(
    ([code, signal]): StepEnd => ({
      code,
      signal,
      log,
      outputs: pairs(join(files, "output")),
      summary: readFileSync(join(files, "summary"), "utf8"),
      masks: commands(log, "add-mask").map(({ message }) => message),
      annotations: ["error", "warning", "notice"].flatMap((type) =>
        commands(log, type).map((command) => ({ type, ...command })),
      ),
    }),
  );
  const said = (text: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!text.test(log)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      void ended.then(() => reject(new Error(`the step ended without saying ${text}:\n${log}`)));
      look();
    });
  return { child, ended, said };
}

/** Workflow commands in a log, unescaped as the runner does it. */
function commands(log: string, name: string): { properties: string; message: string }[] {
  const plain = (text: string) => text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
  return [...log.matchAll(new RegExp(`^::${name}( [^:]*(?:%3A[^:]*)*)?::(.*)$`, "gm"))].map(
    ([, properties = "", message = ""]) => ({ properties: properties.trim(), message: plain(message) }),
  );
}

/** Names and values of a file command: `NAME=VALUE`, or `NAME<<WORD`, lines, `WORD`. */
function pairs(file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const all = lines(file);
  for (let n = 0; n < all.length; n++) {
    const [, name, end] = /^(.+?)<<(.+)$/.exec(all[n] as string) ?? [];
    if (name === undefined || end === undefined) {
      const [before = "", ...after] = (all[n] as string).split("=");
      found[before] = after.join("=");
      continue;
    }
    const last = all.indexOf(end, n + 1);
    found[name] = all.slice(n + 1, last).join("\n");
    n = last;
  }
  return found;
}

const lines = (file: string): string[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .replace(/\n$/, "")
        .split("\n")
        .filter((line, _n, all) => all.length > 1 || line !== "")
    : [];
