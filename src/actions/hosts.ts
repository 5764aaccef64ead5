// How a step accesses a target's hosts: from its inputs to options of the pipeline.
import { findTarget } from "../config/select.ts";
import type { FleetOptions } from "../pipeline/fleet-request.ts";
import { notifierSecrets } from "../pipeline/secret-values.ts";
import { secretNamesOf } from "../secrets/registry.ts";
import type { FLEET } from "./declared.ts";
import type { StepLog } from "./log.ts";
import type { ApplicationStep } from "./step.ts";

/** Inputs of all steps with hosts, and those of only some of them. */
type HostStep = ApplicationStep<typeof FLEET> & {
  inputs: { secrets?: Record<string, string>; "wait-for-lock"?: number | undefined };
};

/** @throws Failure (refused) for an unknown target */
export function fleetOptions({ inputs, context, progress }: HostStep): FleetOptions {
  const target = findTarget(context.config, inputs.target);
  const { secrets } = inputs;
  if (secrets) {
    const known = [...secretNamesOf(target.secrets), ...notifierSecrets(context.config)];
    lookAtSecrets(known, inputs.target, secrets, progress);
  }
  const key = inputs["ssh-key"];
  const knownHosts = inputs["ssh-known-hosts"];
  return {
    target: inputs.target,
    ssh: {
      ...(key === undefined ? { needsKey: true } : { key: { text: key } }),
      ...(knownHosts === undefined ? {} : { knownHosts: { text: knownHosts } }),
      ...(inputs["insecure-accept-any-host-key"] ? { insecureAcceptAnyHostKey: true } : {}),
    },
    ...(secrets ? { secrets } : {}),
    waitForLock: inputs["wait-for-lock"],
  };
}

/** A value that no target lists would reach no host. Those of the environment are masked already. */
function lookAtSecrets(
  known: readonly string[],
  target: string,
  given: Record<string, string>,
  progress: StepLog,
): void {
  progress.hideNamed(given);
  const strangers = Object.keys(given).filter((secret) => !known.includes(secret));
  if (strangers.length > 0)
    progress.warning(
      `target ${target} does not list ${strangers.join(", ")} in its \`secrets\`: hosts are not given it`,
    );
}
