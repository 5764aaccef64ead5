// The label of a release: the one that is given, or the one that follows from the commit.
import { labelOf } from "../artifact/label.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import { versionProblem } from "../artifact/validate-release.ts";
import { Failure } from "../failure.ts";
import { headTag } from "../source/repository.ts";
import { refuseOtherTag } from "../source/tags.ts";
import type { BundleOptions } from "./bundle-run.ts";

/**
 * @param commit hex digits
 * @throws Failure (refused) for a text that cannot be a label, and for the tag of another commit
 */
export async function chooseLabel(options: BundleOptions, commit: string): Promise<string> {
  const version = options.version ?? (await labelFrom(options, commit));
  refuseInvalid(version);
  if (options.version !== undefined && !options.allowOtherTag)
    await refuseOtherTag(options.repository, version, commit);
  return version;
}

/** The label that follows from the tag on HEAD, otherwise from the commit. */
async function labelFrom({ repository, progress }: BundleOptions, commit: string): Promise<string> {
  const tag = await headTag(repository, process.env);
  const label = tag === undefined ? undefined : labelOf(tag);
  if (tag !== undefined && label !== tag)
    progress.notice(
      label === undefined
        ? `the tag ${quoteName(tag)} cannot be a label: the release is called by its commit`
        : `the tag ${quoteName(tag)} gives the label ${label}`,
    );
  return label ?? commit.slice(0, 12);
}

function refuseInvalid(version: string): void {
  const problem = versionProblem(version);
  if (problem)
    throw new Failure({
      code: "label-invalid",
      what: `${quoteName(version)} cannot be a label: ${problem}`,
      remedy: `Give another (--label, or the input \`label\`)${labelOf(version) ? `: ${labelOf(version)}` : ""}.`,
      outcome: "refused",
    });
}
