// The layer of the application's own files.
import { join } from "node:path";
import { pathsOf } from "../artifact/format.ts";
import { type PackedLayer, type PackSource, packLayer } from "../artifact/pack.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import { during } from "../progress.ts";
import type { Source } from "../source/read-source.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import type { AssetLayer } from "./asset-layer.ts";
import type { BundleRun } from "./bundle-run.ts";
import { hooksOf } from "./own-package.ts";

/**
 * Packs tracked and included files, byte code, and the links to environments and workspaces.
 *
 * @param made.shipped the environments that ship
 */
export function packApplication(
  { options, scratch, timings }: BundleRun,
  source: Source,
  { shipped, assets }: { shipped: readonly BuiltEnvironment[]; assets: readonly AssetLayer[] },
): Promise<PackedLayer> {
  const { config, work, progress } = options;
  const base = pathsOf(config.app).application;
  const pack = () =>
    during(
      progress,
      "pack the application",
      async (task) => {
        const elsewhere = new Set(assets.flatMap(({ layer }) => layer.index.map(({ path }) => path)));
        const made = hooksOf(shipped)?.files(source.sources, { base: `/${base}`, work, elsewhere });
        const sources = [...((await made) ?? source.sources), ...shipped.flatMap(linksOf)];
        return packLayer(sources, { base, file: join(scratch, "application.layer"), task });
      },
      (layer) =>
        `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`,
    );
  return timings.measure("application", pack);
}

/** Links of the application to an environment, and into it. */
const linksOf = ({ record, workspaceLinks }: BuiltEnvironment): PackSource[] => [
  ...(record.link ? [{ type: "link" as const, path: record.link, target: `${record.root}/${record.id}` }] : []),
  ...workspaceLinks.map((link) => ({ type: "link" as const, ...link })),
];
