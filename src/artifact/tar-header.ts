// Normalised tar headers (POSIX ustar, and pax if a name does not fit): owner 0:0, two modes, one constant mtime,
// nothing that depends on the machine.
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import { LAYER_MTIME } from "./format.ts";

export const BLOCK = 512;

export interface HeaderInput {
  /** Relative to the archive's root, without `./`. */
  path: string;
  /** `hardlink` occurs only in tars that are sent to hosts, never in a layer. */
  type: "file" | "link" | "directory" | "hardlink";
  /** Bytes of content; 0 except for files. */
  size?: number;
  executable?: boolean;
  /** Replace the normalised values in tars that are sent to hosts: permission bits, and seconds since the epoch. */
  mode?: number;
  mtime?: number;
  /**
   * type link: the link's target, verbatim; type hardlink: a path relative to the directory into which the tar is
   * extracted.
   */
  target?: string;
}

const TYPES = { file: "File", link: "SymbolicLink", directory: "Directory", hardlink: "Link" } as const;
const mtime = new Date(LAYER_MTIME * 1000);

/** The header block of one member, after a pax header if its name, target or size needs one. */
export function tarHeader(input: HeaderInput): Buffer {
  const path = input.type === "directory" ? `${input.path}/` : input.path;
  const size = input.size ?? 0;
  const header = new Header({
    path,
    mode:
      input.mode ?? (input.type === "link" ? 0o777 : input.type === "directory" || input.executable ? 0o755 : 0o644),
    uid: 0,
    gid: 0,
    size,
    mtime: input.mtime === undefined ? mtime : new Date(input.mtime * 1000),
    type: TYPES[input.type],
    ...(input.target === undefined ? {} : { linkpath: input.target }),
  });
  const block = Buffer.alloc(BLOCK);
  if (!header.encode(block, 0)) return block;
  const pax = new Pax({ path, size, ...(input.target === undefined ? {} : { linkpath: input.target }) }).encode();
  return Buffer.concat([normalisedPax(pax), block]);
}

/** npm's tar package fills a pax header's own mtime and mode from its fields: they are set to the normalised values. */
function normalisedPax(pax: Buffer): Buffer {
  const header = new Header(pax, 0);
  const block = Buffer.alloc(BLOCK);
  new Header({
    path: header.path ?? "PaxHeader",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: header.size ?? 0,
    mtime,
    type: "ExtendedHeader",
  }).encode(block, 0);
  return Buffer.concat([block, pax.subarray(BLOCK)]);
}

/** Number of zero bytes that fill up the last block of the content. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
