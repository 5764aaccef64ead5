// A host over its connection: each method of the interface is one exchange with the program on the host.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { constants as osConstants, userInfo } from "node:os";
import { Readable } from "node:stream";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import type { EnvironmentRecord } from "../bundle/format.ts";
import type { Artifact } from "../bundle/read.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../report/progress.ts";
import { parseAdoption } from "./adoption.ts";
import { configurationDigest, execWrapper, formatEnvironment, releaseVariables } from "./configuration.ts";
import { Connection, type ConnectionOptions, type Reply } from "./connection.ts";
import { headerLines, request as httpRequest, NotConnected, noAnswer, parseHead } from "./http.ts";
import { judge, NO_SWITCH } from "./judge.ts";
import { privateDirectory } from "./keys.ts";
import { parseLog } from "./log.ts";
import { formatJournal, parseJournal } from "./migration-journal.ts";
import { ADOPT_PROGRAM, SETUP_PROGRAM } from "./program.ts";
import { comingName, parseReleases, parseTaken, type RecordedRelease } from "./records.ts";
import {
  confirmed,
  formatLines,
  formatWanted,
  type Plan,
  parsePlan,
  type ReleaseIndex,
  releaseIndex,
} from "./release-index.ts";
import { type PreparedSsh, prepareSsh, type SshOptions } from "./ssh.ts";
import type {
  Activated,
  ActivateRequest,
  Adoption,
  AdoptRequest,
  CommitRequest,
  Drift,
  Facts,
  FactsRequest,
  Host,
  HostAddress,
  HttpAnswer,
  LogEvent,
  ObserveRequest,
  OpenTransaction,
  Place,
  Prepared,
  PrepareRequest,
  RevertRequest,
  ServiceEvidence,
  ServiceRequest,
  TaskEnd,
  TaskRequest,
} from "./types.ts";
import { wireTar } from "./wire-tar.ts";

export interface OpenOptions extends SshOptions {
  /** Seconds without a frame after which the program on the host ends itself. Default 180. */
  lease?: number | undefined;
  /** `local` only, for tests: the shell that runs the program. */
  shell?: string | undefined;
}

/** {@link Host} and what only tests ask. */
export interface OpenHost extends Host {
  /** Round trips after the connection. */
  readonly exchanges: number;
  /** Bytes that were written to the host. */
  readonly sent: number;
  readonly connection: Connection;
}

const LEASE = 180;
const NO_WAY_TO_HEALTH = {
  what: "health cannot be asked for: the sshd of this host forwards no ports, and it has neither curl nor wget",
  remedy: "Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local",
};
const LAST_LINES = 40;

/** Key and known hosts of a set of options are put in place once. */
const prepared = new WeakMap<OpenOptions, { ssh: PreparedSsh; directory: string }>();

/**
 * A host that connects with its first exchange.
 *
 * @param options one object for all hosts of a run
 * @throws Failure when key or known hosts cannot be used
 */
export function openHost(address: HostAddress, options: OpenOptions): OpenHost {
  return new RemoteHost(address, connectionOptions(address, options));
}

/** A connection for its forwards alone. @throws Failure as {@link openHost} */
export function connectionOf(address: HostAddress, options: OpenOptions): Connection {
  return new Connection(address, connectionOptions(address, options));
}

function connectionOptions(address: HostAddress, options: OpenOptions): ConnectionOptions {
  let ssh: PreparedSsh | undefined;
  if (address.address !== "local") {
    // Keys and known hosts go with the private directory when a verb is over: the next one gets them anew.
    const directory = privateDirectory();
    const known = prepared.get(options);
    ssh = known?.directory === directory ? known.ssh : prepareSsh(options);
    prepared.set(options, { ssh, directory });
  }
  return { ssh, lease: options.lease ?? LEASE, shell: options.shell };
}

/** What facts found out that prepare goes by. */
interface Coming {
  artifact: Artifact;
  index: ReleaseIndex;
  plan: Plan;
  reply: Reply;
  releases: RecordedRelease[];
  live: string | undefined;
  version: string;
  configuration: string;
  /** Names that may not be reused. */
  taken: string[];
  /** With what an earlier, broken transfer left of each: paths that the index confirms. */
  missingEnvironments: { record: EnvironmentRecord; left: Set<string> }[];
}

