// Sentences about the outcome of a transaction, the same for a terminal, a runner's log and a job summary.
import type { Outcome, Phase, Report, ReportedError } from "../fleet/report.ts";
import type { EvidenceLevel, ServiceEvidence } from "../host/host.ts";

/** The meaning of an outcome, if only its name is known; {@link outcomeSentence} also says what was seen. */
export const OUTCOME_SENTENCES: Record<Outcome, string> = {
  deployed: "it is live",
  unchanged: "it was live already",
  superseded: "nothing changed: a newer commit is live",
  "rolled-back": "it is live again",
  planned: "a plan: nothing changed",
  refused: "nothing changed anywhere",
  reverted: "every host that was touched is back where it was",
  split: "THE FLEET IS SPLIT: hosts lead to different releases",
  failed: "it did not come to an end",
};

/** Maximum number of services in a sentence. */
const NAMED = 5;

/**
 * The sentence about a transaction's outcome. It says what was seen of hosts and services, and names those of which it
 * was not seen: hosts that were left out or still run an older release, services whose evidence is not about this
 * release.
 */
export function outcomeSentence(report: Pick<Report, "outcome" | "hosts" | "stopped">): string {
  const { outcome, stopped } = report;
  const sentence = outcomeOf(report);
  // If all hosts were already asked to commit, the release stays.
  if (stopped === undefined || !["refused", "reverted", "split", "failed"].includes(outcome)) return sentence;
  return `${sentence}; the run was asked to stop${stopped.startsWith("SIG") ? ` (${stopped})` : ""}`;
}

function outcomeOf({ outcome, hosts }: Pick<Report, "outcome" | "hosts">): string {
  if (outcome === "reverted") return revertedSentence(hosts);
  if (outcome === "split") return splitSentence(hosts);
  if (outcome === "failed" && hosts.some(wasRevertedInVain))
    return "the release failed, and could not be reverted: it is still live";
  const recovered = hosts.some(({ phases }) => phases.some(({ phase }) => phase === "recover"));
  if (recovered && (outcome === "refused" || outcome === "superseded"))
    return `${outcome === "superseded" ? "a newer commit is live" : "nothing new was done"}; what an earlier run had left was put in order, as the warnings say`;
  if (moodOf(outcome) !== "good") return OUTCOME_SENTENCES[outcome];
  const others = hosts.filter(({ unknown, behind }) => unknown || behind).map(({ name }) => name);
  const done = hosts.filter(({ unknown, behind }) => !unknown && !behind);
  const where =
    others.length === 0 ? "every host" : `${done.length} of ${hosts.length} hosts, NOT on ${others.join(", ")}`;
  return [
    `${OUTCOME_SENTENCES[outcome]} on ${where}`,
    ...servicesSeen(done, others.length > 0),
    ...leftRunning(done),
  ].join("; ");
}

/** Where the links lead is one fact; whether the services run again is another. */
function revertedSentence(hosts: Report["hosts"]): string {
  const did = (what: Phase) => hosts.some(({ phases }) => phases.some(({ phase }) => phase === what));
  // Only a recovery reverts a run that was killed.
  const switched =
    did("activate") || (did("recover") && !did("migrate")) || hosts.some(({ returned }) => returned === true);
  const other = switched && hosts.find(({ live, previousRelease, unknown }) => !unknown && live !== previousRelease);
  if (other)
    return `this release is live nowhere; another run, or a person, has made ${other.live ?? "no release"} live meanwhile, and it stays`;
  const down = hosts.flatMap(({ name, down = [] }) => down.map((service) => `${service} on ${name}`));
  const drained = hosts.filter((host) => host.drained).map(({ name }) => name);
  const but = [
    ...(down.length > 0 ? [`NOT RUNNING: ${down.join(", ")}`] : []),
    ...(drained.length > 0 ? [`NOT BACK IN ITS BALANCER: ${drained.join(", ")}`] : []),
  ];
  if (but.length === 0) return switched ? OUTCOME_SENTENCES.reverted : "no host was switched";
  const where = switched ? "every host that was touched leads to its old release again" : "no host was switched";
  return `${where}, but ${but.join("; ")}`;
}

