// What the steps of one bundle share.
import type { Config } from "../config/schema.ts";
import type { Progress } from "../progress.ts";
import type { LayerStore } from "../stores/store.ts";
import { Timings } from "./timings.ts";

export interface BundleOptions {
  config: Config;
  configFile: string;
  repository: string;
  work: string;
  store: LayerStore;
  /** Path of the artifact. Default: `<app>-<version>.tar` in the work directory. */
  output?: string;
  /** Default: the tag on HEAD, otherwise the commit's first 12 hex digits. */
  version?: string;
  /** Accepts a version that is the tag of another commit. */
  allowOtherTag?: boolean;
  /** False: the checks do not run, and the result says so. */
  check?: boolean;
  /** Fails if the checks cannot be isolated. */
  requireIsolation?: boolean;
  /** An interpreter to build with. */
  python?: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export interface BundleRun {
  options: BundleOptions;
  /** The application's directory, relative to the repository's; `""` for the root. */
  directory: string;
  /**
   * A directory for this run, absolute: for the application's layer, and for contents of the commit that neither git
   * nor the checkout has in the form in which they ship.
   */
  scratch: string;
  timings: Timings;
}

/** @param scratch an existing directory, which the caller removes afterwards */
export function bundleRun(options: BundleOptions, scratch: string): BundleRun {
  const { source = "." } = options.config;
  return { options, directory: source === "." ? "" : source, scratch, timings: new Timings() };
}
