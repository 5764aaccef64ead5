// All inventories. No other file lists them. A plain list of hosts in tarlift.yml belongs to the first one.
import { chosenOfList } from "../schema/adapter.ts";
import { file } from "./file/index.ts";
import type { Inventory, InventoryContext } from "./inventory.ts";
import type { HostConfig } from "./schema.ts";

export const INVENTORIES = [file] as const satisfies readonly Inventory[];

/** @param hosts of a target @returns those that tarlift.yml names; undefined if its inventory is only read by a run */
export function knownHosts(hosts: object): readonly HostConfig[] | undefined {
  const { adapter, config } = chosenOfList<Inventory>(INVENTORIES, hosts);
  return adapter.known?.(config);
}

/** Results of inventories: a run reads each once. */
const answers = new WeakMap<object, Promise<readonly HostConfig[]>>();

/** @param hosts of a target @throws Failure (refused) as its inventory does */
export function hostsOf(hosts: object, context: InventoryContext): Promise<readonly HostConfig[]> {
  const { adapter, config } = chosenOfList<Inventory>(INVENTORIES, hosts);
  const answer = answers.get(hosts) ?? adapter.hosts(config, context);
  answers.set(hosts, answer);
  return answer;
}
