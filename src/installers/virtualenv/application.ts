// How a virtualenv handles the application's own files.
import { posix } from "node:path";
import type { Condition } from "../../artifact/format.ts";
import { conditionsOf } from "../../python/conditions.ts";
import { requiresPython } from "../../python/requires-python.ts";
import type { Source } from "../../source/read-source.ts";
import type { ApplicationHooks } from "../installer.ts";
import { withByteCode } from "./byte-code.ts";
import { buildPackage, type PackageBuilder } from "./own-package.ts";

export const applicationHooks = (builder: PackageBuilder): ApplicationHooks => ({
  files: (sources, options) => withByteCode(sources, { ...options, python: builder.python }),
  conditions: (source, project) => projectConditions(source, project, builder),
  layer: (context) => buildPackage(context, builder),
});

/**
 * The condition in pyproject.toml on the Python that runs the application, if it could exclude another patch version.
 */
function projectConditions(source: Source, directory: string, { python }: PackageBuilder): Condition[] {
  const title = posix.join(directory, "pyproject.toml");
  const text = textOf(source, title);
  if (text === undefined) return [];
  return conditionsOf([{ name: undefined, title, requires: [], python: requiresPython(text) }], python.markers);
}

/** The text of a file of the application, as in the commit. */
function textOf({ sources }: Source, name: string): string | undefined {
  const file = sources.find(({ path }) => path === name);
  return file?.type === "file" && "content" in file ? Buffer.from(file.content).toString("utf8") : undefined;
}
