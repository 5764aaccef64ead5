// Reads the content of a release on one host, to send it to another (src/remote/content.sh): bounded, and not trusted.
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { KeptRecord } from "../../artifact/kept-release.ts";
import { Failure } from "../../failure.ts";
import { CONTENT_PROGRAM } from "../../session/program.ts";
import { lines } from "../../text/format-lines.ts";
import type { Encoding } from "../../transfers/encoding.ts";
import type { ReadRequest } from "../host.ts";
import type { HostSession } from "./host-session.ts";

/**
 * The largest record: as many bytes of file indexes as an artifact may have, its config, and the text that separates
 * the indexes.
 */
const LARGEST_RECORD = 320 << 20;
/** Size of the pieces that content.sh sends. */
const PIECE = 1 << 20;
/** Seconds. */
const SILENCE = 120;

/** As `Host.record`. */
export async function record(session: HostSession, release: string): Promise<KeptRecord | undefined> {
  const { texts } = await session.call("record", {
    values: { release },
    texts: { program: CONTENT_PROGRAM },
    limits: { bytes: LARGEST_RECORD, silence: SILENCE },
  });
  const config = texts.get("config");
  const index = texts.get("index");
  const layers = texts.get("layers");
  if (config === undefined || index === undefined || layers === undefined) return undefined;
  const environments = [...texts].flatMap(([name, text]): [string, string][] =>
    name.startsWith("environment-") ? [[name.slice("environment-".length), text]] : [],
  );
  return { config, index, layers, environments: new Map(environments) };
}

/** As `Host.read`. */
export async function read(session: HostSession, request: ReadRequest): Promise<void> {
  const { encoding } = session;
  const { files, onOthers, onBytes } = request;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let left = total;
  await session.call("files", {
    values: { encoding },
    texts: { program: CONTENT_PROGRAM, files: lines(files.map(({ path, size }) => `${size} ${path}`)) },
    onData(name, bytes) {
      if (name === "others") return onOthers(positions(bytes, files.length));
      const piece = unpacked(bytes, encoding);
      left -= piece.length;
      if (left < 0) throw wrong("it sends more bytes than the files have");
      onBytes(piece);
    },
    // Content that cannot be compressed becomes a little longer; each file adds a number of up to nine digits.
    limits: { bytes: total + total / 64 + 10 * files.length + PIECE, silence: SILENCE },
  });
}

function positions(text: Buffer, count: number): number[] {
  // A number of up to nine digits for each file.
  if (text.length > 10 * count) throw wrong("it names more files than it was asked for");
  const found = text.toString("latin1").split("\n").filter(Boolean).map(Number);
  if (found.some((n) => !Number.isInteger(n) || n < 1 || n > count))
    throw wrong("it names files that it was not asked for");
  return found.map((n) => n - 1);
}

function unpacked(bytes: Buffer, encoding: Encoding): Buffer {
  if (encoding === "none") return bytes;
  const unpack = encoding === "zstd" ? zstdDecompressSync : gunzipSync;
  try {
    return unpack(bytes, { maxOutputLength: PIECE });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
}

const wrong = (why: string) =>
  new Failure({
    code: "release-damaged",
    what: "files of a release could not be read",
    output: why,
    remedy: "Look at the host's disk and memory.",
  });
