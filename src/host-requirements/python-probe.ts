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
      const findings = own.flatMap((line) => judgeInterpreter(interpreter, line.slice(interpreter.length + 1), of));
      return { findings, warnings: [] };
    },
  }));
}

/** Maximum number of requirements with a different result that are named. */
const SHOWN = 5;

/**
 * @param path the interpreter on the host
 * @param seen output of PYTHON_PROBE there; `none` if there is no such file, otherwise the output of that file
 * @param needed what the environments of the release need of it
 */
export function judgeInterpreter(path: string, seen: string, needed: readonly Needed[]): ProbeFinding[] {
  const [first] = needed;
  if (seen === "none") {
    const remedy = `Install python${first?.version ?? "3"} there, or set \`interpreter\` of the environment to the path that all hosts have.`;
    return [{ code: "requirement-missing", what: `the host has no ${path}`, remedy }];
  }
  if (!first) return [];
  const there = parseProbe(seen);
  if (there?.version !== first.version) {
    const found = there ? `Python ${there.version}` : cutEnd(seen, 100);
    return [
      {
        code: "requirement-missing",
        what: `${path} on the host is ${found} and the release is for ${first.version}`,
        remedy: WAYS_OUT,
      },
    ];
  }
  if (there.abi !== first.abi)
    return [
      {
        code: "requirement-missing",
        what: `${path} on the host is a Python for ${there.abi} and the release is for ${first.abi}`,
        remedy: WAYS_OUT,
      },
    ];
  const conditions = needed.flatMap(({ conditions: own = [] }) => own);
  const others = differing(conditions, there.markers);
  const built = needed.find((one) => one.built)?.built ?? first.version;
  const findings = others.slice(0, SHOWN).map((condition) => conditionFinding(condition, there.markers, built));
  if (others.length <= SHOWN) return findings;
  const more = formatCount(others.length - SHOWN, "further requirement");
  return [
    ...findings,
    {
      code: "requirement-missing",
      what: `${more} of the environment would come out otherwise on the host`,
      remedy: undefined,
    },
  ];
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
