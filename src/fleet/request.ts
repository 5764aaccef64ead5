// Requests to a fleet.
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import type { Hook } from "../config/schema.ts";
import type { Progress } from "../progress.ts";
import type { Member } from "./member.ts";
import type { WaveRules } from "./waves.ts";

/** What every transaction on a fleet needs, whether a deploy or a rollback. */
export interface FleetRequest {
  app: string;
  target: string;
  members: Member[];
  /** Identifies the transaction in the hosts' records. */
  deployId: string;
  /** The deploy key's seal of a release digest (src/transports/ssh/seal.ts); left out if no separate key was given. */
  seal?: ((digest: string) => string) | undefined;
  /** For the messages of other runs: the holder of the lock. */
  owner: string;
  /** Seconds to wait for another run. */
  waitForLock: number;
  /** How many hosts may be unreachable and left out. Default 0. */
  maxUnreachable?: number | undefined;
  keep: number;
  /** The order in which hosts are activated; undefined: all at once. */
  waves: WaveRules | undefined;
  restart: "changed" | "always";
  /** Auto-revert: seconds after which a host reverts by itself if the run is gone; undefined: none. */
  autoRevert?: { after: number; required: boolean } | undefined;
  hooks: { [point in HookPoint]?: Hook[] | undefined };
  /** Directory in which hooks with `on: runner` run. */
  directory: string;
  progress: Progress;
  /** Aborted: no further step begins, and activated hosts are reverted. */
  signal?: AbortSignal | undefined;
}

/** The rules of a whole transaction, whichever hosts it concerns. */
export type FleetRules = Pick<
  FleetRequest,
  "seal" | "waitForLock" | "maxUnreachable" | "keep" | "waves" | "restart" | "autoRevert" | "hooks" | "directory"
>;

export interface DeployRequest extends FleetRequest {
  artifact: ReleaseContent;
  version: string;
  migrations?: Migrations | undefined;
  allowOlder: boolean;
  /** Stops after the plan; takes no lock. */
  dryRun: boolean;
  /** Whether a commit is an ancestor of another; undefined if that is unknown (a shallow clone, no checkout). */
  isAncestor(ancestor: string, descendant: string): Promise<boolean | undefined>;
}

export interface RollbackRequest extends FleetRequest {
  /** Name, version or commit of a good release; left out: the release that the whole target last ran in good health. */
  to?: string | undefined;
  /** Hash every file before activation, instead of only those whose size, mtime or mode differ. */
  verifyFull: boolean;
  /** Allow a rollback across migrations that were applied since. */
  allowSchemaAhead?: boolean | undefined;
  /** The command by which the live release lists migrations that are no longer applied. */
  migrations?: Pick<Migrations, "pending" | "policy" | "roles"> | undefined;
}

export interface Migrations {
  pending: string;
  apply: string;
  /** Migrations are listed and applied on the first host that has one of these roles; left out: on the first host. */
  roles?: string[] | undefined;
  policy: "apply" | "require-none" | "ignore";
  /** Seconds. */
  timeout?: number | undefined;
}

/** In the order of a transaction; a rollback has `…-rollback` in place of `…-deploy`. */
export type HookPoint =
  | "before-prepare"
  | "after-prepare"
  | "before-deploy"
  | "before-rollback"
  | "before-migrate"
  | "after-migrate"
  | "before-activate"
  | "after-activate"
  | "after-deploy"
  | "after-rollback"
  | "after-commit"
  | "after-failure";