function splitSentence(hosts: Report["hosts"]): string {
  const unknown = hosts.filter((host) => host.unknown).map(({ name }) => name);
  const differ = new Set(hosts.filter((host) => !host.unknown).map(({ live }) => live)).size > 1;
  if (differ || unknown.length === 0) return OUTCOME_SENTENCES.split;
  return `THE FLEET MAY BE SPLIT: what is live could not be asked on ${unknown.join(", ")}`;
}

const wasRevertedInVain = ({ phases }: Report["hosts"][number]): boolean =>
  phases.some(({ phase, ok }) => phase === "revert" && !ok);

/** Services that no longer belong to the target and run another release: activating did not affect them. */
function leftRunning(hosts: Report["hosts"]): string[] {
  const left = hosts.flatMap(({ name, live, dropped = [] }) =>
    dropped
      .filter(({ release }) => release !== live)
      .map(({ service, release }) => `${service} on ${name} (${release})`),
  );
  return left.length === 0 ? [] : [`LEFT RUNNING, no longer in tarlift.yml: ${left.join(", ")}`];
}

/** Whether the evidence is about this release, and not only about a process that runs. */
const isProof = ({ evidence }: ServiceEvidence): boolean => evidence === "release-header" || evidence === "directory";

function servicesSeen(hosts: Report["hosts"], someHosts: boolean): string[] {
  const services = hosts
    .flatMap(({ name, services }) => services.map((service) => ({ host: name, ...service })))
    .filter(({ evidence }) => evidence !== "absent");
  if (services.length === 0) return [];
  const unseen = services.filter((service) => !isProof(service));
  if (unseen.length === 0) return [`every service ${someHosts ? "there " : ""}was seen running it`];
  const names = unseen
    .slice(0, NAMED)
    .map(({ host, service, evidence }) => `${service} on ${host} (${evidence === "none" ? "does not run" : evidence})`);
  const rest = unseen.length > NAMED ? ` and ${unseen.length - NAMED} more` : "";
  return [
    `${services.length - unseen.length} of ${services.length} services were seen running it, NOT VERIFIED: ${names.join(", ")}${rest}`,
  ];
}

/** The sentence about a schema that is newer than the code, for an outcome; undefined if it is not. */
export function schemaSentence({ schemaAhead, schemaUncertain }: Report): string | undefined {
  if (!schemaAhead) return undefined;
  return schemaUncertain
    ? "SCHEMA PERHAPS AHEAD: migrations were begun and did not end well; the code that came with them is not live"
    : "SCHEMA AHEAD: migrations were applied that came with code which is not live";
}

/** Whether the outcome is good news, a warning, or bad news. */
export function moodOf(outcome: Outcome): "good" | "warn" | "bad" {
  if (["deployed", "unchanged", "rolled-back"].includes(outcome)) return "good";
  return ["superseded", "planned"].includes(outcome) ? "warn" : "bad";
}

/** The meaning of each evidence level. */
export const EVIDENCE_MEANING: Readonly<Record<EvidenceLevel, string>> = {
  "release-header": "it names the release over HTTP",
  directory: "its working directory is the release",
  environment: "it runs the release's environment",
  started: "its processes are others than before the switch",
  restarted: "its supervisor says that it started it after the switch",
  supervisor: "its supervisor, or its status command, says that it runs",
  unverified: "nothing could be asked",
  absent: "nothing is expected of it",
  none: "it does not run",
};

/** What to do next: a command, and a remark in which commands are between backticks. */
export interface NextStep {
  command: string;
  remark?: string;
}

/**
 * The next command. It contains `--artifact ARTIFACT` if it needs the artifact of this call (src/report/invocation.ts).
 */
