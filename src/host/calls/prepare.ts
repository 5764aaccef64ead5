// The second call: sends a release to a host, or finds it there.

import type { EnvironmentRecord } from "../../artifact/format.ts";
import { Failure } from "../../failure.ts";
import { runtimeOf } from "../../installers/registry.ts";
import type { Task } from "../../progress.ts";
import type { AppLayout } from "../../protocol/app-layout.ts";
import type { Call } from "../../protocol/call.ts";
import { LARGEST_REPLY } from "../../protocol/frames.ts";
import { Output } from "../../session/child-output.ts";
import type { Session } from "../../session/session.ts";
import { cancelledWords } from "../../stop-reason.ts";
import { lines } from "../../text/format-lines.ts";
import { shellWord } from "../../text/shell-word.ts";
import type { Prepared, PrepareRequest } from "../host.ts";
import { configurationDigest, execWrapper, formatEnvironment, releaseVariables } from "../release-env.ts";
import { chooseReleaseName } from "../release-records.ts";
import { recordedLines } from "../services.ts";
import type { HostSession } from "./host-session.ts";
import { type Incoming, incomingName } from "./incoming.ts";
import { sound } from "./notes.ts";
import { listPending, pendingLines, pendingMark, pendingText } from "./pending.ts";
import { runTask } from "./task.ts";

/**
 * As `Host.prepare`: a copy that the host has already and that was not changed since, else a sent one.
 *
 * @throws Failure as the host replied
 */
export async function prepare(session: HostSession, request: PrepareRequest, task: Task): Promise<Prepared> {
  const { incoming } = session;
  if (!incoming || incoming.artifact.releaseDigest !== request.artifact.releaseDigest) {
    throw new Error("prepare needs the facts about this very artifact before it");
  }
  incoming.configuration = configurationDigest(request.configuration);
  const wanted = {
    version: incoming.version,
    digest: incoming.artifact.releaseDigest,
    configuration: incoming.configuration,
  };
  let chosen = chooseReleaseName(wanted, incoming.releases, incoming.live, incoming.taken);
  while (chosen.reuse) {
    const usable = chosen.name === incoming.live || (await sound(session, chosen.name));
    if (usable) return reused(session, chosen.name, incoming, request, task);
    incoming.taken.push(chosen.name);
    chosen = chooseReleaseName(wanted, incoming.releases, incoming.live, incoming.taken);
  }
  return send(session, chosen.name, incoming, request, task);
}

async function reused(
  session: Session,
  release: string,
  incoming: Incoming,
  request: PrepareRequest,
  task: Task,
): Promise<Prepared> {
  const linked = incoming.index.files.length;
  const nothing = { release, sent: { files: 0, bytes: 0 }, wire: 0, linked, warnings: [] };
  for (const runAs of request.commandsAs?.filter((user) => user !== incoming.user) ?? [])
    await runTask(session, { release, run: ":", runAs, lock: "closed" }, task);
  if (request.pending === undefined) return nothing;
  const { pending, timeout } = request;
  return { ...nothing, pending: await listPending(session, { release, pending, timeout }, task) };
}

/** A release that is sent, and what for. */
interface Sending {
  release: string;
  incoming: Incoming;
  request: PrepareRequest;
  /** Marks the lines of the output that name pending migrations. */
  mark: string;
}

async function send(
  session: Session,
  release: string,
  incoming: Incoming,
  request: PrepareRequest,
  task: Task,
): Promise<Prepared> {
  const { delivery } = incoming;
  const sending: Sending = { release, incoming, request, mark: pendingMark(release) };
  const output = new Output(task, (line) => !line.startsWith(sending.mark));
  const texts = { ...releaseTexts(session.layout!, sending), ...(await environmentIndexes(incoming)) };
  const before = session.connection.sentData;
  const reply = await session.call("prepare", {
    values: sentValues(sending),
    texts,
    data: untilCancelled(
      delivery.data((done) => task.update({ done, total: delivery.size.bytes })),
      request.signal,
    ),
    onOutput: (bytes) => output.push(bytes),
    // The reply may name each file that is not as expected.
    limits: { bytes: LARGEST_REPLY },
  });
  output.end();
  return {
    release,
    sent: delivery.size,
    wire: session.connection.sentData - before,
    linked: delivery.plan.linked.size,
    pending: request.pending === undefined ? undefined : pendingLines(output.all, sending.mark),
    warnings: [...reply.all("warning")],
  };
}

