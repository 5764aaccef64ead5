// Who deploys: for the messages of others, and for the log.
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** Who deploys, for messages to others. */
export function describeOwner(): string {
  const { GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = process.env;
  if (run && repository) return `run ${run} of ${repository}`;
  return `${userInfo().username} on ${readFileSync("/etc/hostname", "utf8").trim()}`;
}

/** One line of printable ASCII without quotes and backslashes: it goes into a file for people and into JSON. */
export function ownerLine(owner: string): string {
  return owner.replaceAll(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}
