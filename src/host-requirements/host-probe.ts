// What a release asks of a host's own programs: a line of the request, and how the answer is read.
import type { FailureCode } from "../failure-codes.ts";

export interface ProbeFinding {
  code: FailureCode;
  what: string;
  remedy: string | undefined;
}

export interface HostProbe {
  /** The line of the request, which the program on hosts knows by its first word: `interpreter /usr/bin/python3.12`. */
  readonly ask: string;
  /** The key of the reply that has the answers, of other probes as well: `interpreter`. */
  readonly reply: "interpreter" | "missing_node";
  /**
   * @param answers all values that the host gave to the key; it chooses their text
   * @param user as whom services run there
   * @returns what makes a deploy fail, and what only needs a look
   */
  read(answers: readonly string[], user: string): { findings: ProbeFinding[]; warnings: string[] };
}

/** What to do where a release does not fit a host. */
export const WAYS_OUT =
  "Build it for these hosts: in a job with `container:` of their distribution, on a matching runner, or from wheels that bring what they need.";
