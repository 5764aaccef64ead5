// The plan or the result of an adoption, as lines for people.
import type { AdoptionReport, HostAdoption } from "../operations/adopt.ts";
import { formatCount } from "../text/quantity.ts";
import { groupErrors } from "./group-errors.ts";
import { errorText } from "./outcome-text.ts";

/** What was done, or would be, host by host, and the next command. */
export function adoptionLines(report: AdoptionReport): string[] {
  const { outcome, target, errors } = report;
  const lines = outcome === "refused" ? [] : report.hosts.flatMap((host) => hostLines(host, outcome === "planned"));
  return [
    ...lines,
    ...groupErrors(errors).flatMap((error) => errorText(error).split("\n")),
    "",
    ...end(outcome, target),
  ];
}

function hostLines({ name, adoption, release, services, warnings }: HostAdoption, planned: boolean): string[] {
  if (adoption.adopted && adoption.from === undefined) return [`${name}: ${release} was adopted before`];
  const { from, commit, layout } = adoption;
  const what = layout === "releases" ? "a release of another tool" : "a directory";
  return [
    `${name}: ${from} (${what}${commit ? `, at commit ${commit.slice(0, 12)}` : ""}) ${planned ? "would become" : "is"} the release ${release}`,
    ...(adoption.begun ? ["  a move that was cut off is finished"] : []),
    ...stepsOf(adoption, release).map((step) => `  ${planned ? "would be done" : "done"}: ${step}`),
    ...(planned
      ? adoption.services.map(({ name: service, detail }) => `  ${service} goes on without a restart: ${detail}`)
      : services.map(({ service, evidence, detail }) => `  ${service}: ${detail} (${evidence})`)),
    ...warnings.map((warning) => `  ! ${warning}`),
  ];
}

function stepsOf({ from, layout, shared, variables, files, foreign }: HostAdoption["adoption"], release: string) {
  const left = foreign > 0 ? `; ${formatCount(foreign, "entry", "entries")} of other users left out` : "";
  return [
    ...shared.flatMap(({ path, becomes }) => {
      if (becomes === "move") return [`${path} moved to shared/${path}, a link in its place`];
      return becomes === "link" ? [`shared/${path} leads to where ${path} leads`] : [];
    }),
    variables === undefined
      ? ".tarlift/exec and an empty configuration for it (--dotenv takes one over)"
      : `.tarlift/exec and its configuration, ${formatCount(variables, "variable")}`,
    `${formatCount(files, "file")} recorded, so that a rollback to it can be verified${left}`,
    layout === "releases"
      ? "nothing moved: it stays where it is"
      : `${from} renamed to releases/${release}, and a link in its place`,
  ];
}

function end(outcome: AdoptionReport["outcome"], target: string): string[] {
  switch (outcome) {
    case "planned":
      return ["a plan: nothing changed", `next: tarlift adopt ${target} --apply`];
    case "adopted":
      return [
        "every host has it as a good release; no service was restarted",
        `next: tarlift host setup ${target} --check   and then: tarlift deploy ${target}   (to roll back: tarlift rollback ${target})`,
      ];
    case "refused":
      return ["nothing changed anywhere"];
    case "failed":
      return ["it did not come to an end on every host: the same command again finishes it"];
  }
}
