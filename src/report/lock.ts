// Whether deploys of a target are locked, as lines for people: one a host.
import type { DeployLockResult } from "../operations/lock.ts";
import { visibleLine } from "../text/visible.ts";

export function deployLockLines({ hosts, message }: DeployLockResult): string[] {
  const said = message === undefined ? "deploys go on" : `deploys are locked: ${message}`;
  return hosts.map((host) => visibleLine(`${host}: ${said}`));
}
