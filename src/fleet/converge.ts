// Brings every host to the release that the fleet agreed on last: recovers what a killed run left, and sends hosts that
// were away, stayed behind or are new the release that the others run. Nothing is built for that.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { beforeEnd } from "../exit-handlers.ts";
import { Failure } from "../failure.ts";
import type { ReleaseOnHost } from "../host/host.ts";
import { formatCount } from "../text/quantity.ts";
import { rollOut } from "./commit-or-revert.ts";
import { type Ended, prepareAndActivate, wantedOf } from "./deploy.ts";
import { preflightServers, stillDrained } from "./drain.ts";
import { type FoundRelease, fromHosts, sharedOf } from "./fetch-release.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { afterFailure, hookScope, runHooks } from "./hooks.ts";
import type { Member, Names, Participant } from "./member.ts";
import { findingsOf, warningsOf } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { recover } from "./recover.ts";
import { addedSentence, asVerified } from "./release-drift.ts";
import type { Report, ReportedError } from "./report.ts";
import type { FleetRequest } from "./request.ts";
import { type IncomingPlan, type Rollout, type RolloutPlan, releaseOnLeader } from "./rollout.ts";
import { rolloutForSome } from "./serving.ts";
import { Transaction } from "./transaction.ts";
import { unhealthyHosts } from "./unhealthy.ts";

export interface ConvergeRequest extends FleetRequest {
  /**
   * The artifact of a release that some host does not have.
   *
   * @returns undefined when there is none at hand: then the release is fetched from the hosts that have it
   * @throws Failure when the named artifact does not exist, or is one of another release
   */
  artifactOf(release: ReleaseOnHost): Promise<ReleaseContent | undefined>;
  /**
   * A directory of this machine for files fetched from hosts; they are removed at the end. Default: the system's
   * temporary directory.
   */
  work?: string | undefined;
  /** The release's digest, from a source other than the hosts: only a release with this digest is used. */
  releaseDigest?: string | undefined;
}

/**
 * Brings a fleet to one release: the one that was agreed on last.
 *
 * @returns `unchanged` when every host runs it already, `deployed` when all run it now; otherwise as a deploy
 */
export async function converge(request: ConvergeRequest): Promise<Report> {
  const tx = new Transaction("converge", request);
  try {
    const { outcome, name, release } = await convergeTo(tx, request);
    await afterFailure(tx, outcome);
    if (!release) return tx.report(outcome);
    const { id, version, commit, digest } = release;
    return tx.report(outcome, { release: name ?? id, version, commit, digest });
  } finally {
    await tx.close();
  }
}

async function convergeTo(
  tx: Transaction,
  request: ConvergeRequest,
): Promise<Ended & { release?: ReleaseOnHost | undefined }> {
  let release: ReleaseOnHost | undefined;
  try {
    const found = await tx.part("preflight", () => preflight(tx, tx.members, configured, { lock: true }));
    const fleet = found && (await recover(tx, found, configured));
    if (!fleet) return { outcome: "refused" };
    tx.participants = fleet;
    for (const warning of fleet.flatMap(warningsOf)) tx.warn(warning);
    for (const finding of fleet.flatMap(findingsOf)) tx.error(finding);
    tx.recordFailures(await preflightServers(fleet));
    if (tx.hasErrors) return { outcome: "refused" };
    const agreed = agreedOn(fleet);
    release = agreed?.release;
    if (!agreed || !release) throw nothingGood(tx.target);
    if (request.releaseDigest !== undefined && release.digest !== request.releaseDigest)
      throw otherDigest(request.releaseDigest, release);
    const all: RolloutPlan = {
      hosts: fleet,
      total: tx.members.length,
      waves: tx.rules.waves,
      restart: tx.rules.restart,
      recordAs: { rollback: true, converge: true },
      lastHook: "after-deploy",
    };
    return { ...(await bringAlong(tx, request, all, agreed)), release };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tx.error(errorOf(error));
    return { outcome: "refused", release };
  }
}

const nothingGood = (target: string) =>
  new Failure({
    code: "nothing-live",
    what: "no host runs a release that was deployed well",
    remedy: `Deploy one: tarlift deploy ${target}`,
    outcome: "refused",
  });

/** What hosts are asked about: the configuration that this run would send to each. */
const configured = ({ configuration }: Member) => ({ configuration });

/** The host with the latest agreement, among those that run what was agreed on. */
function newestOf(fleet: readonly Participant[]): Participant | undefined {
  const agreed = fleet.filter(
    ({ facts: { live, agreed } }) => live?.state === "good" && live.digest !== undefined && agreed !== undefined,
  );
  // Names of transactions contain the clock time of the machine that deployed, and clocks differ: a host's own record
  // of an earlier agreement is better proof.
  const latest = agreed.filter((one) => !agreed.some((other) => wentOn(other, one)));
  return (latest.length > 0 ? latest : agreed).sort((a, b) => (a.facts.agreed! < b.facts.agreed! ? 1 : -1))[0];
}

