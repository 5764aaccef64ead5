// Stops at a chosen point of a call, on the side of the machine that deploys.

import type { OpenHost } from "../../src/host/calls/open.ts";
import type { Call } from "../../src/protocol/call.ts";
import { Connection } from "../../src/session/connection.ts";

/** Before the call; when it was sent; in the middle of its data; when its answer has arrived. */
export const MOMENTS = ["before", "sent", "within", "answered"] as const;
/** `restarted`: when its child said so. */
export type Moment = (typeof MOMENTS)[number] | "restarted";

export interface Gate {
  host: OpenHost;
  verb: string;
  when: Moment;
  /** Called once, the first time that the call reaches this point; its result is awaited. */
  reached(): unknown;
}

const gates = new Set<Gate>();
const listeners = new Set<(connection: Connection, verb: string) => void>();
const call = Connection.prototype.call;
const soon = () => new Promise((resolve) => setTimeout(resolve, 2));
/** So much of the data has travelled at least: the rest still waits here. */
const WITHIN = 1 << 20;

/** Calls the listener before every call of this process. */
export function onCall(listener: (connection: Connection, verb: string) => void): void {
  listeners.add(listener);
}

/** Sets a gate. @returns takes it away again */
export function setGate(gate: Gate): () => void {
  gates.add(gate);
  return () => gates.delete(gate);
}

Connection.prototype.call = async function (this: Connection, asked: Call) {
  for (const listener of listeners) listener(this, asked.verb);
  const pass = async (when: Moment): Promise<void> => {
    const gate = gateAt(this, asked.verb, when);
    if (!gate) return;
    gates.delete(gate);
    await gate.reached();
  };
  await pass("before");
  const { onOutput, data } = asked;
  const before = this.sent;
  const answer = call.call(this, {
    ...asked,
    ...(data && gateAt(this, asked.verb, "within") ? { data: stopped(data, () => pass("within")) } : {}),
    onOutput: (bytes) => {
      if (bytes.includes("restarted")) void pass("restarted");
      onOutput?.(bytes);
    },
  });
  answer.catch(() => {});
  if (gateAt(this, asked.verb, "sent")) {
    while (this.sent === before && !this.lost) await soon();
    await soon();
    await pass("sent");
  }
  const reply = await answer;
  await pass("answered");
  return reply;
};

const gateAt = (connection: Connection, verb: string, when: Moment): Gate | undefined =>
  [...gates].find((gate) => gate.host.connection === connection && gate.verb === verb && gate.when === when);

/** The same bytes, with a stop once enough of them were taken. */
async function* stopped(data: AsyncIterable<Uint8Array>, stop: () => Promise<void>): AsyncIterable<Uint8Array> {
  let taken = 0;
  for await (const bytes of data) {
    // What was handed out before is on its way when more is asked for.
    if (taken > WITHIN) await stop();
    yield bytes;
    taken += bytes.length;
  }
}
