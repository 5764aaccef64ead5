// Keys of tarlift.yml that were renamed. An old name in a user's file is refused with the new name. Artifacts and hosts
// keep the configuration of their commit for ever: in those, old names are replaced.
import { upgradeTemplate } from "../notifiers/template.ts";
import type { ConfigPath } from "./document.ts";

interface Rename {
  /** The path of the mapping; `*` matches any name or position. */
  at: readonly string[];
  old: string;
  /** The new key, or the path to it from the same mapping. */
  now: readonly string[];
}

const TARGET = ["targets", "*"] as const;
const HOST = [...TARGET, "hosts", "*"] as const;
const BALANCER = [...TARGET, "balancers", "*"] as const;

export const RENAMED: readonly Rename[] = [
  { at: TARGET, old: "variables", now: ["env"] },
  { at: HOST, old: "variables", now: ["env"] },
  { at: ["migrations", "compatible"], old: "variables", now: ["env"] },
  { at: [], old: "build-variables", now: ["step-env"] },
  { at: TARGET, old: "user", now: ["ssh-user"] },
  { at: HOST, old: "user", now: ["ssh-user"] },
  { at: TARGET, old: "switch", now: ["auto-revert"] },
  { at: TARGET, old: "require-switch", now: ["require-auto-revert"] },
  { at: ["services", "*"], old: "settle", now: ["stable-for"] },
  { at: ["services", "*"], old: "user", now: ["user-manager"] },
  { at: BALANCER, old: "host", now: ["haproxy", "host"] },
  { at: BALANCER, old: "user", now: ["haproxy", "ssh-user"] },
  { at: BALANCER, old: "port", now: ["haproxy", "port"] },
  { at: [...BALANCER, "command"], old: "undrain", now: ["restore"] },
  { at: ["notify", "*"], old: "url-variable", now: ["url-env"] },
  { at: ["notify", "*"], old: "secret-variable", now: ["secret-env"] },
  { at: ["inputs"], old: "checks", now: ["required-checks"] },
  // Last, since the paths above are those of the old file.
  { at: [], old: "inputs", now: ["defaults"] },
];

interface RenamedValue {
  /** The path of the value, including its key. */
  at: readonly string[];
  old: string;
  /** The new value; of several, each is that of another action, and none replaces a recorded one: it is left out. */
  now: readonly string[];
}

export const RENAMED_VALUES: readonly RenamedValue[] = [
  { at: ["environments", "*", "use"], old: "run", now: ["runtime"] },
  ...["inputs", "defaults"].map((top) => ({
    at: [top, "upload"],
    old: "auto",
    now: ["unless-pull-request", "after-deploy"],
  })),
];

/** The new name of a key, as a path from its mapping: `haproxy.ssh-user`; undefined for a key that was not renamed. */
export function nameNow(path: ConfigPath, key: string): string | undefined {
  const found = RENAMED.find(({ at, old }) => old === key && fits(before(at), path));
  return found?.now.join(".");
}

/** The new name of a value, by the path of its key. */
export function valueNow(path: ConfigPath, value: unknown): string | undefined {
  return RENAMED_VALUES.find(({ at, old }) => old === value && fits(before(at), path))?.now.join(" or ");
}

/** The path in a file of today: names above the key may have changed, too. */
function before(at: readonly string[]): readonly string[] {
  const [first, ...rest] = at;
  return first === "inputs" ? ["defaults", ...rest] : at;
}

const fits = (at: readonly string[], path: ConfigPath): boolean =>
  at.length === path.length && at.every((step, n) => step === "*" || step === path[n]);

/**
 * A configuration that an artifact or a host recorded, with the names of today. A value that is not a mapping stays,
 * and so does a key whose new name exists.
 */
export function upgradeConfiguration(recorded: unknown): unknown {
  const upgraded = structuredClone(recorded);
  for (const { at, old, now } of RENAMED_VALUES) {
    const key = at.at(-1)!;
    for (const mapping of mappingsAt(upgraded, at.slice(0, -1))) {
      if (mapping[key] !== old) continue;
      if (now.length === 1) mapping[key] = now[0];
      else delete mapping[key];
    }
  }
  for (const entry of mappingsAt(upgraded, ["notify", "*"]))
    if (typeof entry.template === "string") entry.template = upgradeTemplate(entry.template);
  for (const { at, old, now } of RENAMED) for (const mapping of mappingsAt(upgraded, at)) move(mapping, old, now);
  return upgraded;
}

type Mapping = Record<string, unknown>;

function mappingsAt(root: unknown, at: readonly string[]): Mapping[] {
  if (root === null || typeof root !== "object") return [];
  const [step, ...rest] = at;
  if (step === undefined) return Array.isArray(root) ? [] : [root as Mapping];
  const inner = step === "*" ? Object.values(root) : Object.hasOwn(root, step) ? [(root as Mapping)[step]] : [];
  return inner.flatMap((value) => mappingsAt(value, rest));
}

function move(mapping: Mapping, old: string, now: readonly string[]): void {
  if (!Object.hasOwn(mapping, old)) return;
  const [inner] = mappingsAt(mapping, now.slice(0, -1));
  const key = now.at(-1)!;
  if (!inner || Object.hasOwn(inner, key)) return;
  inner[key] = mapping[old];
  delete mapping[old];
}
