// The first call: asks a host for its facts, and reads the reply.
import type { ReleaseContent } from "../../artifact/open-artifact.ts";
import { PROBE_TEXTS, probesOf } from "../../host-requirements/probes.ts";
import type { Call, Reply } from "../../protocol/call.ts";
import { LARGEST_REPLY } from "../../protocol/frames.ts";
import type { Session } from "../../session/session.ts";
import { lines } from "../../text/format-lines.ts";
import { bestEncoding } from "../../transfers/encoding.ts";
import { type ReleaseIndex, releaseIndex } from "../../transfers/release-index.ts";
import { readFacts } from "../facts-reply.ts";
import { findingsOf } from "../findings.ts";
import type { Facts, FactsRequest } from "../host.ts";
import { chooseReleaseName, parseReleases } from "../release-records.ts";
import { recordsOf } from "../requirement-findings.ts";
import { serviceTexts, serviceValues } from "../services.ts";
import { type MissingContent, spaceFindings } from "../space-findings.ts";
import type { HostSession } from "./host-session.ts";
import { NO_WAY_TO_HEALTH } from "./http-probe.ts";
import { type Incoming, incomingName, incomingOf } from "./incoming.ts";
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
  const room = index && (await roomFor(index, artifact));
  const reply = await session.call("facts", callFor(request, { index, room, failures }));
  const releases = parseReleases(reply.texts.get("releases") ?? "");
  const facts = readFacts(reply, releases, request.configuration);
  const { live } = facts;
  const incoming =
    artifact && index && (await incomingOf(session, request, artifact, index, reply, releases, live?.id));
  if (incoming) Object.assign(facts, await incomingFacts(session, incoming));
  const missing = incoming?.delivery.size;
  Object.assign(facts, findingsOf(request, reply, missing));
  return { facts, reply, incoming, missing };
}

/** The request, as the protocol takes it. @param room bytes for the lists of the release on the host */
function callFor(
  request: FactsRequest,
  { index, room, failures }: Record<"room" | "failures", number | undefined> & { index: ReleaseIndex | undefined },
): Omit<Call<"facts">, "verb"> {
  const { artifact, shared } = request;
  return {
    values: {
      failures,
      room,
      lock: request.lock ? "yes" : undefined,
      ask_switch: request.autoRevert && "yes",
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
  };
}

/** What is found for the incoming release, except findings. */
async function incomingFacts(
  session: Session,
  incoming: Incoming,
): Promise<Pick<Facts, "missing" | "layers" | "incoming" | "unchanged">> {
  const { artifact, delivery, version, configuration, releases, live, taken } = incoming;
  const choose = () =>
    chooseReleaseName({ version, digest: artifact.releaseDigest, configuration }, releases, live, taken);
  let chosen = choose();
  // One more call if nothing would be done otherwise: an edited release does not count as unchanged.
  while (chosen.reuse && chosen.name === live && !(await sound(session, chosen.name))) {
    taken.push(chosen.name);
    chosen = choose();
  }
  return {
    missing: delivery.size,
    layers: delivery.layers,
    incoming: chosen.name,
    unchanged: chosen.reuse && chosen.name === live,
  };
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
