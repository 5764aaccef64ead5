// What stands in a checkout and does not ship.
import { quoteName } from "../bundle/names.ts";
import type { SourceOptions } from "./read.ts";
import type { Status } from "./status.ts";

const LOOKS_BUILT = /(^|\/)(dist|build|out|public|static|staticfiles|assets|target|\.next|\.nuxt|\.output)\/$/;

/** What stands in the checkout and does not ship, as one sentence: a surprise here is cheaper than one on a server. */
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
  const list = (paths: string[]) =>
    `${paths.slice(0, 8).map(quoteName).join(", ")}${paths.length > 8 ? `, and ${paths.length - 8} more` : ""}`;
  const parts = [
    ...(untracked.length > 0 ? [`untracked ${list(untracked)}`] : []),
    ...(built.length > 0 ? [`ignored, and looking like something that was built, ${list(built)}`] : []),
  ];
  return `not shipped: ${parts.join("; ")}. If the application needs them: commit them, make them in an asset step, or name them in \`include:\`.`;
}
