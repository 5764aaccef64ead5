// Messages, received by a server of the test's own: signed, tried again, and never in the way of a deploy.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { Failure } from "../../src/failure.ts";
import { deliver, overTheNetwork } from "../../src/notifiers/post.ts";
import { notifications } from "../../src/notify/notify.ts";
import { notifying } from "../../src/pipeline/with-notifications.ts";
import { silent } from "../../src/progress.ts";
import { tarlift } from "../support/command.ts";
import { startJob } from "../support/job.ts";
import { repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const received: Received[] = [];
/** What the next requests get; afterwards 200. */
const answers: ((response: ServerResponse) => void)[] = [];
const pauses: number[] = [];
let address: string;

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
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

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end();
const broken = (response: ServerResponse) => response.destroy();

const send = (changes: Partial<Parameters<typeof deliver>[0]> = {}) =>
  deliver(
    { url: `${address}/hook`, event: "deployed", body: '{"a":"ü"}', timeout: 5, retries: 2, ...changes },
    { ...overTheNetwork, sleep: async (time) => void pauses.push(time) },
  );

describe("a delivery", () => {
  test("carries event, id, time and a signature that a receiver can check", async () => {
    expect(await send({ secret: "key" })).toBe(undefined);
    const [{ headers, body }] = received as [Received];
    const expected = createHmac("sha256", "key").update(`${headers["tarlift-timestamp"]}.${body}`).digest("hex");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "tarlift-event": "deployed",
      "tarlift-signature": `v1=${expected}`,
    });
    expect(Math.abs(Number(headers["tarlift-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  });

  test("takes user and password out of the address", async () => {
    const url = address.replace("//", "//ada:p%40ss%C3%A9@");
    expect(await send({ url: `${url}/hook` })).toBe(undefined);
    expect(received[0]).toMatchObject({
      path: "/hook",
      headers: { authorization: `Basic ${Buffer.from("ada:p@ssé").toString("base64")}` },
    });
  });

  test("is unsigned without a key", async () => {
    await send();
    expect(received[0]?.headers).not.toHaveProperty("tarlift-signature");
  });

  test("is tried again after 5xx, 429 and a broken connection, under the same id", async () => {
    answers.push(status(503), broken);
    expect(await send()).toBe(undefined);
    expect(pauses).toEqual([1000, 2000]);
    expect(new Set(received.map(({ headers }) => headers["tarlift-delivery"])).size).toBe(1);
    answers.push(status(429, { "retry-after": "7" }), status(429, { "retry-after": "3600" }));
    expect(await send()).toBe(undefined);
    expect(pauses.slice(2)).toEqual([7000, 30_000]);
  });

  test("is given up after its retries, and at once where trying again cannot help", async () => {
    answers.push(status(500), status(500), status(500));
    expect(await send()).toBe("it answered 500, after 3 attempts");
    answers.push(status(404));
    expect(await send()).toBe("it answered 404");
    expect(received).toHaveLength(4);
  });

  test("does not follow a redirect", async () => {
    answers.push(status(307, { location: `${address}/elsewhere` }));
    expect(await send()).toBe("it answered 307");
    expect(received.map(({ path }) => path)).toEqual(["/hook"]);
  });

  test("to one who never answers ends in time, and its failure tells nothing of the address", async () => {
    answers.push(() => {});
    expect(await send({ timeout: 0.2, retries: 0 })).toBe("no answer within 0.2 s");
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/T0KEN`;
    await new Promise((resolve) => gone.close(resolve));
    expect(await send({ url, retries: 0 })).toBe("it could not be reached (ECONNREFUSED)");
    expect(await send({ url: "not an address/T0KEN" })).toBe("its address is no http or https address");
  });
});

describe("messages of tarlift.yml", () => {
  test("leave in the order in which they were sent, also when the first one is slow", async () => {
    const { notify } = parseConfig("app: shop\nnotify: { chat: { url-env: CHAT } }");
    const { send } = notifications({ notify }, { values: { CHAT: address }, env: {}, progress: silent });
    let answered = false;
    let wasAnswered: boolean | undefined;
    answers.push(
      (response) =>
        setTimeout(() => {
          answered = true;
          response.end();
        }, 100),
      (response) => {
        wasAnswered = answered;
        response.end();
      },
    );
    const place = { app: "shop", target: "here" };
    await Promise.all([send("started", place), send("deployed", place)]);
    expect(wasAnswered).toBe(true);
  });

  function shop(notify: string) {
    const root = join(temporary("host"), "shop");
    const config = `app: shop\ntargets: { here: { hosts: [local], root: ${root} }, production: { hosts: [app1.example.org] } }\nnotify:\n${notify}`;
    return repository({ "tarlift.yml": config, "index.html": "hello" });
  }
  const run = (cwd: string, args: string[], env: Record<string, string> = {}) =>
    tarlift(args, { cwd, env: { XDG_CACHE_HOME: temporary("cache"), CHAT: `${address}/T0KEN`, KEY: "key", ...env } });
  const events = () => received.map(({ headers }) => headers["tarlift-event"]);

  test("send a deploy's beginning and its end, in this order, and its rollback's refusal to those who asked", async () => {
    const cwd = shop(
      "  chat: { url-env: CHAT, secret-env: KEY }\n  all: { url-env: CHAT, events: [refused], format: slack }\n",
    );
    expect(await run(cwd, ["deploy", "here"])).toMatchObject({ code: 0 });
    expect(events()).toEqual(["started", "deployed"]);
    const [begin, end] = received.map(({ body }) => JSON.parse(body));
    expect(begin).toMatchObject({ app: "shop", target: "here", outcome: "", label: end.label, commit: end.commit });
    expect(end).toMatchObject({ outcome: "deployed", hosts: [{ name: "local", live: end.release }] });
    expect(received.every(({ headers }) => headers["tarlift-signature"])).toBe(true);
    received.length = 0;
    expect(await run(cwd, ["rollback", "here"])).toMatchObject({ code: 2 });
    expect(events()).toEqual(["started", "refused"]);
    expect(received.map(({ body }) => JSON.parse(body).text ?? JSON.parse(body).message)).toEqual([
      "a rollback began",
      expect.stringContaining("shop on here: refused"),
    ]);
  });

  test("hold no secret of the target", async () => {
    const text = "app: shop\ntargets: { here: { hosts: [local], secrets: [DB] } }\nnotify: { chat: { url-env: CHAT } }";
    const secrets = { DB: "postgres://u:pw@db", CHAT: address };
    const work = () =>
      Promise.reject(
        new Failure({ code: "command-failed", what: "no connection to postgres://u:pw@db", outcome: "reverted" }),
      );
    const reported = notifying({ config: parseConfig(text), progress: silent }, { target: "here", secrets }, work);
    await expect(reported).rejects.toThrow("postgres://u:pw@db");
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ outcome: "reverted", error: "no connection to ***" });
  });

  test("that fail change neither outcome nor exit code, and show no address", async () => {
    const cwd = shop(
      "  down: { url-env: CHAT, retries: 0 }\n  unset: { url-env: NOWHERE }\n  unsigned: { url-env: CHAT, secret-env: NO_KEY }\n",
    );
    answers.push(status(500), broken);
    const end = await run(cwd, ["deploy", "here", "--json"]);
    expect(end.code).toBe(0);
    expect(JSON.parse(end.stdout).outcome).toBe("deployed");
    expect(received).toHaveLength(2);
    const quiet = await run(cwd, ["deploy", "here"]);
    expect(quiet.code).toBe(0);
    const again = await run(cwd, ["rollback", "here"], { CHAT: "http://127.0.0.1:1/T0KEN" });
    const log = again.stdout + again.stderr;
    expect(log).toContain('notify down: the message "started" was not delivered: it could not be reached');
    expect(log).toContain('notify unset: NOWHERE is not set: the message "started" went nowhere');
    expect(log).toContain("notify unsigned: NO_KEY is not set");
    expect(log).not.toContain("T0KEN");
  });

  test("of other targets, of a dry run and of events that were not requested are not sent", async () => {
    const cwd = shop(
      "  other: { url-env: CHAT, targets: [production] }\n  ends: { url-env: CHAT, events: [started, deployed] }\n",
    );
    await run(cwd, ["deploy", "here", "--dry-run"]);
    expect(received).toEqual([]);
    await run(cwd, ["deploy", "here"]);
    expect(events()).toEqual(["started", "deployed"]);
  });

  test("tell what fails before any host is asked", async () => {
    const cwd = shop("  chat: { url-env: CHAT, events: [refused, failed] }\n");
    writeFileSync(join(cwd, "index.html"), "changed and not committed");
    const end = await run(cwd, ["deploy", "here"]);
    expect(end.code).not.toBe(0);
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]?.body ?? "").error).toContain("next:");
  });
});

test("actions/rollback is given the addresses of messages", async () => {
  const root = join(temporary("host"), "shop");
  const config = `app: shop\ntargets: { here: { hosts: [local], root: ${root} } }\nnotify: { chat: { url-env: CHAT } }`;
  const workspace = repository({ "tarlift.yml": config });
  const inputs = { target: "here", secrets: `CHAT=${address}/T0KEN` };
  const end = await startJob({ workspace }).run("rollback", inputs);
  expect(end.code).toBe(2);
  expect(received.map(({ path }) => path)).toEqual(["/T0KEN"]);
  expect(end.masks).toContain(`${address}/T0KEN`);
});

describe("actions/notify", () => {
  const job = () =>
    startJob({ workspace: temporary("workspace"), env: { GITHUB_SHA: "c".repeat(40), GITHUB_ACTOR: "ada" } });

  test("tells the outcome of an earlier step, signed", async () => {
    const inputs = {
      url: `${address}/T0KEN`,
      secret: "s3cret",
      event: "reverted",
      target: "production",
      release: "v2-1",
    };
    const end = await job().run("notify", inputs);
    expect(end).toMatchObject({ code: 0, outputs: { delivered: "true" } });
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({
      summary: "shop on production: reverted v2-1",
      "run-url": "https://github.com/acme/shop/actions/runs/1",
      actor: "ada",
    });
    expect(received[0]?.headers).toHaveProperty("tarlift-signature");
    expect(end.masks).toEqual(expect.arrayContaining(["s3cret", `${address}/T0KEN`]));
  });

  test("an outcome that never came is a failure, and a plan is nothing to tell", async () => {
    await job().run("notify", { url: address, event: "", format: "slack" });
    expect(JSON.parse(received[0]?.body ?? "").text).toContain("*shop: failed*");
    expect(await job().run("notify", { url: address, event: "planned" })).toMatchObject({ code: 0 });
    expect(received).toHaveLength(1);
  });

  test("a message that does not arrive is a warning in a green job", async () => {
    answers.push(status(500));
    const failed = await job().run("notify", { url: address, event: "split", retries: "0" });
    expect(failed).toMatchObject({ code: 0, outputs: { delivered: "false" } });
    expect(failed.annotations).toMatchObject([
      { type: "warning", message: expect.stringContaining("it answered 500") },
    ]);
    const noKey = await job().run("notify", { url: address, event: "split", secret: "" });
    expect(noKey).toMatchObject({ code: 0, outputs: { delivered: "false" } });
    expect(noKey.annotations[0]?.message).toContain("the input secret is empty, and it is not sent unsigned");
    expect(received).toHaveLength(1);
    const fork = await job().run("notify", { url: "", event: "deployed" });
    expect(fork).toMatchObject({ code: 0, annotations: [{ type: "warning" }] });
  });

  test.each([
    [{ event: "finished" }, 'the input event is "finished", and should be one of started, deployed'],
    [{ template: '{"text": "{{relaese}}"}' }, "{{relaese}} is none, did you mean {{release}}?"],
    [{ retries: "often" }, 'the input retries is "often", and should be a whole number'],
  ])("%o is refused with a sentence", async (inputs, sentence) => {
    const end = await job().run("notify", { url: address, event: "deployed", ...inputs });
    expect(end.code).toBe(2);
    expect(end.annotations[0]?.message).toContain(sentence);
    expect(received).toEqual([]);
  });
});
