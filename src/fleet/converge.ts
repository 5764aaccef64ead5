// Every host to what the fleet agreed on last: what a killed run left is put in order, and hosts that were away, stayed behind or are new
// get the release that the others run. Nothing is built for that.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseContent } from "../bundle/read.ts";
import { beforeEnd } from "../ending.ts";
import { Failure } from "../failure.ts";
import type { ReleaseOnHost } from "../host/types.ts";
import { formatCount } from "../report/quantity.ts";
import { activate } from "./activate.ts";
import { addedSentence, asVerified } from "./as-verified.ts";
import { rehearseSeats, stillTaken } from "./balance.ts";
import { conclude } from "./conclude.ts";
import { bring, type Ended, runsWell, wantedOf } from "./deploy.ts";
import { fromHosts, type HeldRelease, sharedOf } from "./from-hosts.ts";
import { healthOf } from "./health.ts";
import { Ledger } from "./ledger.ts";
import { noteLeftMigrations } from "./migrate.ts";
import { requestForSome } from "./order.ts";
import { findingsOf, warningsOf } from "./plan.ts";
import { repair } from "./repair.ts";
import { survey } from "./survey.ts";
import { together, troubleOf } from "./together.ts";
import type { DeployRequest, FleetRequest, Member, Names, Report, Surveyed, Trouble } from "./types.ts";

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
  let release: ReleaseOnHost | undefined;
  try {
    const found = await ledger.timed("survey", () => survey(request, ledger, configured, { lock: true }));
    const fleet = found && (await repair(request, found, ledger, configured));
    if (!fleet) return ledger.report("refused");
    noteLeftMigrations(fleet, ledger);
    ledger.warnings.push(...fleet.flatMap(warningsOf));
    ledger.troubles.push(...fleet.flatMap(findingsOf));
    ledger.failed(await rehearseSeats(fleet));
    if (ledger.troubles.length > 0) return ledger.report("refused");
    release = agreedRelease(fleet);
    if (!release) {
      ledger.failed([
        {
          trouble: {
            what: "no host runs a release that was deployed well",
            remedy: `Deploy one: tarlift deploy ${request.target}`,
          },
        },
      ]);
      return ledger.report("refused");
    }
    if (request.releaseDigest !== undefined && release.digest !== request.releaseDigest)
      throw otherDigest(request.releaseDigest, release);
    const { outcome, name } = await bringAll(request, fleet, release, ledger);
    if (outcome === "deployed") await lookAtOthers(request, fleet, ledger);
    const { version, commit: id, digest } = release;
    return ledger.report(outcome, { release: name ?? release.id, version, commit: id, digest });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ledger.failed([{ trouble: troubleOf(error) }]);
    return ledger.report("refused", release && { release: release.id, version: release.version });
  } finally {
    await together(request.members, ({ host }) => host.close());
  }
}

/** What hosts are asked about: the configuration that this run would give each. */
const configured = ({ configuration }: Member) => ({ configuration });

/** The host that was agreed with last, of those that run what was agreed on. */
function newestOf(fleet: readonly Surveyed[]): Surveyed | undefined {
  const agreed = fleet.filter(
    ({ facts: { live, agreed } }) => live?.state === "good" && live.digest !== undefined && agreed !== undefined,
  );
  // Names of transactions have the time of the machine that deployed, and clocks differ: a host's own record of what it went on from is
  // better proof.
  const latest = agreed.filter((one) => !agreed.some((other) => wentOn(other, one)));
  return (latest.length > 0 ? latest : agreed).sort((a, b) => (a.facts.agreed! < b.facts.agreed! ? 1 : -1))[0];
}

/** Whether a host took part in what another one agreed on last, and in something after it. */
const wentOn = (host: Surveyed, other: Surveyed): boolean =>
  host.facts.agreed !== other.facts.agreed &&
  host.facts.releases.some(({ state, transaction }) => state === "good" && transaction === other.facts.agreed);

/** What is live on it. */
const agreedRelease = (fleet: readonly Surveyed[]): ReleaseOnHost | undefined => newestOf(fleet)?.facts.live;

/**
 * Whether a host's release is the agreed one with the configuration that belongs to it. What that is only this run can say, and only if
 * the host that was agreed with last has it too: otherwise it is this run's that is another.
 */
function isThatOf(fleet: readonly Surveyed[]): (member: Surveyed, one: ReleaseOnHost | undefined) => boolean {
  const newest = newestOf(fleet);
  const known = newest !== undefined && newest.facts.live?.configuration === newest.facts.configuration;
  return (member, one) =>
    one?.digest === newest?.facts.live?.digest && (!known || one?.configuration === member.facts.configuration);
}

