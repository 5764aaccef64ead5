// A tunnel to something that only a host can reach (the socket of a balancer): through a connection to that host, which
// stays open for all requests.
import { connect } from "node:net";
import { Failure } from "../failure.ts";
import type { Call, Reply } from "../protocol/call.ts";
import type { ForwardTarget, HostAddress } from "../transports/types.ts";
import type { Connection } from "./connection.ts";
import { connectionOf, type OpenOptions } from "./open-connection.ts";

/** Seconds for one answer, from the request to the answer's end. */
const PATIENCE = 15;
/** Characters of one answer: `show stat` of 10 000 servers has 5 million. */
const LARGEST_ANSWER = 16 << 20;

const UNANSWERED = "the connection was closed without an answer";

const open = new Set<{ close(): Promise<void> }>();

/** Access to a machine: requests through it, and calls to the program on it. */
export interface Tunnel {
  /**
   * Sends one text over a connection of its own, and resolves with the whole answer. @throws Failure when that fails
   */
  ask(text: string): Promise<string>;
  /** One call to the program on it. */
  call(call: Call): Promise<Reply>;
  /** Calls to repeat when the connection was lost and opened again. */
  readonly onReconnect: Set<() => Promise<unknown>>;
  /** The process id of ssh or the shell, for tests that end it. */
  readonly pid: number | undefined;
}

/**
 * The connection is opened when it is first needed.
 *
 * @param address the host; `local`: this machine
 * @param to the address of the requests, as that host reaches it
 */
export function openTunnel(address: Omit<HostAddress, "forwards">, options: OpenOptions, to: ForwardTarget): Tunnel {
  let connection: Connection | undefined;
  let opened: Promise<unknown> | undefined;
  const onReconnect = new Set<() => Promise<unknown>>();
  const connected = () => {
    // A balancer's machine may lose its connection in the middle of a run: drained servers must still be restored.
    if (connection?.lost) {
      open.delete(connection);
      connection = opened = undefined;
    }
    connection ??= connectionOf({ ...address, forwards: [to] }, options);
    open.add(connection);
    return connection;
  };
  const call = async (request: Call) => {
    const reconnects = connection?.lost === true;
    const at = connected();
    if (reconnects) await Promise.all([...onReconnect].map((repeat) => repeat()));
    return at.call({ ...request, values: { lease: options.lease, ...request.values } });
  };
  const ping = () => call({ verb: "ping", values: {} });
  return {
    async ask(text) {
      if (address.address === "local") {
        if (connection?.lost) await ping();
        return ask("local", to, to, text);
      }
      if (connection?.lost) opened = undefined;
      opened ??= ping();
      await opened;
      return ask(address.address, { path: connection!.forwards[0]!.socket }, to, text);
    },
    call,
    onReconnect: onReconnect,
    get pid() {
      return connection?.pid;
    },
  };
}

/** Closes all tunnels. */
export async function closeTunnels(): Promise<void> {
  const all = [...open];
  open.clear();
  await Promise.all(all.map((connection) => connection.close()));
}

function ask(host: string, at: ForwardTarget, to: ForwardTarget, text: string): Promise<string> {
  const what = "path" in to ? to.path : `${to.host}:${to.port}`;
  return new Promise((resolve, reject) => {
    const fail = (output: string) =>
      reject(
        new Failure({
          code: "connection-dropped",
          what: `${what} does not answer`,
          where: { host },
          output,
          remedy:
            "Is it there, may the SSH user use it, and does sshd allow forwarding (AllowTcpForwarding, AllowStreamLocalForwarding)?",
        }),
      );
    const socket = connect(at);
    let answer = "";
    // Limits the whole answer: an answer that arrives byte by byte is never idle.
    const late = setTimeout(
      () => socket.destroy(new Error(`no complete answer within ${PATIENCE} s`)),
      PATIENCE * 1000,
    );
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
      if (answer.length > LARGEST_ANSWER)
        socket.destroy(new Error(`its answer is longer than ${LARGEST_ANSWER} characters`));
    });
    // If the other end of a forward cannot be reached, the forward is closed without a message: as an end or, if the
    // request comes later, as an error.
    const closed = ["EPIPE", "ECONNRESET"];
    socket.on("error", ({ code, message }: NodeJS.ErrnoException) =>
      fail(answer === "" && closed.includes(code!) ? UNANSWERED : message),
    );
    // An answer has at least an empty line.
    socket.on("close", () => {
      clearTimeout(late);
      if (answer === "") fail(UNANSWERED);
      else resolve(answer);
    });
    socket.on("connect", () => socket.write(`${text}\n`));
  });
}
