// HTTP requests to a service as its host reaches it: through a forward of the SSH connection, or directly for `local`.
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { Failure, type FailureParts } from "../failure.ts";
import { cutEnd } from "../text/cut.ts";
import type { ForwardTarget } from "../transports/types.ts";
import type { HttpAnswer } from "./host.ts";

/** The kept part of a body: bytes on a host, characters here. */
export const LARGEST_BODY = 4_096;

/**
 * Not imported: an import of node:http loads the whole of fetch, which takes a tenth of the start time of a command.
 */
const plain = () => process.getBuiltinModule("node:http");
const secure = () => process.getBuiltinModule("node:https");

/** The connection ended before an answer: no process listens there, or sshd forwards no ports. */
export class NotConnected extends Failure {}

const CLOSED = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ENOENT"];

/** The address that a connection must forward for a request to a URL. @returns an IPv6 address without its brackets */
export function forwardTo(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

/**
 * One GET request. Redirects are not followed: a redirect does not count as healthy.
 *
 * @param forwards sockets on this machine and the addresses that they forward to
 * @throws Failure when there is no answer within the time (seconds); {@link NotConnected} when the connection ends at
 * once
 */
export function request(
  { url, headers, timeout }: { url: string; headers: Record<string, string>; timeout: number },
  forwards: readonly ({ socket: string } & ForwardTarget)[],
  name: string,
): Promise<HttpAnswer> {
  const target = new URL(url);
  const { host, port } = forwardTo(url);
  const forward = forwards.find((each) => "port" in each && each.host === host && each.port === port);
  const where = { host: name, url };
  if (!forward && name !== "local") throw new Error(`no forward leads to ${host}:${port}`);
  const answered = new Promise<HttpAnswer>((resolve, reject) => {
    const fail = (output: string, closed = false) =>
      reject(new (closed ? NotConnected : Failure)(noAnswer(where, output)));
    // With a socket, the host is the name that the certificate is checked for.
    const to = forward ? { socketPath: forward.socket, host } : { host, port };
    const asked = lowerCase(headers);
    const client = target.protocol === "https:" ? secure() : plain();
    let answer: (() => void) | undefined;
    const sent = client.request(
      {
        ...to,
        path: `${target.pathname}${target.search}`,
        headers: { host: target.host, ...asked, connection: "close" },
        servername: serverName(host, asked),
        agent: false,
        signal: AbortSignal.timeout(Math.ceil(timeout * 1000)),
      },
      (response) => {
        let body = "";
        answer = () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: flat(response.headers),
            body: cutEnd(body, LARGEST_BODY),
          });
        response.setEncoding("utf8").on("data", (text: string) => {
          body += text;
          if (body.length <= LARGEST_BODY) return;
          answer?.();
          sent.destroy();
        });
        response.on("error", (error) => (isTimeout(error) ? answer?.() : fail(error.message)));
        response.on("end", answer);
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      // A body that does not end is an answer all the same, as it is for clients on hosts.
      if (answer && isTimeout(error)) return answer();
      const code = error.code ?? "";
      if (CERTIFICATE.test(code))
        reject(notTrusted(where, error.message, "set NODE_EXTRA_CA_CERTS where Tarlift runs"));
      else fail(isTimeout(error) ? `no answer within ${timeout} s` : error.message, CLOSED.includes(code));
    });
    sent.end();
  });
  return answered.catch((cause) => {
    throw cause instanceof Failure ? cause : notAsked(where, cause);
  });
}

const isTimeout = ({ name }: Error): boolean => name === "AbortError" || name === "TimeoutError";

/** Codes of Node and OpenSSL for a certificate of another name, or one that no known authority has signed. */
const CERTIFICATE = /^ERR_TLS_CERT|SELF_SIGNED|^CERT_|^UNABLE_TO_(GET|VERIFY)/;

/** @param trust how to make the client trust an authority of the user's own, as a clause */
export function notTrusted(where: Record<string, string>, output: string, trust: string): Failure {
  return new Failure({
    code: "service-misconfigured",
    what: "the service's certificate is not accepted",
    where,
    output,
    remedy: `It has to be valid for the host of \`health.url\`, or, where that is an address, for the header \`Host\`. An authority of your own: ${trust}. Or let the check ask the service without TLS.`,
  });
}

/**
 * The server name for a server with several certificates: an address is not one (RFC 6066, 3). @param headers names in
 * lower case
 */
function serverName(host: string, headers: Record<string, string>): string {
  if (isIP(host) === 0) return host;
  const name = headers.host?.replace(/:\d+$/, "") ?? "";
  return isIP(name.replace(/^\[|\]$/g, "")) === 0 ? name : "";
}

/**
 * How a client on the host requests an address over TLS under the name of the header `Host`, as {@link request} does.
 *
 * @returns the URL with that name, and the address of the name (`NAME:PORT:ADDRESS`, curl(1) --resolve); undefined if
 * the URL has its own name
 */
export function underName(url: string, headers: Record<string, string>): { url: string; resolve: string } | undefined {
  const named = new URL(url);
  const { host, port } = forwardTo(url);
  const name = serverName(host, lowerCase(headers));
  if (named.protocol !== "https:" || isIP(host) === 0 || !/^[\w.-]+$/.test(name)) return undefined;
  named.hostname = name;
  return { url: named.href, resolve: `${named.hostname}:${port}:${host}` };
}

/** The failure for a service that does not answer, whichever client sent the request. */
export function noAnswer(where: Record<string, string>, output: string): FailureParts {
  return { code: "service-unhealthy", what: "the service does not answer", where, output };
}

/**
 * One `Name: value` per line, as clients on hosts take request headers. @throws Failure for what HTTP does not allow in
 * a header
 */
export function headerLines(headers: Record<string, string>, where: Record<string, string>): string {
  const { validateHeaderName, validateHeaderValue } = plain();
  try {
    return Object.entries(headers)
      .map(([name, value]) => {
        validateHeaderName(name);
        validateHeaderValue(name, value);
        return `${name}: ${value}\n`;
      })
      .join("");
  } catch (cause) {
    throw notAsked(where, cause as Error);
  }
}

/**
 * tarlift.yml allows only headers that can be sent; an artifact may contain what an older version of Tarlift allowed.
 */
const notAsked = (where: Record<string, string>, cause: Error) =>
  new Failure({
    code: "service-misconfigured",
    what: "the request to the service cannot be made",
    where,
    output: cause.message,
    remedy: "Correct `health.headers` of the service in tarlift.yml.",
    cause,
  });

/**
 * Reads a status line and headers, as clients on hosts dump them. Names are converted to lower case; undefined: not
 * HTTP.
 */
export function parseHead(text: string): Omit<HttpAnswer, "body"> | undefined {
  const [first = "", ...rest] = text.split(/\r?\n/);
  const status = /^HTTP\/[\d.]+ (\d{3})(?: |$)/.exec(first.trim())?.[1];
  if (status === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const line of rest) {
    const at = line.indexOf(":");
    if (at <= 0) continue;
    const name = line.slice(0, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  return { status: Number(status), headers };
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}

function flat(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}
