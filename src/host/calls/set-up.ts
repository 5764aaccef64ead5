// What root sets up on a host before its first deploy.
import { SETUP_PROGRAM } from "../../session/program.ts";
import type { Session } from "../../session/session.ts";
import type { SetUpRequest } from "../host.ts";

/** As `Host.setUp`. @returns the lines that the script printed */
export async function setUp(session: Session, { layout, script, apply }: SetUpRequest): Promise<string[]> {
  if (!session.layout) session.begin(layout, undefined);
  const reply = await session.call("setup", {
    values: { mode: apply ? "apply" : "plan" },
    texts: { program: SETUP_PROGRAM, script },
  });
  return (reply.texts.get("said") ?? "").split("\n").filter(Boolean);
}
