// Every host to what the fleet agreed on last: what a killed run left is put in order, and hosts that were away, stayed behind or are new
// get the release that the others run. Nothing is built for that.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { beforeEnd } from "../exit-handlers.ts";
import { Failure } from "../failure.ts";
import type { ReleaseOnHost } from "../host/host.ts";
import { formatCount } from "../text/quantity.ts";
import { cancelled } from "./cancelled.ts";
import { bring, type Ended, wantedOf } from "./deploy.ts";
import { preflightServers, stillDrained } from "./drain.ts";
import { fromHosts, type HeldRelease, sharedOf } from "./fetch-release.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { afterFailure, runHooks } from "./hooks.ts";
import { Ledger } from "./ledger.ts";
import { findingsOf, warningsOf } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { recover } from "./recover.ts";
import { addedSentence, asVerified } from "./release-drift.ts";
import type { DeployRequest, FleetRequest, Member, Names, Participant, Report, Trouble } from "./request.ts";
import { rollOut } from "./rollout.ts";
import { rolloutForSome } from "./serving.ts";
import { unhealthyHosts } from "./unhealthy.ts";

export interface ConvergeRequest extends FleetRequest {
  /**
   * The artifact of a release that some host does not have.
   *
   * @returns undefined when there is none at hand: then it is brought from the hosts that have it
   * @throws Failure for one that was named and is not there, or is another release's
   */
  artifactOf(release: ReleaseOnHost): Promise<ReleaseContent | undefined>;
  /** A directory of this machine for the files that come from hosts; what is put there goes again. Left out: the system's temporary one. */
  work?: string | undefined;
  /** The release's digest, from a source other than the hosts: only this release is used. */
  releaseDigest?: string | undefined;
}

/**
 * Brings a fleet to one release: the one that was agreed on last.
 *
 * @returns `unchanged` when every host runs it already, `deployed` when all do now; as a deploy does otherwise
 */
export async function converge(request: ConvergeRequest): Promise<Report> {
  const ledger = new Ledger(request);
  try {
    const { outcome, name, release } = await transaction(request, ledger);
    await afterFailure(request, ledger, outcome);
    if (!release) return ledger.report(outcome);
    const { id, version, commit, digest } = release;
    return ledger.report(outcome, { release: name ?? id, version, commit, digest });
  } finally {
    await forEachHost(request.members, ({ host }) => host.close());
  }
}

async function transaction(
  request: ConvergeRequest,
  ledger: Ledger,
): Promise<Ended & { release?: ReleaseOnHost | undefined }> {
  let release: ReleaseOnHost | undefined;
  try {
    const found = await ledger.timed("survey", () => preflight(request, ledger, configured, { lock: true }));
    const fleet = found && (await recover(request, found, ledger, configured));
    if (!fleet) return { outcome: "refused" };
    ledger.fleet = fleet;
    ledger.warnings.push(...fleet.flatMap(warningsOf));
    ledger.troubles.push(...fleet.flatMap(findingsOf));
    ledger.failed(await preflightServers(fleet));
    if (ledger.troubles.length > 0) return { outcome: "refused" };
    const agreed = agreedOn(fleet);
    release = agreed?.release;
    if (!agreed || !release) throw nothingGood(request.target);
    if (request.releaseDigest !== undefined && release.digest !== request.releaseDigest)
      throw otherDigest(request.releaseDigest, release);
    return { ...(await bringAll(request, fleet, agreed, ledger)), release };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ledger.failed([{ trouble: errorOf(error) }]);
    return { outcome: "refused", release };
  }
}

const nothingGood = (target: string) =>
  new Failure({
    what: "no host runs a release that was deployed well",
    remedy: `Deploy one: tarlift deploy ${target}`,
    outcome: "refused",
  });

/** What hosts are asked about: the configuration that this run would give each. */
const configured = ({ configuration }: Member) => ({ configuration });

