// The result of `tarlift compatible`, as lines for a terminal and a log.
import type { Compatibility } from "../compatible/result.ts";
import { formatCount } from "../text/quantity.ts";

export function compatibilityLines({ app, target, outcome, live, release, migrations }: Compatibility): string[] {
  const count = formatCount(migrations.length, "migration");
  const said: Record<Compatibility["outcome"], string> = {
    compatible: `${live?.version}, which is live, works with the schema of ${release.version}: ${count} tried`,
    "nothing-pending": `${release.version} brings no migration beyond ${live?.version}, which is live`,
    "nothing-live": "nothing is live there: there is nothing to be compatible with",
    "same-release": `${release.version} is live already`,
  };
  return [`${app} on ${target}: ${said[outcome]}`, ...migrations.map((name) => `  ${name}`)];
}
