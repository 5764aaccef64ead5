// State of a step for its own `post` entry, which also runs if the step was cancelled or killed.
import { getState, saveState } from "@actions/core";
import type { FleetRequest } from "../fleet/request.ts";
import { privateDirectoryInUse } from "../transports/ssh/keys.ts";

/** It contains no secrets: the post entry receives the step's inputs again, including the key. */
export interface Begun {
  /** The transaction's id in the hosts' records. */
  deployId: string;
  target: string;
  /** The artifact's file, which defines the services; otherwise tarlift.yml does. */
  artifact?: string | undefined;
  /** Where the key files are while the step runs. */
  keys?: string | undefined;
}

/** Called before the first remote change. */
export function saveBegun({ deployId, target }: FleetRequest, artifact: string | undefined): void {
  saveState("begun", { deployId, target, artifact, keys: privateDirectoryInUse() } satisfies Begun);
}

/** Saves a deployment that GitHub shows as in progress. */
export function saveDeployment(id: number): void {
  saveState("deployment", String(id));
}

/** @returns the id of the deployment that the step started; undefined if there is none */
export function savedDeployment(): number | undefined {
  return getState("deployment") === "" ? undefined : Number(getState("deployment"));
}

/** Called when the step has ended normally: then nothing is left to do. */
export function saveEnded(): void {
  saveState("ended", "yes");
}

/** @returns what a step started and did not end; undefined if there is nothing to do */
export function unfinished(): Begun | undefined {
  const begun = getState("begun");
  return begun !== "" && getState("ended") === "" ? JSON.parse(begun) : undefined;
}
