// Health is asked for through the connection's forward, or on the host itself where its sshd forwards nothing.
import { Failure } from "../../failure.ts";
import { headerLines, request as httpRequest, NotConnected, noAnswer, parseHead } from "../http.ts";
import type { HttpAnswer } from "../types.ts";
import type { Dialogue } from "./dialogue.ts";

export interface HttpQuestion {
  url: string;
  headers: Record<string, string>;
  /** Seconds. */
  timeout: number;
}

/** Asks one host, and remembers which way leads to an answer. */
export class Asker {
  readonly #dialogue: Dialogue;
  /** The host has curl or wget. */
  hasClient = false;
  /** Its sshd forwards nothing: HTTP is asked for on the host. */
  #asksItself = false;

  constructor(dialogue: Dialogue) {
    this.#dialogue = dialogue;
  }

  /** @throws Failure when nothing answers within the time */
  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    const { name, local, connection } = this.#dialogue;
    if (this.#asksItself) return askThere(this.#dialogue, question);
    try {
      return await httpRequest(question, connection.forwards, name);
    } catch (error) {
      // From here a service that does not listen looks like an sshd that forwards nothing: the host itself sees the difference.
      if (!(error instanceof NotConnected) || local || !this.hasClient) throw error;
      const answer = await askThere(this.#dialogue, question);
      this.#asksItself = true;
      return answer;
    }
  }
}

async function askThere(dialogue: Dialogue, request: HttpQuestion): Promise<HttpAnswer> {
  const reply = await dialogue.call("http", {
    values: { url: request.url, timeout: Math.max(1, Math.ceil(request.timeout)) },
    texts: { headers: headerLines(request.headers) },
  });
  const head = parseHead(reply.texts.get("head") ?? "");
  if (head) return { ...head, body: reply.texts.get("body") };
  const said = reply.value("error") || reply.texts.get("head") || "it ended the connection";
  throw new Failure(noAnswer({ host: dialogue.name, url: request.url }, said));
}
