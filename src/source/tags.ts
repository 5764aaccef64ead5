// Tags are names of commits: a label that is one must not stand on something else.
import { labelOf } from "../artifact/label.ts";
import { Failure } from "../failure.ts";
import { tryGit } from "./git.ts";

/** The commit that a tag of this repository leads to; undefined: it has no such tag (a workflow's checkout seldom has any). */
export const commitOfTag = async (repository: string, tag: string): Promise<string | undefined> =>
  (
    await tryGit(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options", `refs/tags/${tag}^{commit}`])
  )?.trim() || undefined;

/** The commit of a tag that gives this label under another name (`api/v1` gives `api-v1`); `commit` where one of them is there. */
async function commitOfLabel(repository: string, label: string, commit: string): Promise<string | undefined> {
  const tags = (await tryGit(repository, ["tag", "--list"]))?.split("\n") ?? [];
  const same = tags.filter((tag) => tag !== label && labelOf(tag) === label);
  const commits = await Promise.all(same.map((tag) => commitOfTag(repository, tag)));
  return commits.includes(commit) ? commit : commits.find((one) => one !== undefined);
}

/** @throws Failure (refused) when the label is the name of a tag on another commit */
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
