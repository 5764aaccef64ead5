import type { Supervisor } from "../supervisor.ts";
import shell from "./command.sh";

export const command = {
  key: "command",
  kinds: ["command"],
  shell,
} as const satisfies Supervisor;
