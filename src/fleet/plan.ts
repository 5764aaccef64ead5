// From facts to a plan: a pure decision. All findings of all hosts are reported at once.
import type { Participant } from "./member.ts";
import type { ReportedError } from "./report.ts";
import type { DeployRequest } from "./request.ts";

export type Plan =
  | { decision: "refused"; errors: ReportedError[]; warnings: string[] }
  | { decision: "superseded"; by: string; warnings: string[] }
  | { decision: "unchanged"; warnings: string[] }
  | { decision: "deploy"; warnings: string[] };

/** Decides what a deploy will do on this fleet, and whether it may. */
export async function plan(
  request: Pick<DeployRequest, "artifact" | "allowOlder" | "isAncestor" | "restart">,
  fleet: readonly Participant[],
): Promise<Plan> {
  const errors = fleet.flatMap(findingsOf);
  const warnings = fleet.flatMap(warningsOf);
  if (errors.length > 0) return { decision: "refused", errors, warnings };
  const by = request.allowOlder ? undefined : await supersededBy(request, fleet);
  if (by !== undefined) return { decision: "superseded", by, warnings };
  if (request.restart === "changed" && fleet.every(({ facts }) => facts.unchanged))
    return { decision: "unchanged", warnings };
  return { decision: "deploy", warnings };
}

/** Findings that exclude a host from any transaction. */
export function findingsOf({ host, facts }: Participant): ReportedError[] {
  const errors: ReportedError[] = facts.findings.map((finding) => ({ host: host.name, ...finding }));
  if (facts.deployLock !== undefined) {
    errors.push({
      host: host.name,
      code: "deploys-locked",
      what: `deploys are locked: ${facts.deployLock}`,
      remedy: "When it is over: tarlift unlock TARGET",
    });
  }
  return errors;
}

export function warningsOf({ host, facts }: Participant): string[] {
  return facts.warnings.map((warning) => `${host.name}: ${warning}`);
}

/**
 * The live commit that supersedes ours: every host that runs a release runs a descendant of our commit. A fleet with
 * different releases is never reported as superseded, so that a deploy can make it uniform.
 */
async function supersededBy(
  request: Pick<DeployRequest, "artifact" | "isAncestor">,
  fleet: readonly Participant[],
): Promise<string | undefined> {
  const ours = request.artifact.release.commit.id;
  const live = fleet.map(liveCommit);
  const [first] = live;
  if (first === undefined || first === ours || live.some((commit) => commit !== first)) return undefined;
  return (await request.isAncestor(ours, first)) ? first : undefined;
}

function liveCommit({ facts }: Participant): string | undefined {
  return facts.live?.commit || undefined;
}
