// Inventories: each lists the hosts of a target.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";
import type { HostConfig } from "./schema.ts";

/** @typeParam C the value of a target's `hosts:`, as its schema parses it */
export interface Inventory<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /** The hosts that tarlift.yml itself names. Missing if they are only known when a run requests them. */
  known?(config: C): readonly HostConfig[];
  /**
   * @returns at least one host; the first is the leader, so the order is the same each time
   * @throws Failure (refused) for an inventory that cannot be read, or has no hosts
   */
  hosts(config: C, context: InventoryContext): Promise<readonly HostConfig[]>;
}

export interface InventoryContext {
  /** The target's name, for messages. */
  target: string;
  env: NodeJS.ProcessEnv;
}
