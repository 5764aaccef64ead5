// `adopt`: makes what runs on a target's hosts without Tarlift their first good release.
import type { Config } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { installerOf } from "../installers/registry.ts";
import { type AdoptionReport, adopt } from "../operations/adopt.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, withFleet } from "./fleet-request.ts";

export interface AdoptOptions extends FleetOptions {
  /** The directory of the running application on the hosts, absolute; left out: `current`. */
  from?: string | undefined;
  /** The file that holds its configuration, absolute or relative to that directory. */
  envFile?: string | undefined;
  /** Otherwise nothing changes. */
  apply: boolean;
}

/** @throws Failure (refused) for an invalid path, and as {@link fleetRequest} does */
export async function adoptOn(context: Context, options: AdoptOptions): Promise<AdoptionReport> {
  const from = options.from?.replace(/\/+$/, "");
  if (from !== undefined && !/^(\/[^/\0\n]+)+$/.test(from))
    throw refused(`${JSON.stringify(options.from)} is no absolute path of a directory`);
  if (options.envFile !== undefined && !/^[^\0\n]+$/.test(options.envFile))
    throw refused(`${JSON.stringify(options.envFile)} is no path of a file`);
  const { apply, envFile } = options;
  const programs = programsOf(context.config);
  return withFleet(context, options, (request) =>
    adopt({ ...request, from, envFile, apply, programs, now: new Date() }),
  );
}

/** The first entries of `PATH`: programs of environments. */
function programsOf({ environments }: Config): string[] {
  return Object.values(environments).flatMap((environment) => {
    const installer = installerOf(environment.installer);
    if (installer.kind !== "path" || environment.use === "build") return [];
    return installer.runtime({}, installer.releasePath(environment).path).path;
  });
}

const refused = (what: string) => new Failure({ code: "input-invalid", what, outcome: "refused" });
