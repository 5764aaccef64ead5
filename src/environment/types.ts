// What an environment is, and the interface behind which each installer stands.
import type { EnvironmentRecord, IndexEntry, Requirements } from "../bundle/format.ts";
import type { EnvironmentConfig } from "../config/schema.ts";
import type { Progress } from "../report/progress.ts";

/** One named part of an environment key: what `--explain` prints. Values are texts or hashes; never a secret. */
export interface KeyPart {
  name: string;
  value: string;
}

/** Where an environment is built and what surrounds it. */
export interface BuildPlace {
  app: string;
  /** The application's directory in the checkout (the repository root joined with `source`), absolute. */
  source: string;
  /** Environments-root, absolute; the same path on the runner and on hosts. */
  root: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** An environment at hand: its record, and its packed layer as a file on this machine. */
export interface BuiltEnvironment {
  record: EnvironmentRecord;
  use: "run" | "build";
  /** Restored from the store (true) or built in this run. */
  hit: boolean;
  /** The compressed layer, its digest and size in bytes. */
  layer: { file: string; offset: number; size: number; digest: string };
  index: IndexEntry[];
  /** Directories to put on PATH once it is unpacked, absolute. */
  bin: string[];
  /** Unpacks it where it runs on this machine (path: `<root>/<id>`; tree: mounts of the checkout), once; later calls return at once. */
  unpack(): Promise<void>;
}

/** How one installer reads, keys and installs. Pure reading in `inspect`, effects in `install`. */
export interface Installer {
  name: EnvironmentConfig["installer"];
  kind: "path" | "tree";
  /** Reads the requirement files. @throws Failure for files that are missing or that cannot be built reproducibly */
  inspect(config: EnvironmentConfig, place: BuildPlace): Promise<Inspection>;
}

export interface Inspection {
  /** Everything of the installer's side that decides what the environment should hold. */
  parts: KeyPart[];
  /** Things to warn of, such as requirements without a version. */
  warnings: string[];
  /** kind tree: the mounts that the environment fills. */
  mounts?: string[];
  /**
   * Installs into `directory`: for kind path the very directory where the environment will live; for kind tree a staging copy of the
   * application's skeleton. Ends with a tree that can be packed: interpreter links are the host's, byte code is reproducible.
   */
  install(directory: string): Promise<{
    installer: { name: string; version: string };
    resolved: EnvironmentRecord["resolved"];
    requirements: Requirements;
  }>;
}
