// The places of a target's hosts in its load balancers, as tarlift.yml names them.

import { withAutoRestore, withoutAutoRestore } from "../balancers/auto-restore.ts";
import type { BackendServer } from "../balancers/balancer.ts";
import { hostCommands } from "../balancers/command/on-host.ts";
import { runnerCommands } from "../balancers/command/on-runner.ts";
import { haproxyAutoRestore } from "../balancers/haproxy/auto-restore.ts";
import { type Haproxy, haproxy } from "../balancers/haproxy/runtime-api.ts";
import { haproxyServer } from "../balancers/haproxy/server.ts";
import type { BalancerConfig, HostConfig, TargetConfig } from "../config/schema.ts";
import type { Host } from "../host/host.ts";
import { hasRole } from "../host/roles.ts";
import { openWay, type Way } from "../session/tunnel.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import type { SshOptions } from "../transports/ssh/ssh.ts";
import type { ForwardTarget } from "../transports/types.ts";

/**
 * @param directory where commands of balancers run
 * @returns the seats of a host, which runs these services; nothing is asked before a seat is used
 */
export function poolsOf(
  target: TargetConfig,
  ssh: SshOptions,
  directory: string,
): (config: HostConfig, host: Host, services: readonly ServiceRequest[]) => BackendServer[] {
  const open = target.balancers.map((balancer) => ({ balancer, backends: haproxies(target, balancer, ssh) }));
  const rules = { required: target.switch > 0 && target["require-switch"] };
  return (config, host, services) => {
    const roles = ("roles" in config && config.roles) || [];
    return open.flatMap(({ balancer, backends }) => {
      if (!hasRole(roles, balancer.roles)) return [];
      const server = balancer.servers?.[config.address] ?? serverName(config.address);
      const { drain: deadline, command } = balancer;
      if (command?.on === "host") {
        const { seat, own } = hostCommands(host, { ...command, server, deadline, after: target.switch });
        return [target.switch === 0 ? seat : withAutoRestore(seat, own, rules)];
      }
      if (command) {
        const seat = runnerCommands({ host: config.address, server, deadline, directory, ...command });
        return [withoutAutoRestore(seat, ON_THE_RUNNER, rules)];
      }
      return backends.map(({ way, socket, backend }) => {
        const seat = haproxyServer(backend, { server, deadline });
        if (target.switch === 0) return seat;
        const after = target.switch + wayBack(services);
        return withAutoRestore(
          seat,
          haproxyAutoRestore(way, { socket, backend: backend.backend, server, after }),
          rules,
        );
      });
    });
  };
}

/** `app1` of `app1.example.org`: what most configurations of HAProxy call a server. */
export const serverName = (address: string): string =>
  /^[0-9.]+$|:/.test(address) ? address : (address.split(".")[0] ?? address);

const ON_THE_RUNNER = {
  what: "the commands of the balancer run on the machine that deploys",
  remedy: "Let them run on the hosts themselves (`on: host` of the command), or leave `require-switch` out.",
};

/** Seconds that a service's stop takes at most where it does not say. */
const STOP = 30;

/**
 * Seconds within which a host is back by itself once its own switch has begun with that: what a killed run had begun comes to its end
 * first, so the services may be restarted twice.
 */
function wayBack(services: readonly ServiceRequest[]): number {
  return Math.ceil(services.reduce((sum, { stopTimeout = STOP, settle }) => sum + 2 * (stopTimeout + settle), 10));
}

interface Backend {
  backend: Haproxy;
  way: Way;
  /** As the configuration has it. */
  socket: string;
}

function haproxies(
  target: TargetConfig,
  { haproxy: config, host = "local", user, port }: BalancerConfig,
  ssh: SshOptions,
): Backend[] {
  if (!config) return [];
  const address = {
    address: host,
    roles: undefined,
    user: user ?? target.user,
    port: port ?? target.port,
    proxyJump: target["proxy-jump"],
  };
  const { socket } = config;
  const way = openWay(address, ssh, socketOf(socket));
  const backends = Array.isArray(config.backend) ? config.backend : [config.backend];
  const open = (backend: string) => haproxy({ name: `haproxy on ${host}`, backend, ask: way.ask });
  return backends.map((backend) => ({ backend: open(backend), way, socket }));
}

function socketOf(text: string): ForwardTarget {
  if (text.startsWith("/")) return { path: text };
  const [, host = "", port] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
