// GitHub's data about a commit's checks: check runs, suites, statuses and workflow runs.
import { z } from "zod";
import { Failure } from "../../failure.ts";
import type { RemoteRepository } from "../../verify/remote-repository.ts";
import { type Api, somePages } from "./api.ts";
import { isPermissionRefused } from "./requests.ts";

const checkRuns = z.array(
  z.object({
    id: z.number(),
    name: z.string(),
    app: z.string(),
    suite: z.number(),
    status: z.string(),
    conclusion: z.string().or(z.undefined()),
    url: z.string(),
    workflowRun: z.string().or(z.undefined()),
  }),
);
const checkSuites = z.array(z.object({ id: z.number(), app: z.string(), status: z.string() }));
const statuses = z.array(
  z.object({ context: z.string(), state: z.enum(["success", "pending", "failure", "error"]), url: z.string() }),
);
const workflowRuns = z.array(z.object({ id: z.string(), suite: z.number(), workflow: z.number() }));

interface Status {
  context: string;
  state: "success" | "pending" | "failure" | "error";
  target_url: string | null;
}

/**
 * https://docs.github.com/rest/checks, https://docs.github.com/rest/commits/statuses,
 * https://docs.github.com/rest/actions/workflow-runs
 */
export function checksOf({
  client,
  rest,
  here,
  ask,
}: Api): Pick<RemoteRepository, "checkRuns" | "checkSuites" | "statuses" | "workflowRuns"> {
  return {
    checkRuns: (commit) =>
      ask("the commit's check runs could not be read", "checks: read", checkRuns, async () => {
        const request = { ...here, ref: commit, per_page: 100 };
        const runs = await client.paginate(rest.checks.listForRef, request, somePages());
        return runs.map(({ id, name, app, check_suite, status, conclusion, details_url, html_url }) => ({
          id,
          name,
          app: app?.slug ?? "",
          suite: check_suite?.id ?? 0,
          status,
          conclusion: conclusion ?? undefined,
          url: html_url ?? details_url ?? "",
          workflowRun: /\/actions\/runs\/(\d+)\//.exec(`${details_url} ${html_url}`)?.[1],
        }));
      }),

    checkSuites: (commit) =>
      ask("the commit's check suites could not be read", "checks: read", checkSuites, async () => {
        const request = { ...here, ref: commit, per_page: 100 };
        const suites = await client.paginate(rest.checks.listSuitesForRef, request, somePages());
        return suites.map(({ id, app, status }) => ({ id, app: app?.slug ?? "", status: status ?? "queued" }));
      }),

    statuses: (commit) =>
      ask("the commit's statuses could not be read", "statuses: read", statuses, async () => {
        const request = { ...here, ref: commit, per_page: 100 };
        const inPages = somePages();
        const all = await client.paginate(
          rest.repos.getCombinedStatusForRef,
          request,
          // octokit finds no list in this page, and passes on the whole response.
          ({ data }) => inPages({ data: (data as unknown as { statuses: Status[] }).statuses }),
        );
        return all.map(({ context, state, target_url }) => ({ context, state, url: target_url ?? "" }));
      }),

    workflowRuns: async (commit) => {
      try {
        return await ask(
          "the workflow runs of the commit could not be read",
          "actions: read",
          workflowRuns,
          async () => {
            const request = { ...here, head_sha: commit, per_page: 100 };
            const runs = await client.paginate(rest.actions.listWorkflowRunsForRepo, request, somePages());
            return runs.map(({ id, check_suite_id, workflow_id }) => ({
              id: String(id),
              suite: check_suite_id ?? 0,
              workflow: workflow_id,
            }));
          },
        );
      } catch (error) {
        if (error instanceof Failure && isPermissionRefused(error.cause)) return undefined;
        throw error;
      }
    },
  };
}
