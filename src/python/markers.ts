// Environment markers of Python requirements, and whether they depend on the machine
// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers). Pure.
import { satisfies, valid, validRange } from "@renovatebot/pep440";

/** The values of marker variables, by name, for one interpreter on one machine. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

/** A marker as a tree: comparisons joined by `and` and `or`; there is no negation. */
export type Marker =
  | { all: readonly Marker[] }
  | { any: readonly Marker[] }
  | { variable: string; operator: string; literal: string; reversed: boolean };

/** All marker variables except `extra`, which no machine has: https://peps.python.org/pep-0508/#environment-markers */
export const VARIABLES = [
  "implementation_name",
  "implementation_version",
  "os_name",
  "platform_machine",
  "platform_python_implementation",
  "platform_release",
  "platform_system",
  "platform_version",
  "python_full_version",
  "python_version",
  "sys_platform",
] as const;

/**
 * Variables that may differ between a builder and its hosts. The others cannot: hosts run Linux, and a host of another
 * minor version is refused before any marker is evaluated.
 */
const OF_THE_HOST = new Set([
  "python_full_version",
  "implementation_name",
  "implementation_version",
  "platform_python_implementation",
  "platform_machine",
  "platform_release",
  "platform_version",
]);

/** Names from before the standard, which installers still accept. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  "os.name": "os_name",
  "sys.platform": "sys_platform",
  "platform.version": "platform_version",
  "platform.machine": "platform_machine",
  "platform.python_implementation": "platform_python_implementation",
  python_implementation: "platform_python_implementation",
};

const VERSIONS = new Set(["python_version", "python_full_version", "implementation_version", "platform_release"]);
const TOKEN =
  /\s*(?:(?<bracket>[()])|(?<operator>===|[<>=!~]=|[<>]|not\s+in\b|in\b)|(?<join>and\b|or\b)|(?<literal>"[^"]*"|'[^']*')|(?<variable>[a-z][\w.]*))/y;

/** @returns the marker's tree; undefined for a text that is no marker */
export function parseMarker(text: string): Marker | undefined {
  const tokens: { kind: string; text: string }[] = [];
  const pattern = new RegExp(TOKEN);
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const groups = pattern.exec(trimmed)?.groups;
    const [kind, found] = Object.entries(groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || found === undefined) return undefined;
    tokens.push({ kind, text: found });
  }
  let at = 0;
  const take = (kind: string, wanted?: string) =>
    tokens[at]?.kind === kind && (wanted === undefined || tokens[at]?.text === wanted) ? tokens[at++]?.text : undefined;
  const joined = (word: string, part: () => Marker | undefined): Marker[] | undefined => {
    const parts = [part()];
    while (take("join", word)) parts.push(part());
    return parts.every((one) => one !== undefined) ? parts : undefined;
  };
  const some = (): Marker | undefined => {
    const any = joined("or", every);
    return any && (any.length === 1 ? any[0] : { any });
  };
  const every = (): Marker | undefined => {
    const all = joined("and", atom);
    return all && (all.length === 1 ? all[0] : { all });
  };
  const atom = (): Marker | undefined => {
    if (take("bracket", "(")) {
      const inner = some();
      return take("bracket", ")") ? inner : undefined;
    }
    const left = take("literal");
    const name = left === undefined ? take("variable") : undefined;
    const operator = take("operator")?.replace(/\s+/, " ");
    const right = left === undefined ? take("literal") : undefined;
    const variable = name ?? take("variable");
    const literal = (left ?? right)?.slice(1, -1);
    if (variable === undefined || operator === undefined || literal === undefined) return undefined;
    return { variable: OLD_NAMES[variable] ?? variable, operator, literal, reversed: left !== undefined };
  };
  const marker = some();
  return at === tokens.length ? marker : undefined;
}

/**
 * @param extras the extras that are requested of the package that has this requirement. The marker is true if it is
 *   true for one of them, or for none
 */
export function evaluateMarker(marker: Marker, environment: MarkerEnvironment, extras: Iterable<string> = []): boolean {
  return ["", ...extras].some((extra) => holds(marker, { ...environment, extra }));
}

/**
 * Whether another patch version, implementation or machine could change the result.
 *
 * @param environment values of all variables that cannot differ between a builder and its hosts
 */
export function dependsOnHost(marker: Marker, environment: MarkerEnvironment, extras: Iterable<string> = []): boolean {
  // Without negation the result is monotonic: it is computed with all open comparisons true, and with all of them
  // false.
  const answer = (open: boolean) => ["", ...extras].some((extra) => holds(marker, { ...environment, extra }, open));
  return answer(true) && !answer(false);
}

/** @param open the result of each comparison that depends on the host; default: that of the environment */
function holds(marker: Marker, environment: MarkerEnvironment, open?: boolean): boolean {
  if ("all" in marker) return marker.all.every((one) => holds(one, environment, open));
  if ("any" in marker) return marker.any.some((one) => holds(one, environment, open));
  if (open !== undefined && OF_THE_HOST.has(marker.variable)) return open;
  const value = environment[marker.variable] ?? "";
  const [left, right] = marker.reversed ? [marker.literal, value] : [value, marker.literal];
  return marker.variable === "extra"
    ? compareTexts(canonicalName(left), marker.operator, canonicalName(right))
    : compare(left, marker.operator, right, marker.variable);
}

function compare(left: string, operator: string, right: string, variable: string): boolean {
  // A Python that is built from a development branch has a version such as 3.14.0+.
  const version = left.replace(/\+$/, "+local");
  const range = `${operator}${right}`;
  if (VERSIONS.has(variable) && valid(version) && !operator.endsWith("in") && validRange(range))
    return satisfies(version, range, { prereleases: true });
  return compareTexts(left, operator, right);
}

/** As `packaging` compares values that are no versions: an order of texts means nothing. */
function compareTexts(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    case "!=":
      return left !== right;
    case "==":
    case "===":
    case "<=":
    case ">=":
      return left === right;
    default:
      return false;
  }
}

/**
 * `Foo.Bar_baz` and `foo-bar-baz` are one name
 * (https://packaging.python.org/en/latest/specifications/name-normalization/).
 */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/**
 * Whether a `requires-python` allows a version; an invalid specifier allows all. Pre-releases count as the release that
 * they precede, as in pip.
 */
export function allowsPython(specifier: string, version: string): boolean {
  const range = specifier.replaceAll(" ", "");
  const [plain = version] = /^\d+\.\d+\.\d+/.exec(version) ?? [];
  return range === "" || !validRange(range) || satisfies(plain, range, { prereleases: true });
}

/** More than any minor version of Python has had. */
const PATCH_VERSIONS = 100;

/** All versions that an interpreter of one minor version (`3.11`) may have. */
export const patchVersions = (minor: string): string[] =>
  Array.from({ length: PATCH_VERSIONS }, (_, patch) => `${minor}.${patch}`);

/** Whether a requirement accepts a version: an empty specifier accepts all, an invalid one none. */
export const allowsVersion = (specifier: string, version: string): boolean =>
  specifier === "" ||
  (valid(version) !== null && validRange(specifier) && satisfies(version, specifier, { prereleases: true }));
