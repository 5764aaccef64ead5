// What is asked of verify, and what it answers.
import { Failure } from "../failure.ts";
import type { FailureCode } from "../failure-codes.ts";
import type { Progress } from "../progress.ts";
import type { RemoteRepository } from "./remote-repository.ts";

export interface VerifyRequest {
  remote: RemoteRepository;
  /** As the event or the user has it: `refs/tags/v1`, `refs/heads/main`, or a name alone, which is a tag if there is one. */
  ref: string;
  /** The checkout's commit and its repository; undefined: nothing is checked out. */
  checkout?: { commit: string; repository: string } | undefined;
  /** The commit that the event is about (GITHUB_SHA). */
  eventCommit?: string | undefined;
  /** Names of branches, `*` for any part of a name without `/`, `**` with it. A tag's commit must be on one of them; empty: on any. */
  branches: string[];
  /** `all`, `none`, or names in which `*` stands for anything. */
  checks: "all" | "none" | string[];
  /** Seconds to wait for checks that have not ended. */
  wait: number;
  /** The id of the workflow run that asks. */
  run: string;
  /** What is live: a commit, or the GitHub environment whose newest deployment tells it. */
  live?: { commit: string } | { environment: string } | undefined;
  allowOlder: boolean;
  /** Instead of the tag's name. */
  version?: string | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
  clock: Clock;
}

/** Time, as far as waiting needs it. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<unknown>;
}

export interface Verified {
  /** `refs/tags/…` or `refs/heads/…` */
  ref: string;
  /** 40 hex digits. */
  commit: string;
  version: string;
  /** Names of the checks that passed. */
  checks: string[];
}

/** How every condition that is not met is told. */
export function refusal(
  what: string,
  where: Record<string, string>,
  remedy: string,
  code: FailureCode = "ref-refused",
): Failure {
  return new Failure({ code, what, where, remedy, outcome: "refused" });
}