async function bringAll(
  request: ConvergeRequest,
  fleet: Surveyed[],
  release: ReleaseOnHost,
  ledger: Ledger,
): Promise<Ended> {
  const isThat = isThatOf(fleet);
  const behind = fleet.filter((member) => !isThat(member, member.facts.live));
  if (behind.length === 0) {
    const added = await addedTo(fleet, ledger);
    if (!added) return { outcome: "refused" };
    if (await runsWell(request, fleet, ledger)) {
      // An edited release is not called unchanged, and neither is a host that is out of use.
      ledger.troubles.push(...added.map(({ trouble }) => trouble));
      ledger.failed(stillTaken(fleet));
      return { outcome: ledger.troubles.length > 0 ? "refused" : "unchanged" };
    }
    ledger.warnings.push(...added.map(({ sentence }) => sentence));
    const names = new Map(fleet.map(({ host, facts }) => [host, facts.live!.id]));
    return switchTo({ ...request, restart: "always" }, fleet, names, ledger);
  }
  // One that is out of use returns with them: its balancer may wait for a service that is down.
  const out = stillTaken(fleet).map(({ member }) => member);
  const some = fleet.filter((member) => behind.includes(member) || out.includes(member));
  const asked: ConvergeRequest = out.length > 0 ? { ...request, restart: "always" } : request;
  const own = await ownCopies(some, isThat);
  const forThem = await requestForSome(asked, fleet, some);
  if (own.size === some.length) return switchTo(forThem, some, own, ledger);
  const artifact = await request.artifactOf(release);
  if (artifact) return deliver(forThem, some, release, artifact, ledger);
  const { work = tmpdir() } = request;
  mkdirSync(work, { recursive: true });
  const directory = mkdtempSync(join(work, "release-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const forget = beforeEnd({ last: remove });
  try {
    const held = await ledger.timed("find", () => fromHosts(request, fleet, release, directory));
    return await deliver(forThem, some, release, held.content, ledger, held);
  } finally {
    remove();
    forget();
  }
}

/** Of the hosts that have the release already, as it was verified: by its name there. One that was edited is brought a sound copy. */
async function ownCopies(behind: readonly Surveyed[], isThat: ReturnType<typeof isThatOf>): Promise<Names> {
  const names = new Map<Surveyed["host"], string>();
  await together(behind, async (member) => {
    const one = member.facts.releases.find((each) => each.state === "good" && isThat(member, each));
    // Where that cannot be told, it is brought too.
    if (one && asVerified(await member.host.drift({ release: one.id, full: false }))) names.set(member.host, one.id);
  });
  return names;
}

/** @param held given where the files are still on other hosts */
async function deliver(
  request: ConvergeRequest,
  behind: Surveyed[],
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
  const asked = await ledger.timed("survey", () => survey(coming, ledger, wantedOf(coming), { lock: true }));
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
  fleet: readonly Surveyed[],
  ledger: Ledger,
): Promise<{ sentence: string; trouble: Trouble }[] | undefined> {
  const changed = (host: string, release: string, count: number, paths: readonly string[]): Trouble => ({
    host,
    what: `${formatCount(count, "file")} of ${release} changed since it was verified`,
    output: paths.slice(0, 20).join("\n"),
    remedy: "Check out its commit and deploy it, which brings a sound copy: tarlift deploy TARGET --allow-older",
  });
  const settled = await together(fleet, async ({ host, facts }) => {
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

/** Hosts that needed nothing are looked at all the same: the end speaks of all of them. */
async function lookAtOthers(request: FleetRequest, fleet: readonly Surveyed[], ledger: Ledger): Promise<void> {
  const others = fleet.filter((member) => member.services.length > 0 && ledger.host(member).services.length === 0);
  const settled = await together(others, async (member) => {
    const { host, services, facts } = member;
    ledger.services(member, await host.observe({ services, settle: false }));
    ledger.services(member, await healthOf(request, member, facts.live!.id, ledger.host(member).services));
  });
  ledger.warnings.push(...settled.failed.map(({ trouble }) => `${trouble.host}: ${trouble.what}`));
}

/** To a release that every one of these hosts has. */
async function switchTo(request: FleetRequest, fleet: Surveyed[], names: Names, ledger: Ledger): Promise<Ended> {
  const name = names.get(fleet[0]!.host);
  const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
  const end = await conclude(request, fleet, activation, names, ledger, { rollback: true });
  return { outcome: end === "kept" ? "deployed" : end, name };
}
