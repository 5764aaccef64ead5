// What an environment is, and the interface behind which each installer stands.
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

/** Where an environment is built and what surrounds it. */
export interface BuildPlace {
  app: string;
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory in the checkout (the repository's root joined with `source`), absolute. */
  source: string;
  /** Environments-root, absolute; the same path on the runner and on hosts. */
  root: string;
  /** This job's directory for entries, tools and scratch files, absolute. */
  work: string;
  /** An interpreter that the user names to build with. */
  python?: string | undefined;
  /** `package:` of tarlift.yml. */
  package?: boolean | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** A link that belongs to the application layer and not to the environment: npm's links to workspaces. Relative to the application. */
export interface WorkspaceLink {
  path: string;
  target: string;
}

/** An environment at hand: its record, and its packed layer as a file on this machine. */
export interface BuiltEnvironment {
  record: EnvironmentRecord;
  use: "runtime" | "build";
  /** Restored from the store (true) or built in this run. */
  hit: boolean;
  layer: PackedLayer;
  workspaceLinks: WorkspaceLink[];
  /** Directories to put on PATH once it is unpacked, absolute. */
  bin: string[];
  /** Where it runs on this machine: `<root>/<id>`, or the application's directory for kind tree. */
  path: string;
  /** Directories of this machine that it needs to run, absolute: its interpreter's installation. */
  readable: readonly string[];
  application?: ApplicationHooks | undefined;
  /**
   * Sees to it that it stands where it runs on this machine. Cheap where it does already; of two trees with one mount the latest call
   * wins.
   *
   * @param application kind tree: the directory that stands for the application, absolute. Default: the checkout's own
   * @returns whether anything had to be done
   */
  unpack(application?: string): Promise<boolean>;
}

/** Where processes find what an environment, or the application as a package, has for them. */
export interface Runtime {
  /** Directories for PATH. */
  path: string[];
  /** Further variables; their values are paths. */
  env: Record<string, string>;
}

/** Lets an unpacked copy run with this machine's interpreter. Cheap where it does already. @param directory of the copy, absolute */
export type Localize = (directory: string) => void;

/** What an environment makes of the application's own files. Of several that ship, the first one that can does it. */
export interface ApplicationHooks {
  /**
   * The application's files with what the hosts' interpreter makes of them, such as byte code.
   *
   * @param options.base where they will stand, absolute
   * @param options.work for files that are kept between runs, absolute
   * @param options.elsewhere paths of other layers, which stay theirs
   */
  files(
    sources: readonly PackSource[],
    options: { base: string; work: string; elsewhere: ReadonlySet<string> },
  ): Promise<PackSource[]>;
  /**
   * What the application asks of the hosts' interpreter, besides what the environment does.
   *
   * @param project its directory, relative to the application's
   */
  conditions(source: Source, project: string): Condition[];
  /** Builds the application as a package, or takes the build of the same files from the store. */
  layer(context: ApplicationContext): Promise<ApplicationLayer>;
}

export interface ApplicationContext {
  app: string;
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  /** The project's, relative to that; `""` where it is the application itself. */
  project: string;
  source: Source;
  environment: BuiltEnvironment;
  store: LayerStore;
  work: string;
  progress: Progress;
}

export interface ApplicationLayer {
  layer: PackedLayer;
  /** What of it is for this machine's processor: hosts need the libraries of these files. */
  native: NativeFile[];
  hit: boolean;
  /** How processes of a release find it; paths relative to the application. */
  runtime: Runtime;
}

/** An environment that a repository asks for, or what has to be answered before there can be one. */
export type Detected = DetectedEnvironment | { question: string };

export interface DetectedEnvironment {
  /** What asks for it. Of several installers of one language the first in {@link DETECTED_BY} is meant. */
  by: DetectedBy;
  /** Its keys as they stand in tarlift.yml, besides `installer` and `use`. */
  keys: Record<string, string | string[]>;
  notes: string[];
  /** What a person has to answer, each a sentence. */
  questions: string[];
}

/** A lock of the application's own, a file that lists packages, a lock of a directory above it. */
export const DETECTED_BY = ["lock", "list", "lock above"] as const;
export type DetectedBy = (typeof DETECTED_BY)[number];

/** @returns undefined where nothing asks for this installer */
export type Detect = (tree: Tree) => Detected | undefined;

/** How one installer reads, keys and installs. `inspect` only reads; what it returns has effects. */
export interface Installer<S extends z.ZodObject = z.ZodObject> extends Adapter {
  /** `installer` is the literal of its key; made by `environmentOf`. */
  readonly schema: S;
  /** `path`: made where it runs, and a link of the release leads to it. `tree`: directories in the release. */
  readonly kind: "path" | "tree";
  /** What its packages are written for: `python`. Of the installers of one language, `init` proposes one. */
  readonly language: string;
  /** Loads what finds an environment in a repository, for `init`. */
  detector(): Promise<Detect>;
  /** For environments that can build the application itself as a package into each release (`package:`). */
  readonly ownPackage?: {
    /** Variables by which processes find the package: `step-env` cannot give them another value. */
    readonly variables: readonly string[];
    /**
     * @param read gives the text of a file of the application, undefined for one that is not there
     * @param wanted `package:` of tarlift.yml
     * @returns where the project stands, relative to the application's directory; undefined where none is built
     */
    directory(
      config: z.infer<S>,
      read: (path: string) => string | undefined,
      wanted: boolean | undefined,
    ): Promise<string | undefined>;
  };
  /** Where an environment stands in the release, relative to the application, and the key that decides it. */
  place(config: z.infer<S>): { path: string; key: string };
  /** What speaks against a combination of its keys; paths begin below the environment. */
  check?(config: z.infer<S>): ConfigFinding[];
  /** Reads the requirement files; starts no installer. @throws Failure for files that are missing or cannot be built reproducibly */
  inspect(config: z.infer<S>, place: BuildPlace): Promise<Inspection>;
  /**
   * Where programs of an environment stand.
   *
   * @param record of it; `mounts` for kind tree
   * @param at kind path: its directory, or a link to it; kind tree: the application's directory. The paths of the result begin with it
   */
  runtime(record: Pick<EnvironmentRecord, "mounts">, at: string): Runtime;
  /**
   * kind path: how copies of an environment, as an artifact has it, run on this machine.
   *
   * @param options.python an interpreter that the user names
   * @throws Failure where this machine has no interpreter that fits
   */
  localize?(record: EnvironmentRecord, options: { python?: string | undefined }): Promise<Localize>;
}

export interface Inspection {
  reads: Reads;
  /** Everything of the installer's side that decides what the environment should hold. */
  parts: KeyPart[];
  /** Things to warn of, such as requirements without a version. */
  warnings: string[];
  tool: { name: string; version: string };
  /** The interpreter that installs, in one line. What is restored must have been made with the same. */
  madeWith: string;
  /**
   * Installs. Kind path: `directory` is where the environment will live, and what it holds afterwards is packed, with the host's
   * interpreter links. Kind tree: `directory` is an empty staging directory that stands for the application.
   */
  install(directory: string): Promise<Installed>;
  /** kind path: how what was packed runs on this machine. */
  localize?: Localize;
  /** As in {@link BuiltEnvironment}. */
  readable?: readonly string[];
  application?: ApplicationHooks;
}

export interface Installed {
  resolved: EnvironmentRecord["resolved"];
  requirements: Requirements;
  /** The interpreter that made it, asked of what stands there now. */
  madeWith: string;
  /** kind tree: the directories below the application that are packed. */
  mounts?: string[];
  workspaceLinks?: WorkspaceLink[];
}
