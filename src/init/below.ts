// Finds applications in subdirectories: `backend/` and `frontend/`, even if the one at the root is known.

import { pathWord } from "./path-word.ts";
import type { Project, Tree } from "./project.ts";

const PYTHON = /(^|\/)(manage\.py|pyproject\.toml|uv\.lock|poetry\.lock|Pipfile|requirements[^/]*\.txt)$/;
const NODE = /(^|\/)package\.json$/;
/** Directories that contain no application to deploy. */
export const ASIDE = /(^|\/)(docs?|tests?|e2e|examples?|requirements|node_modules|\.[^/]+)\//;
const DEPTH = 3;
const SHOWN = 8;

/**
 * Asks which of them is meant, with what was found in each, and how to call `tarlift init` for it. Those in the root's
 * language are parts of the root's application.
 */
export function applicationsBelow(tree: Tree, project: Project, source: string | undefined): void {
  const python = project.kinds.some((kind) => !kind.includes("Node"));
  const node = tree.paths.includes("package.json") && project.kinds.length > 0;
  const seen = new Map<string, string[]>();
  for (const path of tree.paths) {
    const cut = path.lastIndexOf("/");
    const sign = (!python && PYTHON.test(path)) || (!node && NODE.test(path));
    if (cut < 0 || !sign || ASIDE.test(path) || path.split("/").length > DEPTH) continue;
    const directory = path.slice(0, cut);
    seen.set(directory, [...(seen.get(directory) ?? []), path.slice(cut + 1)]);
  }
  for (const [directory, files] of [...seen].slice(0, SHOWN)) {
    const from = source ? `${source}/${directory}` : directory;
    const part =
      project.kinds.length > 0
        ? ` Or does it build what the application at the root serves? Then give it an environment with \`directory: ${directory}\` and an asset step that begins with \`cd ${pathWord(directory)} &&\`.`
        : "";
    project.questions.push({
      section: "environments",
      text: `${directory}/ has ${files.join(", ")}. Is that the application that runs on the hosts? Then run: \`tarlift init --source ${pathWord(from)} --force\`.${part}`,
    });
  }
}
