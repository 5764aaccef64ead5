// Clients that ask again and again while something else happens, and count.
import { Agent, get } from "node:http";

export interface Load {
  /** How often each page was seen, and what went wrong. */
  seen: { pages: Map<string, number>; failures: string[] };
  /** Lets every client finish the request that it is at. */
  stop(): Promise<void>;
}

export interface Clients {
  url: string;
  /** How many ask at a time. */
  clients: number;
  keepAlive: boolean;
}

/**
 * @param options.pause milliseconds between two requests of a client: time for this process to do something else
 */
export function startLoad(groups: readonly Clients[], options: { pause: number } = { pause: 10 }): Load {
  const seen = { pages: new Map<string, number>(), failures: [] as string[] };
  let stopped = false;
  const client = async (url: string, agent: Agent) => {
    while (!stopped) {
      try {
        const page = await ask(url, agent);
        seen.pages.set(page, (seen.pages.get(page) ?? 0) + 1);
      } catch (error) {
        seen.failures.push(`${url}: ${error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, options.pause));
    }
  };
  const agents = groups.map(({ keepAlive, clients }) => new Agent({ keepAlive, maxSockets: clients }));
  const running = groups.flatMap(({ url, clients }, n) =>
    Array.from({ length: clients }, () => client(url, agents[n]!)),
  );
  return {
    seen,
    async stop() {
      stopped = true;
      await Promise.all(running);
      for (const agent of agents) agent.destroy();
    },
  };
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`status ${response.statusCode}: ${text}`)),
      );
    }).on("error", reject);
  });
}
