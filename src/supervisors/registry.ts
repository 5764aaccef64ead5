// All supervisors.
import { command } from "./command/index.ts";
import type { Supervisor } from "./supervisor.ts";
import { supervisord } from "./supervisord/index.ts";
import { systemd } from "./systemd/index.ts";

export const SUPERVISORS = [supervisord, systemd, command] as const satisfies readonly Supervisor[];
