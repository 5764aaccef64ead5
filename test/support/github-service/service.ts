// GitHub's cache and artifact services, as the real clients see them: Twirp over JSON, and Azure block blobs. In memory, on loopback.
// Faithful in what decides: exact and prefix matches, the version of an entry, scopes of refs, reservations, block lists, digests.
// Protocol: https://github.com/actions/toolkit (packages/cache, packages/artifact), https://twitchtv.github.io/twirp/docs/spec_v7.html,
// https://learn.microsoft.com/rest/api/storageservices/put-block-list
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * What goes wrong, once for each time that it is listed. On a method, `api` or `blob`: `denied` (403), `conflict` (409), `busy` (429),
 * `unavailable` (503), `slow` (answered after 300 ms). On `blob`, when it is read: `truncated` (the connection breaks half-way),
 * `short` (half of the bytes, as if they were all), `corrupt` (one byte differs). On GetCacheEntryDownloadURL: `other-key`.
 */
export interface Fault {
  on: string;
  how: "denied" | "conflict" | "unavailable" | "busy" | "slow" | "truncated" | "short" | "corrupt" | "other-key";
}

/** The token of a user or job that has `actions: read`; the API refuses every other. */
export const READ_TOKEN = "token-with-actions-read";

interface CacheEntry {
  id: number;
  key: string;
  version: string;
  ref: string;
  blob: string;
  ready: boolean;
}

interface StoredArtifact {
  id: number;
  name: string;
  run: string;
  blob: string;
  size: string;
  digest: string;
  ready: boolean;
  expires: number;
  /** Its run was for a fork's pull request. */
  ofFork?: boolean;
}

export interface GithubService {
  /** Besides what clients ask: `POST /control/faults` adds a JSON list of faults, `GET /control/state` tells faults and calls. */
  url: string;
  /** Variables of a run of acme/shop: the clients read nothing else. */
  env(run?: { ref?: string; id?: string; readOnly?: boolean }): Record<string, string>;
  faults: Fault[];
  /** Names of the methods that were called, in order. */
  calls: string[];
  entries: CacheEntry[];
  artifacts: StoredArtifact[];
  /** Replaces the bytes of everything that is stored. */
  damage(change: (bytes: Buffer) => Buffer): void;
  close(): Promise<void>;
}

interface Claims {
  run: string;
  ref: string;
  readOnly: boolean;
}

const DEFAULT_BRANCH = "refs/heads/main";

