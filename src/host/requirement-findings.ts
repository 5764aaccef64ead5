// Findings about what a release requires of a host: processor, C library and shared libraries.
import type { Requirements } from "../artifact/format.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { WAYS_OUT } from "../host-requirements/host-probe.ts";
import { compareVersions } from "../host-requirements/requirements.ts";
import type { Reply } from "../protocol/call.ts";
import { type FindingRow, findByRows } from "./finding-rows.ts";
import type { Finding } from "./host.ts";

/** What the release and each of its environments require of hosts. */
export const recordsOf = ({ release }: Pick<ReleaseContent, "release">): Requirements[] => [
  release.requirements,
  ...release.environments.map(({ requirements }) => requirements),
];

interface RequirementContext {
  /** ` (for <file>)`: a file that needs a library, or a version of one; empty if none is known. */
  by(name: string): string;
}

const LIBRARY_FINDINGS: readonly FindingRow<RequirementContext>[] = [
  {
    key: "missing_glibcxx",
    code: "requirement-missing",
    what: (version, { by }) =>
      `the release needs a libstdc++ with GLIBCXX_${version}${by(`GLIBCXX_${version}`)}, which the host does not have`,
    remedy: () => WAYS_OUT,
  },
  {
    key: "missing_soname",
    code: "requirement-missing",
    what: (soname, { by }) => `the release needs ${soname}${by(soname)}, which the host does not have`,
    remedy: (soname) =>
      `Install the package that has it (apt-file search ${soname}), or take a build that brings it along (for psycopg: psycopg[binary]).`,
  },
];

/** Empty if the host has everything that can be compared. */
export function requirementFindings(artifact: Pick<ReleaseContent, "release">, reply: Reply<"facts">): Finding[] {
  const records = recordsOf(artifact);
  const by = (name: string) => {
    const file = records.map(({ neededBy = {} }) => neededBy[name]).find((path) => path !== undefined);
    return file === undefined ? "" : ` (for ${file})`;
  };
  const different = [
    ...architectureFindings(artifact, reply.value("architecture")),
    ...libcFindings(records, reply.value("libc"), by),
  ].map((what): Finding => ({ code: "requirement-missing", what, remedy: WAYS_OUT }));
  return [...different, ...findByRows(LIBRARY_FINDINGS, reply, { by })];
}

function architectureFindings(artifact: Pick<ReleaseContent, "release">, architecture: string | undefined): string[] {
  const needed = artifact.release.requirements.architecture;
  const isNative = recordsOf(artifact).some(({ libc }) => libc !== undefined);
  return isNative && architecture !== needed ? [`the release is for ${needed} and the host is ${architecture}`] : [];
}

/** At most one. @param there family and version of the host's C library: `glibc 2.36` */
function libcFindings(
  records: readonly Requirements[],
  there: string | undefined,
  by: RequirementContext["by"],
): string[] {
  const [family, version] = (there ?? "").split(" ");
  if (!family) return [];
  const findings = records.flatMap(({ libc }) => {
    if (!libc) return [];
    if (family !== libc.family) return [`the release is built for ${libc.family} and the host has ${family}`];
    if (!libc.version || !version || compareVersions(version, libc.version) >= 0) return [];
    return [`the release needs glibc ${libc.version}${by(`GLIBC_${libc.version}`)} and the host has ${version}`];
  });
  return findings.slice(0, 1);
}
