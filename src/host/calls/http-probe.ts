// Health checks go through the connection's forward, or run on the host itself if its sshd forwards no ports.
import { Failure } from "../../failure.ts";
import { CUT, cutEnd } from "../../text/cut.ts";
import type { Finding, Host, HttpAnswer } from "../host.ts";
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
import type { HostSession } from "./host-session.ts";

type HttpProbe = Parameters<Host["http"]>[0];

/** A finding of a host on which neither method works. */
export const NO_WAY_TO_HEALTH: Finding = {
  code: "health-unavailable",
  what: "health cannot be asked for: the sshd of this host forwards no ports, and it has neither curl nor wget",
  remedy: "Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local",
};

/** As `Host.http`; the session remembers which of the two methods works. */
export async function http(session: HostSession, probe: HttpProbe): Promise<HttpAnswer> {
  const { name, local, connection } = session;
  if (session.asksItself) return askThere(session, probe);
  try {
    return await httpRequest(probe, connection.forwards, name);
  } catch (error) {
    // Seen from here, a service that does not listen looks like an sshd that forwards no ports: the host itself can
    // distinguish them.
    if (!(error instanceof NotConnected) || local || !session.hasHttpClient) throw error;
    const answer = await askThere(session, probe);
    session.asksItself = true;
    return answer;
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

async function askThere(session: HostSession, request: HttpProbe): Promise<HttpAnswer> {
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
