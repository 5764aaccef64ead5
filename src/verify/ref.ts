// Whether a ref exists on GitHub, is allowed, and is checked out.
import { escaped } from "./checks.ts";
import { refusal, type VerifyRequest } from "./request.ts";

export const TAGS = "refs/tags/";
const HEADS = "refs/heads/";

/** @throws Failure (refused) for a ref that does not exist, is no tag or allowed branch, or is not checked out */
export async function verifyRef(request: VerifyRequest): Promise<{ ref: string; commit: string }> {
  const { ref, commit } = await resolveRef(request);
  const { checkout, eventCommit, progress } = request;
  const here = checkout?.commit ?? eventCommit;
  if (!checkout)
    progress.notice(
      `nothing is checked out: ${here === undefined ? `whether ${short(ref)} is what is deployed is not checked` : `${short(ref)} is compared with the event's commit`} (actions/checkout before this step makes it certain)`,
    );
  if (here !== undefined && here !== commit)
    throw refusal(
      `${short(ref)} is not what is ${checkout ? "checked out" : "meant by the event"}`,
      { "on GitHub": commit, [checkout ? "checked out" : "event"]: here },
      ref.startsWith(TAGS)
        ? `The tag was moved, or another ref is checked out. Check ${short(ref)} out (\`ref: ${short(ref)}\` of actions/checkout), or push a new tag.`
        : `The branch has moved on since. Run the workflow again for its newest commit, or deploy a tag.`,
    );
  return { ref, commit };
}

async function resolveRef({ remote, ref, branches, checkout, eventCommit }: VerifyRequest) {
  const tag = ref.startsWith(TAGS) ? ref.slice(TAGS.length) : ref.startsWith("refs/") ? undefined : ref;
  const tagged = tag === undefined ? undefined : await remote.tag(tag);
  if (tagged !== undefined) return { ref: `${TAGS}${tag}`, commit: tagged };
  if (ref.startsWith(TAGS))
    throw refusal(
      `there is no tag ${tag} on GitHub`,
      { ref },
      "Push it (`git push origin TAG`); if it is there, give the job `permissions: contents: read`.",
    );
  if (ref.startsWith("refs/") && !ref.startsWith(HEADS))
    throw refusal(
      `${ref} is neither a tag nor a branch`,
      { ref },
      "Deploy from a pushed tag or from an allowed branch: pull requests are built and checked, and not deployed.",
    );
  const name = ref.startsWith(HEADS) ? ref.slice(HEADS.length) : ref;
  const branch = (await remote.branches(name)).find((one) => one.name === name);
  if (!branch)
    throw refusal(
      ref.startsWith(HEADS)
        ? `there is no branch ${name} on GitHub`
        : `there is neither a tag nor a branch ${name} on GitHub`,
      { ref },
      "Push it first; if it is there, give the job `permissions: contents: read`.",
    );
  if (!branches.some((pattern) => branchPattern(pattern).test(name)))
    throw refusal(
      `${name} is a branch, and ${branches.length === 0 ? "only tags are allowed" : `only ${branches.join(", ")} may be deployed`}`,
      { ref: `${HEADS}${name}` },
      "Deploy a pushed tag, or name the branch in `branches`.",
    );
  // A branch may move while a run waits in the queue. The event's commit is still on it, and that is what counts.
  const here = checkout?.commit ?? eventCommit;
  if (here !== undefined && here !== branch.commit) {
    const relation = await remote.compare(here, branch.commit);
    if (relation === "ahead" || relation === "identical") return { ref: `${HEADS}${name}`, commit: here };
  }
  return { ref: `${HEADS}${name}`, commit: branch.commit };
}

/** @throws Failure (refused) for a tag whose commit is on no allowed branch */
export async function verifyBranch({ remote, branches }: VerifyRequest, ref: string, commit: string): Promise<void> {
  if (branches.length === 0 || ref.startsWith(HEADS)) return;
  const looked: string[] = [];
  for (const pattern of branches) {
    const candidates = await remote.branches(pattern.split("*")[0] ?? "");
    for (const { name, commit: head } of candidates.filter((branch) => branchPattern(pattern).test(branch.name))) {
      looked.push(name);
      const relation = head === commit ? "identical" : await remote.compare(commit, head);
      if (relation === "ahead" || relation === "identical") return;
    }
  }
  throw refusal(
    `the commit of ${short(ref)} is on no allowed branch`,
    { commit, "allowed branches": branches.join(", "), "looked at": looked.join(", ") || "there is none" },
    "Merge it into one of them first, and tag the merged commit.",
  );
}

const short = (ref: string) => ref.replace(/^refs\/(tags|heads)\//, "");

/**
 * Like GitHub's own branch filters:
 * https://docs.github.com/actions/reference/workflow-syntax#filter-pattern-cheat-sheet
 */
function branchPattern(pattern: string): RegExp {
  const parts = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : escaped(part)));
  return new RegExp(`^${parts.join("")}$`);
}
