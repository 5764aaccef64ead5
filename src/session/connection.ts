// One connection to one host: has the transport start a shell there, sends the program and then one call after the
// other.
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { Failure } from "../failure.ts";
import { isFailureCode } from "../failure-codes.ts";
import { type Call, type Limits, type Reply, replyOf } from "../protocol/call.ts";
import {
  callFrames,
  type Frame,
  FrameReader,
  frame,
  frames,
  LARGEST_BODY,
  LARGEST_REPLY,
  LARGEST_SAID,
  parseValues,
  tooMuch,
} from "../protocol/frames.ts";
import { REFUSAL, REPLIES, strangeParts } from "../protocol/replies.ts";
import type { Verb } from "../protocol/verbs.ts";
import { cutEnd, cutStart } from "../text/cut.ts";
import { withServiceLog } from "../text/log-excerpt.ts";
import { acquire } from "../transports/connection-limiter.ts";
import { Away, type PreparedTransport } from "../transports/transport.ts";
import type { Forward, HostAddress } from "../transports/types.ts";
import { BOOTSTRAP, LOADER, PROGRAM } from "./program.ts";

/**
 * A verb that waits sends a sign of life every 15 s; the commands that it runs between two such loops (sync, sha256sum)
 * may take a while.
 */
const LIMITS: Limits = { bytes: 32 << 20, silence: 900, time: 6 * 3600 };

export interface ConnectionOptions {
  transport: PreparedTransport;
  /** Seconds without a frame after which the program ends itself; signs of life are sent every sixth of it. */
  lease: number;
  /** Seconds for the first reply. Default 60. */
  openTimeout?: number | undefined;
  /** For tests: replies with a key or text that the protocol's table lacks are errors. */
  strict?: boolean | undefined;
  /** For tests: limits of calls that have none of their own. */
  limits?: Partial<Limits> | undefined;
}

/** Bytes that a frame counts for in addition to its body: the memory that a frame of a few bytes takes. */
const FRAME = 512;
const SILENCE = 60;
/**
 * Milliseconds before the second, third and fourth attempt, each varied by half: other connections were dropped at the
 * same time.
 */
const PAUSES = [300, 900, 2_000];
const LAST_STDERR = 8_192;
/** Characters of a message that the host words itself: the failure and its remedy. A path may have 4096 bytes. */
const LARGEST_SENTENCE = 16_384;
/** Milliseconds in which sshd ends a refused forward. */
const FORWARD_PROBE = 1_000;
const FORWARD_REFUSED = /open failed: administratively prohibited/;

/** The state between two frames of a call. */
interface Pending {
  verb: Verb;
  texts: Map<string, Buffer[]>;
  onOutput: ((bytes: Buffer) => void) | undefined;
  onData: ((name: string, bytes: Buffer) => void) | undefined;
  /** Bytes that may still arrive. */
  left: number;
  resolve(reply: Reply): void;
  reject(failure: unknown): void;
}

export class Connection {
  readonly host: HostAddress;
  readonly options: ConnectionOptions;
  /** Calls that were answered or are in progress: round trips after the connection. */
  roundTrips = 0;
  /** Bytes sent to the host, and the part of them in `data` frames. */
  sent = 0;
  sentData = 0;
  readonly forwards: Forward[];
  #child: ChildProcess | undefined;
  #opening: Promise<void> | undefined;
  #pending: Pending | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #stderr = "";
  #ended: unknown;
  #exit: Promise<void> = Promise.resolve();
  #ends: () => void = () => {};
  #closing = false;
  /** What was sent before the host's first frame: sent again if the first attempt was dropped. */
  #early: Buffer[] | undefined = [];
  #keep: NodeJS.Timeout | undefined;
  #reader: FrameReader | undefined;
  /** Ends a call when its reply makes no more progress. */
  #silence: NodeJS.Timeout | undefined;

  constructor(host: HostAddress, options: ConnectionOptions) {
    this.host = host;
    this.options = options;
    this.forwards = options.transport.forwardsOf(host);
  }

