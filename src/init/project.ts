// What `tarlift init` finds in a repository. What could not be found is a question, never a silent guess.
import type { Imported } from "./imported.ts";

export type { Above, Tree } from "../source/tree.ts";

export interface FoundEnvironment {
  name: string;
  installer: string;
  use: "runtime" | "build";
  /** Further keys of the environment as they stand in tarlift.yml. */
  keys: Record<string, string | string[]>;
  notes: string[];
}

export interface FoundStep {
  name: string;
  run: string;
  /** Empty: they could not be found, and the step is written as a comment. */
  outputs: string[];
  inputs?: string[];
  notes: string[];
}

export interface Project {
  /** What it is, for a person: `Django`, `Flask`, `Node`. */
  kinds: string[];
  /** The name that the project gives itself, when it has one. */
  name: string | undefined;
  /** The minor version of its Python, `unknown` where the project does not say; undefined without Python. */
  python: string | undefined;
  /** A file that names the version of Node, relative to the application; it may stand above it. */
  nodeVersionFile: string | undefined;
  environments: FoundEnvironment[];
  /** Whether tarlift.yml has to say that the application is a package. */
  package: boolean;
  stepEnv: Record<string, string>;
  /** Variables that each target needs. */
  variables: Record<string, string>;
  steps: FoundStep[];
  checks: string[];
  shared: string[];
  migrations: { pending: string; apply: string } | undefined;
  /** The module that makes the application of Flask or FastAPI. */
  serverModule: Imported | undefined;
  /** Names of variables that the code reads without a default. */
  demanded: string[];
  /** How the project says it is started (Procfile, package.json), by service name. */
  processes: Record<string, string>;
  /** Services that files of the repository define for a supervisor. */
  units: { file: string; key: string; name: string }[];
  /** What a person has to answer, each with its section of the file. */
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

/** `config/settings.py` is the module `config.settings`; below `src/`, as packages are laid out there. */
export function moduleOf(path: string): string {
  return path
    .replace(/^src\//, "")
    .replace(/(\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
}
