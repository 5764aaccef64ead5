// Findings about a host's disks: whether a release that has to be sent fits.
import type { AppLayout } from "../protocol/app-layout.ts";
import type { Reply } from "../protocol/call.ts";
import { formatBytes } from "../text/quantity.ts";
import type { Finding } from "./host.ts";

/** What would have to be sent. */
export interface MissingContent {
  files: number;
  bytes: number;
}

/** Space that must stay free in addition to what is sent: logs, databases and the next deploy need it too. */
const HEAD_ROOM = 64 << 20;

/**
 * If environments have a file system of their own, how much of the content goes to which is unknown: each must have
 * space for all of it.
 */
export function spaceFindings(reply: Reply<"facts">, missing: MissingContent, layout: AppLayout): Finding[] {
  return [
    ...spaceFindingsAt(layout.root, reply.value("free"), missing),
    ...(reply.value("environments_elsewhere")
      ? spaceFindingsAt(layout.environmentsRoot, reply.value("free_environments"), missing)
      : []),
  ];
}

/** @param said free blocks, bytes of a block, free inodes, all inodes */
function spaceFindingsAt(root: string, said: string | undefined, missing: MissingContent): Finding[] {
  const free = said?.split(" ").map(Number);
  if (!free || free.some(Number.isNaN)) return [];
  const [blocks, size, inodes, allInodes] = free as [number, number, number, number];
  const bytes = blocks * size;
  // Blocks are 4 KiB in most file systems: small files take more than their size.
  const neededBytes = missing.bytes + missing.files * 4096 + HEAD_ROOM;
  const neededInodes = missing.files + 1000;
  const findings: Finding[] = [];
  if (bytes < neededBytes) {
    findings.push({
      code: "disk-full",
      what: `the disk of ${root} has ${formatBytes(bytes)} free, and the release needs ${formatBytes(neededBytes)}`,
      remedy: "Free some space, or keep fewer releases (`keep` of the target).",
    });
  }
  // btrfs and some others have no fixed number of inodes and report 0 of 0.
  if (allInodes > 0 && inodes < neededInodes) {
    findings.push({
      code: "disk-full",
      what: `the file system of ${root} has ${inodes} inodes left, and the release needs ${neededInodes}`,
      remedy: "Remove files (df -i shows it), or keep fewer releases (`keep` of the target).",
    });
  }
  return findings;
}
