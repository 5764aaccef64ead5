// Notices about files of a checkout that do not ship.
import { quoteName } from "../artifact/shippable-names.ts";
import type { SourceOptions } from "./read-source.ts";
import type { Status } from "./work-tree-status.ts";

const LOOKS_BUILT = /(^|\/)(dist|build|out|public|static|staticfiles|assets|target|\.next|\.nuxt|\.output)\/$/;

/** The files in the checkout that do not ship, as one sentence: a surprise here costs less than one on a server. */
export function noticeOf(
  status: Status,
  directory: string,
  { madeElsewhere, include }: SourceOptions,
): string | undefined {
  const prefix = directory === "" ? "" : `${directory}/`;
  const known = [...madeElsewhere, ...include];
  const isKnown = (path: string) =>
    known.some((one) => `${path.replace(/\/$/, "")}/`.startsWith(`${one}/`) || `${one}/`.startsWith(path));
  const own = (paths: string[]) =>
    paths
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .filter((path) => !isKnown(path));
  const untracked = own(status.untracked);
  const built = own(status.ignored).filter((path) => LOOKS_BUILT.test(path));
  if (untracked.length + built.length === 0) return undefined;
  const parts = [
    ...(untracked.length > 0 ? [`untracked ${list(untracked)}`] : []),
    ...(built.length > 0 ? [`ignored, and looking like something that was built, ${list(built)}`] : []),
  ];
  return `not shipped: ${parts.join("; ")}. If the application needs them: commit them, make them in an asset step, or name them in \`include:\`.`;
}

/** Files whose only purpose is to make git keep a directory. */
const PLACEHOLDER = /(^|\/)\.(gitkeep|gitignore|keep)$/;

/**
 * The files of the commit that are hidden on hosts, as one sentence: there, a shared path is a link into `shared/`.
 *
 * @param shared directories and files of `shared`
 */
export function hiddenNotice(
  sources: readonly { path: string; type: string }[],
  shared: readonly string[],
): string | undefined {
  const hidden = sources
    .filter(({ path, type }) => type !== "directory" && !PLACEHOLDER.test(path))
    .map(({ path }) => path)
    .filter((path) => shared.some((one) => path === one || path.startsWith(`${one}/`)));
  if (hidden.length === 0) return undefined;
  return `not seen on hosts, where a path of \`shared:\` is a link into shared/: ${list(hidden)}. What the application needs of them belongs elsewhere in the commit, or into shared/ of each host; \`git rm --cached\` takes the rest out of the commit.`;
}

const list = (paths: readonly string[]): string =>
  `${paths.slice(0, 8).map(quoteName).join(", ")}${paths.length > 8 ? `, and ${paths.length - 8} more` : ""}`;
