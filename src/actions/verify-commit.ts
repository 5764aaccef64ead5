// verify as a step: from inputs and the run's variables to the domain's request, and to outputs.
import { setTimeout as pause } from "node:timers/promises";
import { headCommit } from "../source/repository.ts";
import { formatCount } from "../text/quantity.ts";
import type { Verified } from "../verify/request.ts";
import { verify } from "../verify/verify.ts";
import type { DECLARED, Values } from "./declared.ts";
import type { Step } from "./step.ts";

type Inputs = Values<(typeof DECLARED)["verify"]>;

/** Long enough for most test suites that start with the same push; a waiting runner costs money. */
const WAIT = 15 * 60;

/**
 * Verifies the commit of this run, sets the outputs `ref`, `label` and `commit`, and reports the result.
 *
 * @param step any step with the inputs that it needs; missing ones count as not set
 * @param repository the root of the repository whose commit ships, absolute: that of the configuration, from which the
 *   bundle is made; undefined without a checkout
 * @throws Failure (refused) that names the condition which is not met
 */
export async function verifyStep(
  step: Pick<Step<never>, "progress" | "signal" | "output"> & { inputs: Partial<Inputs> },
  repository: string | undefined,
): Promise<Verified> {
  const { inputs, progress, signal, output } = step;
  const { env } = process;
  const ref = inputs.ref || env.GITHUB_REF || "";
  // The client is large: errors in inputs are reported without it.
  const { openGithub } = await import("./github/open.ts");
  const isEvents = [env.GITHUB_REF, env.GITHUB_REF_NAME].includes(ref);
  const verified = await verify({
    remote: openGithub({ token: inputs["github-token"] ?? "", env, progress, signal }),
    ref,
    checkout: repository === undefined ? undefined : { repository, commit: (await headCommit(repository)).id },
    eventCommit: isEvents ? env.GITHUB_SHA : undefined,
    branches: inputs.branches ?? [],
    checks: checksOf(inputs["required-checks"] ?? []),
    wait: inputs.wait ?? WAIT,
    run: env.GITHUB_RUN_ID ?? "",
    live: liveOf(inputs),
    allowOlder: inputs["allow-older"] ?? false,
    version: inputs.label,
    progress,
    signal,
    clock: {
      now: Date.now,
      sleep: (milliseconds, until) => pause(milliseconds, undefined, until ? { signal: until } : {}),
    },
  });
  output("ref", verified.ref);
  output("label", verified.version);
  output("version", verified.version);
  output("commit", verified.commit);
  progress.lines([verifiedLine(verified)]);
  return verified;
}

const verifiedLine = ({ ref, commit, checks }: Verified) =>
  `verified: ${ref} is ${commit}${checks.length === 0 ? "" : `, ${formatCount(checks.length, "check")} passed: ${checks.join(", ")}`}`;

function checksOf(names: string[]): "all" | "none" | string[] {
  if (names.length === 0) return "all";
  const [only] = names;
  return names.length === 1 && (only === "all" || only === "none") ? only : names;
}

function liveOf(inputs: Partial<Inputs>) {
  if (inputs.live) return { commit: inputs.live };
  return inputs["live-environment"] ? { environment: inputs["live-environment"] } : undefined;
}
