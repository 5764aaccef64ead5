// Tests too dear for every run, by what they are about. `npm test` plays a tenth of each part, another one with each commit, and the
// whole of a part whose files are not those with which it was last played as a whole. `npm run test:full -- PART` plays a part alone.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
/** Where runs of whole parts are written down: part to fingerprint. */
export const RECORD = "test/full.json";
/** The tag of a test that this run leaves to `npm run test:full`. */
export const LEFT_OUT = "left-out";

interface PartOf {
  about: string;
  /** Files and folders whose change plays the whole part. Files of tests that name the part belong to it besides. */
  of: readonly string[];
}

export const PARTS = {
  environments: {
    about: "what installers build, in all their variants",
    of: ["src/environments", "src/installers", "src/cache", "src/cache-key", "src/python", "src/stores"],
  },
  bundles: { about: "assets, checks and artifacts of real projects", of: ["src/bundle", "src/artifact", "src/source"] },
  actions: { about: "workflows and actions as GitHub runs them", of: ["src/actions", "actions", "action.yml"] },
  examples: {
    about: "the applications and commands of the documentation on real hosts",
    of: ["examples", "README.md"],
  },
  transactions: {
    about: "deploys, ways back and repairs over SSH",
    of: ["src/fleet", "src/remote", "src/protocol", "src/session", "src/transports"],
  },
  services: { about: "supervisors and what they do to services", of: ["src/supervisors", "src/remote"] },
  balancers: { about: "hosts behind a balancer", of: ["src/balancers", "src/remote"] },
  privileges: { about: "users, sudo and what root does on hosts", of: ["src/host-requirements", "src/remote"] },
} as const satisfies Record<string, PartOf>;

export type Part = keyof typeof PARTS;
export const isPart = (name: string): name is Part => Object.hasOwn(PARTS, name);
export const partNames = (): Part[] => Object.keys(PARTS) as Part[];

/** What a run plays of the parts. */
export interface Selection {
  /** Anything that changes now and then, as a commit's id; undefined: all tests are played. */
  seed: string | undefined;
  /** Parts that are played as a whole all the same. */
  whole: readonly string[];
}

/** The selection that scripts/test.ts has made; without it, as for a single file by hand, everything is played. */
export function selection(env: NodeJS.ProcessEnv = process.env): Selection {
  return { seed: env.TARLIFT_TEST_SEED, whole: (env.TARLIFT_TEST_WHOLE ?? "").split(" ") };
}

/** The variables by which `selection` knows it. */
export function variablesOf({ seed, whole }: Selection): NodeJS.ProcessEnv {
  return { TARLIFT_TEST_SEED: seed, TARLIFT_TEST_WHOLE: whole.join(" ") };
}

/** Whether a test of a part is played: of ten turns it has one, by its name. */
export function isPlayed(part: Part, name: string, { seed, whole }: Selection = selection()): boolean {
  return seed === undefined || whole.includes(part) || turnOf(name) === turnOf(seed);
}

const turnOf = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE() % 10;

/**
 * What the files of a part are.
 *
 * @param root the repository
 * @returns hexadecimal digits that change with the path or the content of any of them
 */
export function fingerprint(part: Part, root = ROOT): string {
  const hash = createHash("sha256");
  const about = PARTS[part].of.flatMap((path) => filesBelow(join(root, path)));
  for (const file of [...about, ...testsOf(part, root).flatMap(withSuites)].sort())
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** The files of tests that have tests of a part, themselves or by a suite of adapters that they import. */
export function testsOf(part: Part, root = ROOT): string[] {
  const has = (text: string) => text.includes(`full("${part}"`);
  const files = filesBelow(join(root, "test")).filter((file) => file.endsWith(".test.ts"));
  return files.filter((file) => {
    const text = readFileSync(file, "utf8");
    return has(text) || suitesOf(file, text).some((suite) => has(readFileSync(suite, "utf8")));
  });
}

const withSuites = (file: string): string[] => [file, ...suitesOf(file, readFileSync(file, "utf8"))];

/** The suites (test/contract/adapters) that a file of tests imports. */
function suitesOf(file: string, text: string): string[] {
  return [...text.matchAll(/from "([^"]*contract\/adapters\/[^"]+)"/g)].map(([, path]) => join(dirname(file), path!));
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name));
}

/** The parts whose files have changed since they were played as a whole, or that never were. */
export function changedParts(root = ROOT): Part[] {
  const written = record(root);
  return partNames().filter((part) => written[part] !== fingerprint(part, root));
}

/** Writes down that parts were played as a whole and all was well. @param fingerprints as they were when the run began */
export function writeRecord(fingerprints: Partial<Record<Part, string>>, root = ROOT): void {
  const all: Partial<Record<Part, string>> = { ...record(root), ...fingerprints };
  const lines = partNames().flatMap((part) => (all[part] ? [[part, all[part]]] : []));
  writeFileSync(join(root, RECORD), `${JSON.stringify(Object.fromEntries(lines), null, 2)}\n`);
}

function record(root: string): Partial<Record<Part, string>> {
  try {
    return JSON.parse(readFileSync(join(root, RECORD), "utf8"));
  } catch {
    return {}; // Nothing was ever written down.
  }
}
