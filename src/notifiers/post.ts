// Posts a message to an address: signed, with a time limit, and repeated if that can help.
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

export interface Delivery {
  /** Its path is often a secret itself: no message shows it. */
  url: string;
  event: string;
  /** JSON. */
  body: string;
  /** Signs the body; undefined: unsigned. */
  secret?: string | undefined;
  /** Time limit of one attempt in seconds. */
  timeout: number;
  /** Number of further attempts. */
  retries: number;
}

export interface Post {
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

export const overTheNetwork: Post = { fetch: (...request) => fetch(...request), now: Date.now, sleep: pause };

/** Maximum pause between two attempts in seconds, whatever the receiver requests. */
const LONGEST_PAUSE = 30;

/** @returns the error, in words without secrets; undefined if the receiver accepted the message */
export async function deliver(delivery: Delivery, post: Post = overTheNetwork): Promise<string | undefined> {
  const id = randomUUID();
  for (let tried = 0; ; tried++) {
    const answer = await tryOnce(delivery, id, post);
    if (answer.ok) return undefined;
    if (!answer.again || tried >= delivery.retries)
      return `${answer.what}${tried > 0 ? `, after ${tried + 1} attempts` : ""}`;
    await post.sleep(Math.min(answer.pause ?? 2 ** tried, LONGEST_PAUSE) * 1000);
  }
}

interface Answer {
  ok: boolean;
  what: string;
  again: boolean;
  /** Pause in seconds that the receiver requests. */
  pause?: number;
}

async function tryOnce({ url, event, body, secret, timeout }: Delivery, id: string, post: Post): Promise<Answer> {
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol))
    return { ok: false, what: "its address is no http or https address", again: false };
  const timestamp = String(Math.floor(post.now() / 1000));
  const headers = {
    "content-type": "application/json",
    "user-agent": "tarlift",
    "tarlift-event": event,
    "tarlift-delivery": id,
    "tarlift-timestamp": timestamp,
    ...(address.username || address.password ? { authorization: basic(address) } : {}),
    ...(secret ? { "tarlift-signature": `v1=${signature(secret, timestamp, body)}` } : {}),
  };
  // fetch refuses an address with user and password.
  Object.assign(address, { username: "", password: "" });
  try {
    const signal = AbortSignal.timeout(Math.ceil(timeout * 1000));
    // A redirect could send the message to another receiver.
    const response = await post.fetch(address.href, { method: "POST", headers, body, redirect: "manual", signal });
    await response.body?.cancel();
    if (response.ok) return { ok: true, what: "", again: false };
    const after = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      ok: false,
      what: `it answered ${response.status}`,
      again: response.status === 429 || response.status >= 500,
      ...(Number.isFinite(after) ? { pause: after } : {}),
    };
  } catch (error) {
    return { ok: false, what: networkError(error, timeout), again: true };
  }
}

/** https://www.rfc-editor.org/rfc/rfc7617#section-2, for an address with user and password. */
function basic({ username, password }: URL): string {
  const plain = (text: string) =>
    Buffer.from(
      text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16))),
      "latin1",
    );
  return `Basic ${Buffer.concat([plain(username), Buffer.from(":"), plain(password)]).toString("base64")}`;
}

/**
 * HMAC-SHA256 over `<timestamp>.<body>`, hexadecimal. A receiver computes it over the received bytes, compares in
 * constant time, and refuses timestamps that are minutes old.
 */
export function signature(secret: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

/** Only the error's code: its message may contain the address. */
function networkError(error: unknown, timeout: number): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  if (name === "TimeoutError") return `no answer within ${timeout} s`;
  return `it could not be reached${cause?.code ? ` (${cause.code})` : ""}`;
}
