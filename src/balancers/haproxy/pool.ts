// The backends of one HAProxy, over one tunnel to its machine.
import type { ForwardTarget } from "../../transports/types.ts";
import { revertTime, withAutoRestore } from "../auto-restore.ts";
import type { BalancerContext, Pool } from "../balancer.ts";
import type { BalancerCommon } from "../schema.ts";
import { haproxyAutoRestore } from "./auto-restore.ts";
import type { HaproxyConfig } from "./index.ts";
import { haproxy } from "./runtime-api.ts";
import { haproxyServer } from "./server.ts";

export function haproxyPool(
  config: HaproxyConfig,
  { drain: deadline }: BalancerCommon,
  { tunnel, ssh, autoRevert }: BalancerContext,
): Pool {
  const { socket, host = "local", "ssh-user": user, port } = config;
  const address = { address: host, user: user ?? ssh.user, port: port ?? ssh.port, proxyJump: ssh.proxyJump };
  const way = tunnel({ ...address, roles: undefined }, socketOf(socket));
  const backends = [config.backend]
    .flat()
    .map((backend) => haproxy({ name: `haproxy on ${host}`, backend, ask: way.ask }));
  return {
    member: ({ server, services }) =>
      backends.map((balancer) => {
        const { backend } = balancer;
        const own = haproxyServer(balancer, { server, deadline });
        if (!autoRevert) return own;
        const after = autoRevert.after + revertTime(services);
        return withAutoRestore(own, haproxyAutoRestore(way, { socket, backend, server, after }), autoRevert);
      }),
  };
}

function socketOf(text: string): ForwardTarget {
  if (text.startsWith("/")) return { path: text };
  const [, host = "", port] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
