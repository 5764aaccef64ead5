import type { Supervisor } from "../supervisor.ts";
import definitionShell from "./definition.sh";
import shell from "./supervisord.sh";

export const supervisord = {
  key: "supervisord",
  kinds: ["supervisord"],
  shell,
  definitionShell,
} as const satisfies Supervisor;
