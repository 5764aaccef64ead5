import { describe, expect, it } from "vitest";
import { headCommit, headTag } from "../../src/source/repository.ts";
import { refuseOtherTag } from "../../src/source/tags.ts";
import { git, repository } from "../support/repository.ts";

describe("case 11: the tag of another commit", () => {
  const later = async () => {
    const root = repository({ "app.js": "1" });
    git(root, "tag", "-a", "-m", "one", "v1.0.0");
    const tagged = (await headCommit(root)).id;
    git(root, "commit", "-q", "--allow-empty", "-m", "two");
    return { root, tagged, commit: (await headCommit(root)).id };
  };

  it("is no label for this one; a label that is no tag here is", async () => {
    const { root, tagged, commit } = await later();
    await expect(refuseOtherTag(root, "v1.0.0", commit)).rejects.toMatchObject({
      what: "v1.0.0 is the tag of another commit",
      outcome: "refused",
      where: { "the tag's commit": tagged.slice(0, 12), "this commit": commit.slice(0, 12) },
      remedy: expect.stringContaining("--allow-other-tag"),
    });
    await expect(refuseOtherTag(root, "v1.0.0", tagged)).resolves.toBeUndefined();
    await expect(refuseOtherTag(root, "v2.0.0", commit)).resolves.toBeUndefined();
    // A branch of this name is no tag.
    git(root, "branch", "preview", tagged);
    await expect(refuseOtherTag(root, "preview", commit)).resolves.toBeUndefined();
  });

  it("does not name what a job checked out beside its event", async () => {
    const { root, tagged, commit } = await later();
    const env = { GITHUB_ACTIONS: "true", GITHUB_REF: "refs/tags/v1.0.0", GITHUB_SHA: tagged };
    expect(await headTag(root, env)).toBeUndefined();
    git(root, "checkout", "-q", "v1.0.0");
    expect(await headTag(root, env)).toBe("v1.0.0");
    // Most checkouts have no tags: the event's commit counts.
    expect(await headTag(root, { ...env, GITHUB_REF: "refs/tags/v3", GITHUB_SHA: commit })).toBeUndefined();
    expect(await headTag(root, { ...env, GITHUB_REF: "refs/tags/v3" })).toBe("v3");
  });
});
