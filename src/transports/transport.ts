// How a host is reached: what a transport is to the connections that use it.
import type { ChildProcess } from "node:child_process";
import { Failure } from "../failure.ts";
import type { Adapter } from "../schema/adapter.ts";
import { formatEnd } from "../subprocess/command.ts";
import { cutStart } from "../text/cut.ts";
import type { Forward, HostAddress, TransportOptions } from "./types.ts";

export interface Transport extends Adapter {
  /** Whether it leads to this address. The registry asks one after the other. */
  reaches(address: HostAddress): boolean;
  /** The host is this machine: nothing is forwarded, and nothing is compressed on its way. */
  readonly local: boolean;
  /**
   * Puts in place what all connections of a run share, such as a key.
   *
   * @throws Failure (refused) where that cannot be used
   */
  prepare(options: TransportOptions): PreparedTransport;
}

export interface PreparedTransport {
  /** Connections with the same key are made a few at a time; undefined: there is no limit. */
  limiterKey(address: HostAddress): string | undefined;
  /** Where what the address asks for stands on this machine, once the connection is made. */
  forwardsOf(address: HostAddress): Forward[];
  /**
   * Starts a process whose standard input and output are those of a shell on the host.
   *
   * @returns the process; where it could not be started, that has no number and emits an error
   */
  start(address: HostAddress, forwards: readonly Forward[], program: Program): Promise<ChildProcess>;
  /** Whether a process has ended because there were too many at once, so that the next attempt may be let in. */
  wasDropped(end: ChannelEnd): boolean;
  /** Why a process that could be started has ended. */
  failureOf(end: ConnectionEnd): Failure;
  /** Why `command` could not be started. @param output what the system says */
  notStarted(host: string, command: string, output: string): Failure;
}

/** What the shell on the host is given. */
export interface Program {
  /** Shell text. */
  loader: string;
  /** The same for a login shell of any kind: one command line. */
  bootstrap: string;
}

/** How the process of a connection ended. */
export interface ChannelEnd {
  /** Exit code of ssh or sh. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
  /** What came before our program spoke. */
  noise: string;
  /** The program on the host had answered. */
  opened: boolean;
}

/** What it was doing when the connection ended. */
export interface ConnectionEnd extends ChannelEnd {
  host: string;
  /** The call that was under way. */
  step: string;
}

/**
 * A host that does not answer: it is away, or the way to it is. One that answers with anything else (another key, a refusal, another
 * program than ours) is there.
 */
export class Away extends Failure {}

/** What host and transport printed at the end of a connection, as the output of its failure. */
export const printedAtEnd = (end: ConnectionEnd): string =>
  cutStart([end.stderr.trim(), end.noise.trim()].filter(Boolean).join("\n"), 2000);

/** A connection whose shell does not start the program, or that was lost after it had: the same by every transport. */
export function programFailure(end: ConnectionEnd): Failure {
  const where = {
    host: end.host,
    step: end.step,
    ended: formatEnd({ code: end.code, signal: end.signal, timedOut: false }),
  };
  const output = printedAtEnd(end);
  if (!end.opened)
    return new Failure({
      code: "login-shell",
      what: "the login shell of the host does not start our program",
      where,
      output,
      remedy:
        "The user needs a login shell that runs commands, sh and dd on its PATH, and start-up files (.bashrc) that neither read standard " +
        "input nor end the shell. Try: ssh HOST 'exec sh -c \"echo ok\"'",
      outcome: "refused",
    });
  return new Away({
    code: "connection-lost",
    what: "the connection to the host was lost",
    where,
    output,
    remedy:
      "What the host did until then is recorded there: run the same command again, it finishes or takes back what is half-done.",
  });
}
