import type { Supervisor } from "../supervisor.ts";
import definitionShell from "./definition.sh";
import shell from "./systemd.sh";

export const systemd = {
  key: "systemd",
  kinds: ["systemd", "systemd-user"],
  shell,
  definitionShell,
} as const satisfies Supervisor;
