// What root sets up on a host before its first deploy.
import { SETUP_PROGRAM } from "../../session/program.ts";
import type { Dialogue } from "../../session/session.ts";
import type { SetUpRequest } from "../host.ts";

/** As `Host.setUp`. @returns the lines that the script printed */
export async function setUp(dialogue: Dialogue, { place, script, apply }: SetUpRequest): Promise<string[]> {
  if (!dialogue.place) dialogue.begin(place, undefined);
  const reply = await dialogue.call("setup", {
    values: { mode: apply ? "apply" : "plan" },
    texts: { program: SETUP_PROGRAM, script },
  });
  return (reply.texts.get("said") ?? "").split("\n").filter(Boolean);
}
