// Any other balancer: two commands, on the machine that deploys or on the hosts themselves.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { command as shellText } from "../../schema/values.ts";
import type { Balancer } from "../balancer.ts";
import docs from "./docs.md";

const schema = z
  .strictObject({
    drain: describe(shellText, "Takes the host out; it ends when the host has no more traffic."),
    restore: describe(shellText, "Puts the host back; it ends when it is in use again."),
    on: describe(
      z.enum(["runner", "host"]).default("runner"),
      "`runner`: the machine that deploys. `host`: the host itself, in its live release and with its configuration; such a host is restored automatically if a run is lost.",
    ),
  })
  .meta({
    description: "Any other balancer: commands, with `TARLIFT_HOST` and `TARLIFT_SERVER` in their environment.",
  });
export type CommandConfig = z.infer<typeof schema>;

export const command = {
  key: "command",
  title: "Commands",
  docs,
  schema,
  check(config, common) {
    return [
      // A host that restores its server by itself holds its lock meanwhile: without a limit no later deploy would get
      // it.
      ...(config.on === "host" && common.drain === 0
        ? [
            {
              path: ["drain"],
              message:
                "0 is no limit, and a command on the host that hangs would keep its lock: for long ones write a long limit (`drain: 1h`)",
            },
          ]
        : []),
    ];
  },
  open: async (config, common, context) => (await import("./pool.ts")).commandPool(config, common, context),
} as const satisfies Balancer<CommandConfig>;
