// Reads the attributes that .gitattributes of a commit give its files (https://git-scm.com/docs/gitattributes).
import { git, gitEnvironment, records } from "./git.ts";

/** The attributes that decide whether a file ships, and with which bytes. */
const NAMES = ["export-ignore", "export-subst", "filter", "working-tree-encoding", "ident", "eol", "text"] as const;

/** Attributes of one path by name: `set`, `unset` or a text. Unspecified ones are missing. */
export type Attributes = Partial<Record<(typeof NAMES)[number], string>>;

/**
 * Attributes of a commit's paths. `export-ignore` of a directory applies to everything in it, as in `git archive`.
 *
 * @param view a git directory of only that commit (src/source/commit-view.ts), so that attributes of this machine do
 *   not count
 */
export async function readAttributes(view: string, paths: readonly string[]): Promise<(path: string) => Attributes> {
  const directories = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) directories.add(path.slice(0, at));
  const output = await git(
    view,
    ["-c", "core.attributesFile=/dev/null", "check-attr", "--cached", "-z", "--stdin", ...NAMES],
    "the attributes cannot be read",
    {
      env: { ...gitEnvironment(), GIT_ATTR_NOSYSTEM: "1" },
      input: [...paths, ...[...directories].map((directory) => `${directory}/`)].map((path) => `${path}\0`).join(""),
    },
  );
  const found = new Map<string, Attributes>();
  const answers = records(output);
  for (let n = 0; n + 2 < answers.length; n += 3) {
    const [path = "", name = "", value = ""] = answers.slice(n, n + 3);
    if (value === "unspecified") continue;
    const attributes = found.get(path) ?? {};
    attributes[name as keyof Attributes] = value;
    found.set(path, attributes);
  }
  const ignored = (path: string) => found.get(path)?.["export-ignore"] === "set";
  return (path) => {
    const attributes = found.get(path) ?? {};
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (ignored(`${path.slice(0, at)}/`)) return { ...attributes, "export-ignore": "set" };
    return attributes;
  };
}
