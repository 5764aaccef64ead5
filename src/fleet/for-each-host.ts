// One phase on many hosts: all are started, all are waited for, and all failures are reported.
import { failureOf } from "../failure.ts";
import type { Member } from "./member.ts";
import type { ReportedError } from "./report.ts";

export interface HostResults<M extends Member, T> {
  done: { member: M; value: T }[];
  failed: { member: M; error: ReportedError }[];
}

/** How many hosts one phase works on at once. */
const AT_ONCE = 32;

/**
 * Runs `work` for every member and waits for all of them, whatever fails.
 *
 * @returns the results and errors by host; a defect of Tarlift is an error like any other, so that touched hosts are
 * reverted
 */
export async function forEachHost<M extends Member, T>(
  members: readonly M[],
  work: (member: M) => Promise<T>,
): Promise<HostResults<M, T>> {
  const results: PromiseSettledResult<T>[] = new Array(members.length);
  let next = 0;
  const worker = async () => {
    while (next < members.length) {
      const n = next++;
      [results[n]] = (await Promise.allSettled([work(members[n] as M)])) as [PromiseSettledResult<T>];
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, members.length) }, worker));
  const byHost: HostResults<M, T> = { done: [], failed: [] };
  results.forEach((result, n) => {
    const member = members[n] as M;
    if (result.status === "fulfilled") byHost.done.push({ member, value: result.value });
    else byHost.failed.push({ member, error: errorOf(result.reason, member.host.name) });
  });
  return byHost;
}

/** Converts what was thrown to an error of a host. */
export function errorOf(error: unknown, host?: string): ReportedError {
  const failure = failureOf(error);
  const { host: named, ...where } = failure.where;
  return {
    host: host ?? named,
    code: failure.code,
    what: failure.what,
    where: Object.keys(where).length > 0 ? where : undefined,
    output: failure.output,
    remedy: failure.remedy,
  };
}
