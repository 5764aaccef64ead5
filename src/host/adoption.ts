// What a host says of an application that is to be adopted (src/remote/adopt.sh).
import type { Reply } from "./connection.ts";
import type { Adoption } from "./types.ts";

const BECOMES = ["move", "link", "keep", "none"] as const;

/** Reads the reply of `adopt`. */
export function parseAdoption(reply: Reply): Adoption {
  const all = (key: string) => reply.values.get(key) ?? [];
  const already = reply.value("already");
  const variables = reply.value("variables");
  return {
    findings: all("finding").map((line) => {
      const [what, remedy] = line.split("\t");
      return { what: what!, remedy: remedy || undefined };
    }),
    adopted: already !== undefined || reply.value("adopted") === "yes",
    begun: reply.value("begun") === "yes",
    layout: reply.value("layout") === "releases" ? "releases" : "plain",
    from: reply.value("from") || undefined,
    release: already ?? all("release").findLast(Boolean),
    commit: reply.value("commit") || undefined,
    files: Number(reply.value("files") ?? 0),
    foreign: Number(reply.value("foreign") ?? 0),
    variables: variables === undefined ? undefined : Number(variables),
    shared: all("shared").map((line) => {
      const [word, ...path] = line.split(" ");
      return { path: path.join(" "), becomes: BECOMES.find((known) => known === word) ?? "none" };
    }),
    services: all("running").map((line) => {
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
