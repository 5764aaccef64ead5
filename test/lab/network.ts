// The network of a lab: a bridge on this machine, and for each host a network namespace with one cable to that bridge. There is no
// route beyond the bridge: traffic goes nowhere else.
import { spawnSync } from "node:child_process";
import { sh } from "../support/needs.ts";

/** `number` distinguishes labs on one machine: it is in the names of all links and in the addresses. */
export interface Network {
  number: number;
  bridge: string;
  /** The address of this machine on the bridge. */
  address: string;
}

const ip = (...args: string[]) => sh("ip", args);
const tryIp = (...args: string[]) => spawnSync("ip", args).status === 0;

/** The network with a number, whether it exists or not. */
export function network(number: number): Network {
  return { number, bridge: `tarlift${number}`, address: `10.213.${number}.1` };
}

/**
 * Makes the first network that is free: making a bridge fails when its name is taken, so that two labs never get the same.
 *
 * @throws Error when this machine has 250 labs already, or may not make bridges
 */
export function createNetwork(): Network {
  for (let number = 0; number < 250; number++) {
    const made = network(number);
    if (!tryIp("link", "add", made.bridge, "type", "bridge")) continue;
    ip("address", "add", `${made.address}/24`, "dev", made.bridge);
    ip("link", "set", made.bridge, "up");
    return made;
  }
  throw new Error("no bridge could be made: all names are taken, or this is not root");
}

/** Removes the bridge; hosts are to be unplugged first. */
export function removeNetwork({ bridge }: Network): void {
  tryIp("link", "delete", bridge);
}

/**
 * Gives a host its network namespace and address.
 *
 * @param host its number in the lab, from 1
 */
export function plugIn(lab: Network, host: number): { namespace: string; address: string } {
  const { namespace, address } = plug(lab, host);
  const cable = `${lab.bridge}h${host}`;
  ip("netns", "add", namespace);
  ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  ip("link", "set", cable, "master", lab.bridge, "up");
  ip("-n", namespace, "link", "set", "lo", "up");
  ip("-n", namespace, "address", "add", `${address}/24`, "dev", "eth0");
  ip("-n", namespace, "link", "set", "eth0", "up");
  return { namespace, address };
}

/** Where a host is plugged in: the namespace's name, and its address. */
export function plug(lab: Network, host: number): { namespace: string; address: string } {
  return { namespace: `${lab.bridge}h${host}`, address: `10.213.${lab.number}.${10 + host}` };
}

/** Takes a host's cable off the bridge, or puts it back. */
export function switchCable(lab: Network, host: number, on: boolean): void {
  ip("link", "set", `${lab.bridge}h${host}`, on ? "up" : "down");
}

/** Removes a host's namespace, and its cable with it. */
export function unplug(lab: Network, host: number): void {
  // The cable first: a namespace lives on while a process of it does, and would keep its end.
  tryIp("link", "delete", `${lab.bridge}h${host}`);
  tryIp("netns", "delete", plug(lab, host).namespace);
}

/** Everything of a network that exists on this machine now, one line each: for tests of what is left behind. */
export function remains({ bridge }: Network): string[] {
  const links = sh("ip", ["-oneline", "link"]).split("\n");
  const namespaces = sh("ip", ["netns", "list"]).split("\n");
  return [...links, ...namespaces].filter((line) => new RegExp(`\\b${bridge}(h\\d+)?\\b`).test(line));
}
