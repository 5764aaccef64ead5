// HAProxy by its runtime API (https://docs.haproxy.org/2.6/management.html#9.3): one command a connection, and no command is believed
// before the state that it should have made was read back.
import { Failure } from "../../failure.ts";
import { cutEnd } from "../../text/cut.ts";

/** What an administrator wants of a server. */
export type Wanted = "ready" | "drain" | "maintenance";

export interface ServerState {
  wanted: Wanted;
  /** HAProxy's own checks call it up; a server without checks counts as up. */
  up: boolean;
  /** It is up, and a check has said so since the server left maintenance: until one does, HAProxy takes it for up unasked. */
  found: boolean;
  /** Its weight now: with 0 it gets no new requests. */
  weight: number;
  /** Sessions and queued requests that it has in hand now. */
  sessions: number;
}

export interface HaproxyOptions {
  /** For messages: `haproxy on lb1`. */
  name: string;
  backend: string;
  /** Sends one command to the runtime API and returns all that it answers. @throws Failure when it cannot be reached */
  ask(command: string): Promise<string>;
}

export interface Haproxy extends HaproxyOptions {
  /** All servers of the backend by name. @throws Failure when it cannot be asked */
  servers(): Promise<ReadonlyMap<string, ServerState>>;
  /** Tells it what is wanted of a server, and reads back that it took it. @throws Failure when it did not */
  want(server: string, wanted: Wanted): Promise<void>;
  /** What this connection to the runtime API may do: `admin`, `operator`, `user`. @throws Failure when it cannot be asked */
  level(): Promise<string>;
  /** Runs one decision after the other: of two servers that look at each other at the same time, both could leave. */
  inTurn<T>(decision: () => Promise<T>): Promise<T>;
}

/** How the runtime API calls what is wanted. */
const WORDS: Record<Wanted, string> = { ready: "ready", drain: "drain", maintenance: "maint" };

export const ADMIN = "The socket must have `level admin` in haproxy.cfg.";

/** Characters of its answer that a message shows. */
const SHOWN = 400;

/** Names in its configuration, as HAProxy takes them: nothing else may come into a command. */
const NAME = /^[A-Za-z0-9_.:-]+$/;

/** @throws Failure for a backend that cannot be the name of one */
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
 * Bits of srv_admin_state: https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state. Two others stay on a server that is
 * ready: 0x04 (haproxy.cfg says `disabled`) and 0x40 (its name was set by the runtime API).
 */
const MAINTENANCE = 0x01 | 0x02 | 0x20;
const DRAIN = 0x08 | 0x10;
/** Of srv_op_state (there as well): 1 warms up (`slowstart`), 2 runs; 0 is down, 3 takes nobody new. */
const UP = new Set(["1", "2"]);

/**
 * Joins what HAProxy says of the servers' states and of their sessions.
 *
 * @param states answer to `show servers state <backend>`
 * @param statistics answer to `show stat`
 * @throws Failure when the answers are none, or know nothing of the backend
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
    what: `HAProxy does not tell its servers of backend ${backend}`,
    where: { balancer: name },
    output: cutEnd(states.trim(), SHOWN) || undefined,
    remedy: "Is this the name of the backend in haproxy.cfg?",
  });
}

/**
 * Where a table has its columns: looked up once, for there may be as many columns as lines.
 *
 * @param head the line that names them
 * @returns for a column, what reads its field of a line; empty where there is none
 */
function fieldsOf(head: string, separator: string): (column: string) => (fields: readonly string[]) => string {
  const columns = head.replace(/^# /, "").split(separator);
  return (column) => {
    const at = columns.indexOf(column);
    return (fields) => fields[at] ?? "";
  };
}

/**
 * Current sessions and queued requests of each server of a backend, from the CSV of `show stat`; and whether its health is the word of a
 * check: a server that leaves maintenance stands at `rise`, one below which it is down, and only a check brings it above (where `fall`
 * leaves room for that).
 */
function statisticsOf(statistics: string, backend: string): Map<string, { sessions: number; proven: boolean }> {
  const [head = "", ...lines] = statistics.split("\n");
  const field = fieldsOf(head, ",");
  const [backendOf, serverOf, sessionsOf, queuedOf] = [field("pxname"), field("svname"), field("scur"), field("qcur")];
  const [healthOf, riseOf, fallOf] = [field("check_health"), field("check_rise"), field("check_fall")];
  return new Map(
    lines
      // Texts of checks and agents stand in quotes, and may have commas. A quote in one is written as two: such a text reads as several.
      .map((line) => line.replaceAll(/"[^"]*"/g, "").split(","))
      .filter((fields) => backendOf(fields) === backend)
      .map((fields) => {
        const proven =
          riseOf(fields) === "" || Number(fallOf(fields)) === 1 || Number(healthOf(fields)) > Number(riseOf(fields));
        return [serverOf(fields), { sessions: Number(sessionsOf(fields)) + Number(queuedOf(fields)), proven }];
      }),
  );
}
