// What an environment is, and the interface of all installers.
import type { z } from "zod";
import type { Condition, EnvironmentRecord, Requirements } from "../artifact/format.ts";
import type { PackedLayer, PackSource } from "../artifact/pack.ts";
import type { KeyPart } from "../cache-key/key.ts";
import type { NativeFile } from "../host-requirements/requirements.ts";
import type { Progress } from "../progress.ts";
import type { Adapter, ConfigFinding } from "../schema/adapter.ts";
import type { Reads } from "../source/committed.ts";
import type { Source } from "../source/read-source.ts";
import type { Tree } from "../source/tree.ts";
import type { LayerStore } from "../stores/store.ts";
import type { EnvironmentUse } from "./schema.ts";

/** Where an environment is built, and its surroundings. */
export interface BuildContext {
  app: string;
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory in the checkout (the repository's root joined with `source`), absolute. */
  source: string;
  /** Environments-root, absolute; the same path on the runner and on hosts. */
  root: string;
  /** This job's directory for entries, tools and scratch files, absolute. */
  work: string;
  /** An interpreter to build with, chosen by the user. */
  python?: string | undefined;
  /** `package:` of tarlift.yml. */
  package?: boolean | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/**
 * A link that belongs to the application layer and not to the environment, relative to the application: npm's links to
 * workspaces.
 */
export interface WorkspaceLink {
  path: string;
  target: string;
}

/** An available environment: its record, and its packed layer in a local file. */
export interface BuiltEnvironment {
  record: EnvironmentRecord;
  use: EnvironmentUse;
  /** Whether it was restored from the store (true) or built in this run. */
  hit: boolean;
  layer: PackedLayer;
  workspaceLinks: WorkspaceLink[];
  /** Directories for PATH once it is unpacked, absolute. */
  bin: string[];
  /** Where it runs on this machine: `<root>/<id>`, or the application's directory for kind tree. */
  path: string;
  /** Local directories that it needs to run, absolute: its interpreter's installation. */
  readable: readonly string[];
  application?: ApplicationHooks | undefined;
  /**
   * Ensures that it is unpacked where it runs on this machine. Cheap if it already is. If two trees have the same
   * install directory, the latest call wins.
   *
   * @param application kind tree: the directory used as the application, absolute. Default: that of the checkout
   * @returns whether anything had to be done
   */
  unpack(application?: string): Promise<boolean>;
}

/** Where processes find the programs and files of an environment, or of the application as a package. */
export interface Runtime {
  /** Directories for PATH. */
  path: string[];
  /** Further variables; their values are paths. */
  env: Record<string, string>;
}

/**
 * Makes an unpacked copy run with this machine's interpreter. Cheap if it already does.
 *
 * @param directory of the copy, absolute
 */
export type Localize = (directory: string) => void;

/**
 * What an environment does with the application's own files. If several environments ship, the first one that has the
 * hooks is used.
 */
export interface ApplicationHooks {
  /**
   * The application's files, and what the hosts' interpreter makes of them, such as byte code.
   *
   * @param options.base their directory on hosts, absolute
   * @param options.work for files that are kept between runs, absolute
   * @param options.elsewhere paths of other layers, which are left alone
   */
  files(
    sources: readonly PackSource[],
    options: { base: string; work: string; elsewhere: ReadonlySet<string> },
  ): Promise<PackSource[]>;
  /**
   * The application's own conditions on the hosts' interpreter, beyond those of the environment.
   *
   * @param project its directory, relative to the application's
   */
  conditions(source: Source, project: string): Condition[];
  /** Builds the application as a package, or takes a build of the same files from the store. */
  layer(context: ApplicationContext): Promise<ApplicationLayer>;
}

export interface ApplicationContext {
  app: string;
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  /** The project's directory, relative to the application's; `""` if it is the application itself. */
  project: string;
  source: Source;
  environment: BuiltEnvironment;
  store: LayerStore;
  work: string;
  progress: Progress;
}

export interface ApplicationLayer {
  layer: PackedLayer;
  /** Its files for this machine's processor: hosts need the libraries of these files. */
  native: NativeFile[];
  hit: boolean;
  /** How processes of a release find it; paths are relative to the application. */
  runtime: Runtime;
}

/** An environment that a repository needs, or a question that has to be answered first. */
export type Detected = DetectedEnvironment | { question: string };

export interface DetectedEnvironment {
  /** What indicates it. Of several installers of one language, the first in {@link DETECTED_BY} is used. */
  by: DetectedBy;
  /** Its keys in tarlift.yml, except `installer` and `use`. */
  keys: Record<string, string | string[]>;
  notes: string[];
  /** Questions for the user, each a sentence. */
  questions: string[];
}

/** The application's own lock, a file that lists packages, a lock in a parent directory. */
export const DETECTED_BY = ["lock", "list", "lock above"] as const;
export type DetectedBy = (typeof DETECTED_BY)[number];

/** @returns undefined if nothing indicates this installer */
export type Detect = (tree: Tree) => Detected | undefined;

/** How an installer reads, keys and installs. `inspect` only reads; the plan that it returns has effects. */
export interface Installer<S extends z.ZodObject = z.ZodObject> extends Adapter {
  /** `installer` is the literal of its key; made by `environmentOf`. */
  readonly schema: S;
  /** `path`: created where it runs, and linked from the release. `tree`: directories in the release. */
  readonly kind: EnvironmentRecord["kind"];
  /** The language of its packages: `python`. `init` proposes one installer for each language. */
  readonly language: string;
  /** Loads the function that detects an environment in a repository, for `init`. */
  detector(): Promise<Detect>;
  /** For environments that can build the application itself as a package into each release (`package:`). */
  readonly ownPackage?: {
    /** Variables by which processes find the package: `step-env` cannot change them. */
    readonly variables: readonly string[];
    /**
     * @param read returns the text of a file of the application, undefined if it does not exist
     * @param wanted `package:` of tarlift.yml
     * @returns the directory of the project, relative to the application's; undefined if none is built
     */
    directory(
      config: z.infer<S>,
      read: (path: string) => string | undefined,
      wanted: boolean | undefined,
    ): Promise<string | undefined>;
  };
  /** The path of an environment in the release, relative to the application, and the key that configures it. */
  releasePath(config: z.infer<S>): { path: string; key: string };
  /** Invalid combinations of its keys. Paths start below the environment. */
  check?(config: z.infer<S>): ConfigFinding[];
  /**
   * Reads the requirement files and starts no installer.
   *
   * @throws Failure for files that are missing or cannot be built reproducibly
   */
  inspect(config: z.infer<S>, context: BuildContext): Promise<InstallPlan>;
  /**
   * Directories of an environment's programs.
   *
   * @param record of it; `mounts` for kind tree
   * @param at kind path: its directory, or a link to it; kind tree: the application's directory. The paths of the
   *   result start with it
   */
  runtime(record: Pick<EnvironmentRecord, "mounts">, at: string): Runtime;
  /**
   * kind path: makes copies of an environment, as an artifact contains it, run on this machine.
   *
   * @param options.python an interpreter that the user chose
   * @throws Failure if this machine has no suitable interpreter
   */
  localize?(record: EnvironmentRecord, options: { python?: string | undefined }): Promise<Localize>;
}

export interface InstallPlan {
  reads: Reads;
  /** Everything from the installer that decides what the environment contains. */
  parts: KeyPart[];
  /** Warnings, such as requirements without a version. */
  warnings: string[];
  tool: { name: string; version: string };
  /** The interpreter that installs, in one line. A restored environment must have been made with the same one. */
  madeWith: string;
  /**
   * Installs. Kind path: `directory` is the final path of the environment, and its content is packed afterwards, with
   * links to the hosts' interpreter. Kind tree: `directory` is an empty staging directory in the role of the
   * application.
   */
  install(directory: string): Promise<Installed>;
  /** kind path: makes the packed environment run on this machine. */
  localize?: Localize;
  /** As in {@link BuiltEnvironment}. */
  readable?: readonly string[];
  application?: ApplicationHooks;
}

export interface Installed {
  resolved: EnvironmentRecord["resolved"];
  requirements: Requirements;
  /** The interpreter that made it, read from the result. */
  madeWith: string;
  /** kind tree: the directories below the application that are packed. */
  mounts?: string[];
  workspaceLinks?: WorkspaceLink[];
}
