// What is asked of a fleet.
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import type { Hook } from "../config/schema.ts";
import type { Progress } from "../progress.ts";
import type { Member } from "./member.ts";
import type { WaveRules } from "./waves.ts";

/** What every transaction on a fleet needs to know, be it a deploy or a rollback. */
export interface FleetRequest {
  app: string;
  target: string;
  members: Member[];
  /** Identifies the transaction in the hosts' records. */
  deployId: string;
  /** What the deploy key says of a release digest (src/transports/ssh/seal.ts); left out where no key was given by itself. */
  seal?: ((digest: string) => string) | undefined;
  /** For other people's messages: who holds the lock. */
  owner: string;
  /** Seconds to wait for another run. */
  waitForLock: number;
  /** How many hosts may be unreachable and are left out. Default 0. */
  maxUnreachable?: number | undefined;
  keep: number;
  /** In which order hosts are switched; undefined: all at once. */
  waves: WaveRules | undefined;
  restart: "changed" | "always";
  /** The dead man's switch: seconds after which a host goes back by itself when the run is gone; undefined: none. */
  switch?: { after: number; required: boolean } | undefined;
  hooks: { [point in HookPoint]?: Hook[] | undefined };
  /** Directory in which hooks `on: runner` run. */
  directory: string;
  progress: Progress;
  /** Aborted: no further step is opened, and what was activated goes back. */
  signal?: AbortSignal | undefined;
}

/** What a whole transaction keeps to, whichever hosts it is about. */
export type FleetRules = Pick<
  FleetRequest,
  "seal" | "waitForLock" | "maxUnreachable" | "keep" | "waves" | "restart" | "switch" | "hooks" | "directory"
>;

export interface DeployRequest extends FleetRequest {
  artifact: ReleaseContent;
  version: string;
  migrations?: Migrations | undefined;
  allowOlder: boolean;
  /** Ends after the plan; takes no lock. */
  dryRun: boolean;
  /** Whether a commit is an ancestor of another; undefined where nobody knows (a shallow clone, no checkout). */
  isAncestor(ancestor: string, descendant: string): Promise<boolean | undefined>;
}

export interface RollbackRequest extends FleetRequest {
  /** Name, version or commit of a good release; left out: what the whole target last ran in good health. */
  to?: string | undefined;
  /** Hash every file before the switch instead of those whose size, mtime or mode differ. */
  verifyFull: boolean;
  /** Also across migrations that were applied since. */
  allowSchemaAhead?: boolean | undefined;
  /** By what the live release says which migrations are applied no more. */
  migrations?: Pick<Migrations, "pending" | "policy" | "roles"> | undefined;
}

export interface Migrations {
  pending: string;
  apply: string;
  /** They are listed and applied on the first host that has one of these; left out: on the first host. */
  roles?: string[] | undefined;
  policy: "apply" | "require-none" | "ignore";
  /** Seconds. */
  timeout?: number | undefined;
}

/** In the order of a transaction; `…-rollback` stands in a rollback where `…-deploy` stands in a deploy. */
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
