// Checks that a service answers over HTTP, is healthy and runs this very release. A redirect does not count as healthy,
// and neither does an answer of another release.
import type { HealthConfig } from "../config/schema.ts";
import { Failure, type FailureParts } from "../failure.ts";
import type { Host, HttpAnswer, ServiceEvidence } from "../host/host.ts";
import { cancelledWords } from "../stop-reason.ts";
import { cutEnd } from "../text/cut.ts";
import { containsError, withServiceLog } from "../text/log-excerpt.ts";
import type { Participant } from "./member.ts";
import { type CheckOf, checkOf } from "./recorded-services.ts";

/** A service that does not answer as expected. */
export class Unhealthy extends Failure {
  readonly service: string;
  /** The status of its last answer; undefined: no answer. */
  readonly status: number | undefined;
  constructor(service: string, parts: FailureParts, status?: number) {
    super(parts);
    this.service = service;
    this.status = status;
  }
}

export interface Healthy {
  status: number;
  /** True when the service named its release, and it is the expected one. */
  proven: boolean;
}

/** Printed when a service answers with an error and its log, which is printed above, does not say why. */
const NO_ERROR =
  "Its log has no error: the application writes errors elsewhere, or nowhere. Let it write them to standard error (Django, where DEBUG is off, does so with a `LOGGING` of its own alone).";

/** The failure's texts for an unhealthy service whose log is known. */
export function explained(error: Unhealthy, log: string): Pick<FailureParts, "output" | "remedy"> {
  const shown = error.remedy?.replace(ITS_LOG, "").trim();
  const silent = (error.status ?? 0) >= 500 && !containsError(log);
  return {
    output: withServiceLog(error.output, log),
    remedy: [shown, silent ? NO_ERROR : ""].filter(Boolean).join("\n") || undefined,
  };
}

/** Printed when the log cannot be shown. */
export const ITS_LOG = "Its log on the host says why.";

/**
 * A wrong answer that stays the same for this many attempts and this many seconds (of pauses) is final: a release that
 * answers 500 is reverted without using up its `retries`.
 */
const STEADY = { attempts: 5, seconds: 5 };

/**
 * Statuses of applications that accept only some host names: Django, Starlette, Flask, Rails, servers with several
 * sites.
 */
const OTHER_NAME = [400, 403, 404, 421];

/** Statuses that a service, or a proxy in front of it, may answer while it starts. */
const STARTING = [404, 408, 425, 429, 502, 503, 504];

type Verdict =
  | { healthy: true; proven: boolean }
  | { healthy: false; final: boolean; steady?: boolean; why: string; remedy?: string };

/**
 * Repeats the check until the service is healthy, with the configured retries and pauses.
 *
 * @throws Unhealthy that says what the last answer was, and what to do
 */
