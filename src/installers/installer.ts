// What an environment is, and the interface behind which each installer stands.
import type { z } from "zod";
import type { EnvironmentRecord, Requirements } from "../artifact/format.ts";
import type { PackedLayer } from "../artifact/pack.ts";
import type { KeyPart } from "../cache-key/key.ts";
import type { Progress } from "../progress.ts";
import type { Python } from "../python/interpreter.ts";
import type { Adapter, ConfigFinding } from "../schema/adapter.ts";
import type { Reads } from "../source/committed.ts";

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
  use: "run" | "build";
  /** Restored from the store (true) or built in this run. */
  hit: boolean;
  layer: PackedLayer;
  workspaceLinks: WorkspaceLink[];
  /** Directories to put on PATH once it is unpacked, absolute. */
  bin: string[];
  /** Where it runs on this machine: `<root>/<id>`, or the application's directory for kind tree. */
  path: string;
  /** The builder's Python that it runs with, where it has one. */
  python?: Python | undefined;
  /**
   * Sees to it that it stands where it runs on this machine. Cheap where it does already; of two trees with one mount the latest call
   * wins.
   *
   * @param application kind tree: the directory that stands for the application, absolute. Default: the checkout's own
   * @returns whether anything had to be done
   */
  unpack(application?: string): Promise<boolean>;
}

/** How one installer reads, keys and installs. `inspect` only reads; what it returns has effects. */
export interface Installer<S extends z.ZodObject = z.ZodObject> extends Adapter {
  /** `installer` is the literal of its key; made by `environmentOf`. */
  readonly schema: S;
  /** `path`: made where it runs, and a link of the release leads to it. `tree`: directories in the release. */
  readonly kind: "path" | "tree";
  /** Whether its environments can build the application itself as a package into each release (`package:`). */
  readonly buildsPackage?: true;
  /** Where an environment stands in the release, relative to the application, and the key that decides it. */
  place(config: z.infer<S>): { path: string; key: string };
  /** What speaks against a combination of its keys; paths begin below the environment. */
  check?(config: z.infer<S>): ConfigFinding[];
  /** Reads the requirement files; starts no installer. @throws Failure for files that are missing or cannot be built reproducibly */
  inspect(config: z.infer<S>, place: BuildPlace): Promise<Inspection>;
}

export interface Inspection {
  reads: Reads;
  /** Everything of the installer's side that decides what the environment should hold. */
  parts: KeyPart[];
  /** Things to warn of, such as requirements without a version. */
  warnings: string[];
  installer: { name: string; version: string };
  /** The interpreter that installs, in one line. What is restored must have been made with the same. */
  madeWith: string;
  /**
   * Installs. Kind path: `directory` is where the environment will live, and what it holds afterwards is packed, with the host's
   * interpreter links. Kind tree: `directory` is an empty staging directory that stands for the application.
   */
  install(directory: string): Promise<Installed>;
  /** kind path: the builder's interpreter, and the hosts'. */
  python?: Python & { host: { interpreter: string; version: string } };
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