class RemoteHost implements OpenHost {
  readonly name: string;
  readonly roles: string[] | undefined;
  readonly #address: HostAddress;
  readonly #options: ConnectionOptions;
  #connection: Connection;
  #place: Place | undefined;
  #owner = "";
  #transaction = "";
  #coming: Coming | undefined;
  /** The host has curl or wget. */
  #httpClient = false;
  /** Its sshd forwards nothing: HTTP is asked for on the host. */
  #asksItself = false;

  constructor(address: HostAddress, options: ConnectionOptions) {
    this.name = address.address;
    this.roles = address.roles;
    this.#address = address;
    this.#options = options;
    this.#connection = new Connection(address, options);
  }

  get connection(): Connection {
    return this.#connection;
  }

  get lost(): boolean {
    return this.#connection.lost;
  }

  get exchanges(): number {
    return this.connection.exchanges;
  }

  get sent(): number {
    return this.connection.sent;
  }

  async facts(request: FactsRequest): Promise<Facts> {
    checkPlace(request.place);
    if (this.lost) this.#connection = new Connection(this.#address, this.#options);
    this.#place = request.place;
    const { artifact, shared } = request;
    const index = artifact && (await releaseIndex(artifact, [...shared.directories, ...shared.files]));
    if (request.lock) this.#owner = ownerLine(request.lock.owner);
    const reply = await this.#call("facts", {
      values: {
        lock: request.lock ? "yes" : undefined,
        require_switch: request.requireSwitch ? "yes" : undefined,
        wait: request.lock ? Math.ceil(request.lock.wait) : undefined,
        incoming: artifact ? incomingName(artifact) : undefined,
        ...serviceValues(request.services),
      },
      texts: {
        ...(index ? { wanted: formatWanted(index) } : {}),
        ...(artifact ? { requirements: requirementLines(artifact) } : {}),
        "shared-directories": lines(shared.directories),
        "shared-files": lines(shared.files),
        ...serviceTexts(request.services),
      },
    });
    const releases = parseReleases(reply.texts.get("releases") ?? "");
    const named = (key: string) => {
      const id = reply.value(key);
      if (!id) return undefined;
      return releases.find((release) => release.id === id) ?? { id, version: id, state: "good" as const };
    };
    const live = named("live");
    const facts: Facts = {
      findings: [],
      warnings: [],
      lockedBy: reply.value("locked_by"),
      held: reply.value("held"),
      open: parseOpen(reply.value("open")),
      agreed: reply.value("agreed"),
      taken: parseTaken(reply.texts.get("taken") ?? ""),
      migrations: parseJournal(reply.texts.get("migrations") ?? ""),
      migrationOutput: reply.texts.get("migrations-output"),
      live: live && onHost(live),
      previous: named("previous") && onHost(named("previous")!),
      releases: releases.filter(({ absent }) => !absent).map(onHost),
      unchanged: false,
      missing: { files: 0, bytes: 0 },
    };
    let missing: { files: number; bytes: number } | undefined;
    if (artifact && index) {
      const coming = await this.#comingOf(request, artifact, index, reply, releases, live?.id);
      this.#coming = coming;
      missing = await sizeOfMissing(coming);
      facts.missing = missing;
      const chosen = comingName(
        { version: coming.version, digest: artifact.releaseDigest, configuration: coming.configuration },
        releases,
        coming.live,
        coming.taken,
      );
      facts.coming = chosen.name;
      facts.unchanged = chosen.reuse && chosen.name === coming.live;
    }
    Object.assign(facts, judge(request, reply, missing));
    this.#httpClient = Boolean(reply.value("http"));
    if (!this.#httpClient && (await this.connection.forwardsNothing())) facts.findings.push(NO_WAY_TO_HEALTH);
    return facts;
  }

  async #comingOf(
    request: FactsRequest,
    artifact: Artifact,
    index: ReleaseIndex,
    reply: Reply,
    releases: RecordedRelease[],
    live: string | undefined,
  ): Promise<Coming> {
    const missing = reply.values.get("missing_environment") ?? [];
    return {
      artifact,
      index,
      plan: parsePlan(reply.texts.get("plan") ?? "", index),
      reply,
      releases,
      live,
      version: request.version ?? artifact.version,
      configuration: configurationDigest(request.configuration ?? {}),
      taken: reply.value("env_changed") && live ? [live] : [],
      missingEnvironments: await Promise.all(
        artifact.release.environments
          .filter(({ id }) => missing.includes(id))
          .map(async (record) => ({
            record,
            left: confirmed(reply.texts.get(`left-${record.id}`) ?? "", await artifact.index(record.diffId)),
          })),
      ),
    };
  }

  async prepare(request: PrepareRequest, task: Task): Promise<Prepared> {
    const coming = this.#coming;
    if (!coming || coming.artifact.releaseDigest !== request.artifact.releaseDigest) {
      throw new Error("prepare needs the facts about this very artifact before it");
    }
    coming.configuration = configurationDigest(request.configuration);
    const wanted = {
      version: coming.version,
      digest: coming.artifact.releaseDigest,
      configuration: coming.configuration,
    };
    let chosen = comingName(wanted, coming.releases, coming.live, coming.taken);
    while (chosen.reuse) {
      const sound = chosen.name === coming.live || (await this.#sound(chosen.name));
      if (sound) return this.#reused(chosen.name, coming, request, task);
      coming.taken.push(chosen.name);
      chosen = comingName(wanted, coming.releases, coming.live, coming.taken);
    }
    return this.#send(chosen.name, coming, request, task);
  }

  /** A good release that nobody touched since. */
  async #sound(release: string): Promise<boolean> {
    const reply = await this.#call("drift", { values: { release, full: "no" } });
    return reply.value("count") === "0" && reply.value("env_changed") === undefined;
  }

  async #reused(release: string, coming: Coming, request: PrepareRequest, task: Task): Promise<Prepared> {
    const linked = coming.index.files.length;
    const nothing = { release, sent: { files: 0, bytes: 0 }, wire: 0, linked, warnings: [] };
    if (request.pending === undefined) return nothing;
    const mark = pendingMark(release);
    const end = await this.task(
      {
        release,
        run: pendingText(request.pending, mark),
        runAs: this.#place?.runAs,
        timeout: request.timeout,
        lock: "closed",
      },
      task,
      (line) => !line.startsWith(mark),
    );
    if (end.code !== 0) throw pendingFailed(this.name, end.lastLines);
    return { ...nothing, pending: pendingLines(end.output, mark) };
  }

  async #send(release: string, coming: Coming, request: PrepareRequest, task: Task): Promise<Prepared> {
    const { artifact, index, plan } = coming;
    const place = this.#place!;
    const root = place.root;
    const incoming = `${root}/.tarlift/incoming/${incomingName(artifact)}`;
    const variables = releaseVariables(request.configuration, {
      release,
      version: coming.version,
      commit: artifact.release.commit.id,
      target: place.target,
      app: artifact.release.app,
      directory: `${root}/releases/${release}`,
      image: artifact.config.config.Env ?? [],
    });
    const paths = artifact.release.environments.filter(({ kind }) => kind === "path");
    const trees = artifact.release.environments.filter(({ kind }) => kind === "tree");
    const total = (await sizeOfMissing(coming)).bytes;
    let done = 0;
    let files = 0;
    const tar = wireTar(
      {
        artifact,
        index,
        plan,
        root,
        incoming,
        environments: coming.missingEnvironments.map(({ record, left }) => ({
          record,
          left,
          directory: `${place.environmentsRoot}/.incoming-${rootId(place)}-${record.id}`,
        })),
      },
      (bytes) => {
        done += bytes;
        files++;
        task.update({ done, total });
      },
    );
    const encoding = this.#encoding(coming.reply);
    const mark = pendingMark(release);
    const output = new Output(task, (line) => !line.startsWith(mark));
    const before = this.connection.sentData;
    const reply = await this.#call("prepare", {
      values: {
        release,
        digest: artifact.releaseDigest,
        version: coming.version,
        commit: artifact.release.commit.id,
        commit_time: artifact.release.commit.time,
        configuration: coming.configuration,
        incoming: incomingName(artifact),
        encoding,
        index_digest: index.sha256,
        environments: artifact.release.environments.map(({ id }) => id).join(" "),
        receive_environments: coming.missingEnvironments.map(({ record }) => record.id).join(" "),
        timeout: Math.ceil(request.timeout ?? 0),
      },
      texts: {
        env: formatEnvironment(variables),
        exec: execWrapper(paths.flatMap(({ link }) => (link === undefined ? [] : [link]))),
        lines: formatLines(index, plan),
        farms: lines(trees.flatMap(({ id, mounts }) => (mounts ?? []).map((mount) => `${id} ${mount}`))),
        imports: lines(importLines(paths)),
        "shared-directories": lines(request.shared.directories),
        "shared-files": lines(request.shared.files),
        ...(request.pending === undefined ? {} : { pending: pendingText(request.pending, mark) }),
        ...(await environmentIndexes(coming)),
      },
      data: encode(tar, encoding, total),
      onOutput: (bytes) => output.push(bytes),
    });
    output.end();
    return {
      release,
      sent: { files, bytes: done },
      wire: this.connection.sentData - before,
      linked: plan.linked.size,
      pending: request.pending === undefined ? undefined : pendingLines(output.all, mark),
      warnings: reply.values.get("warning") ?? [],
    };
  }

  #encoding(reply: Reply): "zstd" | "gzip" | "none" {
    const known = reply.values.get("encoding") ?? [];
    if (this.#address.address === "local") return "none";
    return known.includes("zstd") ? "zstd" : known.includes("gzip") ? "gzip" : "none";
  }

  async task(
    request: TaskRequest,
    task: Task,
    tell: (line: string) => boolean = () => true,
  ): Promise<TaskEnd & { output: string }> {
    const output = new Output(task, tell);
    const { migrations } = request;
    if (migrations) this.#transaction = migrations.transaction;
    const reply = await this.#call("task", {
      values: {
        release: request.release,
        run_as: request.runAs ?? this.#place?.runAs,
        timeout: Math.ceil(request.timeout ?? 0),
        inherit: request.lock === "inherited" ? "yes" : undefined,
      },
      texts: {
        task: request.run,
        variables: formatEnvironment(request.variables ?? {}),
        ...(migrations ? { migrations: lines(migrations.names) } : {}),
      },
      onOutput: (bytes) => output.push(bytes),
    });
    output.end();
    const code = Number(reply.value("code") ?? 1);
    const signal = code > 128 ? signalName(code - 128) : undefined;
    return {
      code: signal ? null : code,
      signal,
      timedOut: reply.value("timed_out") === "1",
      lastLines: output.lastLines,
      output: output.all,
    };
  }

  async activate(request: ActivateRequest, task: Task): Promise<Activated> {
    this.#transaction = request.transaction;
    const output = new Output(task);
    const reply = await this.#call("activate", {
      values: {
        release: request.release,
        expected: request.expected ?? "",
        restart: request.restart,
        switch: request.switch === undefined ? undefined : Math.ceil(request.switch),
        ...serviceValues(request.services),
      },
      texts: serviceTexts(request.services),
      onOutput: (bytes) => output.push(bytes),
    });
    return {
      previous: reply.value("previous") || undefined,
      services: parseEvidence(reply, request.services),
      warnings: [...(reply.value("switch") === "none" ? [NO_SWITCH] : []), ...(reply.values.get("warning") ?? [])],
    };
  }

  async observe(request: ObserveRequest): Promise<ServiceEvidence[]> {
    if (request.services.length === 0) return [];
    const reply = await this.#call("observe", {
      values: {
        settle: request.settle ? 1 : 0,
        log: request.log ? "yes" : undefined,
        ...serviceValues(request.services),
      },
      texts: serviceTexts(request.services),
    });
    return parseEvidence(reply, request.services);
  }

  async revert(
    request: RevertRequest,
    task: Task,
  ): Promise<{ release: string | undefined; services: ServiceEvidence[] }> {
    this.#transaction = request.transaction;
    const output = new Output(task);
    const reply = await this.#call("revert", {
      values: { from: request.from, to: request.to ?? "", ...serviceValues(request.services) },
      texts: serviceTexts(request.services),
      onOutput: (bytes) => output.push(bytes),
    });
    return { release: reply.value("release") || undefined, services: parseEvidence(reply, request.services) };
  }

  async precommit(): Promise<void> {
    await this.#call("precommit", { values: {} });
  }

  async commit(request: CommitRequest): Promise<{ warnings: string[] }> {
    this.#transaction = request.transaction;
    const reply = await this.#call("commit", {
      values: { release: request.release, keep: request.keep, rollback: request.rollback ? "yes" : undefined },
      texts: request.migrations?.length ? { journal: formatJournal(request.migrations) } : {},
    });
    return { warnings: reply.values.get("warning") ?? [] };
  }

  async drift(request: { release: string; full: boolean }): Promise<Drift> {
    const reply = await this.#call("drift", {
      values: { release: request.release, full: request.full ? "yes" : "no" },
    });
    const changed = (reply.texts.get("drift") ?? "").split("\n").filter(Boolean);
    const own = reply.value("env_changed") ? [".tarlift/env"] : [];
    return { changed: [...own, ...changed], count: Number(reply.value("count") ?? 0) + own.length };
  }

  async hold(message: string | undefined): Promise<void> {
    if (message === undefined) await this.#call("unhold", { values: {} });
    else await this.#call("hold", { values: {}, texts: { hold: `${message.replaceAll(/[\r\n]+/g, " ")}\n` } });
  }

  async noteTaken(taken: readonly { seat: string; had: string }[]): Promise<void> {
    await this.#call("note", {
      values: {},
      texts: { taken: taken.map(({ seat, had }) => `${had}\t${seat}\n`).join("") },
    });
  }

  async history(limit: number): Promise<LogEvent[]> {
    const reply = await this.#call("history", { values: { limit } });
    return parseLog(reply.texts.get("history") ?? "");
  }

  async setUp({ script, apply }: { script: string; apply: boolean }): Promise<string[]> {
    const reply = await this.#call("setup", {
      values: { mode: apply ? "apply" : "plan" },
      texts: { program: SETUP_PROGRAM, script },
    });
    return (reply.texts.get("said") ?? "").split("\n").filter(Boolean);
  }

  async adopt(request: AdoptRequest): Promise<Adoption> {
    const { as, shared, services } = request;
    this.#transaction = as?.transaction ?? "";
    const variables = as && {
      TARLIFT_RELEASE: as.release,
      TARLIFT_VERSION: as.release,
      TARLIFT_COMMIT: as.commit ?? "",
      TARLIFT_TARGET: this.#place?.target ?? "",
    };
    const reply = await this.#call("adopt", {
      values: {
        apply: as ? "yes" : "no",
        from: request.from ?? "",
        env_file: request.envFile ?? "",
        release: as?.release ?? "",
        version: as?.release ?? "",
        ...serviceValues(services),
      },
      texts: {
        program: ADOPT_PROGRAM,
        env: formatEnvironment(variables ?? {}),
        exec: execWrapper(as?.links ?? []),
        "shared-directories": lines(shared.directories),
        "shared-files": lines(shared.files),
        ...serviceTexts(services),
      },
    });
    return parseAdoption(reply);
  }

  async http(request: { url: string; headers: Record<string, string>; timeout: number }): Promise<HttpAnswer> {
    if (this.#asksItself) return this.#askThere(request);
    try {
      return await httpRequest(request, this.connection.forwards, this.name);
    } catch (error) {
      // From here a service that does not listen looks like an sshd that forwards nothing: the host itself sees the difference.
      if (!(error instanceof NotConnected) || this.name === "local" || !this.#httpClient) throw error;
      const answer = await this.#askThere(request);
      this.#asksItself = true;
      return answer;
    }
  }

  async #askThere(request: { url: string; headers: Record<string, string>; timeout: number }): Promise<HttpAnswer> {
    const reply = await this.#call("http", {
      values: { url: request.url, timeout: Math.max(1, Math.ceil(request.timeout)) },
      texts: { headers: headerLines(request.headers) },
    });
    const head = parseHead(reply.texts.get("head") ?? "");
    if (head) return { ...head, body: reply.texts.get("body") };
    const said = reply.value("error") || reply.texts.get("head") || "it ended the connection";
    throw new Failure(noAnswer({ host: this.name, url: request.url }, said));
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  #call(
    verb: string,
    call: {
      values: Record<string, string | number | undefined>;
      texts?: Record<string, string>;
      data?: AsyncIterable<Uint8Array>;
      onOutput?: (bytes: Buffer) => void;
    },
  ): Promise<Reply> {
    const place = this.#place;
    if (!place) throw new Error(`${verb} needs the facts before it`);
    return this.connection.call({
      verb,
      ...call,
      values: {
        root: place.root,
        environments_root: place.environmentsRoot,
        root_id: rootId(place),
        app: place.app,
        run_as: place.runAs,
        deploy_id: this.#transaction,
        owner: this.#owner,
        lease: this.#options.lease,
        ...call.values,
      },
    });
  }
}

