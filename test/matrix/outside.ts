// What is judged after a cell: what was seen from outside while it happened, and what is left on the hosts.
import { Worker } from "node:worker_threads";
import type { Sampled, Samples, ToSampler } from "./sampler.ts";

/** Milliseconds since the epoch. */
export type Span = readonly [from: number, to: number];

/** The thread that looks. */
export class Outside {
  readonly #worker = new Worker(new URL("./sampler.ts", import.meta.url), { execArgv: [] });
  readonly #waiting = new Map<number, (samples: Samples[]) => void>();
  #ticket = 0;

  constructor() {
    this.#worker.on("message", ({ ticket, samples }: { ticket: number; samples: Samples[] }) => {
      this.#waiting.get(ticket)?.(samples);
      this.#waiting.delete(ticket);
    });
  }

  add(host: Sampled): void {
    this.#worker.postMessage({ add: host } satisfies ToSampler);
  }

  /** What was seen of these since the last time. */
  collect(ids: string[]): Promise<Samples[]> {
    const ticket = ++this.#ticket;
    const answer = new Promise<Samples[]>((resolve) => this.#waiting.set(ticket, resolve));
    this.#worker.postMessage({ collect: ids, ticket } satisfies ToSampler);
    return answer;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Its own log has milliseconds, the thread that looks has whole ones. */
const SLACK = 2;

/**
 * The times in which a service was stopped, by its own log.
 *
 * @param log lines `stopping <ms>` and `started <ms>`
 */
export function stopsOf(log: string): Span[] {
  const spans: Span[] = [];
  let from: number | undefined;
  for (const [, word, time] of log.matchAll(/^(\w+) ([\d.]+)$/gm)) {
    if (word === "stopping") from ??= Number(time);
    else if (from !== undefined) {
      spans.push([from, Number(time)]);
      from = undefined;
    }
  }
  return from === undefined ? spans : [...spans, [from, Number.POSITIVE_INFINITY]];
}

/** The times of `missed` that touch no planned one. */
export const unplanned = (missed: readonly Span[], planned: readonly Span[]): Span[] =>
  missed.filter(([from, to]) => !planned.some(([begin, end]) => from <= end + SLACK && to >= begin - SLACK));
