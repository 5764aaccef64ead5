// Whether deploys of a target are locked, as lines for people: one a host.
import type { HoldResult } from "../operations/lock.ts";
import { visibleLine } from "../text/visible.ts";

export function holdLines({ hosts, message }: HoldResult): string[] {
  const said = message === undefined ? "deploys go on" : `deploys are held: ${message}`;
  return hosts.map((host) => visibleLine(`${host}: ${said}`));
}
