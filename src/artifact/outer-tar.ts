// The tar that is an artifact: its members, found by their headers alone.
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { Header } from "tar/header";
import { Failure } from "../failure.ts";
import { damaged } from "./damaged.ts";
import { BLOCK, padding } from "./tar-header.ts";

const LARGEST_JSON = 64 << 20;
/**
 * Maximum number of members of the outer tar, which has one blob a layer and three more, and of the layer of file
 * indexes, which has one a layer.
 */
export const MOST_MEMBERS = 10_000;

/** Where a member is in the file, in bytes. */
export interface Member {
  offset: number;
  size: number;
}

/** The members of the outer tar, by name. Only headers are read. */
export function listMembers(file: string): { size: number; members: Map<string, Member> } {
  if (!existsSync(file))
    throw new Failure({
      code: "artifact-missing",
      what: "there is no such artifact",
      where: { file },
      remedy: "Make one with `tarlift bundle`.",
    });
  const descriptor = openSync(file, "r");
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile())
      throw new Failure({ code: "artifact-invalid", what: "an artifact is one file", where: { file } });
    const block = Buffer.alloc(BLOCK);
    const members = new Map<string, Member>();
    for (let position = 0, count = 0; ; ) {
      if (readSync(descriptor, block, 0, BLOCK, position) !== BLOCK) throw damaged(file, "it is truncated");
      if (position === 0 && block.subarray(0, 2).toString("latin1") === "PK") throw zipped(file);
      if (block.every((byte) => byte === 0)) {
        if (position === 0) throw damaged(file, "it is empty");
        return { size: stat.size, members };
      }
      if (++count > MOST_MEMBERS) throw damaged(file, `it has more than ${MOST_MEMBERS} members`);
      const header = headerOf(file, block);
      const size = header.size ?? 0;
      position += BLOCK;
      if (position + size > stat.size) throw damaged(file, "it is truncated");
      if (header.type === "File" || header.type === "OldFile") {
        const name = (header.path ?? "").replace(/^\.\//, "");
        if (members.has(name)) throw damaged(file, `two members have the name ${JSON.stringify(name)}`);
        members.set(name, { offset: position, size });
      } else if (
        header.type !== "Directory" &&
        header.type !== "ExtendedHeader" &&
        header.type !== "GlobalExtendedHeader"
      ) {
        throw damaged(file, `a member of type ${header.type} has no place in it`);
      }
      position += size + padding(size);
    }
  } finally {
    closeSync(descriptor);
  }
}

function headerOf(file: string, block: Buffer): Header {
  let header: Header | undefined;
  try {
    header = new Header(block, 0);
  } catch {
    // The error is reported below.
  }
  if (!header?.cksumValid || (header.size !== undefined && (!Number.isSafeInteger(header.size) || header.size < 0))) {
    throw damaged(file, "it is not a tar, or its bytes were changed");
  }
  return header;
}

/** @param what is read, for messages @throws Failure for a member that is missing, or too large */
export function readMember(file: string, members: ReadonlyMap<string, Member>, name: string, what: string): Buffer {
  const member = members.get(name);
  if (!member) throw damaged(file, `${what} is missing (${name})`);
  if (member.size > LARGEST_JSON) throw damaged(file, `${what} claims ${member.size} bytes`);
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(member.size);
    if (readSync(descriptor, bytes, 0, member.size, member.offset) !== member.size)
      throw damaged(file, "it is truncated");
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

function zipped(file: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "this is a zip, and an artifact is a tar",
    where: { file },
    remedy:
      "It was downloaded as GitHub wraps artifacts in a browser: unzip it, or let `tarlift` (or actions/download-artifact) download it.",
    outcome: "refused",
  });
}
