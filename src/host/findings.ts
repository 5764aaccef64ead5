// Evaluates a host's facts for an incoming release: every finding with its remedy, all at once.
import type { Requirements } from "../artifact/format.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { type FailureCode, isFailureCode } from "../failure-codes.ts";
import { WAYS_OUT } from "../host-requirements/host-probe.ts";
import { probesOf } from "../host-requirements/probes.ts";
import type { AppLayout } from "../protocol/app-layout.ts";
import type { Reply } from "../protocol/call.ts";
import { formatBytes } from "../text/quantity.ts";
import { visibleLine } from "../text/visible.ts";
import type { FactsRequest, Finding } from "./host.ts";
import { parseReleases, strangeReleases } from "./release-records.ts";

/** A host that ends the processes of a session, and has no way to avoid that. */
export const NO_SWITCH =
  "it ends the processes of a session with the session (KillUserProcesses): should a run be lost, it does not go back by itself";
const SWITCH_REMEDY =
  "As root on the host: loginctl enable-linger USER, for the SSH user. `tarlift host setup` does it where the target has `require-auto-revert`.";

/** Space that must stay free in addition to what is sent: logs, databases and the next deploy need it too. */
const HEAD_ROOM = 64 << 20;

/**
 * @param missing what would have to be sent, in files and bytes; undefined when there is no incoming release
 * @returns findings that make a deploy fail, and warnings
 */
