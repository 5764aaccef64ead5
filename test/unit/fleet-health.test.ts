import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { checkHealth, explained, healthOf, ITS_LOG, Unhealthy } from "../../src/fleet/health.ts";
import { healthDigest } from "../../src/fleet/recorded-services.ts";
import type { Host, ReleaseOnHost, ServiceEvidence } from "../../src/host/host.ts";
import { stopReason } from "../../src/stop-reason.ts";
import { good, member, memoryHost } from "../support/fleet.ts";

/** How often a service that answers so is asked, and what is said in the end; the last answer is repeated. 0: it does not answer. */
async function asked(answers: number[], more: { interval?: number; retries?: number } = {}) {
  let attempts = 0;
  const http = async () => {
    const status = answers[Math.min(attempts++, answers.length - 1)]!;
    if (status === 0) throw new Failure({ code: "command-failed", what: "the service does not answer" });
    return { status, headers: {}, body: "" };
  };
  const host = { name: "app1", http } as unknown as Host;
  const health = { url: "http://127.0.0.1/", status: 200, timeout: 5, retries: 30, interval: 1, ...more };
  const ended = await checkHealth(host, "web", health, { release: "v1", pause: async () => {} }).catch(
    (error: Failure) => error,
  );
  return { attempts, ended: ended instanceof Failure ? ended.where.attempts : ended.status };
}

async function remedyOf(status: number, headers?: Record<string, string>): Promise<string> {
  const host = { name: "app1", http: async () => ({ status, headers: {}, body: "" }) } as unknown as Host;
  const health = { url: "http://127.0.0.1:8000/", status: 200, timeout: 5, retries: 0, interval: 1, headers };
  const ended = await checkHealth(host, "web", health, { release: "v1", pause: async () => {} }).catch(
    (error) => error,
  );
  return (ended as Failure).remedy ?? "";
}

describe("case 59: what helps a service that gives a wrong answer", () => {
  it("the name that it was asked as, where applications refuse names that they do not know", async () => {
    for (const status of [400, 403, 404, 421])
      expect(await remedyOf(status)).toMatch(/^It was asked as 127\.0\.0\.1:8000: .*`health\.headers: \{ Host: … \}`/);
    for (const status of [401, 500, 503]) expect(await remedyOf(status)).toBe(ITS_LOG);
    expect(await remedyOf(400, { HOST: "shop.example.org" })).toBe(ITS_LOG);
  });

  it("not its log, where that is shown, and that the log does not say why, where it does not", () => {
    const failed = (status?: number) =>
      new Unhealthy("web", { code: "command-failed", what: "web is not healthy", remedy: ITS_LOG }, status);
    const silent = "Started web.service\n[INFO] Listening at: http://127.0.0.1:8000";
    expect(explained(failed(500), `${silent}\nTraceback (most recent call last):\n`).remedy).toBeUndefined();
    expect(explained(failed(500), `${silent}\nERROR: no such table`).remedy).toBeUndefined();
    expect(explained(failed(500), silent).remedy).toMatch(/^Its log has no error: .* to standard error/);
    expect(explained(failed(500), "GET /health 500 1 ms")).toMatchObject({ remedy: expect.stringMatching(/no error/) });
    expect(explained(failed(403), silent).remedy).toBeUndefined();
    expect(explained(failed(), silent).remedy).toBeUndefined();
    expect(explained(failed(500), silent).output).toContain("its log since the restart:\nStarted web.service");
  });
});

