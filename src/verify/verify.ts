// Whether a commit may be deployed: it matches its tag, is on an allowed branch, is not older than the live commit, and
// its checks have passed.

import { labelOf } from "../artifact/label.ts";
import { verifyAge } from "./age.ts";
import { TAGS, verifyBranch, verifyRef } from "./ref.ts";
import type { Verified, VerifyRequest } from "./request.ts";
import { verifyChecks } from "./wait-for-checks.ts";

/** @throws Failure (refused) that names the condition which is not met */
export async function verify(request: VerifyRequest): Promise<Verified> {
  const { ref, commit } = await verifyRef(request);
  await verifyBranch(request, ref, commit);
  await verifyAge(request, commit);
  const checks = request.checks === "none" ? [] : await verifyChecks(request, commit);
  const version = request.version || (ref.startsWith(TAGS) && labelOf(ref.slice(TAGS.length))) || commit.slice(0, 12);
  return { ref, commit, version, checks };
}
