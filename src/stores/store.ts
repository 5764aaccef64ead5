// Where layers and artifacts are kept. All stores have equal rights: GitHub's services on a runner, a directory elsewhere.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";

/** @typeParam C where it is and how it is used, as its schema parses it */
export interface Store<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /** @returns its configuration where the environment of a run offers it; undefined: this run does not have it */
  detect(env: NodeJS.ProcessEnv): C | undefined;
  layers(config: C, context: StoreContext): Promise<LayerStore>;
  artifacts(config: C, context: StoreContext): Promise<ArtifactStore>;
  /** Left out: every run may save layers. @returns why this run should save none, in words; undefined: it may */
  mayWrite?(config: C, context: StoreContext, commit: () => Promise<string>): Promise<string | undefined>;
}

export interface StoreContext {
  /** The run's: addresses and tokens of services, the ref, the event. */
  env: NodeJS.ProcessEnv;
}

/** Keeps one file under a key. Keys are chosen by the caller, at most 400 characters of [A-Za-z0-9._-]; an entry never changes. */
export interface LayerStore {
  /** What it is, for messages: `GitHub's cache`, `directory /home/me/.cache/tarlift`. */
  name: string;
  /**
   * Puts the entry of exactly this key at `file` (its directory exists). A claim that the caller verifies: the bytes may be broken.
   * @returns whether there was one; `why` says in words why not, where the service tells
   */
  restore(key: string, file: string): Promise<{ hit: boolean; why?: string }>;
  /**
   * @returns `taken` when another job saved this key first; `denied` when this run may not write (a warning, not an error); `skipped`
   *   when it was told not to
   */
  save(
    key: string,
    file: string,
  ): Promise<{ outcome: "saved" } | { outcome: "taken" } | { outcome: "denied" | "skipped"; why: string }>;
  /** Removes a broken entry where the service can do that (a directory can, GitHub's cache cannot). */
  remove?(key: string): Promise<void>;
}

/** Keeps artifacts: one file each, by name. */
export interface ArtifactStore {
  name: string;
  /**
   * @param options.retentionDays how long it is kept at least
   * @returns `digest`: sha256 of the file, `sha256:<hex>`
   */
  upload(
    name: string,
    file: string,
    options: { retentionDays?: number },
  ): Promise<{ id: string; url?: string; digest: string }>;
  /**
   * Puts the artifact's file into `directory` and returns its path.
   * @throws Failure when there is none, when it expired, or when its bytes are not those of its digest
   */
  download(artifact: ArtifactReference, directory: string): Promise<{ file: string; digest: string }>;
}

export interface ArtifactReference {
  name?: string;
  id?: string;
  /** Another run of this or another repository; needs a token with `actions: read`. */
  run?: { id: string; repository: string; token: string };
}

/** Each store is made when a verb first needs it: a deploy of a file never loads the clients of GitHub's services. */
export interface Stores {
  layers(): Promise<LayerStore>;
  artifacts(): Promise<ArtifactStore>;
  /**
   * @param commit the one that is checked out: its full hash
   * @returns why this run should save no layers, in words; undefined: it may
   */
  mayWrite?(commit: () => Promise<string>): Promise<string | undefined>;
}
