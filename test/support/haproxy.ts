// A real HAProxy on loopback ports of its own.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { openTunnel } from "../../src/session/tunnel.ts";
import { haproxyConfig } from "./haproxy-config.ts";
import { freePort } from "./sshd.ts";
import { atEnd, temporary } from "./temporary.ts";

export interface RunningHaproxy {
  /** Its frontend. */
  port: number;
  /** Its runtime API. */
  socket: string;
  ask(command: string): Promise<string>;
}

/**
 * Starts it with one backend, `web`, that neither retries nor redispatches: what a server does not answer is an error for the client.
 *
 * @param ports the servers' ports, by name
 * @param options.level what its runtime API may do
 * @param options.lines further lines of the backend
 * @param options.inter how often it looks at its servers
 * @param options.disabled the server that its configuration puts into maintenance
 */
export async function startHaproxy(
  ports: Record<string, number>,
  options: { level?: "admin" | "user"; lines?: string[]; inter?: string; disabled?: string } = {},
): Promise<RunningHaproxy> {
  const directory = temporary("haproxy");
  const socket = join(directory, "admin.sock");
  const port = await freePort();
  const servers = Object.fromEntries(Object.entries(ports).map(([name, at]) => [name, `127.0.0.1:${at}`]));
  writeFileSync(
    join(directory, "haproxy.cfg"),
    haproxyConfig({
      sockets: [`${socket} level ${options.level ?? "admin"}`],
      backends: {
        web: {
          bind: `127.0.0.1:${port}`,
          servers,
          lines: options.lines ?? [],
          inter: options.inter ?? "200ms",
          disabled: options.disabled,
        },
      },
    }),
  );
  const daemon = spawn("haproxy", ["-db", "-f", join(directory, "haproxy.cfg")], { stdio: "ignore" });
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  atEnd(async () => {
    daemon.kill("SIGKILL");
    await ended;
  });
  // The socket is there before HAProxy listens to it.
  for (let n = 0; n < 400 && !(await answers(socket)); n++) await new Promise((resolve) => setTimeout(resolve, 50));
  const { ask } = openTunnel({ address: "local", roles: undefined }, {}, { path: socket });
  return { port, socket, ask };
}

const answers = (path: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
