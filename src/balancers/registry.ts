// All balancers. This list is the only one that names them.
import type { Balancer } from "./balancer.ts";
import { command } from "./command/index.ts";
import { haproxy } from "./haproxy/index.ts";

export const BALANCERS = [haproxy, command] as const satisfies readonly Balancer[];
