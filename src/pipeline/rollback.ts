// `rollback`: rolls a whole target back to the release that it last ran in good health.
import { findTarget } from "../config/select.ts";
import type { Report } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import { rollback } from "../fleet/rollback.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, withFleet } from "./fleet-request.ts";
import { notifying } from "./with-notifications.ts";

export interface RollbackOptions extends FleetOptions {
  /** Another good release: its name, version or commit. */
  to?: string | undefined;
  /** Hash every file of it before activation. */
  verifyFull?: boolean | undefined;
  /** Allows a rollback across migrations that were applied since. */
  allowSchemaAhead?: boolean | undefined;
  /** As for a deploy. */
  begins?: ((request: FleetRequest) => void) | undefined;
}

/** @returns and throws as {@link deployTo} does */
export function rollbackOn(context: Context, options: RollbackOptions): Promise<Report> {
  return notifying(context, options, (started) =>
    withFleet(context, options, (request) => {
      options.begins?.(request);
      started({}, "a rollback began");
      const { migrations } = context.config;
      return rollback({
        ...request,
        to: options.to,
        verifyFull: options.verifyFull ?? false,
        allowSchemaAhead: options.allowSchemaAhead,
        migrations: migrations && {
          pending: migrations.pending,
          roles: migrations.roles,
          policy: findTarget(context.config, options.target).migrations ?? migrations.policy,
        },
      });
    }),
  );
}
