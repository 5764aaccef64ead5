// HTTP to a service as its host reaches it: through a forward of the SSH connection, or directly for `local`.
import type { IncomingMessage } from "node:http";
import { Failure, type FailureParts } from "../failure.ts";
import type { ForwardTarget, HttpAnswer } from "./types.ts";

const LARGEST_BODY = 4_096;

/** Not imported: an import of node:http brings the whole of fetch with it, and with that a tenth of the time that a command needs to start. */
const plain = () => process.getBuiltinModule("node:http");
const secure = () => process.getBuiltinModule("node:https");

/** The connection ended before anything was answered: nothing listens there, or sshd forwards no ports. */
export class NotConnected extends Failure {}

const CLOSED = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ENOENT"];

/** What a connection must forward so that a URL can be asked for. @returns an IPv6 address without its brackets */
export function forwardTo(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

/**
 * One GET request. Redirects are not followed: a redirect is not health.
 *
 * @param forwards sockets on this machine and what they lead to
 * @throws Failure when nothing answers within the time (seconds); {@link NotConnected} when the connection ends at once
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
  return new Promise((resolve, reject) => {
    const fail = (output: string, closed = false) =>
      reject(new (closed ? NotConnected : Failure)(noAnswer(where, output)));
    const to = forward ? { socketPath: forward.socket } : { host, port };
    const client = target.protocol === "https:" ? secure() : plain();
    const asked = client.request(
      {
        ...to,
        path: `${target.pathname}${target.search}`,
        headers: { host: target.host, ...lowerCase(headers), connection: "close" },
        servername: host,
        agent: false,
        signal: AbortSignal.timeout(Math.ceil(timeout * 1000)),
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          if (body.length < LARGEST_BODY) body += text;
        });
        response.on("error", (error) => fail(error.message));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: flat(response.headers),
            body: body.slice(0, LARGEST_BODY),
          }),
        );
      },
    );
    asked.on("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.name === "AbortError" || error.name === "TimeoutError" ? `no answer within ${timeout} s` : error.message,
        CLOSED.includes(error.code ?? ""),
      ),
    );
    asked.end();
  });
}

/** What is said of a service that does not answer, whoever asked it. */
export function noAnswer(where: Record<string, string>, output: string): FailureParts {
  return { what: "the service does not answer", where, output };
}

/** `Name: value` a line, as clients on hosts take request headers. @throws TypeError for what HTTP does not allow in one */
export function headerLines(headers: Record<string, string>): string {
  const { validateHeaderName, validateHeaderValue } = plain();
  return Object.entries(headers)
    .map(([name, value]) => {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      return `${name}: ${value}\n`;
    })
    .join("");
}

/** Reads a status line and headers, as clients on hosts dump them. Names come out in lower case; undefined: it is no HTTP. */
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
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
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
