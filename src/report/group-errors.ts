// Reports an error of many hosts once, with the names of the hosts: forty equal errors would hide the one that differs.
import type { ReportedError } from "../fleet/report.ts";

/** Maximum number of hosts in a title, and of their remedies that are shown. */
const NAMED = 5;

/**
 * Merges equal errors, in the order of their first; `host` names all their hosts. Two errors of one host are only
 * merged if they are equal. Between hosts, what went wrong has to be identical, because it is reported for all. The
 * remedies of each host are shown; output and attempts are those of the first host.
 */
export function groupErrors(errors: readonly ReportedError[]): ReportedError[] {
  const groups: Group[] = [];
  const alike = new Map<string, Group[]>();
  for (const error of new Map(errors.map((one) => [JSON.stringify(one), one])).values()) {
    const key = keyOf(error);
    const { host } = error;
    // An error without a host is not merged.
    const same = host === undefined ? [] : (alike.get(key) ?? []);
    let group = same.find(({ hosts }) => !hosts.has(host));
    if (!group) {
      group = { hosts: new Set(), errors: [] };
      groups.push(group);
      if (host !== undefined) alike.set(key, [...same, group]);
    }
    group.hosts.add(host);
    group.errors.push(error);
  }
  return groups.map((group) => (group.errors.length < 2 ? group.errors[0]! : forEachHost(group.errors)));
}

/** Errors of different hosts that are reported as one. */
interface Group {
  hosts: Set<string | undefined>;
  errors: ReportedError[];
}

/** Warnings that start with their host's name, reported once for all hosts that have the same. */
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

function forEachHost(errors: readonly ReportedError[]): ReportedError {
  const first = errors[0]!;
  const inCommon = ([name, value]: [string, string]) => errors.every(({ where }) => where?.[name] === value);
  // A remedy that names its own host is a separate step.
  const remedies = [...new Set(errors.flatMap(({ remedy }) => remedy ?? []))];
  return {
    ...first,
    host: namesOf(errors.flatMap(({ host }) => host ?? [])),
    ...(first.where === undefined ? {} : { where: Object.fromEntries(Object.entries(first.where).filter(inCommon)) }),
    ...(first.output === undefined ? {} : { output: `(on ${first.host})\n${first.output}` }),
    ...(remedies.length === 0 ? {} : { remedy: remediesOf(remedies) }),
  };
}

function remediesOf(remedies: readonly string[]): string {
  const more = remedies.length - NAMED;
  return [...remedies.slice(0, NAMED), ...(more > 0 ? [`and ${more} more like these`] : [])].join("\n");
}

function namesOf(hosts: readonly string[]): string {
  const names = [...new Set(hosts)];
  return names.length <= NAMED
    ? names.join(", ")
    : `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`;
}

/** What errors that are reported as one have in common. */
function keyOf({ host, what, where = {}, output, remedy }: ReportedError): string {
  const places = Object.entries(where).filter(([name]) => name !== "host" && name !== "attempts");
  // A host's output may contain its name.
  const unnamed = (text: string | undefined) => (host === undefined ? text : text?.replaceAll(host, "HOST"));
  // Times and process numbers differ on every host; a number that is part of a word (`worker1`) is a name.
  return JSON.stringify([what, places, unnamed(output)?.replaceAll(/(?<![A-Za-z_\d])\d+/g, "0"), unnamed(remedy)]);
}