/** Whether a host took part in another host's last agreement, and in a later one. */
const wentOn = (host: Participant, other: Participant): boolean =>
  host.facts.agreed !== other.facts.agreed &&
  host.facts.releases.some(({ state, transaction }) => state === "good" && transaction === other.facts.agreed);

/** The release that all hosts are brought to. */
interface Agreed {
  release: ReleaseOnHost;
  /** The host with the latest agreement. */
  on: Participant;
  /**
   * Whether the configuration that belongs to the release is known: only this run can provide it, and it is this run's
   * if that host has it.
   */
  configured: boolean;
}

function agreedOn(fleet: readonly Participant[]): Agreed | undefined {
  const on = newestOf(fleet);
  const release = on?.facts.live;
  return release && { release, on, configured: release.configuration === on.facts.configuration };
}

/** Whether a host's release is the agreed one with the configuration that belongs to it, as far as that is known. */
const isThat = ({ release, configured }: Agreed, member: Participant, one: ReleaseOnHost | undefined): boolean =>
  one?.digest === release.digest && (!configured || one?.configuration === member.facts.configuration);

/** @param all the plan for all hosts */
async function bringAlong(tx: Transaction, request: ConvergeRequest, all: RolloutPlan, agreed: Agreed): Promise<Ended> {
  const fleet = all.hosts;
  const behind = fleet.filter((member) => !isThat(agreed, member, member.facts.live));
  if (behind.length === 0) return restartServices(tx, all);
  // The final report covers all hosts: a service that is down is started with them. A host that is out of use is
  // restored with them: its balancer may wait for a service that is down.
  const down = await unhealthyHosts(
    tx,
    fleet.filter((member) => !behind.includes(member)),
  );
  const again = new Set([...down, ...stillDrained(fleet).map(({ member }) => member)]);
  const some = fleet.filter((member) => behind.includes(member) || again.has(member));
  // The leader of all hooks is one of these hosts: `after-failure` runs on the host where the earlier hooks ran.
  tx.participants = some;
  const own = await ownCopies(some, agreed);
  const restart = again.size > 0 ? "always" : all.restart;
  const rollout = await rolloutForSome(tx, { ...all, restart }, some);
  if (own.names.size === some.length) {
    for (const warning of own.warnings) tx.warn(warning);
    return activateOwnCopies(tx, { ...rollout, names: own.names });
  }
  const end = await bringRelease(tx, request, { fleet, release: agreed.release }, rollout);
  if (end.outcome === "deployed")
    for (const member of some.filter((one) => !tx.of(one).behind))
      for (const warning of otherConfiguration(agreed, member)) tx.warn(warning);
  return end;
}

/**
 * Brings the release to hosts that do not have it, from its artifact or from the hosts that have it.
 *
 * @param rollout the plan for the hosts that need it
 */
