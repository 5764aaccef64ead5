// Tags are names of commits: a label that equals a tag must not name another commit.
import { labelOf } from "../artifact/label.ts";
import { Failure } from "../failure.ts";
import { tryGit } from "./git.ts";

/** The commit of a tag; undefined if this repository lacks the tag (a workflow's checkout rarely has tags). */
export const commitOfTag = async (repository: string, tag: string): Promise<string | undefined> =>
  (
    await tryGit(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options", `refs/tags/${tag}^{commit}`])
  )?.trim() || undefined;

/**
 * The commit of a tag whose label is this one although its name differs (`api/v1` gives `api-v1`); `commit` if it has
 * such a tag.
 */
async function commitOfLabel(repository: string, label: string, commit: string): Promise<string | undefined> {
  const tags = (await tryGit(repository, ["tag", "--list"]))?.split("\n") ?? [];
  const same = tags.filter((tag) => tag !== label && labelOf(tag) === label);
  const commits = await Promise.all(same.map((tag) => commitOfTag(repository, tag)));
  return commits.includes(commit) ? commit : commits.find((one) => one !== undefined);
}

/** @throws Failure (refused) when a tag of this name is on another commit */
export async function refuseOtherTag(repository: string, label: string, commit: string): Promise<void> {
  const tagged = (await commitOfTag(repository, label)) ?? (await commitOfLabel(repository, label, commit));
  if (tagged === undefined || tagged === commit) return;
  throw new Failure({
    code: "label-invalid",
    what: `${label} is the tag of another commit`,
    where: { "the tag's commit": tagged.slice(0, 12), "this commit": commit.slice(0, 12) },
    remedy: `Check ${label} out to release that commit, or give another label. Where the label is meant all the same: --allow-other-tag (in an action: \`allow-other-tag: true\`).`,
    outcome: "refused",
  });
}
