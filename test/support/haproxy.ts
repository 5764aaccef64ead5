// A real HAProxy on loopback ports of its own.
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTunnel } from "../../src/host/tunnel.ts";
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
 */
export async function startHaproxy(
  ports: Record<string, number>,
  options: { level?: "admin" | "user" } = {},
): Promise<RunningHaproxy> {
  const directory = temporary("haproxy");
  const socket = join(directory, "admin.sock");
  const port = await freePort();
  writeFileSync(
    join(directory, "haproxy.cfg"),
    [
      "global",
      `  stats socket ${socket} level ${options.level ?? "admin"}`,
      "defaults",
      "  mode http",
      "  retries 0",
      "  timeout connect 2s",
      "  timeout client 30s",
      "  timeout server 30s",
      "frontend all",
      `  bind 127.0.0.1:${port}`,
      "  default_backend web",
      "backend web",
      "  balance roundrobin",
      ...Object.entries(ports).map(([name, at]) => `  server ${name} 127.0.0.1:${at} check inter 200ms`),
      "",
    ].join("\n"),
  );
  const daemon = spawn("haproxy", ["-db", "-f", join(directory, "haproxy.cfg")], { stdio: "ignore" });
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  atEnd(async () => {
    daemon.kill("SIGKILL");
    await ended;
  });
  for (let n = 0; n < 100 && !existsSync(socket); n++) await new Promise((resolve) => setTimeout(resolve, 50));
  return { port, socket, ask: openTunnel({ address: "local", roles: undefined }, {}, { path: socket }) };
}
