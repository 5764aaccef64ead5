// The request and the result of verify.
import { Failure } from "../failure.ts";
import type { FailureCode } from "../failure-codes.ts";
import type { Progress } from "../progress.ts";
import type { RemoteRepository } from "./remote-repository.ts";

export interface VerifyRequest {
  remote: RemoteRepository;
  /**
   * As in the event or from the user: `refs/tags/v1`, `refs/heads/main`, or a name alone, which is a tag if there is
   * one.
   */
  ref: string;
  /** The checkout's commit and its repository; undefined without a checkout. */
  checkout?: { commit: string; repository: string } | undefined;
  /** The commit of the event (GITHUB_SHA). */
  eventCommit?: string | undefined;
  /**
   * Names of branches, `*` for any part of a name without `/`, `**` with it. A tag's commit must be on one of them;
   * empty: on any.
   */
  branches: string[];
  /** `all`, `none`, or names in which `*` matches anything. */
  checks: "all" | "none" | string[];
  /** Maximum seconds to wait for checks that have not ended. */
  wait: number;
  /** The id of this workflow run. */
  run: string;
  /** The live commit, or the GitHub environment whose newest deployment contains it. */
  live?: { commit: string } | { environment: string } | undefined;
  allowOlder: boolean;
  /** Replaces the tag's name. */
  version?: string | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
  clock: Clock;
}

/** The clock for waiting. */
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

/** The failure for a condition that is not met. */
export function refusal(
  what: string,
  where: Record<string, string>,
  remedy: string,
  code: FailureCode = "ref-refused",
): Failure {
  return new Failure({ code, what, where, remedy, outcome: "refused" });
}
