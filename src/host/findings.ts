// Evaluates a host's facts for an incoming release: every finding with its remedy, all at once.
import { isFailureCode } from "../failure-codes.ts";
import { probesOf } from "../host-requirements/probes.ts";
import type { Reply } from "../protocol/call.ts";
import { visibleLine } from "../text/visible.ts";
import { findByRows } from "./finding-rows.ts";
import type { FactsRequest, Finding } from "./host.ts";
import { parseReleases, strangeReleases } from "./release-records.ts";
import { recordsOf, requirementFindings } from "./requirement-findings.ts";
import { type MissingContent, spaceFindings } from "./space-findings.ts";
import { NO_AUTO_REVERT, STATE_FINDINGS } from "./state-findings.ts";

/**
 * @param missing what would have to be sent; undefined when there is no incoming release
 * @returns findings that make a deploy fail, and warnings
 */
export function findingsOf(
  request: FactsRequest,
  reply: Reply<"facts">,
  missing: MissingContent | undefined,
): { findings: Finding[]; warnings: string[] } {
  const { artifact, layout } = request;
  const user = reply.value("user") ?? "the SSH user";
  const probes = (artifact ? probesOf(recordsOf(artifact)) : []).map((probe) =>
    probe.read(reply.all(probe.reply), user),
  );
  const findings = [
    ...findByRows(STATE_FINDINGS, reply, {
      layout,
      user,
      adopting: request.adopting ?? false,
      halfAdopted: Boolean(reply.value("half_adopted")),
      autoRevert: request.autoRevert,
      newestGood: newestGood(reply),
    }),
    ...reply.all("finding").map(parseFinding),
    ...(artifact ? requirementFindings(artifact, reply) : []),
    ...probes.flatMap((probe) => probe.findings),
    ...(missing ? spaceFindings(reply, missing, layout) : []),
  ];
  const warnings = [
    ...(request.autoRevert === "wanted" && reply.value("switch") === "none" ? [NO_AUTO_REVERT] : []),
    ...reply.all("warning"),
    ...strangeReleases(reply.texts.get("releases") ?? "").map(
      (name) =>
        `${layout.root}/.tarlift/releases has ${JSON.stringify(visibleLine(name).slice(0, 100))}, which cannot be the name of a release: it is left out. Look at who wrote it`,
    ),
    ...probes.flatMap((probe) => probe.warnings),
    ...copyWarnings(request, reply),
  ];
  return { findings, warnings };
}

function copyWarnings({ artifact, layout }: FactsRequest, reply: Reply<"facts">): string[] {
  const hasTrees = artifact?.release.environments.some(({ kind }) => kind === "tree");
  if (!hasTrees || !reply.value("environments_elsewhere")) return [];
  return [`${layout.environmentsRoot} is on another file system than ${layout.root}: trees are copied, not linked`];
}

/** The release that became good last, by its name. */
const newestGood = (reply: Reply<"facts">): string | undefined =>
  parseReleases(reply.texts.get("releases") ?? "").find(({ state, absent }) => state === "good" && !absent)?.id;

/** Reads a `finding` of the program on the host: code, sentence and remedy, separated by tabs. */
export function parseFinding(line: string): Finding {
  const [code, what = "", remedy] = line.split("\t");
  return { code: isFailureCode(code) ? code : "protocol-broken", what, remedy: remedy || undefined };
}
