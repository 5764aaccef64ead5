// What every notifier keeps to. Its messages are received by a server of the test's own.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import type { Message, MessageContext, Notifier } from "../../../src/notifiers/notifier.ts";
import { overTheNetwork } from "../../../src/notifiers/post.ts";
import { variablesOf } from "../../../src/notify/message-context.ts";

export interface NotifierFixture {
  /** Keys that its entry needs beside `format`. */
  keys?: Record<string, unknown>;
  /** What a reader sees of a body that it posted. */
  shown(body: string): string;
}

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Runs the suite for one notifier. */
export function describeNotifier(notifier: Notifier, { keys = {}, shown }: NotifierFixture): void {
  const received: Received[] = [];
  /** What the next requests get; afterwards 200. */
  const answers: ((response: ServerResponse) => void)[] = [];
  const pauses: number[] = [];
  let address: string;

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const answer = answers.shift();
    if (answer) answer(response);
    else response.end("ok");
  });
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    received.length = answers.length = pauses.length = 0;
  });

  const entry = (more: Record<string, unknown> = {}) =>
    notifier.schema.parse({
      format: notifier.key,
      "url-env": "CHAT",
      "secret-env": "KEY",
      ...keys,
      ...more,
    }) as unknown;
  const message = (more: Partial<MessageContext> = {}): Message => {
    const context = { app: "shop", target: "production", release: "v2-12345678", ...more };
    return { event: "deployed", context, variables: variablesOf("deployed", context, {}, 0) };
  };
  const memory = new Map<string, unknown>();
  const send = (
    config: unknown,
    values: Record<string, string | undefined> = { CHAT: `${address}/T0KEN`, KEY: "k3y" },
    sent = message(),
  ) => {
    const post = { ...overTheNetwork, sleep: async (time: number) => void pauses.push(time) };
    return notifier.send(sent, config, { values, post, memory });
  };
  const status = (code: number, headers: Record<string, string> = {}) => {
    return (response: ServerResponse) => response.writeHead(code, headers).end();
  };

  describe(`the notifier ${notifier.key}`, () => {
    test("is chosen by its key in tarlift.yml, and says which variables it takes secrets from", () => {
      const text = JSON.stringify({
        app: "shop",
        notify: { a: { format: notifier.key, "url-env": "CHAT", "secret-env": "KEY", ...keys } },
      });
      expect(parseConfig(text).notify.a?.format).toBe(notifier.key);
      expect(notifier.secretNames(entry()).sort()).toEqual(["CHAT", "KEY"]);
      expect(notifier.docs.length).toBeGreaterThan(100);
    });

    test("posts JSON that says what happened, with a signature that a receiver can check", async () => {
      expect(await send(entry())).toBe(undefined);
      const [{ headers, body }] = received as [Received];
      const expected = createHmac("sha256", "k3y").update(`${headers["tarlift-timestamp"]}.${body}`).digest("hex");
      expect(headers).toMatchObject({
        "content-type": "application/json",
        "tarlift-event": "deployed",
        "tarlift-signature": `v1=${expected}`,
      });
      expect(shown(body)).toContain("shop on production: deployed v2-12345678");
    });

    test("posts unsigned where no key is named, and nothing where the key or the address is not set", async () => {
      const unsigned = entry({ "secret-env": undefined });
      expect(notifier.secretNames(unsigned)).toEqual(["CHAT"]);
      expect(await send(unsigned, { CHAT: address })).toBe(undefined);
      expect(received[0]?.headers).not.toHaveProperty("tarlift-signature");
      expect(await send(entry(), { CHAT: address })).toBe(
        'KEY is not set: the message "deployed" is not sent unsigned',
      );
      expect(await send(entry(), { KEY: "k3y" })).toBe('CHAT is not set: the message "deployed" went nowhere');
      expect(received).toHaveLength(1);
    });

    test("posts JSON whatever a commit or a host said", async () => {
      const hostile = '"quotes"\\ \n\t\u2028 {{app}} {{#next}} <!channel> ``` \ud800';
      expect(await send(entry(), undefined, message({ error: hostile, release: hostile }))).toBe(undefined);
      expect(() => JSON.parse(received[0]?.body ?? "")).not.toThrow();
    });

    test("waits as long as the receiver asks on 429, and gives up after its retries", async () => {
      answers.push(status(429, { "retry-after": "7" }));
      expect(await send(entry({ retries: 1 }))).toBe(undefined);
      expect(pauses).toEqual([7000]);
      answers.push(status(429), status(429));
      expect(await send(entry({ retries: 1 }))).toContain('the message "deployed" was not delivered: it answered 429');
      expect(received).toHaveLength(4);
    });

    test("ends in time where no answer comes", async () => {
      answers.push(() => {});
      expect(await send(entry({ timeout: 0.2, retries: 0 }))).toContain("no answer within 0.2 s");
    });

    test("shows neither address nor key in what it says of a failure", async () => {
      // An address of its own: the port may be another server's on 127.0.0.1 a moment later.
      const gone = createServer().listen(0, "127.9.8.7");
      await once(gone, "listening");
      const closed = `http://127.9.8.7:${(gone.address() as AddressInfo).port}/T0KEN`;
      await new Promise((resolve) => gone.close(resolve));
      answers.push(status(404), status(307, { location: `${address}/T0KEN` }), (response) => response.destroy());
      const addresses = [`${address}/T0KEN`, `${address}/T0KEN`, `${address}/T0KEN`, closed, "not an address/T0KEN"];
      for (const CHAT of addresses) {
        const said = await send(entry({ retries: 0 }), { CHAT, KEY: "k3y" });
        expect(said).toContain('the message "deployed" was not delivered: ');
        expect(said).not.toMatch(/T0KEN|k3y|127\.\d/);
      }
    });

    test("sends a second message of the run as one of its own", async () => {
      await send(entry());
      await send(entry());
      expect(received).toHaveLength(2);
      expect(new Set(received.map(({ headers }) => headers["tarlift-delivery"])).size).toBe(2);
    });
  });
}
