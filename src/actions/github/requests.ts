// Sends a request to GitHub's API: with a time limit, and repeated when GitHub asks for it.
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api,
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
// Octokit's plugins (retry 8.1, throttling 11.0) do less: they repeat a POST after a 502 or a lost connection, follow
// `retry-after` only if the message says "secondary rate", have no time limit, and do not end a wait at the signal.
import { Failure } from "../../failure.ts";
import type { Progress } from "../../progress.ts";

export interface RetryOptions {
  progress: Progress;
  signal?: AbortSignal | undefined;
  sleep: (milliseconds: number) => Promise<unknown>;
}

const MOST_ATTEMPTS = 4;
/** Time limit of one request in milliseconds. */
const TIMEOUT = 30_000;
/** Maximum wait for a rate limit in seconds: a waiting runner costs money, too. */
const PATIENCE = 60;

interface Answer {
  status?: number | undefined;
  response?: { headers: Record<string, string | undefined> } | undefined;
}

interface Request {
  method: string;
  url: string;
  request?: object;
}

/** A wrapper for octokit's `hook.wrap("request", …)`. */
export function retrying({ progress, signal, sleep }: RetryOptions) {
  return async <R extends Request, T>(request: (options: R) => T | Promise<T>, options: R): Promise<T> => {
    for (let tried = 1; ; tried++) {
      const ends = [AbortSignal.timeout(TIMEOUT), ...(signal ? [signal] : [])];
      try {
        return await request({ ...options, request: { ...options.request, signal: AbortSignal.any(ends) } });
      } catch (error) {
        signal?.throwIfAborted();
        const seconds = pauseAfter(error as Answer, { tried, method: options.method, now: Date.now() });
        if (seconds === undefined) throw error;
        if (seconds > PATIENCE) throw exhausted(error as Answer, seconds);
        progress.notice(`GitHub's API: ${reason(error as Answer)}; trying again in ${seconds} s`);
        await sleep(seconds * 1000);
      }
    }
  };
}

/**
 * Seconds to wait before a request is repeated; undefined if it is not.
 *
 * @param now milliseconds since 1970
 */
export function pauseAfter(
  { status, response }: Answer,
  { tried, method, now }: { tried: number; method: string; now: number },
): number | undefined {
  if (tried >= MOST_ATTEMPTS) return undefined;
  const doubling = 2 ** (tried - 1);
  if (isRateLimited({ status, response })) {
    const after = Number(response?.headers["retry-after"]);
    if (Number.isFinite(after)) return Math.max(after, 1);
    const reset = Number(response?.headers["x-ratelimit-reset"]);
    if (response?.headers["x-ratelimit-remaining"] === "0" && reset > 0)
      return Math.max(Math.ceil(reset - now / 1000), 1);
    return 10 * doubling;
  }
  // A request may have taken effect although the response is an error: only requests that read are repeated.
  const broken = response === undefined || (status !== undefined && status >= 500);
  return broken && method === "GET" ? doubling : undefined;
}

/** A 403 is a rate limit too if its headers say so. */
function isRateLimited({ status, response }: Answer): boolean {
  if (status === 429) return true;
  const headers = response?.headers ?? {};
  return status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0");
}

/** Whether GitHub refused because of a missing permission. */
export function isPermissionRefused(error: unknown): boolean {
  const { status } = (error ?? {}) as Answer;
  return (status === 403 && !isRateLimited(error as Answer)) || status === 404;
}

const reason = (answer: Answer) =>
  isRateLimited(answer) ? "its rate limit is reached" : answer.response ? `it answered ${answer.status}` : "no answer";

function exhausted(answer: Answer, seconds: number): Failure {
  return new Failure({
    code: "github-limited",
    what: `GitHub's rate limit is used up for another ${Math.ceil(seconds / 60)} min`,
    where: { answered: String(answer.status) },
    remedy: "Run the job again then, or give `github-token` a token of its own.",
    outcome: "refused",
    cause: answer,
  });
}
