// The clients of load.ts, in their process. It ends with the one that started it.
import { Agent, get } from "node:http";
import type { Answer, Clients, Order } from "./load.ts";

/** Milliseconds for one answer: what takes longer is a failure. */
const PATIENCE = 30_000;

const pages = new Map<string, number>();
const failures: string[] = [];
let requests = 0;
let stopped = false;
let running: Promise<void>[] = [];

process.on("message", async (order: Order) => {
  if (order === "count") return say({ count: requests });
  if (order !== "stop") {
    running = order.start.flatMap(clientsOf);
    return;
  }
  stopped = true;
  await Promise.all(running);
  say({ pages: [...pages], failures, requests });
});
process.on("disconnect", () => process.exit());

const say = (answer: Answer) => void process.send?.(answer);

function clientsOf({ url, clients, keepAlive, pause = 10, headers = {} }: Clients): Promise<void>[] {
  const agent = new Agent({ keepAlive, maxSockets: clients });
  const client = async () => {
    while (!stopped) {
      try {
        const page = await ask(url, agent, headers);
        pages.set(page, (pages.get(page) ?? 0) + 1);
      } catch (error) {
        failures.push(`${new Date().toISOString()} ${url}${keepAlive ? " (kept connection)" : ""}: ${error}`);
      }
      requests++;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  return Array.from({ length: clients }, client);
}

function ask(url: string, agent: Agent, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers, signal: AbortSignal.timeout(PATIENCE) }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("aborted", () => reject(new Error(`cut off after ${text.length} bytes`)));
      response.on("end", () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`status ${response.statusCode}: ${text}`)),
      );
    });
    request.on("error", reject);
  });
}
