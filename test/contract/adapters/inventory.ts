// What every inventory keeps to.
import { describe, expect, test } from "vitest";
import type { Inventory } from "../../../src/inventories/inventory.ts";
import type { HostConfig } from "../../../src/inventories/schema.ts";

export interface InventoryFixture {
  /** What `hosts:` says, so that the inventory lists these hosts in this order. */
  open(hosts: readonly HostConfig[]): object;
  /** What `hosts:` says of an inventory without hosts. */
  empty(): object;
}

const CONTEXT = { target: "production", env: {} };

/** Runs the suite. */
export function describeInventory(inventory: Inventory, { open, empty }: InventoryFixture): void {
  const hosts: HostConfig[] = [
    { address: "app2.example.org", roles: ["web"], port: 2222, "ssh-user": "deploy" },
    { address: "app1.example.org", env: { COLOUR: "red" } },
    { address: "2001:db8::1" },
  ];

  describe(`the inventory ${inventory.key}`, () => {
    test("lists its hosts with all that is known of each, in the same order each time", async () => {
      const config = inventory.schema.parse(open(hosts));
      expect(await inventory.hosts(config, CONTEXT)).toEqual(hosts);
      expect(await inventory.hosts(config, CONTEXT)).toEqual(hosts);
    });

    test("names beforehand what it lists, where it can", async () => {
      const config = inventory.schema.parse(open(hosts));
      if (inventory.known) expect(inventory.known(config)).toEqual(await inventory.hosts(config, CONTEXT));
    });

    test("refuses to have no host", async () => {
      const asked = async () => inventory.hosts(inventory.schema.parse(empty()), CONTEXT);
      await expect(asked()).rejects.toThrow();
    });
  });
}
