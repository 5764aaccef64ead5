// The dead man's switch of a place in a balancer that a command on the host gives back (src/remote/auto-restore.sh).
import { createHash } from "node:crypto";
import { OWN_SEATS_PROGRAM } from "../../session/program.ts";
import type { Dialogue } from "../../session/session.ts";
import type { OwnSeat } from "../host.ts";
import { formatEnvironment } from "../release-env.ts";
import { takenLine } from "./notes.ts";

/** As `Host.ownSeat`. @throws Failure as the host replied */
export async function ownSeat(
  dialogue: Dialogue,
  what: "probe" | "arm" | "disarm",
  { seat, after, run, variables, timeout }: OwnSeat,
): Promise<{ able: boolean }> {
  const reply = await dialogue.call("seats", {
    values: {
      do: what,
      key: createHash("sha256").update(seat).digest("hex").slice(0, 16),
      after: Math.ceil(after),
      timeout: Math.ceil(timeout),
    },
    texts: {
      program: OWN_SEATS_PROGRAM,
      task: run,
      variables: formatEnvironment(variables),
      taken: takenLine({ seat, had: "ready" }),
    },
  });
  return { able: reply.value("lacks") === undefined };
}
