// A host's worth of root directory without services: for what a deploy does to files, links, locks and connections.
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import type { HostAddress } from "../../src/transports/types.ts";
import { deployRequest } from "./fleet.ts";
import { layoutOf, type PlainMember, plainMember } from "./plain-member.ts";
import { temporary } from "./temporary.ts";

export interface PlainHost {
  root: string;
  layout: AppLayout;
  /** A member with a connection of its own; `local` unless an address is given. */
  member(address?: Partial<HostAddress>, options?: OpenOptions, services?: ServiceRequest[]): PlainMember;
  /** Name of the release that `current` leads to. */
  live(): string | undefined;
  /** Names in a directory below the root, sorted; none when there is no such directory. */
  names(directory: string): string[];
}

/** @param root a directory that is there; a temporary one when left out */
export function plainHost(root = newRoot()): PlainHost {
  return {
    root,
    layout: layoutOf(root),
    member: (address, options, services) => plainMember(root, address, options, services),
    live() {
      try {
        return readlinkSync(join(root, "current")).replace("releases/", "");
      } catch {
        return undefined;
      }
    },
    names(directory) {
      try {
        return readdirSync(join(root, directory)).sort();
      } catch {
        return [];
      }
    },
  };
}

function newRoot(): string {
  const root = join(temporary("root"), "srv");
  mkdirSync(root);
  return root;
}

let count = 0;

/** Deploys to these members, in a transaction of its own. */
export function put(members: Member[], artifact: Artifact, more: Partial<DeployRequest> = {}): Promise<Report> {
  const version = artifact.version;
  return deploy(deployRequest([], { members, artifact, version, deployId: `t${count++}`, owner: "a test", ...more }));
}

/**
 * Everything that is live below a root: `current`, the release that it leads to with its configuration, environments, shared files.
 *
 * @returns one line an entry: path, mode, inode, size, modification time in nanoseconds, and what it holds
 */
export function liveState(root: string): string[] {
  const lines: string[] = [];
  const look = (path: string) => {
    const entry = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
    if (!entry) return;
    const file = join(root, path);
    const holds = entry.isSymbolicLink()
      ? readlinkSync(file)
      : entry.isFile()
        ? createHash("sha256").update(readFileSync(file)).digest("hex")
        : "";
    lines.push(`${path} ${entry.mode.toString(8)} ${entry.ino} ${entry.size} ${entry.mtimeNs} ${holds}`);
    if (!entry.isDirectory()) return;
    for (const name of readdirSync(file).sort()) look(join(path, name));
  };
  look("current");
  const live = lstatSync(join(root, "current"), { throwIfNoEntry: false }) && readlinkSync(join(root, "current"));
  for (const path of [live, "envs", "shared"]) if (path) look(path);
  return lines;
}
