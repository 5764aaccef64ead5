// Reads what a host says of itself in its reply to the first call.
import type { Reply } from "../protocol/call.ts";
import { LARGEST_SAID } from "../protocol/frames.ts";
import { checkedRelease, isReleaseName, isTransaction } from "../protocol/recorded-names.ts";
import { cutStart } from "../text/cut.ts";
import type { Facts, FactsRequest, OpenTransaction } from "./host.ts";
import { parseJournal } from "./migration-journal.ts";
import { configurationDigest } from "./release-env.ts";
import { parseDrained, type RecordedRelease } from "./release-records.ts";

/**
 * Facts without findings, and as if nothing had to be sent.
 *
 * @param releases as the reply has them
 * @param configuration the text of the release's environment, by name
 * @throws Failure for names that no release can have
 */
export function readFacts(
  reply: Reply<"facts">,
  releases: readonly RecordedRelease[],
  configuration: FactsRequest["configuration"],
): Facts {
  const named = (key: "live" | "previous") => {
    const id = reply.value(key);
    if (!id) return undefined;
    checkedRelease(id, key);
    return onHost(releases.find((release) => release.id === id) ?? { id, version: id, state: "good" as const });
  };
  return {
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
    live: named("live"),
    dropped: parseDropped(reply.all("dropped")),
    previous: named("previous"),
    releases: releases.filter(({ absent }) => !absent).map(onHost),
    configuration: configuration && configurationDigest(configuration),
    unchanged: false,
    missing: { files: 0, bytes: 0 },
    readOnlyBecause: reply.value("modes_why"),
  };
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
