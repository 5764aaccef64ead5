// Conditions in a Python environment that depend on the builder's version and machine: the markers that selected its
// packages, and the Python versions that they allow. A host with another result would need other packages. Pure except
// for `readInstalled`.
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
  /** Canonical; undefined for an address or a path, whose name only its content shows. */
  name: string | undefined;
  extras: readonly string[];
  /** The accepted versions, `>=4,<5`; empty for any, undefined if an address decides. */
  specifier: string | undefined;
  /** Empty if it has none. */
  marker: string;
}

/** A source of requirements: an installed package, or a file of the application. */
export interface Requirer {
  /** Canonical; undefined for a file. */
  name: string | undefined;
  /** For messages: `redis 5.0.1`, `requirements.txt`. */
  title: string;
  /** Only of an installed package. */
  version?: string;
  /** Whether the application itself requests it: a requirement file, the project of a lock. */
  root?: true;
  /** Whether it is a constraints file: it requests nothing, and restricts versions of packages that are installed. */
  constraint?: true;
  requires: readonly Requirement[];
  /** Its `requires-python`; empty if it has none. */
  python: string;
  /** Extras that are requested from the start. */
  extras?: readonly string[];
}

/** Parses a requirement of metadata or of a requirement file. Options after it, such as `--hash`, are ignored. */
export function parseRequirement(text: string): Requirement {
  const line = text.replace(/\s--[a-z].*$/s, "").trim();
  // An address may contain semicolons: the one before a marker has a space beside it.
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

/** Reads the installed packages of a virtualenv from their metadata. @param site its `site-packages`, absolute */
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

/** The header of a metadata file: names in lower case, values with their continuation lines. */
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
 * The conditions whose result could differ with another patch version of Python or another machine, and that decide
 * what is installed. Markers of packages that are installed in any case do not count.
 *
 * @param requirers everything that was installed, and the files that requested it
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
    // A version that a file of the application requests for some hosts is meant only for those.
    const decides = holds
      ? ((requirer.root || requirer.constraint) && requirement.specifier !== "") || !coveredBy(everywhere, requirement)
      : !present || !suffices(present, requirement);
    if (!decides) return [];
    const more = requirement.extras.length > 0 ? `[${requirement.extras.join(",")}]` : "";
    // If the package is installed, only its extras or its version can be missing.
    const needs = `${name ?? "a package"}${more}${present && !holds ? (requirement.specifier ?? "") : ""}`;
    return [{ by: requirer.title, needs, marker, ...(extras.length > 0 ? { extras } : {}), holds }];
  }

  /** Whether an installed package satisfies a requirement. */
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

/**
 * Whether a `requires-python` allows the builder's version, but not every other patch version of the same minor
 * version.
 */
function dependsOnPatch(specifier: string, { python_version: minor, python_full_version: own }: MarkerEnvironment) {
  if (specifier === "" || !allowsPython(specifier, own ?? "")) return false;
  return patchVersions(minor ?? "").some((version) => !allowsPython(specifier, version));
}

/**
 * The conditions whose result on a host differs from that on the builder.
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
