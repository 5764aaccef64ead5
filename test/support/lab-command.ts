// The command against a lab, bundled once for a test file.
import { commandOn, type LabCommand } from "../lab/command.ts";
import type { Lab } from "../lab/lab.ts";
import { bundledCommand } from "./command.ts";
import { temporary } from "./temporary.ts";

export type { LabCommand } from "../lab/command.ts";

/** @param repository where tarlift.yml is: the directory in which the command is started */
export const labCommand = (lab: Lab, repository: string): LabCommand =>
  commandOn(lab, { repository, home: temporary("home"), cli: bundledCommand() });
