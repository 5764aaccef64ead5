// Local directories that offer packages to an installer: directories of wheels, and indexes that are directories. Their
// content decides what is installed, as a version does.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { z } from "zod";

/**
 * The local path of a text that names a source of packages.
 *
 * @param text a path, an address, or uv's `name=path`
 * @param directory where relative paths start, absolute
 * @returns absolute; undefined for an address on the network, and for a path that does not exist
 */
export function offeredPlace(text: string, directory: string): string | undefined {
  return [text, text.replace(/^[\w.-]+=/, "")].map((one) => pathOf(one, directory)).find((path) => existsSync(path));
}

function pathOf(text: string, directory: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return text === "" ? "" : resolve(directory, text.replace(/^~(?=\/)/, homedir()));
  if (scheme !== "file") return "";
  try {
    // Without slashes, installers treat the rest as a relative path.
    return /^file:\//i.test(text) ? fileURLToPath(text) : resolve(directory, decodeURIComponent(text.slice(5)));
  } catch {
    return "";
  }
}

const texts = z.array(z.string()).optional().catch(undefined);
const places = z.looseObject({
  "find-links": texts,
  "extra-index-url": texts,
  "index-url": z.string().optional().catch(undefined),
  index: z
    .array(z.looseObject({ url: z.string() }))
    .optional()
    .catch(undefined),
});
const settingsSchema = places.extend({ pip: places.optional().catch(undefined) });
const pyprojectSchema = z.looseObject({ tool: z.looseObject({ uv: settingsSchema.optional() }).optional() });

/**
 * The local sources of packages in configuration files of uv, absolute, each once
 * (https://docs.astral.sh/uv/reference/settings/).
 *
 * @param files pyproject.toml and uv.toml files, absolute; uv reports those that cannot be read
 */
export function offeredByConfiguration(files: readonly string[]): string[] {
  const found = files.flatMap((file) =>
    namedBy(file).flatMap((text) => {
      const place = offeredPlace(text, dirname(file));
      return place === undefined ? [] : [place];
    }),
  );
  return [...new Set(found)];
}

function namedBy(file: string): string[] {
  const settings = settingsOf(file);
  return [settings, settings?.pip].flatMap((one) =>
    one === undefined
      ? []
      : [
          ...(one["find-links"] ?? []),
          ...(one["extra-index-url"] ?? []),
          ...(one["index-url"] === undefined ? [] : [one["index-url"]]),
          ...(one.index ?? []).map(({ url }) => url),
        ],
  );
}

function settingsOf(file: string): z.infer<typeof settingsSchema> | undefined {
  try {
    const table = parse(readFileSync(file, "utf8"));
    return basename(file) === "pyproject.toml" ? pyprojectSchema.parse(table).tool?.uv : settingsSchema.parse(table);
  } catch {
    return undefined;
  }
}
