// HTTP to a service as its host reaches it: through a forward of the SSH connection, or directly for `local`.
import { type IncomingMessage, request as plain } from "node:http";
import { request as secure } from "node:https";
import { Failure } from "../failure.ts";
import type { HttpAnswer } from "./types.ts";

const LARGEST_BODY = 4_096;

/**
 * One GET request. Redirects are not followed: a redirect is not health.
 *
 * @param forwards sockets on this machine and what they lead to
 * @throws Failure when nothing answers within the time (seconds)
 */
export function request(
  { url, headers, timeout }: { url: string; headers: Record<string, string>; timeout: number },
  forwards: readonly { socket: string; host: string; port: number }[],
  name: string,
): Promise<HttpAnswer> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
  const forward = forwards.find((each) => each.host === host && each.port === port);
  const where = { host: name, url };
  if (!forward && name !== "local") throw new Error(`no forward leads to ${host}:${port}`);
  return new Promise((resolve, reject) => {
    const fail = (output: string) =>
      reject(
        new Failure({ what: "the service does not answer", where, output, remedy: "Look at its log on the host." }),
      );
    const to = forward ? { socketPath: forward.socket } : { host, port };
    const send = target.protocol === "https:" ? secure : plain;
    const asked = send(
      {
        ...to,
        path: `${target.pathname}${target.search}`,
        headers: { host: target.host, ...lowerCase(headers), connection: "close" },
        servername: host,
        agent: false,
        signal: AbortSignal.timeout(timeout * 1000),
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
      ),
    );
    asked.end();
  });
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}

function flat(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}
