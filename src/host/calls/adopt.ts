// Adopts a running application as the first release of a host (src/remote/adopt.sh).

import type { Reply } from "../../protocol/call.ts";
import { checkedRelease } from "../../protocol/recorded-names.ts";
import { ADOPT_PROGRAM } from "../../session/program.ts";
import type { Session } from "../../session/session.ts";
import { lines } from "../../text/format-lines.ts";
import { SHELL_NAMES } from "../../text/shell-names.ts";
import { parseFinding } from "../findings.ts";
import type { Adoption, AdoptRequest } from "../host.ts";
import { execWrapper, formatEnvironment } from "../release-env.ts";
import { recordedLines, serviceTexts, serviceValues } from "../services.ts";

/** As `Host.adopt`. @throws Failure as the host replied */
export async function adopt(session: Session, request: AdoptRequest): Promise<Adoption> {
  const { as, shared, services } = request;
  session.transaction = as?.transaction ?? "";
  const variables = as && {
    TARLIFT_RELEASE: as.release,
    TARLIFT_VERSION: as.release,
    TARLIFT_COMMIT: as.commit ?? "",
    TARLIFT_TARGET: session.layout?.target ?? "",
  };
  const reply = await session.call("adopt", {
    values: {
      apply: as ? "yes" : "no",
      from: request.from ?? "",
      env_file: request.envFile ?? "",
      shell_names: SHELL_NAMES.join(" "),
      release: as?.release ?? "",
      version: as?.release ?? "",
      ...serviceValues(services),
    },
    texts: {
      program: ADOPT_PROGRAM,
      env: formatEnvironment(variables ?? {}),
      exec: execWrapper(as?.programs ?? []),
      services: recordedLines(request.recorded),
      "shared-directories": lines(shared.directories),
      "shared-files": lines(shared.files),
      ...serviceTexts(services),
    },
  });
  return parseAdoption(reply);
}

const BECOMES = ["move", "link", "keep", "none"] as const;

/** Reads the reply of `adopt`. @throws Failure (refused) for a release whose name cannot be one */
export function parseAdoption(reply: Reply<"adopt">): Adoption {
  const already = reply.value("already");
  const variables = reply.value("variables");
  const release = already ?? reply.all("release").findLast(Boolean);
  return {
    findings: reply.all("finding").map(parseFinding),
    adopted: already !== undefined || reply.value("adopted") === "yes",
    begun: reply.value("begun") === "yes",
    layout: reply.value("layout") === "releases" ? "releases" : "plain",
    from: reply.value("from") || undefined,
    release: release && checkedRelease(release, "what is to be adopted"),
    commit: [reply.value("commit") ?? ""].find((commit) => /^[0-9a-f]{40,64}$/.test(commit)),
    files: Number(reply.value("files") ?? 0),
    foreign: Number(reply.value("foreign") ?? 0),
    variables: variables === undefined ? undefined : Number(variables),
    shared: reply.all("shared").map((line) => {
      const [word, ...path] = line.split(" ");
      return { path: path.join(" "), becomes: BECOMES.find((known) => known === word) ?? "none" };
    }),
    services: reply.all("running").map((line) => {
      const [name, state, directory, ...detail] = line.split(" ");
      return {
        name: name!,
        state: state!,
        directory: directory === "-" ? undefined : directory,
        detail: detail.join(" "),
      };
    }),
  };
}
