// A host of a target, whichever inventory lists it.
import { z } from "zod";
import { describe } from "../schema/describe.ts";
import { address, port, roles, user, variables, word } from "../schema/values.ts";

export const hostSchema = z.union([
  address.transform((value) => ({ address: value })),
  z.strictObject({
    address: describe(address, "Its name or address; `local` is this machine itself, without SSH."),
    roles: describe(roles.optional(), "What it is for. A host without roles has all."),
    port: describe(port.optional(), "SSH port. Default: the target's."),
    "ssh-user": describe(user.optional(), "SSH user. Default: the target's."),
    "proxy-jump": describe(word.optional(), "The host to jump over, as in `ssh -J`. Default: the target's."),
    env: describe(variables.optional(), "Variables that this host has besides, or instead of, the target's."),
  }),
]);
export type HostConfig = z.infer<typeof hostSchema>;
