// GitHub's data about tags, branches and pairs of commits.

import { z } from "zod";
import type { RemoteRepository } from "../../verify/remote-repository.ts";
import { type Api, commit, unlessMissing } from "./api.ts";

/** Maximum number of annotated tags that refer to one another. */
const TAGS_OF_TAGS = 5;

const relation = z.enum(["identical", "ahead", "behind", "diverged"]);
const branches = z.array(z.object({ name: z.string(), commit }));

/** https://docs.github.com/rest/git/refs, https://docs.github.com/rest/commits/commits#compare-two-commits */
export function commitsOf({ rest, here, ask }: Api): Pick<RemoteRepository, "tag" | "branches" | "compare"> {
  return {
    tag: (name) =>
      ask(`tag ${name} could not be looked up`, "contents: read", commit.optional(), async () => {
        const ref = await unlessMissing(() => rest.git.getRef({ ...here, ref: `tags/${name}` }));
        let object: { type: string; sha: string } | undefined = ref?.data.object;
        for (let depth = 0; object?.type === "tag" && depth < TAGS_OF_TAGS; depth++)
          object = (await rest.git.getTag({ ...here, tag_sha: object.sha })).data.object;
        return object?.type === "commit" ? object.sha : undefined;
      }),

    branches: (prefix) =>
      ask("the branches could not be listed", "contents: read", branches, async () => {
        const { data } = await rest.git.listMatchingRefs({ ...here, ref: `heads/${prefix}` });
        return data.map(({ ref, object }) => ({ name: ref.slice("refs/heads/".length), commit: object.sha }));
      }),

    compare: (base, head) =>
      ask("two commits could not be compared", "contents: read", relation.optional(), async () => {
        const basehead = `${base}...${head}`;
        const answer = await unlessMissing(() =>
          rest.repos.compareCommitsWithBasehead({ ...here, basehead, per_page: 1 }),
        );
        return answer?.data.status;
      }),
  };
}
