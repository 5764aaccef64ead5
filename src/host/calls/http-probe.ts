// Health checks go through the connection's forward, or run on the host itself if its sshd forwards no ports.
import { Failure } from "../../failure.ts";
import type { Session } from "../../session/session.ts";
import { CUT, cutEnd } from "../../text/cut.ts";
import type { HttpAnswer } from "../host.ts";
import {
  headerLines,
  request as httpRequest,
  LARGEST_BODY,
  NotConnected,
  noAnswer,
  notTrusted,
  parseHead,
  underName,
} from "../http-client.ts";

export interface HttpQuestion {
  url: string;
  headers: Record<string, string>;
  /** Seconds. */
  timeout: number;
}

/** Checks one host, and remembers which of the two methods works. */
export class Asker {
  readonly #session: Session;
  /** The host has curl or wget. */
  hasClient = false;
  /** Its sshd forwards no ports: HTTP requests are made on the host. */
  #asksItself = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @throws Failure when there is no answer within the time */
  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    const { name, local, connection } = this.#session;
    if (this.#asksItself) return askThere(this.#session, question);
    try {
      return await httpRequest(question, connection.forwards, name);
    } catch (error) {
      // Seen from here, a service that does not listen looks like an sshd that forwards no ports: the host itself can
      // distinguish them.
      if (!(error instanceof NotConnected) || local || !this.hasClient) throw error;
      const answer = await askThere(this.#session, question);
      this.#asksItself = true;
      return answer;
    }
  }
}

/**
 * How curl reports that it does not accept a certificate (its exit codes 51 and 60), and how GNU wget does. A service
 * that demands the client's certificate is another case: `curl: (56) … alert certificate required`, `OpenSSL: …`,
 * `GnuTLS: …`.
 */
const CERTIFICATE = /^curl: \((?:51|60)\)|^ERROR: .*certificate/i;

/** The host sends this many bytes of a body (src/remote/http.sh). */
const beginning = (body: string | undefined): string | undefined =>
  body !== undefined && Buffer.byteLength(body) >= LARGEST_BODY ? body.slice(0, LARGEST_BODY) + CUT : body;

async function askThere(session: Session, request: HttpQuestion): Promise<HttpAnswer> {
  const where = { host: session.name, url: request.url };
  const named = underName(request.url, request.headers);
  const reply = await session.call("http", {
    values: {
      url: request.url,
      timeout: Math.max(1, Math.ceil(request.timeout)),
      named_url: named?.url,
      resolve: named?.resolve,
    },
    texts: { headers: headerLines(request.headers, where) },
  });
  const head = parseHead(reply.texts.get("head") ?? "");
  if (head) return { ...head, body: beginning(reply.texts.get("body")) };
  const answered = reply.value("error") || reply.texts.get("head") || "it ended the connection";
  const said = cutEnd(answered, LARGEST_BODY);
  if (!CERTIFICATE.test(said)) throw new Failure(noAnswer(where, said));
  const trust = "add it to those that the host trusts (update-ca-certificates)";
  const curl = "wget asks an address under no name: install curl on the host";
  throw notTrusted(where, said, named && !said.startsWith("curl:") ? `${trust}; ${curl}` : trust);
}
