// Keys of every balancer in tarlift.yml besides the key of its adapter.
import { z } from "zod";
import { describe } from "../schema/describe.ts";
import { address, duration, roles } from "../schema/values.ts";

/** Names of backends and servers, as HAProxy accepts them. */
export const backendName = z.string().regex(/^[A-Za-z0-9_.:-]+$/, "the name of a backend or server");

export const commonKeys = {
  roles: describe(roles.optional(), "The hosts that it balances, by role. Default: all."),
  servers: describe(
    z.record(address, backendName).optional(),
    "What the balancer calls a host, by its address. Default: the first part of its name.",
  ),
  drain: describe(
    duration.prefault(60),
    "How long the sessions of a host may take to end; then they are cut off. Of commands: how long each may take; 0 is no limit, which `on: host` cannot have.",
  ),
};
export type BalancerCommon = z.infer<z.ZodObject<typeof commonKeys>>;
