// Resolves symbolic links of the application as a kernel would below the release's directory.

const DEEPEST = 40;

/**
 * Why a link cannot ship, or undefined if it stays inside the application, including all links that it leads through.
 *
 * @param path the link's own path
 * @param links targets of all links of the application, by path
 */
export function linkProblem(path: string, links: ReadonlyMap<string, string>): string | undefined {
  const target = links.get(path) ?? "";
  if (target.startsWith("/")) return "it is absolute: on a host it would lead out of the release";
  const resolved: string[] = path.split("/").slice(0, -1);
  const left = target.split("/");
  for (let followed = 0; left.length > 0; ) {
    const part = left.shift()!;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (resolved.length === 0) return "it leads out of the application";
      resolved.pop();
      continue;
    }
    resolved.push(part);
    const next = links.get(resolved.join("/"));
    if (next === undefined) continue;
    // A loop is a dangling link: useless and harmless.
    if (++followed > DEEPEST) return undefined;
    if (next.startsWith("/")) return "it passes through a link that leads out of the application";
    resolved.pop();
    left.unshift(...next.split("/"));
  }
  return resolved.includes(".git") ? "it leads into .git, which is not shipped" : undefined;
}
