// export-subst: replaces `$Format:…$` in a file by information about the commit, as `git archive` does
// (https://git-scm.com/docs/gitattributes#_creating_an_archive).
import { git, viewEnvironment } from "./git.ts";

const PLACEHOLDER = /\$Format:([^$\0]*)\$/g;
/** Placeholders that depend on tags: `%d`, `%D`, `%(decorate)`, `%(describe)`, `%S`. */
const NEEDS_TAGS = /%[+ -]?(?:[dDS]|\((?:describe|decorate))/;

/** Whether the placeholders of a file depend on tags. @param content bytes, one character each */
export function readsTags(content: string): boolean {
  return [...content.matchAll(PLACEHOLDER)].some(([, format = ""]) => NEEDS_TAGS.test(format));
}

/**
 * Replaces placeholders; returns the same buffer if there are none.
 *
 * @param view a git directory of the commit (src/source/commit-view.ts): branches would differ from clone to clone
 */
export async function substitute(content: Buffer, view: string): Promise<Buffer> {
  const text = content.toString("latin1");
  const values = new Map<string, string>();
  for (const [, format = ""] of text.matchAll(PLACEHOLDER)) {
    if (values.has(format)) continue;
    const shown = await git(
      view,
      ["-c", "log.showSignature=false", "log", "-1", "--no-color", `--format=format:${Buffer.from(format, "latin1")}`],
      "a $Format:…$ of the commit cannot be filled in",
      { env: viewEnvironment() },
    );
    values.set(format, Buffer.from(shown).toString("latin1"));
  }
  if (values.size === 0) return content;
  return Buffer.from(
    text.replace(PLACEHOLDER, (_placeholder, format: string) => values.get(format) ?? ""),
    "latin1",
  );
}
