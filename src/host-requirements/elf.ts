// Reads the requirements of a native file from its ELF headers alone
// (https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html).
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export interface Elf {
  /** As printed by `uname -m`, or `machine <number>`. */
  architecture: string;
  /** DT_NEEDED: libraries that the loader must find. */
  needed: string[];
  soname: string | undefined;
  /** Versions that it needs of libraries, from all files: `GLIBC_2.34`, `GLIBCXX_3.4.29`. */
  versions: string[];
}

const MACHINES: Record<number, string> = {
  3: "i686",
  21: "ppc64le",
  22: "s390x",
  40: "armv7l",
  62: "x86_64",
  183: "aarch64",
  243: "riscv64",
};
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT = { needed: 1, strtab: 5, strsz: 10, soname: 14, verneed: 0x6ffffffe, verneednum: 0x6fffffff } as const;
const LARGEST_TABLE = 64 << 20;

/**
 * @param file its path, or its content
 * @returns undefined for a file that is damaged or not ELF
 */
export function readElf(file: string | Uint8Array): Elf | undefined {
  try {
    if (typeof file !== "string") {
      const content = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
      return parse((position, length) => content.subarray(position, position + Math.min(length, LARGEST_TABLE)));
    }
    return readFile(file);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readFile(file: string): Elf | undefined {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    return parse((position, length) => {
      // Never more than the size of the file: a small one may claim tables of any size.
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, LARGEST_TABLE, size - position)));
      const read = readSync(descriptor, bytes, 0, bytes.length, position);
      return bytes.subarray(0, read);
    });
  } finally {
    closeSync(descriptor);
  }
}

type Read = (position: number, length: number) => Buffer;

/** Numbers as the file's class and byte order write them. */
interface Numbers {
  wide: boolean;
  half(bytes: Buffer, at: number): number;
  word(bytes: Buffer, at: number): number;
  long(bytes: Buffer, at: number): number;
  /** 4 or 8 bytes, by the class. */
  address(bytes: Buffer, at: number): number;
}

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

/** What the dynamic section says, and where its addresses are in the file. */
interface Dynamic {
  tags: readonly [tag: number, value: number][];
  value(tag: number): number | undefined;
  /** The position in the file of what is loaded at an address. */
  offsetOf(virtual: number): number | undefined;
}

function parse(read: Read): Elf | undefined {
  const header = read(0, 64);
  if (header.length < 52 || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const numbers = numbersOf(header);
  const machine = numbers.half(header, 18);
  const architecture = MACHINES[machine] ?? `machine ${machine}`;
  const none: Elf = { architecture, needed: [], soname: undefined, versions: [] };
  const dynamic = readDynamic(read, numbers, readSegments(read, numbers, header));
  const stringsAt = dynamic?.offsetOf(dynamic.value(DT.strtab) ?? -1);
  if (!dynamic || stringsAt === undefined) return none;
  const strings = read(stringsAt, dynamic.value(DT.strsz) ?? 0);
  const string = (at: number) => strings.toString("latin1", at, strings.indexOf(0, at));
  const soname = dynamic.value(DT.soname);
  return {
    architecture,
    needed: dynamic.tags.filter(([tag]) => tag === DT.needed).map(([, at]) => string(at)),
    soname: soname === undefined ? undefined : string(soname),
    versions: versionNames(read, numbers, dynamic).map(string),
  };
}

function numbersOf(header: Buffer): Numbers {
  const wide = header[4] === 2;
  const little = header[5] === 1;
  const word = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const long = (bytes: Buffer, at: number) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return {
    wide,
    half: (bytes, at) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    word,
    long,
    address: wide ? long : word,
  };
}

function readSegments(read: Read, { wide, half, word, long, address }: Numbers, header: Buffer): Segment[] {
  const size = half(header, wide ? 54 : 42);
  const count = half(header, wide ? 56 : 44);
  const table = read(address(header, wide ? 32 : 28), size * count);
  return Array.from({ length: count }, (_, n) => {
    const at = n * size;
    const type = word(table, at);
    return wide
      ? { type, offset: long(table, at + 8), address: long(table, at + 16), size: long(table, at + 32) }
      : { type, offset: word(table, at + 4), address: word(table, at + 8), size: word(table, at + 16) };
  });
}

function readDynamic(read: Read, { wide, address }: Numbers, segments: readonly Segment[]): Dynamic | undefined {
  const section = segments.find(({ type }) => type === PT_DYNAMIC);
  if (!section) return undefined;
  const bytes = read(section.offset, section.size);
  const step = wide ? 16 : 8;
  const tags: [tag: number, value: number][] = [];
  for (let at = 0; at + step <= bytes.length; at += step) {
    const tag = address(bytes, at);
    if (tag === 0) break;
    tags.push([tag, address(bytes, at + step / 2)]);
  }
  return {
    tags,
    value: (wanted) => tags.find(([tag]) => tag === wanted)?.[1],
    offsetOf(virtual) {
      const segment = segments.find(
        (one) => one.type === PT_LOAD && virtual >= one.address && virtual < one.address + one.size,
      );
      return segment && virtual - segment.address + segment.offset;
    },
  };
}

/** Where the names of needed versions are in the table of strings. */
function versionNames(read: Read, { half, word }: Numbers, dynamic: Dynamic): number[] {
  const names: number[] = [];
  // Verneed and Vernaux are chains of relative offsets, equal in both classes.
  let entry = dynamic.offsetOf(dynamic.value(DT.verneed) ?? -1);
  for (let left = dynamic.value(DT.verneednum) ?? 0; left > 0 && entry !== undefined; left--) {
    const need = read(entry, 16);
    let aux = entry + word(need, 8);
    for (let count = half(need, 2); count > 0; count--) {
      const one = read(aux, 16);
      names.push(word(one, 8));
      const next = word(one, 12);
      if (next === 0) break;
      aux += next;
    }
    const next = word(need, 12);
    // The last element of a chain has 0; the counts of a damaged file may be wrong.
    if (next === 0) break;
    entry += next;
  }
  return names;
}
