// Every host to what the fleet agreed on last: what a killed run left is put in order, and hosts that were away, stayed behind or are new
// get the release that the others run. Nothing is built for that.
import type { Artifact } from "../bundle/read.ts";
import type { ReleaseOnHost } from "../host/types.ts";
import { activate } from "./activate.ts";
import { rehearseSeats } from "./balance.ts";
import { conclude } from "./conclude.ts";
import { bring, type Ended, runsWell, wantedOf } from "./deploy.ts";
import { Ledger } from "./ledger.ts";
import { noteLeftMigrations } from "./migrate.ts";
import { findingsOf, warningsOf } from "./plan.ts";
import { repair } from "./repair.ts";
import { survey } from "./survey.ts";
import { together, troubleOf } from "./together.ts";
import type { DeployRequest, FleetRequest, Report, Surveyed } from "./types.ts";

export interface ConvergeRequest extends FleetRequest {
  /**
   * The artifact of a release that some host does not have.
   *
   * @throws Failure when there is none
   */
  artifactOf(release: ReleaseOnHost): Promise<Artifact>;
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
    const found = await ledger.timed("survey", () => survey(request, ledger, () => ({}), { lock: true }));
    const fleet = found && (await repair(request, found, ledger, () => ({})));
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
            remedy: `tarlift deploy ${request.target}`,
          },
        },
      ]);
      return ledger.report("refused");
    }
    const { outcome, name } = await bringAll(request, fleet, release, ledger);
    const { version, commit: id, digest } = release;
    return ledger.report(outcome, { release: name ?? release.id, version, commit: id, digest });
  } catch (error) {
    ledger.failed([{ trouble: troubleOf(error) }]);
    return ledger.report("refused", release && { release: release.id, version: release.version });
  } finally {
    await together(request.members, ({ host }) => host.close());
  }
}

/** What is live on the host that was agreed with last. */
export function agreedRelease(fleet: readonly Surveyed[]): ReleaseOnHost | undefined {
  const [newest] = fleet
    .filter(
      ({ facts: { live, agreed } }) => live?.state === "good" && live.digest !== undefined && agreed !== undefined,
    )
    .sort((a, b) => (a.facts.agreed! < b.facts.agreed! ? 1 : -1));
  return newest?.facts.live;
}

async function bringAll(
  request: ConvergeRequest,
  fleet: Surveyed[],
  release: ReleaseOnHost,
  ledger: Ledger,
): Promise<Ended> {
  const behind = fleet.filter(({ facts }) => facts.live?.digest !== release.digest);
  if (behind.length === 0) {
    if (await runsWell(request, fleet, ledger)) return { outcome: "unchanged" };
    return switchTo({ ...request, restart: "always" }, fleet, release, ledger);
  }
  if (behind.every((member) => ownOf(member, release) !== undefined))
    return switchTo({ ...request, members: behind }, behind, release, ledger);
  const artifact = await request.artifactOf(release);
  const coming: DeployRequest = {
    ...request,
    members: behind,
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
  return ledger.troubles.length > 0 ? { outcome: "refused" } : bring(coming, asked, ledger);
}

/** The same release as a host has it, good. */
const ownOf = ({ facts }: Surveyed, { digest }: ReleaseOnHost) =>
  facts.releases.find((one) => one.state === "good" && one.digest === digest);

/** To a release that every one of these hosts has. */
async function switchTo(
  request: FleetRequest,
  fleet: Surveyed[],
  release: ReleaseOnHost,
  ledger: Ledger,
): Promise<Ended> {
  const names = new Map(fleet.map((member) => [member.host, ownOf(member, release)!.id]));
  const name = names.get(fleet[0]!.host);
  const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
  const end = await conclude(request, fleet, activation, names, ledger, { rollback: true });
  return { outcome: end === "kept" ? "deployed" : end, name };
}
