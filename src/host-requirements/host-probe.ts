// A requirement on a host's own programs: the line of the request, and how the reply is read.
import type { FailureCode } from "../failure-codes.ts";

export interface ProbeFinding {
  code: FailureCode;
  what: string;
  remedy: string | undefined;
}

export interface HostProbe {
  /**
   * The line of the request. Its first word selects the code of the program on hosts:
   * `interpreter /usr/bin/python3.12`.
   */
  readonly ask: string;
  /** The key of the reply that contains the answers, including those of other probes: `interpreter`. */
  readonly reply: "interpreter" | "missing_node";
  /**
   * @param answers all values of the key in the host's reply; the host controls their text
   * @param user the user that services run as on the host
   * @returns findings that make a deploy fail, and warnings
   */
  read(answers: readonly string[], user: string): { findings: ProbeFinding[]; warnings: string[] };
}

/** Remedies for a release that does not fit a host. */
export const WAYS_OUT =
  "Build it for these hosts: in a job with `container:` of their distribution, on a matching runner, or from wheels that bring what they need.";
