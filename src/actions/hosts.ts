// How a step reaches a target's hosts: from its inputs to what the pipeline asks for.
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import type { FleetOptions } from "../pipeline/fleet.ts";
import type { FLEET } from "./declared.ts";
import type { StepLog } from "./log.ts";
import type { ApplicationStep } from "./step.ts";

/** Inputs that every step with hosts has, and those that only some have. */
type HostStep = ApplicationStep<typeof FLEET> & {
  inputs: { secrets?: Record<string, string>; "wait-for-lock"?: number | undefined };
};

/** @throws Failure (refused) for a target that is not there, and when no key can be had */
export function fleetOptions({ inputs, context, progress }: HostStep): FleetOptions {
  const target = findTarget(context.config, inputs.target);
  const { secrets } = inputs;
  const notified = Object.values(context.config.notify).flatMap((told) => [
    told["url-variable"],
    told["secret-variable"],
  ]);
  if (secrets) {
    const known = [...(target.secrets ?? []), ...notified.filter((name) => name !== undefined)];
    lookAtSecrets(known, inputs.target, secrets, progress);
  }
  const key = inputs["ssh-key"];
  if (key === undefined && !process.env.SSH_AUTH_SOCK && target.hosts.some(({ address }) => address !== "local"))
    throw new Failure({
      what: "no SSH key is given, and no agent holds one",
      remedy: "Give the private key of the user that deploys: `ssh-key: ${{ secrets.DEPLOY_KEY }}`.",
      outcome: "refused",
    });
  const knownHosts = inputs["ssh-known-hosts"];
  return {
    target: inputs.target,
    ssh: {
      ...(key === undefined ? {} : { key: { text: key } }),
      ...(knownHosts === undefined ? {} : { knownHosts: { text: knownHosts } }),
      ...(inputs["insecure-accept-any-host-key"] ? { insecureAcceptAnyHostKey: true } : {}),
    },
    ...(secrets ? { secrets } : {}),
    waitForLock: inputs["wait-for-lock"],
  };
}

/** Values from the environment are hidden as those of the input are; one that nobody lists would reach nobody. */
function lookAtSecrets(
  known: readonly string[],
  target: string,
  given: Record<string, string>,
  progress: StepLog,
): void {
  progress.hide([...Object.values(given), ...known.flatMap((secret) => process.env[secret] ?? [])]);
  const strangers = Object.keys(given).filter((secret) => !known.includes(secret));
  if (strangers.length > 0)
    progress.warning(
      `target ${target} does not list ${strangers.join(", ")} in its \`secrets\`: hosts are not given it`,
    );
}
