// The backend servers of a target's hosts in its load balancers, as tarlift.yml names them.
import type { BackendServer, Balancer, BalancerContext, PoolHost } from "../balancers/balancer.ts";
import { BALANCERS } from "../balancers/registry.ts";
import type { TargetConfig } from "../config/schema.ts";
import { hasRole } from "../host/roles.ts";
import { chosenOf } from "../schema/adapter.ts";
import { openTunnel } from "../session/tunnel.ts";
import type { SshOptions } from "../transports/types.ts";

/**
 * @param directory absolute directory of the balancers' commands
 * @returns the servers of a host with these roles; no balancer is contacted before a server is used
 */
export async function openPools(
  target: TargetConfig,
  ssh: SshOptions,
  directory: string,
): Promise<(host: Omit<PoolHost, "server"> & { roles: readonly string[] }) => BackendServer[]> {
  const context: BalancerContext = {
    tunnel: (at, to) => openTunnel(at, ssh, to),
    directory,
    ssh: { user: target["ssh-user"], port: target.port, proxyJump: target["proxy-jump"] },
    autoRevert:
      target["auto-revert"] > 0 ? { after: target["auto-revert"], required: target["require-auto-revert"] } : undefined,
  };
  const pools = await Promise.all(
    target.balancers.map(async (balancer) => {
      const { adapter, config } = chosenOf<Balancer>(BALANCERS, balancer);
      return { balancer, pool: await adapter.open(config, balancer, context) };
    }),
  );
  return ({ roles, ...host }) =>
    pools
      .filter(({ balancer }) => hasRole(roles, balancer.roles))
      .flatMap(({ balancer, pool }) =>
        pool.member({ ...host, server: balancer.servers?.[host.address] ?? serverName(host.address) }),
      );
}

/** `app1` of `app1.example.org`: the server name in most configurations of HAProxy. */
const serverName = (address: string): string =>
  /^[0-9.]+$|:/.test(address) ? address : (address.split(".")[0] ?? address);
