// GitHub's cache and artifact services, as the real clients see them: Twirp over JSON, and Azure block blobs. In memory, on loopback.
// Faithful in what decides: exact and prefix matches, the version of an entry, scopes of refs, reservations, block lists, digests.
// Protocol: https://github.com/actions/toolkit (packages/cache, packages/artifact), https://twitchtv.github.io/twirp/docs/spec_v7.html,
// https://learn.microsoft.com/rest/api/storageservices/put-block-list
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong, once for each time that it is listed; the method's name or `blob`. */
export interface Fault {
  on: string;
  how: "denied" | "conflict" | "unavailable" | "busy" | "truncated" | "corrupt" | "other-key";
}

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
}

export interface GithubService {
  url: string;
  /** Variables of a run: the clients read nothing else. */
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
    if (url.pathname.startsWith("/blob/")) return blob(request, response, url, body);
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

  function blob(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): void {
    const id = url.pathname.slice("/blob/".length);
    response.setHeader("x-ms-request-id", randomUUID());
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
      } else blobs.set(id, body);
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
    const how = takeFault("blob", ["truncated", "corrupt"]);
    const bytes = how === "corrupt" ? flipped(stored) : stored;
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