describe("case 59: how long a service that is not healthy is asked", () => {
  it("the same wrong answer for 5 attempts and 5 seconds ends it", async () => {
    expect(await asked([500])).toEqual({ attempts: 6, ended: "6 of 31: it answers the same each time" });
    expect(await asked([403], { interval: 10 })).toMatchObject({ attempts: 5 });
    expect(await asked([500], { interval: 0.5 })).toMatchObject({ attempts: 11 });
    expect(await asked([502, 0, 502, 500])).toMatchObject({ attempts: 9 });
    expect(await asked([500], { retries: 2 })).toEqual({ attempts: 3, ended: "3" });
  });

  it("no answer, and what a starting service or its proxy answers, have all the patience", async () => {
    for (const status of [0, 404, 429, 502, 503, 504])
      expect(await asked([status])).toEqual({ attempts: 31, ended: "31" });
    expect(await asked([500, 503, 500, 503, 500, 503, 500, 503, 500, 503, 500, 503, 200])).toMatchObject({
      ended: 200,
    });
    expect(await asked([500, 500, 500, 500, 200])).toEqual({ attempts: 5, ended: 200 });
    expect(await asked([500, 501, 500, 501, 500, 501, 500, 501, 200])).toMatchObject({ ended: 200 });
  });
});

describe("case 65: a wait that is broken off", () => {
  it("is reported as one, and not as a service that is not healthy", async () => {
    const stop = new AbortController();
    const host = { name: "app1", http: async () => ({ status: 503, headers: {}, body: "" }) } as unknown as Host;
    const health = { url: "http://127.0.0.1/", status: 200, timeout: 5, retries: 30, interval: 1 };
    const pause = async () => stop.abort(stopReason("SIGTERM"));
    const ended = await checkHealth(host, "web", health, { release: "v1", pause, signal: stop.signal }).catch(
      (error) => error,
    );
    expect(ended.what).toBe(
      "cancelled: the run was asked to stop (SIGTERM); web was not healthy yet: it answers 503, expected 200",
    );
  });
});

describe("a release that was deployed with another health check, or with none", () => {
  const health = { url: "http://127.0.0.1/new", status: 200, timeout: 5, retries: 0, interval: 0 };
  const sameAddress = healthDigest({ ...health, headers: { "X-Forwarded-Proto": "https" } });
  const evidence: ServiceEvidence[] = [{ service: "web", evidence: "directory", detail: "runs" }];
  /** @param services what the host has on record of v1; @returns what is said of the service, and what is warned of */
  const answering = async (status: number, services: ReleaseOnHost["services"], seen = evidence) => {
    const host = memoryHost("app1");
    host.answers = [{ status, headers: {} }];
    const facts = { ...(await host.facts({} as never)), releases: [good("v1", 1, { services })] };
    const warnings: string[] = [];
    const participant = { ...member(host, { health: { web: health } }), facts };
    const said = await healthOf(participant, "v1", seen, { warn: (warning) => warnings.push(warning) }).then(
      ([one]) => one?.detail,
      (error: Failure) => error.what,
    );
    return { said, warnings };
  };

  it("is not called unhealthy by one that it cannot know, and that it was not verified is said", async () => {
    const before = healthDigest({ ...health, url: "http://127.0.0.1/old" });
    for (const recorded of [undefined, before, sameAddress]) {
      const { said, warnings } = await answering(404, [{ name: "web", health: recorded }]);
      expect(said).toBe("runs, its health is not verified");
      expect(warnings).toEqual([expect.stringMatching(/^app1: whether web is healthy was NOT VERIFIED: v1 was not /)]);
    }
    const passes = await answering(200, []);
    expect(passes).toEqual({ said: "runs, answers 200 without saying its release", warnings: [] });
  });

  it("is called so where its own address answers with an error of its own, whatever else it is asked", async () => {
    const [same, other] = [sameAddress, healthDigest({ ...health, url: "http://127.0.0.1/old" })];
    const said = async (recorded: string) => (await answering(503, [{ name: "web", health: recorded }])).said;
    expect(await said(same)).toContain("is not healthy");
    expect(await said(other)).toBe("runs, its health is not verified");
  });

  it("is called so by its own, and where an older Tarlift recorded none", async () => {
    for (const services of [[{ name: "web", health: healthDigest({ ...health, retries: 9 }) }], undefined])
      expect(await answering(404, services)).toMatchObject({ said: expect.stringContaining("is not healthy") });
  });

  it("is asked nothing of a service that it does not have", async () => {
    const absent: ServiceEvidence[] = [{ service: "web", evidence: "absent", detail: "none" }];
    expect(await answering(500, [], absent)).toEqual({ said: "none", warnings: [] });
  });
});