export async function checkHealth(
  host: Host,
  service: string,
  health: HealthConfig,
  options: {
    /** The release's name: the value of `TARLIFT_RELEASE` in the service's environment. */
    release: string;
    signal?: AbortSignal | undefined;
    pause?: (seconds: number) => Promise<void>;
    /** The release was not made by Tarlift, so its code may not send `release-header`. */
    adopted?: boolean;
  },
): Promise<Healthy> {
  const { release, adopted = false } = options;
  const pause = options.pause ?? ((seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
  let same = { status: 0, attempts: 0 };
  for (let attempt = 0; ; attempt++) {
    const { answer, verdict } = await probe(host, health, release, adopted);
    if (verdict.healthy) return { status: answer?.status ?? 0, proven: verdict.proven };
    const status = verdict.steady ? (answer?.status ?? 0) : 0;
    same = { status, attempts: status !== 0 && status === same.status ? same.attempts + 1 : 1 };
    const steady =
      status !== 0 && same.attempts >= STEADY.attempts && (same.attempts - 1) * health.interval >= STEADY.seconds;
    if (options.signal?.aborted && !verdict.final) throw brokenOff(host, service, verdict.why, options.signal);
    if (verdict.final || steady || attempt >= health.retries) {
      const parts: FailureParts = {
        code: "service-unhealthy",
        what: `${service} is not healthy: ${verdict.why}`,
        where: { host: host.name, release, url: health.url, attempts: attemptsOf(attempt, health, steady) },
        output: answer?.body && cutEnd(answer.body, 2000),
        remedy: verdict.remedy,
      };
      throw new Unhealthy(service, parts, answer?.status);
    }
    await pause(health.interval);
  }
}

/** The check was interrupted: whether the service would have become healthy is not known. */
const brokenOff = (host: Host, service: string, why: string, signal: AbortSignal) =>
  new Failure({
    code: "cancelled",
    what: `${cancelledWords(signal)}; ${service} was not healthy yet: ${why}`,
    where: { host: host.name },
  });

function attemptsOf(attempt: number, { retries }: HealthConfig, steady: boolean): string {
  return steady && attempt < retries
    ? `${attempt + 1} of ${retries + 1}: it answers the same each time`
    : String(attempt + 1);
}

async function probe(host: Host, health: HealthConfig, release: string, adopted: boolean) {
  let answer: HttpAnswer;
  try {
    answer = await host.http({ url: health.url, headers: health.headers ?? {}, timeout: health.timeout });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const verdict: Verdict = {
      healthy: false,
      final: false,
      why: error.output ? `${error.what} (${error.output.split("\n")[0]})` : error.what,
      remedy: error.remedy ?? `Does the service listen, and answer, where \`health.url\` says? ${ITS_LOG}`,
    };
    return { answer: undefined, verdict };
  }
  return { answer, verdict: evaluateAnswer(answer, health, release, adopted) };
}

/** Evaluates one answer; `final` if another attempt cannot change the result. */
export function evaluateAnswer(answer: HttpAnswer, health: HealthConfig, release: string, adopted = false): Verdict {
  const expected = Array.isArray(health.status) ? health.status : [health.status];
  if (!expected.includes(answer.status)) {
    const redirect = answer.status >= 300 && answer.status < 400;
    return {
      healthy: false,
      final: redirect,
      steady: !STARTING.includes(answer.status),
      why: redirect
        ? `it answers ${answer.status}, a redirect to ${answer.headers.location ?? "nowhere"}`
        : `it answers ${answer.status}, expected ${expected.join(" or ")}`,
      remedy: redirect
        ? "A redirect is not health. Give the check the headers that the application expects (`health.headers`: Host, X-Forwarded-Proto: https), or ask for another path."
        : [...nameRemedy(answer.status, health), ITS_LOG].join(" "),
    };
  }
  const header = health["release-header"];
  if (!header) return { healthy: true, proven: false };
  const named = answer.headers[header.toLowerCase()];
  if (named === release) return { healthy: true, proven: true };
  if (named === undefined && adopted) return { healthy: true, proven: false };
  return {
    healthy: false,
    final: false,
    why: named === undefined ? `its answer has no header ${header}` : `it answers as release ${named}`,
    remedy:
      named === undefined
        ? `The service must send \`${header}\` with the value of the variable TARLIFT_RELEASE; or remove \`release-header\`.`
        : "An old process still answers on this address: is the service restarted, and is this its port? After a reload, workers have the variables of the old start: let them read TARLIFT_RELEASE from .tarlift/env.",
  };
}

/** The check uses the host's own address, which is no name that a public application must accept. */
function nameRemedy(status: number, { url, headers = {} }: HealthConfig): string[] {
  if (!OTHER_NAME.includes(status) || Object.keys(headers).some((name) => name.toLowerCase() === "host")) return [];
  return [
    `It was asked as ${new URL(url).host}: an application that answers some names alone (ALLOWED_HOSTS in Django, SERVER_NAME in Flask) needs its own in the check, \`health.headers: { Host: … }\`.`,
  ];
}

/**
 * Seconds for which a check is repeated that the release was not deployed with: the release may never be able to pass
 * it.
 */
const OTHER_CHECK = 10;

/**
 * Checks the health of all services that have a check and that the release has, all at once.
 *
 * @param listener.signal aborted: no further attempt begins
 * @param listener.warn is called for a check that fails and that the release was not deployed with: that proves nothing
 * about the release
 * @returns the services' reports, with what the checks have proven
 * @throws Failure of the first service that is not healthy
 */
export async function healthOf(
  member: Participant,
  release: string,
  services: ServiceEvidence[],
  listener: { signal?: AbortSignal | undefined; warn?(sentence: string): void },
): Promise<ServiceEvidence[]> {
  const { host } = member;
  const adopted = member.facts.releases.some(({ id, digest }) => id === release && digest === undefined);
  const checked = await Promise.allSettled(
    Object.entries(member.health)
      .filter(([service]) => !services.some((one) => one.service === service && one.evidence === "absent"))
      .map(async ([service, health]) => {
        const options = { release, signal: listener.signal, adopted };
        const check = checkOf(member, release, service, health);
        const few = Math.min(health.retries, Math.ceil(OTHER_CHECK / Math.max(health.interval, 0.1)));
        const retries = check === "other" ? few : health.retries;
        try {
          return { service, healthy: await checkHealth(host, service, { ...health, retries }, options) };
        } catch (error) {
          if (!(error instanceof Unhealthy) || !provesNothing(check, error)) throw error;
          listener.warn?.(`${host.name}: ${notAsDeployed(release, error)}`);
          return { service };
        }
      }),
  );
  for (const result of checked) if (result.status === "rejected") throw result.reason;
  return services.map((report) => {
    const found = checked.find((result) => result.status === "fulfilled" && result.value.service === report.service);
    if (found?.status !== "fulfilled") return report;
    if (!found.value.healthy) return { ...report, detail: `${report.detail}, its health is not verified` };
    const { proven, status } = found.value.healthy;
    return {
      ...report,
      evidence: proven ? "release-header" : report.evidence,
      detail: `${report.detail}, answers ${status} ${proven ? "as this release" : "without saying its release"}`,
    };
  });
}

/**
 * Whether a failed check proves nothing about a release, because the release was not deployed with it and may not know
 * its address. At the address of its own check, however, the release must answer, and not with a server error.
 */
export const provesNothing = (check: CheckOf, { status }: Unhealthy): boolean =>
  check === "other" || (check === "same-address" && status !== undefined && status < 500);

/** The warning about such a check. */
export const notAsDeployed = (release: string, { what, service }: Unhealthy): string =>
  `whether ${service} is healthy was NOT VERIFIED: ${release} was not deployed with the health check of this tarlift.yml, and by that ${what}`;
