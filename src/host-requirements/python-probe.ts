// Compares a host's Python with the one that built a release.
import type { Condition, Requirements } from "../artifact/format.ts";
import { differing } from "../python/conditions.ts";
import { parseProbe } from "../python/interpreter.ts";
import { type MarkerEnvironment, VARIABLES } from "../python/markers.ts";
import { cutEnd } from "../text/cut.ts";
import { formatCount } from "../text/quantity.ts";
import { type HostProbe, type ProbeFinding, WAYS_OUT } from "./host-probe.ts";

type Needed = NonNullable<Requirements["python"]>;

/** One probe for each interpreter that the release names. @param records of the release and its environments */
export function pythonProbes(records: readonly Requirements[]): HostProbe[] {
  const needed = records.flatMap(({ python }) => python ?? []);
  return [...new Set(needed.map(({ interpreter }) => interpreter))].map((interpreter) => ({
    ask: `interpreter ${interpreter}`,
    reply: "interpreter",
    read(answers) {
      const own = answers.filter((line) => line.startsWith(`${interpreter} `));
      const of = needed.filter((one) => one.interpreter === interpreter);
      const findings = own.flatMap((line) => interpreterFindings(interpreter, line.slice(interpreter.length + 1), of));
      return { findings, warnings: [] };
    },
  }));
}

/** Maximum number of requirements with a different result that are named. */
const SHOWN = 5;

interface Comparison {
  /** The interpreter's path. */
  path: string;
  /** Output of PYTHON_PROBE on the host. */
  seen: string;
  /** The same, read; undefined if it is not the output of a Python. */
  host: ReturnType<typeof parseProbe>;
  needed: Needed;
}

/** Why an interpreter cannot run the release at all: the first row that applies. */
const MISFITS: readonly {
  applies: (compared: Comparison) => boolean;
  what: (compared: Comparison) => string;
  remedy: (compared: Comparison) => string;
}[] = [
  {
    applies: ({ seen }) => seen === "none",
    what: ({ path }) => `the host has no ${path}`,
    remedy: ({ needed }) =>
      `Install python${needed.version} there, or set \`interpreter\` of the environment to the path that all hosts have.`,
  },
  {
    applies: ({ host, needed }) => host?.version !== needed.version,
    what: ({ path, seen, host, needed }) =>
      `${path} on the host is ${host ? `Python ${host.version}` : cutEnd(seen, 100)} and the release is for ${needed.version}`,
    remedy: () => WAYS_OUT,
  },
  {
    applies: ({ host, needed }) => host?.abi !== needed.abi,
    what: ({ path, host, needed }) =>
      `${path} on the host is a Python for ${host?.abi} and the release is for ${needed.abi}`,
    remedy: () => WAYS_OUT,
  },
];

/**
 * @param path the interpreter on the host
 * @param seen output of PYTHON_PROBE there; `none` if there is no such file, otherwise the output of that file
 * @param needed what the environments of the release need of it: at least one
 */
export function interpreterFindings(path: string, seen: string, needed: readonly Needed[]): ProbeFinding[] {
  const [first] = needed;
  if (!first) return [];
  const host = parseProbe(seen);
  const compared: Comparison = { path, seen, host, needed: first };
  const misfit = MISFITS.find(({ applies }) => applies(compared));
  if (misfit) return [{ code: "requirement-missing", what: misfit.what(compared), remedy: misfit.remedy(compared) }];
  return host ? conditionFindings(needed, host.markers) : [];
}

/** Requirements that would come out otherwise on the host. */
function conditionFindings(needed: readonly Needed[], markers: MarkerEnvironment): ProbeFinding[] {
  const conditions = needed.flatMap(({ conditions: own = [] }) => own);
  const others = differing(conditions, markers);
  const built = needed.find((one) => one.built)?.built ?? needed[0]!.version;
  const findings = others.slice(0, SHOWN).map((condition) => conditionFinding(condition, markers, built));
  if (others.length <= SHOWN) return findings;
  const more = formatCount(others.length - SHOWN, "further requirement");
  const what = `${more} of the environment would come out otherwise on the host`;
  return [...findings, { code: "requirement-missing", what, remedy: undefined }];
}

function conditionFinding(condition: Condition, host: MarkerEnvironment, built: string): ProbeFinding {
  if ("python" in condition)
    return {
      code: "requirement-missing",
      what: `${condition.by} requires Python ${condition.python}, and the host has Python ${host.python_full_version}`,
      remedy: `Update Python on the host, or use a version of ${condition.by} that allows it.`,
    };
  const { by, needs, marker, holds } = condition;
  // The host chooses the names: so only these are looked up, and none is used as a pattern.
  const words: readonly string[] = marker.match(/\w+/g) ?? [];
  const there = VARIABLES.filter((name) => words.includes(name) && host[name] !== undefined)
    .map((name) => `${name} ${host[name]}`)
    .join(", ");
  const builder = `where the release was built, with Python ${built}`;
  return {
    code: "requirement-missing",
    what: holds
      ? `${by} requires ${needs} if ${marker}: true ${builder}, and false on the host (${there})`
      : `${by} requires ${needs} if ${marker}: true on the host (${there}), and false ${builder}, so that the release lacks ${needs}`,
    remedy: `Build with Python ${host.python_full_version}: name such an interpreter (\`--python\`, or the input \`python\`), or build in a job with \`container:\` of the hosts' distribution. Or list ${needs} in your own requirements, without a marker.`,
  };
}
