// A line between a client and a server on this machine: it delays what goes through it, and counts it.
import { connect, createServer, type Socket } from "node:net";

export interface Line {
  port: number;
  /** Bytes until now, to the server and back, and connections. */
  readonly seen: { up: number; down: number; connections: number };
  reset(): void;
  close(): Promise<void>;
}

/**
 * @param to the server's port on the loopback
 * @param delay milliseconds that every byte takes in either direction: half of the round trip. Bandwidth is not limited
 */
export function openLine(to: number, delay = 0): Promise<Line> {
  const seen = { up: 0, down: 0, connections: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true });
    seen.connections++;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    pass(client, upstream, delay, (bytes) => {
      seen.up += bytes;
    });
    pass(upstream, client, delay, (bytes) => {
      seen.down += bytes;
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({
        port: (server.address() as { port: number }).port,
        seen,
        reset: () => Object.assign(seen, { up: 0, down: 0, connections: 0 }),
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => closed());
          }),
      });
    });
  });
}

/** Timers of one length fire in the order in which they were set, so bytes keep theirs. */
function pass(from: Socket, to: Socket, delay: number, count: (bytes: number) => void): void {
  const later = (action: () => void) => (delay > 0 ? setTimeout(action, delay) : action());
  from.on("data", (chunk) => {
    count(chunk.length);
    later(() => to.writable && to.write(chunk));
  });
  from.on("end", () => later(() => to.end()));
}
