// Whether a pyproject.toml describes a package, or configures tools and lists dependencies alone.
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