  /** Begins to connect while the first call is still being prepared. If connecting fails, the call reports it. */
  connect(): void {
    this.#opened().catch(() => {});
  }

  /**
   * Sends a call and waits for its reply; calls wait for each other. The first one connects.
   *
   * @throws Failure that the host replied, with its name; or why the connection could not be made or ended
   */
  call(call: Call): Promise<Reply> {
    const turn = this.#queue.then(() => this.#roundTrip(call));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Ends the program by closing its input, and ssh with it. Never throws. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#opening?.catch(() => {});
    if (!this.#child) return;
    this.#end();
    const kill = setTimeout(() => this.#child?.kill("SIGKILL"), 10_000);
    await this.#exit;
    clearTimeout(kill);
  }

  /** The program finishes the current verb and answers it; then it reads the end of its input. */
  #end(): void {
    this.#closing = true;
    clearInterval(this.#keep);
    this.#child?.stdin?.end();
  }

  /** The connection could not be made, or it has ended: by itself or by {@link close}. */
  get lost(): boolean {
    return this.#ended !== undefined;
  }

  /** The connection is {@link lost} because the host does not answer. */
  get away(): boolean {
    return this.#ended instanceof Away;
  }

  /** Process id of ssh or of the shell, for tests that end it. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Whether sshd refuses forwards, as far as this can be found out without a request to a service: it reports a refusal
   * when a forward is opened. A client that does not pass the refusal on (OpenSSH before 8.5) leaves the forward open,
   * and the result is false.
   */
  async forwardsNothing(): Promise<boolean> {
    const forward = this.forwards.find((each) => "port" in each);
    if (!forward) return false;
    const socket = connect(forward.socket);
    const ended = new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
    let late: NodeJS.Timeout | undefined;
    await Promise.race([ended, new Promise((resolve) => (late = setTimeout(resolve, FORWARD_PROBE)))]);
    clearTimeout(late);
    socket.destroy();
    // ssh's message and the end of the socket arrive over different channels.
    for (let attempts = 0; attempts < 10 && !FORWARD_REFUSED.test(this.#stderr); attempts++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return FORWARD_REFUSED.test(this.#stderr);
  }

  /** For tests: stops the signs of life; to the host this is a lost network. */
  silence(): void {
    clearInterval(this.#keep);
  }

  async #roundTrip(call: Call): Promise<Reply> {
    await this.#opened();
    if (this.#ended) throw this.#ended;
    this.roundTrips++;
    const { verb, onOutput, onData } = call;
    const limits = { ...LIMITS, ...this.options.limits, ...call.limits };
    const left = limits.bytes;
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#pending = { verb, texts: new Map(), onOutput, onData, left, resolve, reject };
    });
    this.#bound(left);
    this.#silence = setTimeout(() => this.#abandon(silent(limits.silence)), limits.silence * 1000);
    // A timer of more than 24 days would fire at once.
    const late = Number.isFinite(limits.time)
      ? setTimeout(() => this.#abandon(unanswered(limits.time)), limits.time * 1000)
      : undefined;
    reply
      .catch(() => {})
      .finally(() => {
        this.#heard();
        clearTimeout(late);
      });
    await this.#write(Buffer.concat(callFrames(call.verb, call.values, call.texts)));
    if (call.data) await this.#send(call.data);
    if (call.last) this.#end();
    return reply;
  }

  async #send(data: AsyncIterable<Uint8Array>): Promise<void> {
    let chunks: Uint8Array[] = [];
    let size = 0;
    const flush = async () => {
      const bytes = Buffer.concat(chunks);
      chunks = [];
      size = 0;
      for (const piece of frames("data", "", bytes)) await this.#write(piece);
      this.sentData += bytes.length;
    };
    try {
      for await (const chunk of data) {
        // The verb has failed already: the rest need not be sent.
        if (!this.#pending) break;
        chunks.push(chunk);
        size += chunk.length;
        if (size >= LARGEST_BODY) await flush();
      }
      await flush();
    } catch (error) {
      // The host receives an incomplete end, which it refuses; the error reports the real reason once the host has
      // answered.
      const pending = this.#pending;
      if (pending) {
        this.#pending = { ...pending, resolve: () => pending.reject(error), reject: () => pending.reject(error) };
      }
    }
    await this.#write(frame("end"));
  }

  #write(bytes: Buffer): Promise<void> {
    this.sent += bytes.length;
    this.#early?.push(bytes);
    return new Promise((resolve) => {
      const stdin = this.#child?.stdin;
      // A broken connection is reported by ssh's exit, not by the broken pipe.
      if (!stdin?.writable || this.#ended) resolve();
      else
        stdin.write(bytes, () => {
          this.#silence?.refresh();
          resolve();
        });
    });
  }

  #opened(): Promise<void> {
    this.#opening ??= this.#open().catch((error) => {
      this.#fail(error);
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<void> {
    const nonce = randomBytes(16).toString("hex");
    this.#exit = new Promise((resolve) => {
      this.#ends = resolve;
    });
    await this.#attempt(nonce, 0);
    this.#keep = setInterval(() => void this.#write(frame("keep")), (this.options.lease * 1000) / 6);
    this.#keep.unref();
    await this.#write(Buffer.concat([PROGRAM, frame("open", nonce)]));
  }

  /**
   * Starts ssh; if sshd drops the connection before its first frame, starts it again after a pause and sends again all
   * that was sent.
   */
  async #attempt(nonce: string, count: number): Promise<void> {
    const { transport } = this.options;
    const key = transport.limiterKey(this.host);
    const release = key === undefined ? () => {} : await acquire(key);
    if (this.#closing) {
      release();
      throw new Failure({
        code: "connection-lost",
        what: "the connection was closed",
        where: { host: this.host.address, step: "connect" },
      });
    }
    const program = { loader: LOADER, bootstrap: BOOTSTRAP };
    const child = await transport.start(this.host, this.forwards, program).catch((error) => {
      release();
      throw error;
    });
    this.#child = child;
    this.#stderr = "";
    const reader = new FrameReader(nonce, (received) => this.#receive(received));
    this.#reader = reader;
    child.stdin?.on("error", () => {});
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = cutStart(this.#stderr + text, LAST_STDERR);
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      this.#silence?.refresh();
      try {
        reader.push(chunk);
      } catch (error) {
        this.#abandon(error);
      }
      if (!reader.open) return;
      this.#early = undefined;
      release();
    });
    const silent = setTimeout(
      () => {
        if (reader.open) return;
        this.#stderr += "\n(nothing was answered in time)";
        child.kill();
      },
      (this.options.openTimeout ?? SILENCE) * 1000,
    );
    child.on("error", (error) => {
      this.#stderr += error.message;
      if (child.pid === undefined) this.#fail(transport.notStarted(this.host.address, child.spawnfile, error.message));
    });
    child.on("close", (code, signal) => {
      clearTimeout(silent);
      release();
      const end = { code, signal, stderr: this.#stderr, noise: reader.open ? "" : reader.noise, opened: reader.open };
      if (!this.#closing && count < PAUSES.length && transport.wasDropped(end)) {
        const pause = PAUSES[count]! * (0.5 + Math.random());
        setTimeout(() => void this.#retry(nonce, count + 1), pause);
        return;
      }
      // Whether a call was waiting by then is chance, and all unreachable hosts must report the same.
      const step = (reader.open && this.#pending?.verb) || "connect";
      this.#over(transport.failureOf({ ...end, host: this.host.address, step }));
    });
  }

  async #retry(nonce: string, count: number): Promise<void> {
    try {
      await this.#attempt(nonce, count);
    } catch (error) {
      return this.#over(error as Failure);
    }
    for (const bytes of this.#early ?? []) this.#child?.stdin?.write(bytes);
    if (this.#closing) this.#child?.stdin?.end();
  }

  #over(failure: Failure): void {
    clearInterval(this.#keep);
    this.#fail(failure);
    this.#ends();
  }

  /** The call is over: its silence no longer counts. */
  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  /** Ends the connection at once. */
  #abandon(error: unknown): void {
    this.#heard();
    const where = { host: this.host.address, step: this.#pending?.verb };
    const Kind = error instanceof Away ? Away : Failure;
    this.#fail(error instanceof Failure ? new Kind({ ...error, where: { ...where, ...error.where } }) : error);
    this.#child?.kill();
  }

  #fail(failure: unknown): void {
    this.#ended ??= failure;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(failure);
  }

  /** The maximum size of the next frame: it is held in memory until it is complete. */
  #bound(left: number): void {
    if (this.#reader) this.#reader.limit = Math.min(left, LARGEST_REPLY);
  }

  #receive({ kind, name, body }: Frame): void {
    const pending = this.#pending;
    if (!pending) return;
    if (kind === "out") {
      if (body.length > LARGEST_BODY) throw tooMuch();
      pending.onOutput?.(body);
      return;
    }
    if (kind === "alive" && body.length === 0) return;
    pending.left -= FRAME + body.length;
    if (pending.left < 0) throw tooMuch();
    this.#bound(pending.left);
    if (kind === "data") pending.onData?.(name, body);
    else if (kind === "text") {
      const parts = pending.texts.get(name);
      if (!parts) pending.texts.set(name, [body]);
      else if (body.length > 0) parts.push(body);
    } else if (kind === "ok" || kind === "no") {
      const values = parseValues(body.toString("utf8"));
      const texts = new Map([...pending.texts].map(([key, parts]) => [key, Buffer.concat(parts).toString("utf8")]));
      const value = (key: string) => values.get(key)?.[0];
      if (this.options.strict)
        refuseStrange(kind === "ok" ? REPLIES[pending.verb] : refusalOf(pending.verb), values, texts);
      if (kind === "ok") {
        this.#pending = undefined;
        pending.resolve(replyOf(values, texts));
        return;
      }
      const code = value("code");
      const refused = new Failure({
        code: isFailureCode(code) ? code : "protocol-broken",
        what: cutEnd(value("what") ?? "the host refused", LARGEST_SENTENCE),
        where: { host: this.host.address, step: pending.verb },
        output: withServiceLog(endOf(texts.get("output")), endOf(texts.get("log"))),
        remedy: cutEnd(value("remedy") ?? "", LARGEST_SENTENCE) || undefined,
      });
      // The program ends after this refusal: a revert uses another connection, which may find another directory for its
      // session.
      if (value("over") === "yes") {
        this.#over(refused);
        return;
      }
      this.#pending = undefined;
      pending.reject(refused);
    }
  }
}

/** A refusal may follow texts that the verb had sent already. */
const refusalOf = (verb: Verb) => ({ ...REFUSAL, texts: [...REFUSAL.texts, ...REPLIES[verb].texts] });

/**
 * @throws Error for keys and texts that no row of the tables has: only one of the program and the tables was changed
 */
function refuseStrange(
  row: Parameters<typeof strangeParts>[0],
  values: ReadonlyMap<string, unknown>,
  texts: ReadonlyMap<string, unknown>,
): void {
  const strange = strangeParts(row, values.keys(), texts.keys());
  if (strange.length > 0) throw new Error(`the reply has ${strange.join(", ")}, which src/protocol/replies.ts lacks`);
}

const endOf = (said: string | undefined) => (said === undefined ? undefined : cutStart(said, LARGEST_SAID));

const silent = (seconds: number) =>
  new Away({
    code: "host-silent",
    what: `the host has not answered for ${seconds} s`,
    remedy: "Look at the network and at the host's load; then run this again.",
  });

const unanswered = (seconds: number) =>
  new Failure({
    code: "host-silent",
    what: `the host has not come to an answer within ${seconds} s`,
    remedy: "Look at what it does there; then run this again.",
  });
