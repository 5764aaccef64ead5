// Cleans up after a step that was cancelled or killed: its transaction is finished or reverted.
import { existsSync } from "node:fs";
import { openArtifact } from "../artifact/open-artifact.ts";
import { endKilledRun } from "../fleet/end-killed-run.ts";
import type { Report } from "../fleet/report.ts";
import { ownConfig, recoveryConfig } from "./authoritative-config.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, withFleet } from "./fleet-request.ts";
import { notifying } from "./with-notifications.ts";

export interface EndKilledRunOptions extends FleetOptions {
  /** The transaction in the hosts' records. */
  deployId: string;
  /** The artifact of that run, if there was one: it defines the services. */
  artifact?: string | undefined;
}

/** @returns the report of {@link endKilledRun} */
export async function endKilledRunOn(context: Context, options: EndKilledRunOptions): Promise<Report> {
  const { artifact, deployId } = options;
  const opened = artifact !== undefined && existsSync(artifact) ? await openArtifact(artifact) : undefined;
  const own = ownConfig(opened?.release.configuration);
  const config = own ? await recoveryConfig(own, context.config, options.target) : context.config;
  return notifying(context, options, () =>
    withFleet(context, { ...options, config }, (request) => endKilledRun({ ...request, deployId })),
  );
}
