// Who deploys: for messages of other runs, and for the log.
import { hostname, userInfo } from "node:os";

/** The user or run that deploys, for messages of other runs. */
export function describeOwner(): string {
  const { GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = process.env;
  if (run && repository) return `run ${run} of ${repository}`;
  return `${userName()} on ${hostname()}`;
}

/** In a container the user may have only a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
}

/** One line of printable ASCII without quotes and backslashes: it is written to a file for people and to JSON. */
export function ownerLine(owner: string): string {
  return owner.replaceAll(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}
