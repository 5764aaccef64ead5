// The same trouble of many hosts is told once, with the hosts that have it: forty times the same hides the one that is different.
import type { Trouble } from "../fleet/types.ts";

/** Hosts that a title names at most. */
const NAMED = 5;

/**
 * Troubles that say the same, in the order of their first; `host` names all that have it. What differs in numbers alone (times, processes,
 * tries) is the same: the details are those of the first host.
 */
export function groupTroubles(troubles: readonly Trouble[]): Trouble[] {
  const groups = new Map<string, { first: Trouble; hosts: string[] }>();
  for (const trouble of troubles) {
    const where = Object.entries(trouble.where ?? {}).filter(([name]) => name !== "host");
    const key = JSON.stringify(
      [trouble.host === undefined, trouble.what, where, trouble.output, trouble.remedy].map(sameWithout(trouble.host)),
    );
    const group = groups.get(key) ?? { first: trouble, hosts: [] };
    if (trouble.host !== undefined && !group.hosts.includes(trouble.host)) group.hosts.push(trouble.host);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, hosts }) => (hosts.length < 2 ? first : together(first, hosts)));
}

/** Warnings that begin with their host's name, told once for all hosts that have the same. */
export function groupWarnings(warnings: readonly string[], hosts: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const warning of warnings) {
    const host = hosts.find((name) => warning.startsWith(`${name}: `));
    const rest = host === undefined ? warning : warning.slice(host.length + 2);
    const group = groups.get(rest) ?? [];
    if (host !== undefined) group.push(host);
    groups.set(rest, group);
  }
  return [...groups].map(([rest, names]) => (names.length === 0 ? rest : `${namesOf(names)}: ${rest}`));
}

function together(first: Trouble, hosts: readonly string[]): Trouble {
  const { host: _, ...where } = first.where ?? {};
  return {
    ...first,
    host: namesOf(hosts),
    ...(first.where === undefined ? {} : { where }),
    ...(first.output === undefined ? {} : { output: `(on ${first.host})\n${first.output}` }),
  };
}

function namesOf(hosts: readonly string[]): string {
  const names = [...new Set(hosts)];
  return names.length <= NAMED
    ? names.join(", ")
    : `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`;
}

/** A host names itself in what it says. */
const sameWithout = (host: string | undefined) => (part: unknown) =>
  JSON.stringify(part ?? null)
    .replaceAll(host === undefined ? "\0" : JSON.stringify(host).slice(1, -1), "HOST")
    .replaceAll(/\d+/g, "0");