export function judge(
  request: FactsRequest,
  reply: Reply<"facts">,
  missing: { files: number; bytes: number } | undefined,
): { findings: Finding[]; warnings: string[] } {
  const { artifact, layout } = request;
  const user = reply.value("user") ?? "the SSH user";
  const findings: Finding[] = [];
  const find: Find = (code, what, remedy, output) => findings.push({ code, what, remedy, output });

  for (const command of reply.all("lacks"))
    find("program-missing", `the host has no ${command}`, "Install it: GNU and busybox versions both work.");
  for (const directory of reply.all("unwritable")) {
    find(
      "not-writable",
      `${user} cannot write ${directory}`,
      `As root on the host: install -d -o ${user} ${directory}   (or \`tarlift host setup\`)`,
    );
  }
  for (const directory of reply.all("foreign")) {
    // Files that services write into shared/ keep their owner.
    const all = directory.endsWith("/shared") ? "" : "-R ";
    find("not-writable", `${user} cannot write ${directory}`, `As root on the host: chown ${all}${user} ${directory}`);
  }
  for (const directory of reply.all("across")) {
    find(
      "layout-unusable",
      `${directory} is on another file system than ${layout.root}: a release could not get its name, or go live, in one step`,
      `Mount one file system at ${layout.root}; only what is below ${layout.root}/shared may be elsewhere.`,
    );
  }
  for (const directory of reply.all("across_mount")) {
    find(
      "layout-unusable",
      `${directory} is in another mount than ${layout.root}, of the same file system: a release could not get its name, or go live, in one step`,
      `Take that mount (findmnt -T ${directory}) away, or mount the whole of ${layout.root}; only what is below ${layout.root}/shared may be elsewhere.`,
    );
  }
  if (reply.value("half_adopted") && !request.adopting) {
    find(
      "layout-unusable",
      "an adoption was cut off on this host",
      `Finish it: tarlift adopt ${layout.target} --apply, with the options that it had.`,
    );
  } else if (reply.value("current_is_directory") && !request.adopting) {
    find(
      "layout-unusable",
      `${layout.root}/current is a directory and not a link`,
      `Make it the first release, to which a rollback can go back: tarlift adopt ${layout.target} (without --apply it only shows what it would do). Nothing was changed.`,
    );
  }
  const elsewhere = reply.value("elsewhere");
  if (elsewhere && !request.adopting) {
    const { root } = layout;
    const last = newestGood(reply);
    find(
      "layout-unusable",
      `${root}/current leads to ${elsewhere}, which is no release: a deploy that fails could not go back to it`,
      last
        ? `Lead it back, on the host: ln -sfn releases/${last} ${root}/current`
        : `Make it the first release: tarlift adopt ${layout.target} (without --apply it only shows what it would do).`,
    );
  }
  const noSwitch = reply.value("switch") === "none";
  if (noSwitch && request.switch === "required") find("auto-revert-unavailable", NO_SWITCH, SWITCH_REMEDY);
  if (reply.value("selinux") === "none")
    find(
      "program-missing",
      "SELinux is enabled and restorecon is missing",
      "Install policycoreutils: files would get the wrong labels.",
    );
  for (const name of reply.all("missing_user"))
    find("user-missing", `the host has no user ${name}`, `Create it, or change \`run-as\` of target ${layout.target}.`);
  for (const directory of reply.all("unreachable"))
    find("not-writable", `${layout.runAs} may not enter ${directory}`, `As its owner: chmod o+x ${directory}`);
  for (const path of reply.all("unwritable_shared")) {
    find(
      "not-writable",
      `${layout.runAs} cannot write the shared directory ${path}`,
      `As root on the host: chown ${layout.runAs} ${layout.root}/shared/${path}`,
    );
  }
  for (const path of reply.all("read_only_shared")) {
    find(
      "read-only",
      `the shared directory ${path} is on a file system that is mounted read-only`,
      `Look why (dmesg, /etc/fstab), then as root on the host: mount -o remount,rw "$(findmnt -nT ${layout.root}/shared/${path} -o TARGET)"`,
    );
  }
  for (const path of reply.all("missing_shared"))
    find(
      "shared-missing",
      `the shared file ${path} is missing`,
      `Put it to ${layout.root}/shared/${path} on the host.`,
    );
  findings.push(...reply.all("finding").map(parseFinding));
  const probed = artifact ? probesOf(recordsOf(artifact)).map((probe) => probe.read(reply.all(probe.reply), user)) : [];
  if (artifact) requirements(artifact, reply, find);
  for (const { code, what, remedy } of probed.flatMap((probe) => probe.findings)) find(code, what, remedy);
  if (missing) room(reply, missing, layout, find);

  const warnings = [...(noSwitch && request.switch === "wanted" ? [NO_SWITCH] : []), ...reply.all("warning")];
  for (const name of strangeReleases(reply.texts.get("releases") ?? ""))
    warnings.push(
      `${layout.root}/.tarlift/releases has ${JSON.stringify(visibleLine(name).slice(0, 100))}, which cannot be the name of a release: it is left out. Look at who wrote it`,
    );
  warnings.push(...probed.flatMap((probe) => probe.warnings));
  if (reply.value("environments_elsewhere") && artifact?.release.environments.some(({ kind }) => kind === "tree")) {
    warnings.push(
      `${layout.environmentsRoot} is on another file system than ${layout.root}: trees are copied, not linked`,
    );
  }
  return { findings, warnings };
}

/** What the release and each of its environments require of hosts. */
export const recordsOf = ({ release }: Pick<ReleaseContent, "release">): Requirements[] => [
  release.requirements,
  ...release.environments.map(({ requirements }) => requirements),
];

/** The release that became good last, by its name. */
const newestGood = (reply: Reply<"facts">): string | undefined =>
  parseReleases(reply.texts.get("releases") ?? "").find(({ state, absent }) => state === "good" && !absent)?.id;

/** Reads a `finding` of the program on the host: code, sentence and remedy, separated by tabs. */
export function parseFinding(line: string): Finding {
  const [code, what = "", remedy] = line.split("\t");
  return { code: isFailureCode(code) ? code : "protocol-broken", what, remedy: remedy || undefined };
}

type Find = (code: FailureCode, what: string, remedy: string | undefined, output?: string) => unknown;

