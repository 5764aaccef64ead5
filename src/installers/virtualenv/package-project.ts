// Whether a pyproject.toml describes a package, or configures tools and lists dependencies alone, and which one is built into a release.
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
 * A build system makes a package, unless Poetry or uv is told that it is none (https://python-poetry.org/docs/basic-usage/#operating-modes,
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
    // Its build says what is wrong with it.
    return true;
  }
}

/**
 * The directory, relative to the application's, of the project that is built into each release: `""` for the application's own. One that
 * an environment has for itself is built only where tarlift.yml asks for a package: its code may be meant to run as it lies there.
 *
 * @param wanted `package:` of tarlift.yml
 * @param directory of the Python environment that ships
 * @param read gives the text of a file of the application, undefined for one that is not there
 * @returns undefined where none is built
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
