// What of a Python environment follows from the builder's version and machine: the markers by which its packages were chosen, and the
// Python versions that they allow. A host that answers one of them otherwise would need other packages. Pure but for `readInstalled`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Condition } from "../artifact/format.ts";
import {
  allowsPython,
  allowsVersion,
  canonicalName,
  dependsOnHost,
  evaluateMarker,
  type MarkerEnvironment,
  parseMarker,
  patchVersions,
} from "./markers.ts";
import { activeExtras, coveredBy, requiredEverywhere } from "./required-packages.ts";

/** One requirement: `redis[hiredis] ; python_full_version < "3.11.3"`. */
export interface Requirement {
  /** Canonical; undefined where only its content would tell (an address, a path). */
  name: string | undefined;
  extras: readonly string[];
  /** The versions that it takes, `>=4,<5`; empty for any, undefined where an address says which. */
  specifier: string | undefined;
  /** Empty when it has none. */
  marker: string;
}

/** Whose requirements they are: an installed package, or a file of the application. */
export interface Requirer {
  /** Canonical; undefined for a file. */
  name: string | undefined;
  /** For messages: `redis 5.0.1`, `requirements.txt`. */
  title: string;
  /** Of an installed package. */
  version?: string;
  /** Whether it is asked for by the application itself: a requirement file, the project of a lock. */
  root?: true;
  /** Whether it is a file of constraints: it asks for nothing, and decides the version of what is there. */
  constraint?: true;
  requires: readonly Requirement[];
  /** Its `requires-python`; empty when it has none. */
  python: string;
  /** Extras that are asked for from the start. */
  extras?: readonly string[];
}

/** Reads a requirement as metadata and requirement files write it; options such as `--hash` after it are left out. */
export function parseRequirement(text: string): Requirement {
  const line = text.replace(/\s--[a-z].*$/s, "").trim();
  // An address may hold semicolons: there the one before a marker has a space beside it.
  const isAddress = /^[\w.-]+\s*(\[[^\]]*\])?\s*@|^[a-z][a-z+]*:/i.test(line);
  const separator = isAddress ? /\s;|;\s/.exec(line) : /;/.exec(line);
  const head = separator ? line.slice(0, separator.index) : line;
  const marker = separator ? line.slice(separator.index + separator[0].length).trim() : "";
  const named =
    /^(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?<extras>[^\]]*)\])?\s*(?=$|[\s(@=<>!~])/.exec(head) ??
    /[#&]egg=(?<name>[\w.-]+)(?:\[(?<extras>[^\]]*)\])?/.exec(head);
  const extras = named ? named.groups?.extras : /\[([^\]]*)\]\s*$/.exec(head)?.[1];
  const versions = named?.index === 0 && !isAddress ? head.slice(named[0].length).replace(/[()\s]/g, "") : undefined;
  return {
    name: named?.groups?.name === undefined ? undefined : canonicalName(named.groups.name),
    extras: extraNames(extras),
    specifier: versions,
    marker,
  };
}

const extraNames = (text = ""): string[] =>
  text
    .split(",")
    .map((name) => canonicalName(name.trim()))
    .filter(Boolean);

/** The installed packages of a virtualenv, by their metadata. @param site its `site-packages`, absolute */
export function readInstalled(site: string): Requirer[] {
  return readdirSync(site)
    .filter((name) => name.endsWith(".dist-info"))
    .sort()
    .flatMap((name) => {
      const fields = readFields(join(site, name, "METADATA"));
      const field = (wanted: string) => fields.flatMap(([key, value]) => (key === wanted ? [value] : []));
      const [own] = field("name");
      if (own === undefined) return [];
      const [version = ""] = field("version");
      return [
        {
          name: canonicalName(own),
          title: `${own} ${version}`.trim(),
          version,
          requires: field("requires-dist").map(parseRequirement),
          python: field("requires-python")[0] ?? "",
        },
      ];
    });
}

/** The header of a metadata file: names in lower case, values with their continued lines. */
function readFields(file: string): [string, string][] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  const [header = ""] = text.replaceAll("\r\n", "\n").split("\n\n", 1);
  return header
    .replace(/\n[ \t]+/g, " ")
    .split("\n")
    .flatMap((line): [string, string][] => {
      const at = line.indexOf(":");
      return at > 0 ? [[line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]] : [];
    });
}

/**
 * The conditions that another version of the same Python, or another machine, could answer otherwise, and that decide what is installed:
 * what the environment has anyway is no matter of a marker.
 *
 * @param requirers everything that was installed and the files that asked for it
 * @param environment the builder's
 */
export function conditionsOf(requirers: readonly Requirer[], environment: MarkerEnvironment): Condition[] {
  const asked = activeExtras(requirers, environment);
  const everywhere = requiredEverywhere(requirers, environment);
  const installed = new Map(requirers.flatMap((one) => (one.version === undefined ? [] : [[one.name, one]])));
  const conditions = requirers.flatMap((requirer): Condition[] => {
    const extras = asked(requirer);
    return [...requirer.requires.flatMap((one) => ofMarker(one, requirer, extras)), ...ofPython(requirer)];
  });
  return [...new Map(conditions.map((condition) => [JSON.stringify(condition), condition])).values()];

  function ofMarker(requirement: Requirement, requirer: Requirer, extras: string[]): Condition[] {
    const { name, marker } = requirement;
    const parsed = marker === "" ? undefined : parseMarker(marker);
    if (!parsed || !dependsOnHost(parsed, environment, extras)) return [];
    const holds = evaluateMarker(parsed, environment, extras);
    const present = name === undefined ? undefined : installed.get(name);
    if (requirer.constraint && (!present || requirement.specifier === "")) return [];
    // A version that a file of the application names for some hosts is meant for those alone.
    const decides = holds
      ? ((requirer.root || requirer.constraint) && requirement.specifier !== "") || !coveredBy(everywhere, requirement)
      : !present || !suffices(present, requirement);
    if (!decides) return [];
    const more = requirement.extras.length > 0 ? `[${requirement.extras.join(",")}]` : "";
    // Of a package that is there, only its extras or its version can be missing.
    const needs = `${name ?? "a package"}${more}${present && !holds ? (requirement.specifier ?? "") : ""}`;
    return [{ by: requirer.title, needs, marker, ...(extras.length > 0 ? { extras } : {}), holds }];
  }

  /** Whether an installed package is what a requirement would bring. */
  function suffices(present: Requirer, { extras, specifier }: Requirement): boolean {
    const has = asked(present);
    return (
      extras.every((extra) => has.includes(extra)) &&
      specifier !== undefined &&
      allowsVersion(specifier, present.version ?? "")
    );
  }

  function ofPython({ title, python }: Requirer): Condition[] {
    return dependsOnPatch(python, environment) ? [{ by: title, python }] : [];
  }
}

/** Whether a `requires-python` allows the builder and not every other patch version of the same minor version. */
function dependsOnPatch(specifier: string, { python_version: minor, python_full_version: own }: MarkerEnvironment) {
  if (specifier === "" || !allowsPython(specifier, own ?? "")) return false;
  return patchVersions(minor ?? "").some((version) => !allowsPython(specifier, version));
}

/**
 * The conditions that come out otherwise for a host than they did for the builder.
 *
 * @param environment the host's
 */
export function differing(conditions: readonly Condition[], environment: MarkerEnvironment): Condition[] {
  return conditions.filter((condition) => {
    if ("python" in condition) return !allowsPython(condition.python, environment.python_full_version ?? "");
    const marker = parseMarker(condition.marker);
    return marker !== undefined && evaluateMarker(marker, environment, condition.extras) !== condition.holds;
  });
}
