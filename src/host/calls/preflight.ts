// The first call: asks a host for its facts, and reads the reply.
import type { ReleaseContent } from "../../artifact/open-artifact.ts";
import { PROBE_TEXTS, probesOf } from "../../host-requirements/probes.ts";
import type { Reply } from "../../protocol/call.ts";
import { LARGEST_REPLY, LARGEST_SAID } from "../../protocol/frames.ts";
import { checkedRelease, isReleaseName, isTransaction } from "../../protocol/recorded-names.ts";
import type { Session } from "../../session/session.ts";
import { cutStart } from "../../text/cut.ts";
import { lines } from "../../text/format-lines.ts";
import { bestEncoding } from "../../transfers/encoding.ts";
import { type ReleaseIndex, releaseIndex } from "../../transfers/release-index.ts";
import { findingsOf } from "../findings.ts";
import type { Facts, FactsRequest, OpenTransaction } from "../host.ts";
import { parseJournal } from "../migration-journal.ts";
import { configurationDigest } from "../release-env.ts";
import { chooseReleaseName, parseDrained, parseReleases, type RecordedRelease } from "../release-records.ts";
import { recordsOf } from "../requirement-findings.ts";
import { serviceTexts, serviceValues } from "../services.ts";
import { type MissingContent, spaceFindings } from "../space-findings.ts";
import { type Incoming, incomingName, incomingOf } from "./candidate.ts";
import type { HostSession } from "./host-session.ts";
import { NO_WAY_TO_HEALTH } from "./http-probe.ts";
import { sound } from "./notes.ts";

/** What one reply says. */
interface Asked {
  facts: Facts;
  reply: Reply<"facts">;
  incoming: Incoming | undefined;
  /** What would have to be sent; undefined when there is no incoming release. */
  missing: MissingContent | undefined;
}

/** As `Host.facts`. The session keeps what later calls need. @throws Failure as the host replied */
export async function askFacts(session: HostSession, request: FactsRequest): Promise<Facts> {
  session.begin(request.layout, request.lock?.owner);
  const { facts: found, reply, incoming } = await askWithRoom(session, request);
  if (incoming) {
    await session.incoming?.leave();
    session.incoming = incoming;
  }
  session.encoding = bestEncoding(reply, session.local);
  session.hasHttpClient = Boolean(reply.value("http"));
  if (!session.hasHttpClient && (await session.connection.forwardsNothing())) found.findings.push(NO_WAY_TO_HEALTH);
  return found;
}

async function askWithRoom(session: Session, request: FactsRequest): Promise<Asked> {
  const asked = await ask(session, request);
  const { reply, missing } = asked;
  // Leftovers of failed deploys are removed if a release needs the space.
  const spare = request.lock !== undefined && reply.value("spare") !== undefined;
  if (!spare || !missing || spaceFindings(reply, missing, request.layout).length === 0) return asked;
  await asked.incoming?.leave();
  return ask(session, request, 0);
}

/**
 * @param failures how many leftovers of failed deploys may stay; left out: as many as the host keeps by itself
 * (src/remote/prune.sh)
 */