export async function startGithubService(port = 0): Promise<GithubService> {
  const blobs = new Map<string, Buffer>();
  const blocks = new Map<string, Map<string, Buffer>>();
  const entries: CacheEntry[] = [];
  const artifacts: StoredArtifact[] = [];
  const faults: Fault[] = [];
  const calls: string[] = [];
  let count = 0;

  const takeFault = (on: string, hows?: Fault["how"][]) => {
    const at = faults.findIndex((fault) => fault.on === on && (hows?.includes(fault.how) ?? true));
    return at < 0 ? undefined : faults.splice(at, 1)[0]?.how;
  };
  const newBlob = () => {
    const id = randomUUID();
    return { id, url: `${base()}/blob/${id}?sig=secret` };
  };
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const methods: Record<
    string,
    (request: Record<string, string>, claims: Claims) => Record<string, unknown> | Refusal
  > = {
    CreateCacheEntry({ key = "", version = "" }, { ref, readOnly }) {
      if (readOnly) return { ok: false, message: "cache write denied: the token is read-only" };
      if (entries.some((entry) => entry.key === key && entry.version === version && entry.ref === ref))
        return refuse(409, "already_exists", "cache entry with the same key, version, and scope already exists");
      const blob = newBlob();
      entries.push({ id: ++count, key, version, ref, blob: blob.id, ready: false });
      return { ok: true, signed_upload_url: blob.url };
    },
    FinalizeCacheEntryUpload({ key, version }, { ref }) {
      const entry = entries.find((one) => one.key === key && one.version === version && one.ref === ref);
      if (!entry || !blobs.has(entry.blob)) return refuse(404, "not_found", "no such entry");
      entry.ready = true;
      return { ok: true, entry_id: String(entry.id) };
    },
    GetCacheEntryDownloadURL(request, { ref }) {
      const { key = "", version } = request;
      const visible = entries.filter(
        (entry) => entry.ready && entry.version === version && (entry.ref === ref || entry.ref === DEFAULT_BRANCH),
      );
      const keys = [key, ...((request.restore_keys as unknown as string[] | undefined) ?? [])];
      // The first key matches exactly or by its beginning too, as the service does it.
      const found = keys.flatMap((one) => [
        ...visible.filter((entry) => entry.key === one),
        ...visible.filter((entry) => entry.key.startsWith(one)).reverse(),
      ])[0];
      if (!found) return { ok: false, signed_download_url: "", matched_key: "" };
      const matched = takeFault("GetCacheEntryDownloadURL", ["other-key"]) ? `${found.key}-other` : found.key;
      return { ok: true, signed_download_url: `${base()}/blob/${found.blob}?sig=secret`, matched_key: matched };
    },
    CreateArtifact({ name = "", workflow_run_backend_id: run = "" }) {
      if (artifacts.some((one) => one.name === name && one.run === run && one.ready))
        return refuse(409, "already_exists", "an artifact with this name already exists on the workflow run");
      const blob = newBlob();
      artifacts.push({
        id: ++count,
        name,
        run,
        blob: blob.id,
        size: "0",
        digest: "",
        ready: false,
        expires: Number.POSITIVE_INFINITY,
      });
      return { ok: true, signed_upload_url: blob.url };
    },
    FinalizeArtifact(request) {
      const artifact = artifacts.findLast(
        (one) => one.name === request.name && one.run === request.workflow_run_backend_id,
      );
      if (!artifact || !blobs.has(artifact.blob)) return refuse(404, "not_found", "no such artifact");
      Object.assign(artifact, { ready: true, size: request.size, digest: request.hash });
      return { ok: true, artifact_id: String(artifact.id) };
    },
    ListArtifacts(request, { run }) {
      const found = artifacts.filter(
        (one) =>
          one.ready &&
          one.run === run &&
          one.expires > Date.now() &&
          (!request.name_filter || one.name === request.name_filter) &&
          (!request.id_filter || String(one.id) === request.id_filter),
      );
      return {
        artifacts: found.map((one) => ({
          workflow_run_backend_id: run,
          workflow_job_run_backend_id: "job",
          database_id: String(one.id),
          name: one.name,
          size: one.size,
          digest: one.digest,
          created_at: "2026-01-02T03:04:05Z",
        })),
      };
    },
    GetSignedArtifactURL({ name }, { run }) {
      const found = artifacts.findLast((one) => one.ready && one.name === name && one.run === run);
      return found
        ? { signed_url: `${base()}/blob/${found.blob}?sig=secret` }
        : refuse(404, "not_found", "no such artifact");
    },
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ code: "internal", msg: String(error) }));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", base());
    const body = await bytesOf(request);
    const to = url.pathname.startsWith("/blob/")
      ? "blob"
      : url.pathname.startsWith("/api/")
        ? "api"
        : url.pathname.split("/").at(-1);
    if (takeFault(to ?? "", ["slow"])) await wait(300);
    if (to === "blob") return blob(request, response, url, body);
    if (to === "api") {
      const { status, body: answer, headers } = api(request, url);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(answer));
      return;
    }
    if (url.pathname === "/control/faults") faults.push(...(JSON.parse(body.toString()) as Fault[]));
    if (url.pathname.startsWith("/control/")) {
      response.end(JSON.stringify({ faults, calls }));
      return;
    }
    const method = url.pathname.split("/").at(-1) ?? "";
    calls.push(method);
    const fault = takeFault(method, ["denied", "conflict", "unavailable", "busy"]);
    const claims = claimsOf(request.headers.authorization);
    const answer = fault
      ? FAULTS[fault as keyof typeof FAULTS]
      : !claims
        ? refuse(401, "unauthenticated", "bad token")
        : (methods[method]?.(JSON.parse(body.toString() || "{}"), claims) ?? refuse(404, "bad_route", method));
    response.setHeader("content-type", "application/json");
    if (isRefusal(answer)) {
      response.statusCode = answer.status;
      response.end(JSON.stringify({ code: answer.code, msg: answer.msg }));
    } else response.end(JSON.stringify(answer));
  }

  /** The part of the REST API that artifacts of other runs need: https://docs.github.com/rest/actions/artifacts */
  function api(request: IncomingMessage, url: URL): ApiAnswer {
    calls.push(`api ${url.pathname.slice("/api".length)}`);
    const fault = takeFault("api", ["denied", "conflict", "unavailable", "busy"]);
    if (fault) return { status: FAULTS[fault as keyof typeof FAULTS].status, body: { message: "fault" } };
    if (!request.headers.authorization?.endsWith(` ${READ_TOKEN}`))
      return { status: 403, body: { message: "Resource not accessible by integration" } };
    const listed = /^\/api\/repos\/acme\/shop\/actions\/runs\/(\d+)\/artifacts$/.exec(url.pathname);
    if (listed) {
      const name = url.searchParams.get("name");
      const found = artifacts.filter(
        (one) => one.ready && one.run === `run-${listed[1]}` && (name === null || one.name === name),
      );
      const described = found.map((one) => ({
        id: one.id,
        name: one.name,
        size_in_bytes: Number(one.size),
        digest: one.digest,
        expired: one.expires <= Date.now(),
        created_at: "2026-01-02T03:04:05Z",
      }));
      return { status: 200, body: { total_count: found.length, artifacts: described } };
    }
    if (url.pathname === "/api/repos/acme/shop/actions/artifacts") {
      const found = artifacts.filter((one) => one.ready && one.name === url.searchParams.get("name"));
      const described = found.toReversed().map((one) => ({
        id: one.id,
        name: one.name,
        expired: one.expires <= Date.now(),
        created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, one.id)).toISOString(),
        workflow_run: {
          id: Number(one.run.replace("run-", "")),
          repository_id: 1,
          head_repository_id: one.ofFork ? 2 : 1,
        },
      }));
      return { status: 200, body: { total_count: found.length, artifacts: described } };
    }
    const asked = /^\/api\/repos\/acme\/shop\/actions\/artifacts\/(\d+)\/zip$/.exec(url.pathname);
    const found = artifacts.find((one) => one.ready && String(one.id) === asked?.[1]);
    if (!found) return { status: 404, body: { message: "Not Found" } };
    if (found.expires <= Date.now()) return { status: 410, body: { message: "Artifact has expired" } };
    return { status: 302, body: {}, headers: { location: `${base()}/blob/${found.blob}?sig=secret` } };
  }

  function blob(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): void {
    const id = url.pathname.slice("/blob/".length);
    response.setHeader("x-ms-request-id", randomUUID());
    if (url.searchParams.get("sig") !== "secret" || takeFault("blob", ["denied"])) {
      response.statusCode = 403;
      response.end();
      return;
    }
    if (request.method === "PUT") {
      calls.push("blob PUT");
      if (takeFault("blob", ["unavailable"])) {
        response.statusCode = 503;
        response.end();
        return;
      }
      const parts = blocks.get(id) ?? new Map<string, Buffer>();
      blocks.set(id, parts);
      const comp = url.searchParams.get("comp");
      if (comp === "block") parts.set(url.searchParams.get("blockid") ?? "", body);
      else if (comp === "blocklist") {
        const list = [...body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]*)</g)].map((match) =>
          parts.get(match[1] ?? ""),
        );
        if (list.some((part) => part === undefined)) {
          response.statusCode = 400;
          response.end();
          return;
        }
        blobs.set(id, Buffer.concat(list as Buffer[]));
      } else if (request.headers["x-ms-blob-type"] === "BlockBlob") blobs.set(id, body);
      else {
        response.statusCode = 400;
        response.end();
        return;
      }
      response.statusCode = 201;
      response.end();
      return;
    }
    const stored = blobs.get(id);
    if (!stored) {
      response.statusCode = 404;
      response.end();
      return;
    }
    calls.push(`blob ${request.method}`);
    if (takeFault("blob", ["unavailable"])) {
      response.statusCode = 503;
      response.end();
      return;
    }
    const how = takeFault("blob", ["truncated", "short", "corrupt"]);
    const bytes =
      how === "corrupt" ? flipped(stored) : how === "short" ? stored.subarray(0, stored.length >> 1) : stored;
    const range = /^bytes=(\d+)-(\d*)$/.exec(String(request.headers["x-ms-range"] ?? request.headers.range ?? ""));
    const start = Number(range?.[1] ?? 0);
    const part = bytes.subarray(start, range?.[2] ? Number(range[2]) + 1 : undefined);
    response.statusCode = range ? 206 : 200;
    response.setHeader("content-type", "application/octet-stream");
    response.setHeader("content-length", part.length);
    response.setHeader("etag", createHash("sha256").update(bytes).digest("hex"));
    if (range) response.setHeader("content-range", `bytes ${start}-${start + part.length - 1}/${bytes.length}`);
    const named = artifacts.find((one) => one.blob === id);
    if (named) response.setHeader("content-disposition", `attachment; filename="${named.name}"`);
    if (request.method === "HEAD") response.end();
    else if (how === "truncated") response.write(part.subarray(0, part.length >> 1), () => response.destroy());
    else response.end(part);
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: base(),
    env({ ref = DEFAULT_BRANCH, id = "1", readOnly = false } = {}) {
      return {
        ACTIONS_RESULTS_URL: `${base()}/`,
        ACTIONS_CACHE_SERVICE_V2: "true",
        ACTIONS_RUNTIME_TOKEN: tokenOf({ run: `run-${id}`, ref, readOnly }),
        GITHUB_REF: ref,
        GITHUB_REF_TYPE: ref.startsWith("refs/tags/") ? "tag" : "branch",
        GITHUB_RUN_ID: id,
        GITHUB_REPOSITORY: "acme/shop",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_API_URL: `${base()}/api`,
      };
    },
    faults,
    calls,
    entries,
    artifacts,
    damage(change) {
      for (const [id, bytes] of blobs) blobs.set(id, change(bytes));
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface ApiAnswer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

interface Refusal {
  status: number;
  code: string;
  msg: string;
}

const refuse = (status: number, code: string, msg: string): Refusal => ({ status, code, msg });
const isRefusal = (answer: object): answer is Refusal => "status" in answer && "code" in answer;

const FAULTS = {
  denied: refuse(403, "permission_denied", "cache write denied: policy"),
  conflict: refuse(409, "already_exists", "already exists"),
  unavailable: refuse(503, "unavailable", "out of order"),
  busy: refuse(429, "resource_exhausted", "too many requests"),
} satisfies Partial<Record<Fault["how"], Refusal>>;

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const at = changed.length >> 1;
  changed[at] = (changed[at] ?? 0) ^ 0xff;
  return changed;
}

/** A token as the runner gives it, in the parts that clients and service read; nothing is signed. */
function tokenOf(claims: Claims): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ scp: `Actions.Results:${claims.run}:job`, ...claims })}.x`;
}

function claimsOf(authorization: string | undefined): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(authorization?.split(".")[1] ?? "", "base64url").toString());
  } catch {
    return undefined;
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
