// Hosts that two commands drain and restore.
import { withAutoRestore, withoutAutoRestore } from "../auto-restore.ts";
import type { BalancerContext, Pool } from "../balancer.ts";
import type { BalancerCommon } from "../schema.ts";
import type { CommandConfig } from "./index.ts";
import { hostCommands } from "./on-host.ts";
import { runnerCommands } from "./on-runner.ts";

const ON_THE_RUNNER = {
  what: "the commands of the balancer run on the machine that deploys",
  remedy: "Let them run on the hosts themselves (`on: host` of the command), or leave `require-auto-revert` out.",
};

export function commandPool(
  { on, drain, restore }: CommandConfig,
  { drain: deadline }: BalancerCommon,
  { directory, autoRevert }: BalancerContext,
): Pool {
  const commands = { drain, restore, deadline };
  return {
    member({ host, address, server }) {
      if (on === "runner") {
        const own = runnerCommands({ ...commands, host: address, server, directory });
        return [autoRevert ? withoutAutoRestore(own, ON_THE_RUNNER, autoRevert) : own];
      }
      const { server: own, autoRestore } = hostCommands(host, { ...commands, server, after: autoRevert?.after ?? 0 });
      return [autoRevert ? withAutoRestore(own, autoRestore, autoRevert) : own];
    },
  };
}
