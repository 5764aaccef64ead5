// HAProxy, through its runtime API.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { address, port, user } from "../../schema/values.ts";
import type { Balancer } from "../balancer.ts";
import { backendName } from "../schema.ts";
import docs from "./docs.md";

const schema = z
  .strictObject({
    socket: describe(
      z
        .string()
        .regex(/^\/[^\x00-\x1f\x7f:]+$|^[\w.[\]:-]+:\d+$/, "an absolute path, or host:port")
        .default("/run/haproxy/admin.sock"),
      "Its runtime API, as its machine reaches it: a socket or an address, with `level admin`.",
    ),
    backend: describe(
      z.union([backendName, z.array(backendName).min(1)]),
      "The backend, or the backends, that the hosts are servers of.",
    ),
    host: describe(address.optional(), "Its machine, reached by SSH. Default: `local`, the machine that deploys."),
    "ssh-user": describe(user.optional(), "SSH user there. Default: the target's."),
    port: describe(port.optional(), "SSH port there. Default: the target's."),
  })
  .meta({
    description: "HAProxy, by its runtime API: drained until the host has no sessions, and every state read back.",
  });
export type HaproxyConfig = z.infer<typeof schema>;

export const haproxy = {
  key: "haproxy",
  title: "HAProxy",
  docs,
  schema,
  check(config) {
    if ((config.host ?? "local") !== "local") return [];
    return (["ssh-user", "port"] as const)
      .filter((key) => config[key] !== undefined)
      .map((key) => ({
        path: ["haproxy", key],
        message: `${key} means nothing to \`local\`, which is this machine itself and is entered without SSH: give the host's name, or remove this key`,
        atKey: true,
      }));
  },
  open: async (config, common, context) => (await import("./pool.ts")).haproxyPool(config, common, context),
} as const satisfies Balancer<HaproxyConfig>;