async function bringRelease(
  tx: Transaction,
  { artifactOf, releaseDigest, work = tmpdir() }: ConvergeRequest,
  { fleet, release }: { fleet: readonly Participant[]; release: ReleaseOnHost },
  rollout: RolloutPlan,
): Promise<Ended> {
  const { version } = release;
  const artifact = await artifactOf(release);
  if (artifact) return sendRelease(tx, { ...rollout, incoming: { artifact, version } });
  mkdirSync(work, { recursive: true });
  const directory = mkdtempSync(join(work, "release-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const forget = beforeEnd({ last: remove });
  try {
    const found = await tx.part("find", () => fromHosts(tx, fleet, release, { directory, releaseDigest }));
    return await sendRelease(tx, { ...rollout, incoming: { artifact: found.content, version } }, found);
  } finally {
    remove();
    forget();
  }
}

/** Every host runs the release already: if a service is down, the services of all hosts are restarted. */
async function restartServices(tx: Transaction, all: RolloutPlan): Promise<Ended> {
  const fleet = all.hosts;
  const added = await addedTo(tx, fleet);
  if (!added) return { outcome: "refused" };
  if ((await unhealthyHosts(tx, fleet)).length === 0) {
    // A fleet with an edited release is not reported as unchanged, and neither is one with a host that is out of use.
    tx.recordFailures(added);
    tx.recordFailures(stillDrained(fleet));
    return { outcome: tx.hasErrors ? "refused" : "unchanged" };
  }
  for (const { sentence } of added) tx.warn(sentence);
  const names = new Map(fleet.map(({ host, facts }) => [host, facts.live!.id]));
  return activateOwnCopies(tx, { ...all, restart: "always", names });
}

/**
 * Finds hosts that have the release already, as it was verified, and its name there. A host whose copy was edited is
 * sent an intact one.
 *
 * @returns the names, and the warnings to print if these copies are used
 */
async function ownCopies(some: readonly Participant[], agreed: Agreed): Promise<{ names: Names; warnings: string[] }> {
  const names = new Map<Participant["host"], string>();
  const warnings: string[] = [];
  await forEachHost(some, async (member) => {
    const { host, facts } = member;
    const runs = isThat(agreed, member, facts.live);
    const copies = facts.releases.filter((each) => each.state === "good" && isThat(agreed, member, each));
    const alike = copies.find(({ configuration }) => configuration === agreed.release.configuration);
    const one = runs ? facts.live : (alike ?? copies[0]);
    if (!one) return;
    // If the drift cannot be checked, the release is sent too.
    const drift = await host.drift({ release: one.id, full: false });
    // A release that is only restarted may have files that the application has added.
    if (runs ? drift.count > 0 : !asVerified(drift)) return;
    names.set(host, one.id);
    const added = addedSentence(host.name, one.id, drift);
    if (added) warnings.push(added);
    if (!runs && !agreed.configured && one !== alike) {
      const has = one.configuration && agreed.release.configuration ? "has" : "may have";
      warnings.push(
        `${host.name}: its copy of the release ${has} another configuration than ${agreed.on.host.name}. ${TO_ALL}`,
      );
    }
  });
  return { names, warnings };
}

/**
 * Warns when a host that is sent the release gets this run's configuration and the other hosts may have another one.
 */
function otherConfiguration({ release, on, configured }: Agreed, { host, facts }: Participant): string[] {
  const has = facts.live?.digest === release.digest && facts.live?.configuration === facts.configuration;
  if (configured || has) return [];
  const why =
    release.configuration === undefined
      ? `; what ${on.host.name} was given is not recorded there`
      : `, which is another than ${on.host.name} was given`;
  return [`${host.name}: it gets the configuration of this run${why}. ${TO_ALL}`];
}

const TO_ALL = "To give all hosts that of one run: tarlift deploy TARGET";

/** @param found given if the files are still on other hosts */
async function sendRelease(tx: Transaction, rollout: IncomingPlan, found?: FoundRelease): Promise<Ended> {
  const { artifact } = rollout.incoming;
  // Shared paths are those of the release: content that its layers have at these paths is on no host.
  const members = rollout.hosts.map((member) => ({ ...member, shared: sharedOf(artifact, member.shared) }));
  const wanted = wantedOf(rollout.incoming);
  const hosts = await tx.part("preflight", () => preflight(tx, members, wanted, { lock: true }));
  if (!hosts) return { outcome: "refused" };
  for (const finding of hosts.flatMap(findingsOf)) tx.error(finding);
  if (tx.hasErrors) return { outcome: "refused" };
  if (found) {
    const layers = new Set(hosts.flatMap(({ facts }) => facts.layers ?? []));
    await tx.part("fetch", () => found.fetch([...layers]));
  }
  // No migrations: the fleet's database has the schema of this release already.
  return prepareAndActivate(tx, { ...rollout, hosts, recordAs: { rollback: false } });
}

const otherDigest = (wanted: string, { id, digest = "unknown" }: ReleaseOnHost) =>
  new Failure({
    code: "releases-differ",
    what: `the hosts agree on ${id}, which is another release than the one that was asked for`,
    where: { "release digest": digest, wanted },
    remedy: "Look what runs where: tarlift status. A host may say what is not so, or another deploy has run since.",
    outcome: "refused",
  });

/**
 * Checks the live release of every host for drift: a restart does not repair an edited release.
 *
 * @returns the warnings for hosts to whose release files were only added; undefined if a release was changed (the
 * transaction has the error)
 */
async function addedTo(
  tx: Transaction,
  fleet: readonly Participant[],
): Promise<{ sentence: string; error: ReportedError }[] | undefined> {
  const changed = (host: string, release: string, count: number, paths: readonly string[]): ReportedError => ({
    host,
    code: "release-damaged",
    what: `${formatCount(count, "file")} of ${release} changed since it was verified`,
    output: paths.slice(0, 20).join("\n"),
    remedy: "Check out its commit and deploy it, which brings a sound copy: tarlift deploy TARGET --allow-older",
  });
  const results = await forEachHost(fleet, async ({ host, facts }) => {
    const release = facts.live!.id;
    const drift = await host.drift({ release, full: false });
    const paths = [...drift.changed, ...(drift.added?.paths ?? [])];
    const error = changed(host.name, release, drift.count + (drift.added?.count ?? 0), paths);
    return { error, edited: drift.count > 0, sentence: addedSentence(host.name, release, drift) };
  });
  const seen = results.done.map(({ value }) => value);
  const edited = seen.filter((one) => one.edited).map(({ error }) => error);
  for (const error of edited) tx.error(error);
  if (tx.recordFailures(results.failed) || edited.length > 0) return undefined;
  return seen.flatMap(({ sentence, error }) => (sentence === undefined ? [] : [{ sentence, error }]));
}

/** Activates a release that each of these hosts has. */
async function activateOwnCopies(tx: Transaction, rollout: Rollout): Promise<Ended> {
  const name = releaseOnLeader(rollout);
  if (tx.stopped()) return { outcome: "refused", name };
  if (!(await runHooks(tx, "before-deploy", hookScope(rollout)))) return { outcome: "refused", name };
  const { end } = await rollOut(tx, rollout);
  return { outcome: end === "kept" ? "deployed" : end, name };
}
