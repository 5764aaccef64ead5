// HAProxy's runtime API (https://docs.haproxy.org/2.6/management.html#9.3): one command per connection, and a command
// counts as successful only after the resulting state was read back.
import { Failure } from "../../failure.ts";
import { cutEnd } from "../../text/cut.ts";

/** The state that an administrator sets for a server. */
export type Wanted = "ready" | "drain" | "maintenance";

export interface ServerState {
  wanted: Wanted;
  /** HAProxy's own checks report it as up; a server without checks counts as up. */
  up: boolean;
  /**
   * It is up, and a check has confirmed it since the server left maintenance: until then, HAProxy assumes that it is
   * up.
   */
  found: boolean;
  /** Its current weight: with 0 it gets no new requests. */
  weight: number;
  /** Its current sessions and queued requests. */
  sessions: number;
}

export interface HaproxyOptions {
  /** For messages: `haproxy on lb1`. */
  name: string;
  backend: string;
  /** Sends one command to the runtime API and returns the whole answer. @throws Failure when it cannot be reached */
  ask(command: string): Promise<string>;
}

export interface Haproxy extends HaproxyOptions {
  /** All servers of the backend by name. @throws Failure when the query fails */
  servers(): Promise<ReadonlyMap<string, ServerState>>;
  /** Sets the state of a server, and reads it back. @throws Failure when it was not set */
  want(server: string, wanted: Wanted): Promise<void>;
  /**
   * The access level of this connection to the runtime API: `admin`, `operator`, `user`. @throws Failure when the query
   * fails
   */
  level(): Promise<string>;
  /** Runs one decision after the other: two servers that check each other at the same time could both be drained. */
  inTurn<T>(decision: () => Promise<T>): Promise<T>;
}

/** The runtime API's words for the states. */
const WORDS: Record<Wanted, string> = { ready: "ready", drain: "drain", maintenance: "maint" };

export const ADMIN = "The socket must have `level admin` in haproxy.cfg.";

/** Characters of its answer that a message shows. */
const SHOWN = 400;

/** Names in its configuration, as HAProxy accepts them: nothing else may be inserted into a command. */
const NAME = /^[A-Za-z0-9_.:-]+$/;

/** @throws Failure for an invalid name of a backend */
export function haproxy(options: HaproxyOptions): Haproxy {
  const { name, backend } = options;
  const ask = (command: string) =>
    options.ask(command).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      throw new Failure({ ...error, what: error.what, where: { balancer: name, ...error.where } });
    });
  const known = (kind: string, word: string) => {
    if (NAME.test(word)) return word;
    throw new Failure({
      code: "balancer-failed",
      what: `${JSON.stringify(word)} cannot be the name of a ${kind}`,
      where: { balancer: name },
    });
  };
  known("backend", backend);
  const servers = async () => {
    const states = await ask(`show servers state ${backend}`);
    return parseServers(states, await ask("show stat"), { name, backend });
  };
  let queue: Promise<unknown> = Promise.resolve();
  return {
    ...options,
    servers,
    level: async () => (await ask("show cli level")).trim(),
    inTurn(decision) {
      const turn = queue.then(decision);
      queue = turn.catch(() => {});
      return turn;
    },
    async want(server, wanted) {
      const answer = await ask(`set server ${backend}/${known("server", server)} state ${WORDS[wanted]}`);
      const state = (await servers()).get(server);
      if (state?.wanted === wanted) return;
      throw new Failure({
        code: "balancer-failed",
        what: state
          ? `${server} should be in state ${wanted} and is in state ${state.wanted}`
          : `backend ${backend} has no server ${server}`,
        where: { balancer: name },
        output: cutEnd(answer.trim(), SHOWN) || undefined,
        remedy: /permission denied/i.test(answer)
          ? ADMIN
          : "Name the servers as haproxy.cfg does: `servers` of the balancer in tarlift.yml.",
      });
    },
  };
}

