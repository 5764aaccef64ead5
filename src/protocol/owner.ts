// Who deploys: for the messages of others, and for the log.
import { hostname, userInfo } from "node:os";

/** Who deploys, for messages to others. */
export function describeOwner(): string {
  const { GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = process.env;
  if (run && repository) return `run ${run} of ${repository}`;
  return `${userName()} on ${hostname()}`;
}

/** In a container the user may have a number alone. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
}

/** One line of printable ASCII without quotes and backslashes: it goes into a file for people and into JSON. */
export function ownerLine(owner: string): string {
  return owner.replaceAll(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}
