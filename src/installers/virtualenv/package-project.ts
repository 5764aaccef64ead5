// Whether a pyproject.toml describes a package, or only configures tools and lists dependencies; and which package is
// built into a release.
import { posix } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";

const tables = z.looseObject({
  tool: z
    .looseObject({
      poetry: z.looseObject({ "package-mode": z.unknown() }).optional().catch(undefined),
      uv: z.looseObject({ package: z.unknown() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/**
 * A build system indicates a package, unless Poetry or uv is configured otherwise
 * (https://python-poetry.org/docs/basic-usage/#operating-modes,
 * https://docs.astral.sh/uv/concepts/projects/config/#project-packaging).
 *
 * @param text a pyproject.toml
 */
export function describesPackage(text: string): boolean {
  if (!/^\s*\[build-system\]/m.test(text)) return false;
  try {
    const { tool } = tables.parse(parse(text));
    return tool?.poetry?.["package-mode"] !== false && tool?.uv?.package !== false;
  } catch {
    // Its build reports what is wrong with it.
    return true;
  }
}

/**
 * The directory, relative to the application's, of the project that is built into each release: `""` for the
 * application's own. A project in an environment's own directory is built only if tarlift.yml requests a package: its
 * code may be meant to run from there.
 *
 * @param wanted `package:` of tarlift.yml
 * @param directory of the Python environment that ships
 * @param read returns the text of a file of the application, undefined if it does not exist
 * @returns undefined if none is built
 */
export function packageDirectory(
  wanted: boolean | undefined,
  directory: string | undefined,
  read: (path: string) => string | undefined,
): string | undefined {
  const isPackage = (path: string) => describesPackage(read(posix.join(path, "pyproject.toml")) ?? "");
  if (wanted === false) return undefined;
  if (isPackage("")) return "";
  if (!wanted) return undefined;
  return directory !== undefined && isPackage(directory) && read("setup.py") === undefined ? directory : "";
}
