// Looks at every host of the matrix from outside, every 20 ms, in a thread of its own: `current` leads to a complete release, and the
// service answers. What the service misses is assessed by the caller, which knows what was planned.
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";

export interface Sampled {
  id: string;
  /** The root as this machine reads it. */
  root: string;
  address: string;
  port: number;
}

export type ToSampler = { add: Sampled } | { remove: string } | { collect: string[]; ticket: number };

export interface Samples {
  id: string;
  looks: number;
  /** What may not be, at any time. */
  wrong: string[];
  /** When the service was asked in vain: began and ended, milliseconds since the epoch. */
  missed: [number, number][];
  /** The longest time between two looks, milliseconds. */
  longest: number;
}

const EVERY = 20;
/** Milliseconds for an answer: a machine that has much to do answers late, and one whose service is away at once. */
const PATIENCE = 2_000;
const MOST = 20;

class Watch {
  readonly at: Sampled;
  samples: Samples;
  #whole = new Map<string, string[]>();
  #last = 0;
  #asking = false;

  constructor(at: Sampled) {
    this.at = at;
    this.samples = this.#none();
  }

  /** What was seen since the last time. */
  take(): Samples {
    const taken = this.samples;
    this.samples = this.#none();
    return taken;
  }

  look(): void {
    const now = Date.now();
    if (this.#last > 0) this.samples.longest = Math.max(this.samples.longest, now - this.#last);
    this.#last = now;
    this.samples.looks++;
    try {
      this.#current();
    } catch (error) {
      if (this.samples.wrong.length < MOST) this.samples.wrong.push((error as Error).message);
    }
    if (!this.#asking) this.#ask();
  }

  #none(): Samples {
    return { id: this.at.id, looks: 0, wrong: [], missed: [], longest: 0 };
  }

  /** @throws Error that says what is not there */
  #current(): void {
    const link = readlinkSync(join(this.at.root, "current"));
    const known = this.#whole.get(link);
    // A release that was seen whole can lose files, and cannot change in them: they are a-w.
    if (known) for (const path of known) statSync(path);
    else this.#whole.set(link, this.#verify(link));
  }

  #verify(link: string): string[] {
    const [, name] = /^releases\/([^/]+)$/.exec(link) ?? [];
    if (!name) throw new Error(`current leads to ${link}`);
    const release = join(this.at.root, link);
    const index = readFileSync(join(this.at.root, ".tarlift/releases", name, "index"), "utf8");
    const paths = [".tarlift/env", ".tarlift/exec"].map((path) => join(release, path));
    for (const [, size, hash, path] of index.matchAll(/^f \d+ (\d+) ([0-9a-f]+) {2}(.+)$/gm)) {
      const content = readFileSync(join(release, path!));
      const sum = createHash("sha256").update(content).digest("hex");
      if (content.length !== Number(size) || sum !== hash)
        throw new Error(`${link}/${path} is not what its index says`);
      paths.push(join(release, path!));
    }
    if (paths.length < 4) throw new Error(`${link} has hardly a file`);
    readlinkSync(join(release, "media"));
    for (const path of paths) statSync(path);
    return paths;
  }

  #ask(): void {
    this.#asking = true;
    const began = Date.now();
    let said = 0;
    let over = false;
    const socket = connect({ host: this.at.address, port: this.at.port });
    const end = () => {
      if (over) return;
      over = true;
      clearTimeout(late);
      socket.destroy();
      this.#asking = false;
      if (said === 0) this.samples.missed.push([began, Date.now()]);
    };
    const late = setTimeout(end, PATIENCE);
    socket.on("data", (bytes) => {
      said += bytes.length;
    });
    socket.on("error", end).on("close", end);
  }
}

const watches = new Map<string, Watch>();

parentPort?.on("message", (message: ToSampler) => {
  if ("add" in message) watches.set(message.add.id, new Watch(message.add));
  else if ("remove" in message) watches.delete(message.remove);
  else {
    const samples = message.collect.map((id) => watches.get(id)!.take());
    parentPort!.postMessage({ ticket: message.ticket, samples });
  }
});

if (parentPort) {
  setInterval(() => {
    for (const watch of watches.values()) watch.look();
  }, EVERY);
}