async function ask(session: Session, request: FactsRequest, failures?: number): Promise<Asked> {
  const { artifact, shared } = request;
  const index = artifact && (await releaseIndex(artifact, [...shared.directories, ...shared.files]));
  const reply = await session.call("facts", {
    values: {
      failures,
      room: index && (await roomFor(index, artifact)),
      lock: request.lock ? "yes" : undefined,
      ask_switch: request.switch && "yes",
      wait: request.lock ? Math.ceil(request.lock.wait) : undefined,
      incoming: artifact ? incomingName(artifact) : undefined,
      ...serviceValues(request.services),
    },
    texts: {
      ...(index ? { wanted: index.wanted } : {}),
      ...(artifact ? { requirements: requirementLines(artifact), ...PROBE_TEXTS } : {}),
      "shared-directories": lines(shared.directories),
      "shared-files": lines(shared.files),
      ...serviceTexts(request.services),
    },
    // The state of each file of a release.
    limits: { bytes: LARGEST_REPLY },
  });
  const releases = parseReleases(reply.texts.get("releases") ?? "");
  const named = (key: "live" | "previous") => {
    const id = reply.value(key);
    if (!id) return undefined;
    checkedRelease(id, key);
    return releases.find((release) => release.id === id) ?? { id, version: id, state: "good" as const };
  };
  const live = named("live");
  const facts: Facts = {
    findings: [],
    warnings: [],
    lockedBy: reply.value("locked_by_stranger") ?? reply.value("locked_by"),
    lockedByStranger: reply.value("locked_by_stranger") !== undefined,
    running: reply.value("running"),
    deployLock: reply.value("held"),
    open: parseOpen(reply.value("open")),
    returned: parseOpen(reply.value("returned")),
    agreed: [reply.value("agreed") ?? ""].find(isTransaction),
    drained: parseDrained(reply.texts.get("taken") ?? ""),
    migrations: parseJournal(reply.texts.get("migrations") ?? ""),
    migrationOutput: lastSaid(reply.texts.get("migrations-output")),
    live: live && onHost(live),
    dropped: parseDropped(reply.all("dropped")),
    previous: named("previous") && onHost(named("previous")!),
    releases: releases.filter(({ absent }) => !absent).map(onHost),
    configuration: request.configuration && configurationDigest(request.configuration),
    unchanged: false,
    missing: { files: 0, bytes: 0 },
    readOnlyBecause: reply.value("modes_why"),
  };
  let incoming: Incoming | undefined;
  let missing: MissingContent | undefined;
  if (artifact && index) {
    incoming = await incomingOf(session, request, artifact, index, reply, releases, live?.id);
    missing = incoming.delivery.size;
    facts.missing = missing;
    facts.layers = incoming.delivery.layers;
    const { version, configuration, taken } = incoming;
    const choose = () =>
      chooseReleaseName({ version, digest: artifact.releaseDigest, configuration }, releases, live?.id, taken);
    let chosen = choose();
    // One more call if nothing would be done otherwise: an edited release does not count as unchanged.
    while (chosen.reuse && chosen.name === live?.id && !(await sound(session, chosen.name))) {
      taken.push(chosen.name);
      chosen = choose();
    }
    facts.incoming = chosen.name;
    facts.unchanged = chosen.reuse && chosen.name === incoming.live;
  }
  Object.assign(facts, findingsOf(request, reply, missing));
  return { facts, reply, incoming, missing };
}

/**
 * The maximum number of bytes that the lists of a release take on a host during a deploy (main_session of
 * src/remote/main.sh). Measured: about thirteen copies of a path, and 500 bytes, for a file of the release, and four
 * copies and 160 bytes for a file of an environment.
 */
async function roomFor({ wanted }: ReleaseIndex, { release, indexText }: ReleaseContent): Promise<number> {
  const environments = await Promise.all(release.environments.map(({ diffId }) => indexText(diffId)));
  return 16 * wanted.text.length + 4 * environments.reduce((sum, { length }) => sum + length, 0);
}

function requirementLines(artifact: ReleaseContent): string {
  const records = recordsOf(artifact);
  const libraries = records.flatMap(({ sonames, glibcxx }) => [
    ...sonames.map((soname) => `soname ${soname}`),
    ...(glibcxx ? [`glibcxx ${glibcxx}`] : []),
  ]);
  const probes = probesOf(records).map(({ ask }) => ask);
  return lines([
    ...new Set(libraries),
    ...probes,
    ...artifact.release.environments.map(({ id }) => `environment ${id}`),
  ]);
}

/** One `<service> <release>` per line. */
function parseDropped(values: readonly string[]): Facts["dropped"] {
  const dropped = values.flatMap((line) => {
    const [service = "", release = ""] = line.split(" ");
    return isReleaseName(service) && isReleaseName(release) ? [{ service, release }] : [];
  });
  return dropped.length > 0 ? dropped : undefined;
}

function parseOpen(line: string | undefined): OpenTransaction | undefined {
  if (!line) return undefined;
  const [transaction, phase, release, previous, kind] = line.split(" ");
  // A record damaged by a broken disk is ignored.
  if (!transaction || !isTransaction(transaction) || !isPhase(phase)) return undefined;
  if (![release, previous].every((name) => !name || isReleaseName(name)) || !release) return undefined;
  return { transaction, phase, release, previous: previous || undefined, ...KINDS.get(kind) };
}

const lastSaid = (text: string | undefined) => (text === undefined ? undefined : cutStart(text, LARGEST_SAID));
const KINDS = new Map<string | undefined, Pick<OpenTransaction, "rollback" | "converge">>([
  ["deploy", { rollback: false }],
  ["rollback", { rollback: true }],
  ["converge", { rollback: true, converge: true }],
]);

const isPhase = (word: string | undefined): word is OpenTransaction["phase"] =>
  ["activating", "activated", "precommit", "reverting"].includes(word ?? "");

function onHost(release: RecordedRelease | { id: string; version: string; state: "good" }): Facts["releases"][number] {
  if (!("goodAt" in release)) return release;
  const { id, digest, version, commit, configuration, state, seal, good, transaction, services } = release;
  return { id, digest, version, commit, configuration, state, seal, good, transaction, services };
}
