// Which runs save in GitHub's cache. An entry is visible to the branch or tag that saved it, and to all when that is the default branch:
// what a tag or a pull request saves fills the cache and serves nobody
// (https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache).
import { existsSync, readFileSync } from "node:fs";
import type { Context } from "../pipeline/context.ts";
import { withoutSaving } from "../store/saving.ts";

/** The context whose stores save, or do not, as the input `save` and the run's ref say. */
export function withSaving(context: Context, save: "auto" | "always" | "never" = "auto"): Context {
  const why = whyNot(save, process.env, defaultBranchOf(process.env.GITHUB_EVENT_PATH));
  return why === undefined ? context : { ...context, stores: withoutSaving(context.stores, why) };
}

/** @returns why this run does not save, in words; undefined: it does */
export function whyNot(
  save: "auto" | "always" | "never",
  env: NodeJS.ProcessEnv,
  defaultBranch: string | undefined,
): string | undefined {
  if (save === "always") return undefined;
  if (save === "never") return "`save: never`";
  // Stores other than GitHub's know no refs.
  if (!env.ACTIONS_RESULTS_URL) return undefined;
  const ref = env.GITHUB_REF ?? "";
  const isDefault = defaultBranch === undefined ? ref.startsWith("refs/heads/") : ref === `refs/heads/${defaultBranch}`;
  if (isDefault) return undefined;
  const branch = defaultBranch === undefined ? "the default branch" : `the default branch, ${defaultBranch},`;
  return `an entry that ${ref || "this run"} saves is visible to that ref alone. Runs of ${branch} save for all; \`save: always\` saves here too`;
}

function defaultBranchOf(eventFile: string | undefined): string | undefined {
  if (!eventFile || !existsSync(eventFile)) return undefined;
  try {
    const branch: unknown = JSON.parse(readFileSync(eventFile, "utf8")).repository?.default_branch;
    return typeof branch === "string" && branch !== "" ? branch : undefined;
  } catch {
    return undefined;
  }
}