function requirements(artifact: ReleaseContent, reply: Reply<"facts">, find: Find): void {
  const needed = artifact.release.requirements;
  const records = recordsOf(artifact);
  const by = (name: string) => {
    const file = records.map(({ neededBy = {} }) => neededBy[name]).find((path) => path !== undefined);
    return file === undefined ? "" : ` (for ${file})`;
  };
  const architecture = reply.value("architecture");
  const native = records.some(({ libc }) => libc !== undefined);
  if (native && architecture !== needed.architecture) {
    find("requirement-missing", `the release is for ${needed.architecture} and the host is ${architecture}`, WAYS_OUT);
  }
  const [family, version] = (reply.value("libc") ?? "").split(" ");
  for (const libc of new Set(records.flatMap((record) => (record.libc ? [record.libc] : [])))) {
    if (!family) continue;
    if (family !== libc.family) {
      find("requirement-missing", `the release is built for ${libc.family} and the host has ${family}`, WAYS_OUT);
      break;
    }
    if (libc.version && version && compareVersions(version, libc.version) < 0) {
      find(
        "requirement-missing",
        `the release needs glibc ${libc.version}${by(`GLIBC_${libc.version}`)} and the host has ${version}`,
        WAYS_OUT,
      );
      break;
    }
  }
  for (const wanted of reply.all("missing_glibcxx"))
    find(
      "requirement-missing",
      `the release needs a libstdc++ with GLIBCXX_${wanted}${by(`GLIBCXX_${wanted}`)}, which the host has not`,
      WAYS_OUT,
    );
  for (const soname of reply.all("missing_soname")) {
    find(
      "requirement-missing",
      `the release needs ${soname}${by(soname)}, which the host has not`,
      `Install the package that has it (apt-file search ${soname}), or take a build that brings it along (for psycopg: psycopg[binary]).`,
    );
  }
}

/** Compares the whole numbers of dotted versions one by one. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let n = 0; n < Math.max(left!.length, right!.length); n++) {
    const difference = (left![n] ?? 0) - (right![n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether {@link judge} finds too little space for what would have to be sent. */
export function lacksRoom(
  reply: Reply<"facts">,
  missing: { files: number; bytes: number } | undefined,
  layout: AppLayout,
): boolean {
  const found: string[] = [];
  if (missing) room(reply, missing, layout, (_, what) => found.push(what));
  return found.length > 0;
}

/**
 * If environments have a file system of their own, how much of the content goes to which is unknown: each must have
 * space for all of it.
 */
function room(reply: Reply<"facts">, missing: { files: number; bytes: number }, layout: AppLayout, find: Find): void {
  roomOf(layout.root, reply.value("free"), missing, find);
  if (reply.value("environments_elsewhere"))
    roomOf(layout.environmentsRoot, reply.value("free_environments"), missing, find);
}

function roomOf(root: string, said: string | undefined, missing: { files: number; bytes: number }, find: Find): void {
  const free = said?.split(" ").map(Number);
  if (!free || free.some(Number.isNaN)) return;
  const [blocks, size, inodes, allInodes] = free as [number, number, number, number];
  const bytes = blocks * size;
  // Blocks are 4 KiB in most file systems: small files take more than their size.
  const needed = missing.bytes + missing.files * 4096 + HEAD_ROOM;
  if (bytes < needed) {
    find(
      "disk-full",
      `the disk of ${root} has ${formatBytes(bytes)} free, and the release needs ${formatBytes(needed)}`,
      "Free some space, or keep fewer releases (`keep` of the target).",
    );
  }
  // btrfs and some others have no fixed number of inodes and report 0 of 0.
  if (allInodes > 0 && inodes < missing.files + 1000) {
    find(
      "disk-full",
      `the file system of ${root} has ${inodes} inodes left, and the release needs ${missing.files + 1000}`,
      "Remove files (df -i shows it), or keep fewer releases (`keep` of the target).",
    );
  }
}
