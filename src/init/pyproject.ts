// Reads what pyproject.toml contains about an application: many files only configure tools.
import { parse } from "smol-toml";
import { z } from "zod";
import { describesPackage } from "../installers/virtualenv/package-project.ts";
import type { Tree } from "./project.ts";

const text = z.string().optional().catch(undefined);
const schema = z.looseObject({
  project: z.looseObject({ name: text, "requires-python": text }).optional().catch(undefined),
  tool: z
    .looseObject({
      poetry: z
        .looseObject({ name: text, dependencies: z.looseObject({ python: text }).optional().catch(undefined) })
        .optional()
        .catch(undefined),
      uv: z
        .looseObject({
          package: z.boolean().optional().catch(undefined),
          workspace: z.unknown().optional(),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export interface Pyproject {
  name: string | undefined;
  /** Whether it has `[project]`, which `uv lock` needs. Poetry's own table does not count. */
  standard: boolean;
  /** The allowed Python versions, in the standard's or Poetry's syntax. */
  python: string | undefined;
  /** Whether Tarlift builds the application as a package by default. */
  packaged: boolean;
  /** uv's `package = true`, which needs no build system. */
  uvPackage: boolean;
}

/** A parsed pyproject.toml; undefined if it is missing or not valid TOML. */
function parsed(tree: Tree): z.infer<typeof schema> | undefined {
  const written = tree.read("pyproject.toml");
  if (written === undefined) return undefined;
  try {
    return schema.safeParse(parse(written)).data;
  } catch {
    return undefined;
  }
}

/** @returns undefined if it is missing, describes no project (`[tool.ruff]` alone), or is not valid TOML */
export function readPyproject(tree: Tree): Pyproject | undefined {
  const found = parsed(tree);
  const poetry = found?.tool?.poetry;
  if (!found || (!found.project && !poetry)) return undefined;
  return {
    name: found.project?.name ?? poetry?.name,
    standard: found.project !== undefined,
    python: found.project?.["requires-python"] ?? poetry?.dependencies?.python,
    packaged: describesPackage(tree.read("pyproject.toml") ?? ""),
    uvPackage: found.tool?.uv?.package === true,
  };
}

/** Whether it is only the root of a uv workspace: its lock is for the members, and it installs nothing itself. */
export function isVirtualWorkspace(tree: Tree): boolean {
  const found = parsed(tree);
  return found?.project === undefined && found?.tool?.uv?.workspace !== undefined;
}

/**
 * The minor version, if a specifier allows only one: `==3.11.*`, `~=3.11.0`, `>=3.11,<3.12`, Poetry's `~3.11`; not
 * `>=3.11`, `~=3.11`.
 */
export function exactMinor(specifier: string): string | undefined {
  const one = /^\s*(?:(?:={1,2}\s*)?3\.(\d+)(?:\.(?:\d+|\*))?|~=\s*3\.(\d+)\.\d+|~\s*3\.(\d+)(?:\.\d+)?)\s*$/.exec(
    specifier,
  );
  if (one) return `3.${one[1] ?? one[2] ?? one[3]}`;
  const [, least, below] = /^\s*>=?\s*3\.(\d+)(?:\.\d+)?\s*,\s*<\s*3\.(\d+)(?:\.0)?\s*$/.exec(specifier) ?? [];
  return least !== undefined && Number(least) + 1 === Number(below) ? `3.${least}` : undefined;
}
