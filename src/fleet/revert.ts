// Reverts every touched host to its own previous release; a host that had none is left with none.
import { Failure } from "../failure.ts";
import type { Host } from "../host/host.ts";
import type { Task } from "../progress.ts";
import { inTurns, proveLock } from "./drain.ts";
import { errorOf } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import { type Participant, servicesOf } from "./member.ts";
import type { HostOutcome, ReportedError } from "./report.ts";
import { revertHost } from "./revert-host.ts";
import { type Rollout, releaseOn } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";

/**
 * The result of a revert: `reverted`, every host links to its previous release (its services may be down all the same,
 * which the transaction reports); `split`, hosts link to different releases, or one cannot be asked; `failed`, all of
 * them still link to the failed release.
 */
export type RevertOutcome = "reverted" | "split" | "failed";

/**
 * Reverts all hosts that a rollout touched, also when the run was cancelled.
 *
 * @returns the state they are in; the transaction has it host by host
 */
export async function revert(
  tx: Transaction,
  rollout: Rollout,
  touched: readonly Participant[],
): Promise<RevertOutcome> {
  const restarts = (member: Participant) =>
    member.facts.live?.id !== releaseOn(rollout, member) && !isUntouched(tx.of(member));
  // A failed host has not been restored in its balancers: they send it no requests.
  const serves = (member: Participant) => restarts(member) && !tx.drained(member);
  const takenOver = new Set<Host>();
  const turned = new Set<Participant>();
  const results = await inTurns(tx, { ...rollout, hosts: touched }, serves, async (member) => {
    const release = releaseOn(rollout, member);
    const before = member.facts.live?.id;
    // Its turn had not come: reverting would only restart it.
    if (before !== release && !restarts(member)) return proveLock(tx, member);
    turned.add(member);
    const reverting = async (task: Task) => {
      const reverted = await revertHost(tx, member, release, task).catch(async (error) => {
        await lookAgain(tx, member);
        throw error;
      });
      tx.activated(member, reverted.release, reverted.services);
      for (const warning of reverted.warnings) tx.warn(warning, member);
      if (reverted.release === release && before !== release) throw stillLive(member, release);
      if (reverted.release !== before) {
        takenOver.add(member.host);
        tx.error(takenOverBy(member, reverted.release));
        return;
      }
      const bad = before === undefined ? [] : reverted.services.filter(({ evidence }) => evidence === "none");
      if (bad.length > 0) {
        throw new Failure({
          code: "service-not-running",
          what: `${before} is live again, and ${bad.map(({ service }) => service).join(", ")} does not run`,
          where: { host: member.host.name },
          output: bad
            .flatMap(({ service, detail, log }) => [`${service}: ${detail}`, log?.trim() ?? []].flat())
            .join("\n"),
          remedy: "Look at this host now. When the reason is gone: tarlift converge TARGET starts what is down.",
        });
      }
    };
    const back = () => `back to ${tx.of(member).live ?? "no release"}`;
    await tx.phase("revert", member, reverting, back);
    if (before !== undefined && !takenOver.has(member.host)) await healthAfter(tx.uncancellable(), member, before);
  });
  tx.recordFailures(results.failed);
  for (const member of turned) tx.note(member, { down: downOn(tx, member) });
  for (const member of touched) tx.note(member, { drained: tx.drained(member) !== undefined || undefined });
  return revertOutcome(tx, rollout, touched);
}

/** Services of a host that links to its old release and were not seen to run it. */
function downOn(tx: Transaction, member: Participant): string[] | undefined {
  const { live, previousRelease, unknown, services } = tx.of(member);
  if (previousRelease === undefined || unknown || live !== previousRelease) return undefined;
  const down = services.filter(({ evidence }) => evidence === "none").map(({ service }) => service);
  const unseen = servicesOf(member, previousRelease).filter(
    ({ name }) => !services.some(({ service }) => service === name),
  );
  const all = [...down, ...unseen.map(({ name }) => name)];
  return all.length === 0 ? undefined : all;
}

/** Links to its old release, but does not serve. */
export const isDown = ({ down, drained }: HostOutcome): boolean => down !== undefined || drained === true;

function revertOutcome(tx: Transaction, rollout: Rollout, touched: readonly Participant[]): RevertOutcome {
  const where = touched.map((member) => {
    const { live, previousRelease, unknown } = tx.of(member);
    if (unknown) return "unknown";
    return live === previousRelease ? "back" : live === releaseOn(rollout, member) ? "failed" : "taken over";
  });
  if (where.includes("unknown")) return "split";
  const [first = "back"] = where;
  if (where.some((one) => one !== first)) return "split";
  if (first === "back") return "reverted";
  if (touched.length < rollout.total) return "split";
  // If another run or a person has activated something else meanwhile, nothing of this run is left.
  return first === "failed" ? "failed" : "reverted";
}

/** Whether the host still has its previous release, as far as is known. */
export const isUntouched = ({ live, previousRelease, unknown }: HostOutcome): boolean =>
  live === previousRelease && !unknown;

/** The revert failed: how far it came is asked, not guessed; perhaps the link is reverted and a service is not. */
async function lookAgain(tx: Transaction, member: Participant): Promise<void> {
  const { host, layout, services, shared } = member;
  const facts = host.lost ? undefined : await host.facts({ layout, services, shared }).catch(() => undefined);
  const seen =
    facts && (await host.observe({ services: servicesOf(member, facts.live?.id), settle: false }).catch(() => []));
  tx.activated(member, facts?.live?.id, seen);
}

/** Another run has changed the host since the connection broke: that run is responsible for it. */
const takenOverBy = ({ host, facts }: Participant, live: string | undefined): ReportedError => ({
  host: host.name,
  code: "host-state-changed",
  what: `another run has made ${live ?? "nothing"} live there meanwhile; it was ${facts.live?.id ?? "nothing"} when this one began`,
  remedy: "Nothing of this run is left there.",
});

function stillLive({ host }: Participant, release: string): Failure {
  return new Failure({
    code: "host-state-changed",
    what: `${release} is live there: the host, or another run, has finished it meanwhile`,
    where: { host: host.name },
    remedy: "tarlift converge brings all hosts to what they agreed on last.",
  });
}

/**
 * The old release is live and runs: if it does not answer (perhaps it did not before either), that is a warning, and
 * changes no outcome.
 */
async function healthAfter(tx: Transaction, member: Participant, before: string): Promise<void> {
  try {
    tx.observed(member, await healthOf(member, before, tx.of(member).services, tx));
  } catch (thrown) {
    const error = errorOf(thrown, member.host.name);
    tx.error({ ...error, what: `after the revert, ${error.what}` });
  }
}
