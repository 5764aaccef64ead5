// Applications in directories below one that is none itself: `backend/` and `frontend/`.
import type { Project, Tree } from "./project.ts";

const SIGNS = /(^|\/)(manage\.py|pyproject\.toml|uv\.lock|poetry\.lock|Pipfile|requirements[^/]*\.txt|package\.json)$/;
/** Directories that hold no application to deploy. */
const ASIDE = /(^|\/)(docs?|tests?|e2e|examples?|node_modules|\.[^/]+)\//;
const DEPTH = 3;
const SHOWN = 8;

/** Asks which of them it is, with what was seen in each, and how `tarlift init` is called for it. */
export function applicationsBelow(tree: Tree, project: Project, source: string | undefined): void {
  const seen = new Map<string, string[]>();
  for (const path of tree.paths) {
    const cut = path.lastIndexOf("/");
    if (cut < 0 || !SIGNS.test(path) || ASIDE.test(path) || path.split("/").length > DEPTH) continue;
    const directory = path.slice(0, cut);
    seen.set(directory, [...(seen.get(directory) ?? []), path.slice(cut + 1)]);
  }
  for (const [directory, files] of [...seen].slice(0, SHOWN)) {
    const from = source ? `${source}/${directory}` : directory;
    project.questions.push({
      section: "environments",
      text: `${directory}/ has ${files.join(", ")}. Is that the application that runs on the hosts? Then run: tarlift init --source ${from} --force`,
    });
  }
}
