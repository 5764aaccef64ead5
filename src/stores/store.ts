// Interfaces of the stores that keep layers and artifacts: GitHub's services on a runner, a directory elsewhere. All
// stores are equal.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";

/** @typeParam C its configuration, as its schema parses it */
export interface Store<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /** @returns its configuration, if the environment of a run offers the store; otherwise undefined */
  detect(env: NodeJS.ProcessEnv): C | undefined;
  layers(config: C, context: StoreContext): Promise<LayerStore>;
  artifacts(config: C, context: StoreContext): Promise<ArtifactStore>;
  /** Missing: every run may save layers. @returns why this run should save none, in words; undefined if it may */
  mayWrite?(config: C, context: StoreContext, commit: () => Promise<string>): Promise<string | undefined>;
}

export interface StoreContext {
  /** Environment of the run: addresses and tokens of services, the ref, the event. */
  env: NodeJS.ProcessEnv;
}

/**
 * Stores one file under a key. The caller chooses keys, at most 400 characters of [A-Za-z0-9._-]. An entry never
 * changes.
 */
export interface LayerStore {
  /** Its name in messages: `GitHub's cache`, `directory /home/me/.cache/tarlift`. */
  name: string;
  /**
   * Writes the entry of exactly this key to `file` (its directory exists). The caller has to verify it: the bytes may
   * be broken.
   * @returns whether there was one; `why` is the reason if there was none, in words, if the service gives one
   */
  restore(key: string, file: string): Promise<{ hit: boolean; why?: string }>;
  /**
   * @returns `taken` if another job saved this key first; `denied` if this run may not write (a warning, not an error);
   *   `skipped` if saving is disabled
   */
  save(
    key: string,
    file: string,
  ): Promise<{ outcome: "saved" } | { outcome: "taken" } | { outcome: "denied" | "skipped"; why: string }>;
  /** Removes a broken entry if the service supports it (a directory does, GitHub's cache does not). */
  remove?(key: string): Promise<void>;
}

/** Stores artifacts: one file each, by name. */
export interface ArtifactStore {
  name: string;
  /**
   * @param options.retentionDays minimum retention
   * @returns `digest`: sha256 of the file, `sha256:<hex>`
   */
  upload(
    name: string,
    file: string,
    options: { retentionDays?: number },
  ): Promise<{ id: string; url?: string; digest: string }>;
  /**
   * Downloads the artifact's file into `directory` and returns its path.
   * @throws Failure when there is none, when it expired, or when its bytes do not match its digest
   */
  download(artifact: ArtifactReference, directory: string): Promise<{ file: string; digest: string }>;
}

export interface ArtifactReference {
  name?: string;
  id?: string;
  /** Another run of this or another repository; needs a token with `actions: read`. */
  run?: { id: string; repository: string; token: string };
}

/** Stores are created when they are first needed: a deploy of a file never loads the clients of GitHub's services. */
export interface Stores {
  layers(): Promise<LayerStore>;
  artifacts(): Promise<ArtifactStore>;
  /**
   * @param commit returns the checked-out commit, a full hash
   * @returns why this run should save no layers, in words; undefined if it may
   */
  mayWrite?(commit: () => Promise<string>): Promise<string | undefined>;
}