/** The host that was agreed with last, of those that run what was agreed on. */
function newestOf(fleet: readonly Participant[]): Participant | undefined {
  const agreed = fleet.filter(
    ({ facts: { live, agreed } }) => live?.state === "good" && live.digest !== undefined && agreed !== undefined,
  );
  // Names of transactions have the time of the machine that deployed, and clocks differ: a host's own record of what it went on from is
  // better proof.
  const latest = agreed.filter((one) => !agreed.some((other) => wentOn(other, one)));
  return (latest.length > 0 ? latest : agreed).sort((a, b) => (a.facts.agreed! < b.facts.agreed! ? 1 : -1))[0];
}

/** Whether a host took part in what another one agreed on last, and in something after it. */
const wentOn = (host: Participant, other: Participant): boolean =>
  host.facts.agreed !== other.facts.agreed &&
  host.facts.releases.some(({ state, transaction }) => state === "good" && transaction === other.facts.agreed);

/** What all hosts are brought to. */
interface Agreed {
  release: ReleaseOnHost;
  /** The host that was agreed with last. */
  on: Participant;
  /** Whether the configuration that belongs to it is known: only this run can say it, and it is this run's if that host has it. */
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

async function bringAll(
  request: ConvergeRequest,
  fleet: Participant[],
  agreed: Agreed,
  ledger: Ledger,
): Promise<Ended> {
  const behind = fleet.filter((member) => !isThat(agreed, member, member.facts.live));
  if (behind.length === 0) return startAll(request, fleet, ledger);
  // The end speaks of all hosts: a service that is down is started with them. One that is out of use returns with them: its balancer may
  // wait for a service that is down.
  const down = await unhealthyHosts(
    request,
    fleet.filter((member) => !behind.includes(member)),
    ledger,
  );
  const again = new Set([...down, ...stillDrained(fleet).map(({ member }) => member)]);
  const some = fleet.filter((member) => behind.includes(member) || again.has(member));
  // The leader of all hooks is one of these: what one has begun there, `after-failure` ends there.
  ledger.fleet = some;
  const asked: ConvergeRequest = again.size > 0 ? { ...request, restart: "always" } : request;
  const own = await ownCopies(some, agreed);
  const forThem = await rolloutForSome(asked, fleet, some);
  if (own.names.size === some.length) {
    ledger.warnings.push(...own.warnings);
    return switchTo(forThem, some, own.names, ledger);
  }
  const end = await bringRelease(request, fleet, forThem, agreed.release, ledger);
  if (end.outcome === "deployed") {
    const brought = some.filter((member) => !ledger.host(member).behind);
    ledger.warnings.push(...brought.flatMap((member) => otherConfiguration(agreed, member)));
  }
  return end;
}

/** @param forThem the request for the hosts that need it */
async function bringRelease(
  request: ConvergeRequest,
  fleet: Participant[],
  forThem: ConvergeRequest & { members: Participant[] },
  release: ReleaseOnHost,
  ledger: Ledger,
): Promise<Ended> {
  const artifact = await request.artifactOf(release);
  if (artifact) return deliver(forThem, forThem.members, release, artifact, ledger);
  const { work = tmpdir() } = request;
  mkdirSync(work, { recursive: true });
  const directory = mkdtempSync(join(work, "release-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const forget = beforeEnd({ last: remove });
  try {
    const held = await ledger.timed("find", () => fromHosts(request, fleet, release, directory));
    return await deliver(forThem, forThem.members, release, held.content, ledger, held);
  } finally {
    remove();
    forget();
  }
}

/** Every host runs it already: where a service is down, all are started again. */
async function startAll(request: ConvergeRequest, fleet: Participant[], ledger: Ledger): Promise<Ended> {
  const added = await addedTo(fleet, ledger);
  if (!added) return { outcome: "refused" };
  if ((await unhealthyHosts(request, fleet, ledger)).length === 0) {
    // An edited release is not called unchanged, and neither is a host that is out of use.
    ledger.troubles.push(...added.map(({ trouble }) => trouble));
    ledger.failed(stillDrained(fleet));
    return { outcome: ledger.troubles.length > 0 ? "refused" : "unchanged" };
  }
  ledger.warnings.push(...added.map(({ sentence }) => sentence));
  const names = new Map(fleet.map(({ host, facts }) => [host, facts.live!.id]));
  return switchTo({ ...request, restart: "always" }, fleet, names, ledger);
}

/**
 * Of the hosts that have the release already, as it was verified: by its name there. One that was edited is brought a sound copy.
 *
 * @returns the names, and what is to be said where these copies are used
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
    // Where that cannot be told, it is brought too.
    const drift = await host.drift({ release: one.id, full: false });
    // What is started again may have files that the application has added.
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

/** A host that is sent the release gets the configuration of this run, be it that of the others or not. */
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

/** @param held given where the files are still on other hosts */
async function deliver(
  request: ConvergeRequest,
  behind: Participant[],
  release: ReleaseOnHost,
  artifact: ReleaseContent,
  ledger: Ledger,
  held?: HeldRelease,
): Promise<Ended> {
  const coming: DeployRequest = {
    ...request,
    // Shared paths are those of the release: what its layers have there is on no host.
    members: behind.map((member) => ({ ...member, shared: sharedOf(artifact, member.shared) })),
    artifact,
    version: release.version,
    // The fleet's database is where this release wants it.
    migrations: undefined,
    allowOlder: true,
    dryRun: false,
    isAncestor: async () => undefined,
  };
  const asked = await ledger.timed("survey", () => preflight(coming, ledger, wantedOf(coming), { lock: true }));
  if (!asked) return { outcome: "refused" };
  ledger.troubles.push(...asked.flatMap(findingsOf));
  if (ledger.troubles.length > 0) return { outcome: "refused" };
  if (held) {
    const layers = new Set(asked.flatMap(({ facts }) => facts.layers ?? []));
    await ledger.timed("fetch", () => held.fetch([...layers]));
  }
  return bring(coming, asked, ledger);
}

const otherDigest = (wanted: string, { id, digest = "unknown" }: ReleaseOnHost) =>
  new Failure({
    what: `the hosts agree on ${id}, which is another release than the one that was asked for`,
    where: { "release digest": digest, wanted },
    remedy: "Look what runs where: tarlift status. A host may say what is not so, or another deploy has run since.",
    outcome: "refused",
  });

/**
 * Looks at what is live everywhere: a restart mends no release that was edited.
 *
 * @returns of the hosts to whose release files were only added, what is to be said; undefined where one was changed (the ledger has it)
 */
async function addedTo(
  fleet: readonly Participant[],
  ledger: Ledger,
): Promise<{ sentence: string; trouble: Trouble }[] | undefined> {
  const changed = (host: string, release: string, count: number, paths: readonly string[]): Trouble => ({
    host,
    what: `${formatCount(count, "file")} of ${release} changed since it was verified`,
    output: paths.slice(0, 20).join("\n"),
    remedy: "Check out its commit and deploy it, which brings a sound copy: tarlift deploy TARGET --allow-older",
  });
  const settled = await forEachHost(fleet, async ({ host, facts }) => {
    const release = facts.live!.id;
    const drift = await host.drift({ release, full: false });
    const paths = [...drift.changed, ...(drift.added?.paths ?? [])];
    const trouble = changed(host.name, release, drift.count + (drift.added?.count ?? 0), paths);
    return { trouble, edited: drift.count > 0, sentence: addedSentence(host.name, release, drift) };
  });
  const seen = settled.done.map(({ value }) => value);
  const edited = seen.filter((one) => one.edited).map(({ trouble }) => trouble);
  ledger.troubles.push(...edited);
  if (ledger.failed(settled.failed) || edited.length > 0) return undefined;
  return seen.flatMap(({ sentence, trouble }) => (sentence === undefined ? [] : [{ sentence, trouble }]));
}

/** To a release that every one of these hosts has. */
async function switchTo(request: FleetRequest, fleet: Participant[], names: Names, ledger: Ledger): Promise<Ended> {
  const name = names.get(fleet[0]!.host);
  if (cancelled(request, ledger)) return { outcome: "refused", name };
  const releaseOf = ({ host }: Participant) => names.get(host);
  if (!(await runHooks(request, ledger, "before-deploy", fleet, releaseOf))) return { outcome: "refused", name };
  const as = { after: "after-deploy", rollback: true, converge: true } as const;
  const { end } = await rollOut(request, fleet, names, ledger, as);
  return { outcome: end === "kept" ? "deployed" : end, name };
}
