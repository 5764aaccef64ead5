// HAProxy as a service of a lab's host, as Debian packages it, with its runtime API for the user that deploys.
import { connect } from "node:net";
import { type Haproxy, haproxy } from "../../src/balancers/haproxy/runtime-api.ts";
import { haproxyConfig, haproxyCounters } from "../support/haproxy-config.ts";
import type { LabHost } from "./lab.ts";

export interface LabHaproxy {
  host: LabHost;
  /** Its runtime API on its host: `deploy` may use it. */
  socket: string;
  /** The same by TCP, as its host reaches it. */
  port: string;
  /** Where a backend is asked for from this machine. */
  url(backend: string): string;
  /** Sends one command to the runtime API. */
  ask(command: string): Promise<string>;
  /** A backend as the balancer's own code sees it. */
  backend(name: string): Haproxy;
  /** What it counted itself since it started, or since `clear counters all`. */
  counters(): ReturnType<typeof haproxyCounters>;
}

const SOCKET = "/run/haproxy/admin.sock";
const API = 9990;

/**
 * Starts it on a host. Each backend listens on a port of its own, from 8080 on, and neither retries nor redispatches.
 *
 * @param backends servers' addresses (`10.213.0.11:8000`) by name, and further lines of the backend
 */
export async function startLabHaproxy(
  host: LabHost,
  backends: Record<string, { servers: Record<string, string>; lines?: string[] }>,
): Promise<LabHaproxy> {
  const names = Object.keys(backends);
  const config = haproxyConfig({
    sockets: [`${SOCKET} mode 660 group haproxy level admin`, `ipv4@*:${API} level admin`],
    backends: Object.fromEntries(
      Object.entries(backends).map(([name, one], n) => [name, { ...one, bind: `*:${8080 + n}` }]),
    ),
  });
  await host.root("cat >/etc/haproxy/haproxy.cfg", config);
  await host.root(`usermod --append --groups haproxy ${host.user} && systemctl restart haproxy`);
  const ask = (command: string) => answerTo(command, { host: host.address, port: API });
  return {
    host,
    socket: SOCKET,
    port: `127.0.0.1:${API}`,
    url: (backend) => `http://${host.address}:${8080 + names.indexOf(backend)}/`,
    ask,
    backend: (name) => haproxy({ name: `haproxy on ${host.name}`, backend: name, ask }),
    counters: () => haproxyCounters(ask),
  };
}

/** The tests' own eyes: nothing of what they look at. */
function answerTo(command: string, at: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, () => socket.write(`${command}\n`));
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}