export function nextStep({
  outcome,
  target,
  hosts = [],
  back,
}: Pick<Report, "outcome" | "target"> & Partial<Report>): NextStep {
  const status = `tarlift status ${target}`;
  switch (outcome) {
    case "deployed":
    case "rolled-back":
    case "unchanged":
      if (hosts.some(isLeftOut))
        return {
          command: `tarlift converge ${target} --artifact ARTIFACT`,
          remark: "brings those along that do not run it",
        };
      return { command: status, ...(back ? { remark: `to roll back: \`${backCommand(target, back)}\`` } : {}) };
    case "superseded":
      // Not with this call's artifact: the others run a newer release.
      if (!hosts.some(isLeftOut)) return { command: status };
      return { command: `tarlift converge ${target}`, remark: "brings those along that were left out" };
    case "planned":
      return { command: `tarlift deploy ${target}` };
    case "reverted":
      if (!hosts.some(({ down, drained }) => down || drained)) return { command: status };
      return {
        command: `tarlift converge ${target}`,
        remark: "starts services that are down and restores hosts in their balancers, once the cause is fixed",
      };
    case "split":
      return {
        command: `tarlift converge ${target}`,
        remark: "every host to the release that all agreed on last; a deploy begins with the same",
      };
    case "failed":
      return { command: status, remark: "then run the same command again: it begins by putting the fleet in order" };
    default:
      return { command: status };
  }
}

/** Like {@link nextStep}, on one line; `completeCommands` turns it into what can be typed. */
export const nextCommand = (report: Parameters<typeof nextStep>[0]): string => {
  const { command, remark } = nextStep(report);
  return `${command}${remark ? `   (${remark.replaceAll("`", "")})` : ""}`;
};

/**
 * What to do next on GitHub. Commands are between backticks; a person with access to the hosts types them in a
 * checkout.
 */
export function nextOnGithub({ outcome, target, hosts = [], back }: Parameters<typeof nextStep>[0]): string {
  switch (outcome) {
    case "deployed":
    case "rolled-back":
    case "unchanged":
      if (hosts.some(isLeftOut))
        return `when the hosts that were left out answer again, run this job again; or, in a checkout, \`tarlift converge ${target}\``;
      if (outcome === "unchanged")
        return `nothing to do; the action \`status\` says what runs where (in a checkout: \`tarlift status ${target}\`)`;
      if (!back) return `to look at it, run the action \`status\` (in a checkout: \`tarlift status ${target}\`)`;
      return `to look at it, run the action \`status\`; to return to the previous release, the action \`rollback\`${back.to ? ` with \`to: ${back.to}\`` : ""} (in a checkout: \`tarlift status ${target}\`, \`${backCommand(target, back)}\`)`;
    case "planned":
      return "run it without `dry-run`";
    case "superseded":
      if (hosts.some(isLeftOut))
        return `when the hosts that were left out answer again, \`tarlift converge ${target}\` in a checkout brings them to what the others run; \`allow-older: true\` deploys this commit all the same`;
      return "nothing to do; `allow-older: true` deploys it all the same";
    case "split":
      return `when all hosts answer, run this job again: it begins by putting the fleet in order; or, in a checkout, \`tarlift converge ${target}\``;
    case "failed":
      return `run this job again: it begins by putting the fleet in order (in a checkout, \`tarlift status ${target}\` says what runs where)`;
    case "reverted":
      if (hosts.some(({ down, drained }) => down || drained))
        return `fix what is named above; what is down is started by the next run, or, in a checkout, by \`tarlift converge ${target}\``;
      return "fix what is named above, then run this job again";
    case "refused":
      return "fix what is named above, then run this job again";
  }
}

/**
 * Returns to the release that was live before. Across migrations, only with the option that says that older code works
 * with them.
 */
const backCommand = (target: string, { to, crosses }: NonNullable<Report["back"]>): string =>
  `tarlift rollback ${target}${to ? ` --to ${to}` : ""}${crosses ? " --allow-schema-ahead" : ""}`;

const isLeftOut = ({ unknown, behind }: Report["hosts"][number]) => unknown || behind;

/** An error in a few lines, for output beside a result. */
export const errorText = ({ host, what, remedy }: ReportedError): string =>
  `${host ? `${host}: ` : ""}${what}${remedy ? `\n  next: ${remedy}` : ""}`;