function sentValues({ release, incoming, request }: Sending): Call<"prepare">["values"] {
  const { artifact, index, delivery, encoding } = incoming;
  return {
    release,
    digest: artifact.releaseDigest,
    version: incoming.version,
    commit: artifact.release.commit.id,
    commit_time: artifact.release.commit.time,
    configuration: incoming.configuration,
    incoming: incomingName(artifact),
    encoding,
    modes: incoming.modes,
    index_digest: index.sha256,
    seal: request.seal,
    environments: artifact.release.environments.map(({ id }) => id).join(" "),
    receive_environments: delivery.environments.map(({ record }) => record.id).join(" "),
    timeout: Math.ceil(request.timeout ?? 0),
    commands_as: request.commandsAs?.join(" "),
  };
}

/** What is created or checked from the release beside its files. */
function releaseTexts(layout: AppLayout, { release, incoming, request, mark }: Sending): Call<"prepare">["texts"] {
  const { artifact, index, delivery } = incoming;
  const { root } = layout;
  const variables = releaseVariables(request.configuration, {
    release,
    version: incoming.version,
    commit: artifact.release.commit.id,
    target: layout.target,
    app: artifact.release.app,
    directory: `${root}/releases/${release}`,
    image: artifact.config.config.Env ?? [],
  });
  const paths = artifact.release.environments.filter(({ kind }) => kind === "path");
  const trees = artifact.release.environments.filter(({ kind }) => kind === "tree");
  return {
    env: formatEnvironment(variables),
    exec: execWrapper(
      paths.flatMap((record) => (record.link === undefined ? [] : runtimeOf(record, record.link).path)),
    ),
    lines: delivery.lines,
    "link-trees": lines(trees.flatMap(({ id, mounts }) => (mounts ?? []).map((directory) => `${id} ${directory}`))),
    imports: importText(paths),
    "shared-directories": lines(request.shared.directories),
    "shared-files": lines(request.shared.files),
    ...(request.pending === undefined ? {} : { pending: pendingText(request.pending, mark) }),
    services: request.services ? recordedLines(request.services) : "",
    config: delivery.config,
    layers: index.layers,
  };
}

/** Indexes of the environments that are sent, and of those that the host has without one. */
async function environmentIndexes({ artifact, delivery, unindexed }: Incoming): Promise<Call<"prepare">["texts"]> {
  const sent = delivery.environments.map(({ record, index }) => [`environment-${record.id}`, index] as const);
  const others = artifact.release.environments
    .filter(({ id }) => unindexed.includes(id))
    .map(async ({ id, diffId }) => [`environment-${id}`, await artifact.indexText(diffId)] as const);
  return Object.fromEntries([...sent, ...(await Promise.all(others))]);
}

/** A transfer ends when the run is cancelled; what has arrived by then is kept on the host. */
async function* untilCancelled(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
  for await (const chunk of bytes) {
    if (signal?.aborted) throw new Failure({ code: "cancelled", what: cancelledWords(signal), outcome: "refused" });
    yield chunk;
  }
}

/**
 * Shell text that starts the first environment which has modules, and imports them. It uses the release's own link, as
 * its services do: the artifact's statement of where its environment is counts for nothing.
 *
 * @returns nothing if there are no modules
 */
function importText(environments: readonly EnvironmentRecord[]): string {
  for (const { link, requirements } of environments) {
    const modules = requirements.python?.imports.filter((name) => /^[A-Za-z_][\w.]*$/.test(name)) ?? [];
    if (link === undefined || modules.length === 0) continue;
    return `exec ${shellWord(`./${link}/bin/python`)} -c ${shellWord(IMPORTS)} ${modules.join(" ")}\n`;
  }
  return "";
}

/** Modules are arguments, not text. */
const IMPORTS = `import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)`;
