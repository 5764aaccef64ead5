// Findings of `tarlift init` in a repository. What could not be found is a question, never a silent guess.
import type { Imported } from "./imported.ts";

export type { Above, Tree } from "../source/tree.ts";

export interface FoundEnvironment {
  name: string;
  installer: string;
  use: "runtime" | "build";
  /** Further keys of the environment in tarlift.yml. */
  keys: Record<string, string | string[]>;
  notes: string[];
}

export interface FoundStep {
  name: string;
  run: string;
  /** Empty if they could not be found: then the step is written as a comment. */
  outputs: string[];
  inputs?: string[];
  notes: string[];
}

export interface Project {
  /** The kinds of application, for people: `Django`, `Flask`, `Node`. */
  kinds: string[];
  /** The name that the project gives itself, if any. */
  name: string | undefined;
  /** The minor version of its Python, `unknown` if the project does not name one; undefined without Python. */
  python: string | undefined;
  /** A file with the version of Node, relative to the application; it may be above it. */
  nodeVersionFile: string | undefined;
  environments: FoundEnvironment[];
  /** Whether tarlift.yml has to set `package`. */
  package: boolean;
  stepEnv: Record<string, string>;
  /** Variables that each target needs. */
  variables: Record<string, string>;
  steps: FoundStep[];
  checks: string[];
  shared: string[];
  migrations: { pending: string; apply: string } | undefined;
  /** The module that creates the Flask or FastAPI application. */
  serverModule: Imported | undefined;
  /** Names of variables that the code reads without a default. */
  demanded: string[];
  /** Start commands of the project (Procfile, package.json), by service name. */
  processes: Record<string, string>;
  /** Services that the repository defines in files of a supervisor. */
  units: { file: string; key: string; name: string }[];
  /** Questions for the user, each with its section of the file. */
  questions: { section: Section; text: string }[];
}

export type Section = "environments" | "step-env" | "assets" | "check" | "shared" | "migrations" | "services";

export const emptyProject = (): Project => ({
  kinds: [],
  name: undefined,
  python: undefined,
  nodeVersionFile: undefined,
  environments: [],
  package: false,
  stepEnv: {},
  variables: {},
  steps: [],
  checks: [],
  shared: [],
  migrations: undefined,
  serverModule: undefined,
  demanded: [],
  processes: {},
  units: [],
  questions: [],
});

/** `config/settings.py` is the module `config.settings`; below `src/`, relative to that directory. */
export function moduleOf(path: string): string {
  return path
    .replace(/^src\//, "")
    .replace(/(\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
}
