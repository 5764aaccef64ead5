// What is left of the hosts of a verb when it has ended.
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import type { Context } from "../../src/pipeline/context.ts";
import { withFleet } from "../../src/pipeline/fleet-request.ts";
import { silent } from "../../src/progress.ts";
import { privateDirectory } from "../../src/transports/ssh/keys.ts";

const config = parseConfig("app: shop\ntargets: { production: { hosts: [a, b] } }");
const context = { config, repository: "/", progress: silent } as unknown as Context;

it.each(["returns", "throws"])(
  "leaves no key file after work that %s, although a host cannot be closed",
  async (how) => {
    const closed: string[] = [];
    let keys = "";
    const result = withFleet(context, { target: "production", ssh: {} }, ({ members }) => {
      keys = privateDirectory();
      for (const { host } of members)
        host.close = async () => {
          closed.push(host.name);
          if (host.name === "a") throw new Error("it cannot be closed");
        };
      if (how === "throws") throw new Error("the work failed");
      return "the result";
    });
    if (how === "throws") await expect(result).rejects.toThrow("the work failed");
    else expect(await result).toBe("the result");
    expect(closed).toEqual(["a", "b"]);
    expect(existsSync(keys)).toBe(false);
  },
);