/**
 * Bits of srv_admin_state: https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state. Two others stay on
 * a server that is ready: 0x04 (haproxy.cfg says `disabled`) and 0x40 (its name was set by the runtime API).
 */
const MAINTENANCE = 0x01 | 0x02 | 0x20;
const DRAIN = 0x08 | 0x10;
/** Of srv_op_state (see there as well): 1 warms up (`slowstart`), 2 runs; 0 is down, 3 accepts no new sessions. */
const UP = new Set(["1", "2"]);

/**
 * Joins HAProxy's reports of the servers' states and of their sessions.
 *
 * @param states answer to `show servers state <backend>`
 * @param statistics answer to `show stat`
 * @throws Failure when the answers are invalid, or lack the backend
 */
export function parseServers(
  states: string,
  statistics: string,
  { name, backend }: { name: string; backend: string },
): Map<string, ServerState> {
  const servers = new Map<string, ServerState>();
  const [version, head = "", ...lines] = states.split("\n");
  const field = fieldsOf(head, " ");
  const [nameOf, adminOf, operationOf, weightOf] = [
    field("srv_name"),
    field("srv_admin_state"),
    field("srv_op_state"),
    field("srv_uweight"),
  ];
  const counted = statisticsOf(statistics, backend);
  for (const line of lines) {
    const fields = line.split(" ");
    const server = nameOf(fields);
    if (server === "") continue;
    const admin = Number(adminOf(fields));
    const up = UP.has(operationOf(fields));
    const { sessions = 0, proven = true } = counted.get(server) ?? {};
    servers.set(server, {
      wanted: admin & MAINTENANCE ? "maintenance" : admin & DRAIN ? "drain" : "ready",
      up,
      found: up && proven,
      weight: Number(weightOf(fields) || 1),
      sessions,
    });
  }
  if (version?.trim() === "1" && servers.size > 0) return servers;
  throw new Failure({
    code: "balancer-failed",
    what: `HAProxy does not list servers of backend ${backend}`,
    where: { balancer: name },
    output: cutEnd(states.trim(), SHOWN) || undefined,
    remedy: "Is this the name of the backend in haproxy.cfg?",
  });
}

/**
 * The positions of a table's columns: looked up once, since there may be as many columns as lines.
 *
 * @param head the line that names them
 * @returns for a column, a function that reads its field of a line; empty if there is none
 */
function fieldsOf(head: string, separator: string): (column: string) => (fields: readonly string[]) => string {
  const columns = head.replace(/^# /, "").split(separator);
  return (column) => {
    const at = columns.indexOf(column);
    return (fields) => fields[at] ?? "";
  };
}

/**
 * Current sessions and queued requests of each server of a backend, from the CSV of `show stat`; and whether a check
 * has confirmed its health: a server that leaves maintenance is at `rise`, one below which it is down, and only a check
 * raises it further (if `fall` allows that).
 */
function statisticsOf(statistics: string, backend: string): Map<string, { sessions: number; proven: boolean }> {
  const [head = "", ...lines] = statistics.split("\n");
  const field = fieldsOf(head, ",");
  const [backendOf, serverOf, sessionsOf, queuedOf] = [field("pxname"), field("svname"), field("scur"), field("qcur")];
  const [healthOf, riseOf, fallOf] = [field("check_health"), field("check_rise"), field("check_fall")];
  return new Map(
    lines
      // Texts of checks and agents are quoted, and may contain commas. A quote in one is doubled: such a text is read
      // as several.
      .map((line) => line.replaceAll(/"[^"]*"/g, "").split(","))
      .filter((fields) => backendOf(fields) === backend)
      .map((fields) => {
        const proven =
          riseOf(fields) === "" || Number(fallOf(fields)) === 1 || Number(healthOf(fields)) > Number(riseOf(fields));
        return [serverOf(fields), { sessions: Number(sessionsOf(fields)) + Number(queuedOf(fields)), proven }];
      }),
  );
}
