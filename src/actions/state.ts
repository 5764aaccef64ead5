// What a step leaves for its own `post` entry, which runs also when the step was cancelled or killed.
import { getState, saveState } from "@actions/core";
import type { FleetRequest } from "../fleet/request.ts";
import { privateDirectoryInUse } from "../transports/ssh/keys.ts";

/** Nothing of it is secret: the post entry is given the step's inputs again, the key among them. */
export interface Begun {
  /** The transaction in the hosts' records. */
  deployId: string;
  target: string;
  /** The artifact's file, which says what the services are; left out: tarlift.yml does. */
  artifact?: string | undefined;
  /** Where the key lies while the step runs. */
  keys?: string | undefined;
}

/** Called before the first remote change. */
export function saveBegun({ deployId, target }: FleetRequest, artifact: string | undefined): void {
  saveState("begun", { deployId, target, artifact, keys: privateDirectoryInUse() } satisfies Begun);
}

/** A deployment that GitHub shows as in progress. */
export function saveDeployment(id: number): void {
  saveState("deployment", String(id));
}

/** @returns the id of the deployment that the step has begun; undefined when there is none */
export function savedDeployment(): number | undefined {
  return getState("deployment") === "" ? undefined : Number(getState("deployment"));
}

/** Called when the step has come to its own end: there is nothing left to do. */
export function saveEnded(): void {
  saveState("ended", "yes");
}

/** @returns what a step began and did not end; undefined when there is nothing to do */
export function unfinished(): Begun | undefined {
  const begun = getState("begun");
  return begun !== "" && getState("ended") === "" ? JSON.parse(begun) : undefined;
}
