// A host of a run: its session, with every call of this folder as a method.
import type { Connection } from "../../session/connection.ts";
import { connectionOptions, type OpenOptions } from "../../session/open-connection.ts";
import type { HostAddress } from "../../transports/types.ts";
import type { Host, HostCalls } from "../host.ts";
import { activate, observe, revert } from "./activate.ts";
import { adopt } from "./adopt.ts";
import { commit, precommit } from "./commit.ts";
import { read, record } from "./content.ts";
import { definitions } from "./definitions.ts";
import { delayedTask } from "./delayed-task.ts";
import { HostSession } from "./host-session.ts";
import { http } from "./http-probe.ts";
import { acknowledgeReturned, drift, history, lockDeploys, noteDrained } from "./notes.ts";
import { listPending } from "./pending.ts";
import { askFacts } from "./preflight.ts";
import { prepare } from "./prepare.ts";
import { setUp } from "./set-up.ts";
import { runTask } from "./task.ts";

/** {@link Host} and properties that only tests use. */
export interface OpenHost extends Host {
  /** Round trips after the connection. */
  readonly roundTrips: number;
  /** Bytes sent to the host. */
  readonly sent: number;
  readonly connection: Connection;
}

/** A method of {@link Host} as a function of the session. */
type Call<Method> = Method extends (...given: infer Given) => infer Result
  ? (session: HostSession, ...given: Given) => Result
  : never;

/** Every method of {@link Host} that asks the host something. */
const CALLS: { readonly [Name in keyof HostCalls]: Call<HostCalls[Name]> } = {
  activate,
  adopt,
  commit,
  definitions,
  delayedTask,
  drift,
  facts: askFacts,
  history,
  lockDeploys,
  http,
  listPending,
  noteDrained,
  acknowledgeReturned,
  observe,
  precommit,
  prepare,
  read,
  record,
  revert,
  setUp,
  task: runTask,
};

/**
 * A host that connects with its first call.
 *
 * @param options one object for all hosts of a run
 * @throws Failure when the key or the known hosts cannot be used
 */
export function openHost(address: HostAddress, options: OpenOptions): OpenHost {
  const session = new HostSession(address, connectionOptions(address, options));
  return {
    ...bound(session),
    name: address.address,
    roles: address.roles,
    get lost() {
      return session.connection.lost;
    },
    get away() {
      return session.connection.away;
    },
    get roundTrips() {
      return session.connection.roundTrips;
    },
    get sent() {
      return session.connection.sent;
    },
    get connection() {
      return session.connection;
    },
    async close() {
      await session.incoming?.leave();
      await session.connection.close();
    },
  };
}

function bound(session: HostSession): HostCalls {
  const calls = Object.entries<(session: HostSession, ...given: never[]) => unknown>(CALLS);
  const methods = calls.map(([name, call]) => [name, (...given: never[]) => call(session, ...given)]);
  return Object.fromEntries(methods) as HostCalls;
}