/** Lines of a child's output: told as they come, kept for the end. */
class Output {
  readonly #task: Task;
  readonly #tell: (line: string) => boolean;
  readonly #decoder = new TextDecoder();
  #rest = "";
  all = "";

  constructor(task: Task, tell: (line: string) => boolean = () => true) {
    this.#task = task;
    this.#tell = tell;
  }

  push(bytes: Buffer): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.all += text;
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop() ?? "";
    for (const line of parts) if (this.#tell(line)) this.#task.line(line);
  }

  end(): void {
    if (this.#rest && this.#tell(this.#rest)) this.#task.line(this.#rest);
    this.#rest = "";
  }

  get lastLines(): string {
    return this.all.trimEnd().split("\n").filter(this.#tell).slice(-LAST_LINES).join("\n");
  }
}

/** Roots stand in values and links: no spaces, nothing that a shell or tar would read differently. */
function checkPlace(place: Place): void {
  for (const path of [place.root, place.environmentsRoot]) {
    if (!/^(\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/.test(path)) {
      throw new Failure({
        what: `${JSON.stringify(path)} cannot be a directory for releases`,
        remedy: "Use an absolute path of letters, digits and `._+@-`, such as /srv/accounting.",
        outcome: "refused",
      });
    }
  }
}

/** One line of printable ASCII without quotes and backslashes: it goes into a file for people and into JSON. */
function ownerLine(owner: string): string {
  return owner.replaceAll(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}

/** Tells apart the roots that share one environments-root. */
const rootId = (place: Place) => createHash("sha256").update(place.root).digest("hex").slice(0, 8);

const incomingName = (artifact: Artifact) => artifact.releaseDigest.replace("sha256:", "").slice(0, 16);

const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join("");

function requirementLines(artifact: Artifact): string {
  const { requirements, environments } = artifact.release;
  const records = [requirements, ...environments.map((environment) => environment.requirements)];
  const all = records.flatMap(({ sonames, glibcxx, python, node }) => [
    ...sonames.map((soname) => `soname ${soname}`),
    ...(glibcxx ? [`glibcxx ${glibcxx}`] : []),
    ...(python ? [`interpreter ${python.interpreter}`] : []),
    ...(node ? [`node ${node.version}`] : []),
  ]);
  return lines([...new Set(all), ...environments.map(({ id }) => `environment ${id}`)]);
}

/** Interpreter and modules of the first environment that has any: `<root>/<id>/bin/python`, then one module a line. */
function importLines(environments: readonly EnvironmentRecord[]): string[] {
  const found = environments.find(({ requirements }) => (requirements.python?.imports.length ?? 0) > 0);
  if (!found) return [];
  const modules = found.requirements.python!.imports.filter((name) => /^[A-Za-z_][\w.]*$/.test(name));
  return [`${found.root}/${found.id}/bin/python`, ...modules];
}

async function environmentIndexes(coming: Coming): Promise<Record<string, string>> {
  const all = coming.missingEnvironments.map(
    async ({ record: { id, diffId } }) => [`environment-${id}`, await coming.artifact.indexText(diffId)] as const,
  );
  return Object.fromEntries(await Promise.all(all));
}

async function sizeOfMissing(coming: Coming): Promise<{ files: number; bytes: number }> {
  const sizes = coming.plan.missing.map((n) => coming.index.files[n]!.size);
  for (const { record, left } of coming.missingEnvironments) {
    for (const entry of await coming.artifact.index(record.diffId))
      if (entry.type === "file" && !left.has(entry.path)) sizes.push(entry.size);
  }
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Up to here a change is compressed as well as can be: it takes less time than the bytes that it saves would on a slow line. */
const SMALL_CHANGE = 4 << 20;

/** @param size bytes of the files in it, about */
function encode(
  tar: AsyncIterable<Buffer>,
  encoding: "zstd" | "gzip" | "none",
  size: number,
): AsyncIterable<Uint8Array> {
  if (encoding === "none") return tar;
  const level = size <= SMALL_CHANGE ? 12 : 3;
  const encoder =
    encoding === "zstd"
      ? createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } })
      : createGzip({ level: 6 });
  const source = Readable.from(tar, { objectMode: false, highWaterMark: 1 << 20 });
  source.on("error", (error) => encoder.destroy(error));
  return source.pipe(encoder);
}

function serviceValues(services: readonly ServiceRequest[]): Record<string, string | number | undefined> {
  const values: Record<string, string | number | undefined> = {
    services: services.map(({ name }) => name).join(" ") || undefined,
  };
  for (const service of services) {
    values[`service.${service.name}.kind`] = service.kind;
    values[`service.${service.name}.unit`] = service.unit;
    values[`service.${service.name}.action`] = service.action;
    values[`service.${service.name}.settle`] = Math.ceil(service.settle);
    values[`service.${service.name}.stop_timeout`] =
      service.stopTimeout === undefined ? undefined : Math.ceil(service.stopTimeout);
    values[`service.${service.name}.run-as`] = service.runAs;
  }
  return values;
}

function serviceTexts(services: readonly ServiceRequest[]): Record<string, string> {
  return Object.fromEntries(
    services.flatMap(({ name, commands }) =>
      Object.entries(commands ?? {}).flatMap(([key, text]) =>
        text === undefined ? [] : [[`service.${name}.${key}`, text]],
      ),
    ),
  );
}

const RUNGS = ["release-header", "directory", "environment", "started", "supervisor", "none"] as const;

/** `service NAME RUNG PID|- DETAIL`; the last line of a service counts, and one of which nothing was said is not proven to run. */
function parseEvidence(reply: Reply, services: readonly ServiceRequest[]): ServiceEvidence[] {
  const found = new Map<string, ServiceEvidence>(
    services.map(({ name: service }) => [service, { service, rung: "none", detail: "nothing was said of it" }]),
  );
  for (const line of reply.values.get("service") ?? []) {
    const [service, rung, pid, ...detail] = line.split(" ");
    found.set(service!, {
      service: service!,
      rung: RUNGS.find((known) => known === rung) ?? "none",
      pid: Number(pid) || undefined,
      detail: detail.join(" "),
    });
  }
  for (const evidence of found.values()) {
    const log = reply.texts.get(`log-${evidence.service}`);
    if (log !== undefined) evidence.log = log;
  }
  return [...found.values()];
}

function parseOpen(line: string | undefined): OpenTransaction | undefined {
  if (!line) return undefined;
  const [transaction, phase, release, previous] = line.split(" ");
  return {
    transaction: transaction!,
    phase: phase as OpenTransaction["phase"],
    release: release!,
    previous: previous || undefined,
  };
}

function onHost(release: RecordedRelease | { id: string; version: string; state: "good" }): Facts["releases"][number] {
  if (!("goodAt" in release)) return release;
  const { id, digest, version, commit, state, good, transaction } = release;
  return { id, digest, version, commit, state, good, transaction };
}

function signalName(number: number): string {
  return Object.entries(osConstants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}

const pendingMark = (release: string) => `tarlift-pending-${release} `;

/** Marks what the command prints on standard output: its warnings on standard error are no migrations. */
function pendingText(text: string, mark: string): string {
  return `tarlift_pending=$(\n${text}\n)\n[ -z "$tarlift_pending" ] || printf '%s\\n' "$tarlift_pending" | sed 's/^/${mark}/'\n`;
}

function pendingLines(output: string, mark: string): string[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(mark.length).trim())
    .filter(Boolean);
}

function pendingFailed(host: string, output: string): Failure {
  return new Failure({
    what: "the pending migrations could not be listed",
    where: { host },
    output,
    remedy: "Run the command of `migrations.pending` on the host: `tarlift run`.",
    outcome: "refused",
  });
}

/** Who deploys, for messages to others. */
export function describeOwner(): string {
  const { GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = process.env;
  if (run && repository) return `run ${run} of ${repository}`;
  return `${userInfo().username} on ${readFileSync("/etc/hostname", "utf8").trim()}`;
}
