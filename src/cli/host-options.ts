// Options of all verbs that access hosts.
import { resolve } from "node:path";
import type { Command } from "commander";
import type { FleetOptions } from "../pipeline/fleet-request.ts";
import type { GlobalOptions } from "./context.ts";
import { secretsIn } from "./secrets-file.ts";
import { durationOf } from "./values.ts";

export interface HostOptions extends GlobalOptions {
  sshKey?: string;
  sshKnownHosts?: string;
  insecureAcceptAnyHostKey?: boolean;
  secretsFile?: string;
  waitForLock?: number;
}

/** The target, and how its hosts are reached. */
export function hostOptions(command: Command): Command {
  return command
    .argument("<target>", "a target of tarlift.yml")
    .option("--ssh-key <file>", "the private key (default: the agent, and your own keys)")
    .option("--ssh-known-hosts <file>", "the hosts' keys (default: your own known_hosts)")
    .option(
      "--insecure-accept-any-host-key",
      "do not check host keys: who stands between this machine and a host can read and change everything",
    )
    .option("--secrets-file <file>", "values of the target's secrets, NAME=VALUE a line (default: the environment)");
}

/** For verbs that change hosts, and so need their lock. */
export function waitOption(command: Command): Command {
  return command.option(
    "--wait-for-lock <time>",
    "how long to wait for another run to end: 90, 90s, 10m, 1h30m (default: the target's)",
    durationOf("--wait-for-lock"),
  );
}

/** @throws Failure (refused) for a file of secrets that does not exist or is invalid */
export function fleetOptions(target: string, options: HostOptions): FleetOptions {
  const at = (path: string) => resolve(options.directory ?? ".", path);
  return {
    target,
    ssh: {
      ...(options.sshKey ? { key: { file: at(options.sshKey) } } : {}),
      ...(options.sshKnownHosts ? { knownHosts: { file: at(options.sshKnownHosts) } } : {}),
      ...(options.insecureAcceptAnyHostKey ? { insecureAcceptAnyHostKey: true } : {}),
    },
    secrets: options.secretsFile ? secretsIn(at(options.secretsFile)) : undefined,
    waitForLock: options.waitForLock,
  };
}
