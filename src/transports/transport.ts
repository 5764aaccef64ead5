// The interface of a transport, through which connections reach a host.
import type { ChildProcess } from "node:child_process";
import { Failure } from "../failure.ts";
import type { Adapter } from "../schema/adapter.ts";
import { formatEnd } from "../subprocess/command.ts";
import { cutStart } from "../text/cut.ts";
import type { Forward, HostAddress, TransportOptions } from "./types.ts";

export interface Transport extends Adapter {
  /** Whether the transport reaches this address. The registry asks one after the other. */
  reaches(address: HostAddress): boolean;
  /** The host is this machine: nothing is forwarded or compressed. */
  readonly local: boolean;
  /**
   * Prepares what all connections of a run share, such as a key.
   *
   * @throws Failure (refused) if it cannot be used
   */
  prepare(options: TransportOptions): PreparedTransport;
}

export interface PreparedTransport {
  /** The number of connections with the same key that are made at once is limited; undefined: no limit. */
  limiterKey(address: HostAddress): string | undefined;
  /** The local ends of the forwards that the address asks for, once the connection is made. */
  forwardsOf(address: HostAddress): Forward[];
  /**
   * Starts a process whose standard input and output are those of a shell on the host.
   *
   * @returns the process; if it could not be started, it has no process id and emits an error
   */
  start(address: HostAddress, forwards: readonly Forward[], program: Program): Promise<ChildProcess>;
  /** Whether a process has ended because there were too many at once, so that the next attempt may succeed. */
  wasDropped(end: ChannelEnd): boolean;
  /** Why a started process has ended. */
  failureOf(end: ConnectionEnd): Failure;
  /** Why `command` could not be started. @param output the system's message */
  notStarted(host: string, command: string, output: string): Failure;
}

/** The program for the shell on the host. */
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
  /** Output before the program's first frame. */
  noise: string;
  /** The program on the host had answered. */
  opened: boolean;
}

/** The step at which the connection ended. */
export interface ConnectionEnd extends ChannelEnd {
  host: string;
  /** The call that was in progress. */
  step: string;
}

/**
 * A host that does not answer: it is unreachable, or a host on the way is. A host that answers with anything else
 * (another key, a refusal, another program than Tarlift's) is reachable.
 */
export class Away extends Failure {}

/** Output of host and transport at the end of a connection, as the output of its failure. */
export const printedAtEnd = (end: ConnectionEnd): string =>
  cutStart([end.stderr.trim(), end.noise.trim()].filter(Boolean).join("\n"), 2000);

/**
 * A connection whose shell does not start the program, or that was lost after the start: the same for every transport.
 */
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
      "What the host did until then is recorded there: run the same command again: it completes or reverts what is incomplete.",
  });
}
