// What asset steps get, and what they make.
import type { PackedLayer } from "../artifact/pack.ts";
import type { AssetStep } from "../config/schema.ts";
import type { NativeFile } from "../host-requirements/requirements.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import type { Progress } from "../progress.ts";
import type { Source } from "../source/read-source.ts";
import type { LayerStore } from "../stores/store.ts";

export interface AssetOptions {
  app: string;
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  source: Source;
  /** Part of every step's key. */
  environments: readonly BuiltEnvironment[];
  /** Those of them that steps find in their copy of the application and on PATH. */
  usable: readonly BuiltEnvironment[];
  /** Part of every step's key: the package that was built of the project itself. */
  packageLayer?: PackedLayer | undefined;
  variables: Record<string, string>;
  /** All variables of a step's process. @param application its copy of the application's directory, absolute */
  environmentIn(application: string, step: AssetStep): Record<string, string>;
  /** Ensures that an environment is unpacked for a step. */
  unpack(environment: BuiltEnvironment, application: string): Promise<void>;
  store: LayerStore;
  work: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export interface AssetLayer {
  name: string;
  layer: PackedLayer;
  /** Its files for this machine's processor: hosts need the libraries of these files. */
  native: NativeFile[];
  /** Whether it was restored (true), or made in this run. */
  hit: boolean;
}
