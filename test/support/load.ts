// Clients that ask again and again while something else happens, and count. They run in a process of their own: neither keeps the other
// waiting.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Load {
  /** What came of it until {@link stop}; empty before. */
  seen: Seen;
  /** How many requests were answered or failed until now. */
  count(): Promise<number>;
  /** Lets every client finish the request that it is at. @returns what was seen */
  stop(): Promise<Seen>;
}

export interface Seen {
  /** How often each page was answered with status 200. */
  pages: Map<string, number>;
  /** What went wrong: connections refused or reset, answers that did not come in time, other statuses. */
  failures: string[];
  /** Requests, failed ones among them. */
  requests: number;
}

export interface Clients {
  url: string;
  /** How many ask at a time. */
  clients: number;
  keepAlive: boolean;
  /** Milliseconds between two requests of a client. Default 10. */
  pause?: number;
  /** Sent with each request. */
  headers?: Record<string, string>;
}

/** What the two processes say to each other. */
export type Order = { start: readonly Clients[] } | "count" | "stop";
export type Answer = { count: number } | { pages: [string, number][]; failures: string[]; requests: number };

/** @throws Error, from {@link Load.stop}, when the clients' process has died */
export function startLoad(groups: readonly Clients[]): Load {
  const seen: Seen = { pages: new Map(), failures: [], requests: 0 };
  const child = fork(join(import.meta.dirname, "load-main.ts"), { execArgv: [] });
  const died = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the clients have ended: ${signal ?? code}`);
  });
  died.catch(() => {});
  const tell = async (order: Order): Promise<Answer> => {
    const answer = once(child, "message");
    child.send(order);
    const [said] = (await Promise.race([answer, died])) as [Answer];
    return said;
  };
  child.send({ start: groups } satisfies Order);
  return {
    seen,
    async count() {
      const answer = await tell("count");
      return "count" in answer ? answer.count : 0;
    },
    async stop() {
      const answer = await tell("stop");
      if ("pages" in answer) Object.assign(seen, { ...answer, pages: new Map(answer.pages) });
      child.disconnect();
      await died.catch(() => {});
      return seen;
    },
  };
}
