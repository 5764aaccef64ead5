// The places of a target's hosts in its load balancers, as tarlift.yml names them.
import { commandSeat } from "../balancer/command-seat.ts";
import { type Haproxy, haproxy } from "../balancer/haproxy.ts";
import { haproxySeat } from "../balancer/haproxy-seat.ts";
import type { Seat } from "../balancer/types.ts";
import type { BalancerConfig, HostConfig, TargetConfig } from "../config/schema.ts";
import { hasRole } from "../fleet/roles.ts";
import type { SshOptions } from "../host/ssh.ts";
import { openTunnel } from "../host/tunnel.ts";
import type { ForwardTarget } from "../host/types.ts";

/**
 * @param directory where commands of balancers run
 * @returns the seats of a host; nothing is asked before a seat is used
 */
export function seatsFor(target: TargetConfig, ssh: SshOptions, directory: string): (host: HostConfig) => Seat[] {
  const open = target.balancers.map((balancer) => ({ balancer, backends: haproxies(target, balancer, ssh) }));
  return (host) => {
    const roles = ("roles" in host && host.roles) || [];
    return open.flatMap(({ balancer, backends }) => {
      if (!hasRole(roles, balancer.roles)) return [];
      const server = balancer.servers?.[host.address] ?? serverName(host.address);
      const { drain: deadline, command } = balancer;
      if (command) return [commandSeat({ host: host.address, server, deadline, directory, ...command })];
      return backends.map((backend) => haproxySeat(backend, { server, deadline }));
    });
  };
}

/** `app1` of `app1.example.org`: what most configurations of HAProxy call a server. */
export const serverName = (address: string): string =>
  /^[0-9.]+$|:/.test(address) ? address : (address.split(".")[0] ?? address);

function haproxies(
  target: TargetConfig,
  { haproxy: config, host = "local", user, port }: BalancerConfig,
  ssh: SshOptions,
): Haproxy[] {
  if (!config) return [];
  const address = {
    address: host,
    roles: undefined,
    user: user ?? target.user,
    port: port ?? target.port,
    proxyJump: target["proxy-jump"],
  };
  const ask = openTunnel(address, ssh, socketOf(config.socket));
  const backends = Array.isArray(config.backend) ? config.backend : [config.backend];
  return backends.map((backend) => haproxy({ name: `haproxy on ${host}`, backend, ask }));
}

function socketOf(text: string): ForwardTarget {
  if (text.startsWith("/")) return { path: text };
  const [, host = "", port] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
