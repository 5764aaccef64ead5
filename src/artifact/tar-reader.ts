// Reads a layer's tar member by member, as a stream. Headers are checked, and nothing is written to disk.
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import { Failure } from "../failure.ts";
import { BLOCK, padding } from "./tar-header.ts";

export interface TarMember {
  type: "file" | "link" | "directory";
  /** As in the archive, without a trailing slash. */
  path: string;
  size: number;
  executable: boolean;
  target: string | undefined;
  /** The content. What is not read of it is skipped when the next member is requested. */
  content: AsyncGenerator<Buffer>;
}

const LONGEST_PAX = 1 << 20;
/** Maximum number of bytes after the last member. Programs that write tar fill a record of 10 KiB. */
const LONGEST_END = 1 << 20;

/** @throws Failure for anything but files, symbolic links and directories, and for an archive that ends early */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarMember> {
  const source = new ByteSource(chunks);
  let pax: Pax | undefined;
  for (;;) {
    const block = await source.take(BLOCK);
    if (block.every((byte) => byte === 0)) {
      // Reads to the very end: code that verifies the stream's digest must see all of it.
      await source.drain();
      return;
    }
    const header = parse(block);
    // Applied here: npm's Header would put a ustar prefix before the path of a pax header, and prefers its own short
    // link target.
    const size = pax?.size ?? header.size ?? 0;
    if (!Number.isSafeInteger(size) || size < 0) throw broken("a member of impossible size");
    if (header.type === "ExtendedHeader") {
      if (pax !== undefined) throw broken("two pax headers of one member");
      if (size > LONGEST_PAX) throw broken("a pax header of more than 1 MiB");
      const body = await source.take(size + padding(size));
      pax = Pax.parse(body.subarray(0, size).toString("utf8"));
      continue;
    }
    const { path = header.path ?? "", linkpath = header.linkpath } = pax ?? {};
    pax = undefined;
    const left = { bytes: size };
    yield {
      type: memberType(header),
      path: path.replace(/\/$/, ""),
      size,
      executable: ((header.mode ?? 0) & 0o111) !== 0,
      target: linkpath || undefined,
      content: source.stream(left),
    };
    for await (const _ of source.stream(left)) void _;
    await source.take(padding(size));
  }
}

function parse(block: Buffer): Header {
  let header: Header;
  try {
    header = new Header(block, 0);
  } catch (cause) {
    throw broken(cause instanceof Error ? cause.message : String(cause));
  }
  if (!header.cksumValid) throw broken("a header's checksum is wrong");
  return header;
}

function memberType(header: Header): TarMember["type"] {
  if (header.type === "File" || header.type === "OldFile") return "file";
  if (header.type === "SymbolicLink") return "link";
  if (header.type === "Directory") return "directory";
  throw broken(`a member of type ${header.type}`);
}

function broken(why: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "a layer's tar cannot be read",
    output: why,
    remedy: "The artifact is damaged: fetch it again, or build it again.",
  });
}

class ByteSource {
  private readonly iterator: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.iterator = chunks[Symbol.asyncIterator]();
  }

  private async more(): Promise<void> {
    const { value, done } = await this.iterator.next();
    if (done) throw broken("it ends early");
    this.rest = value;
  }

  /**
   * @throws Failure when more than {@link LONGEST_END} bytes follow: zeros compress to almost nothing, and would take
   *   hours to read
   */
  async drain(): Promise<void> {
    for (let left = LONGEST_END - this.rest.length; ; ) {
      const { value, done } = await this.iterator.next();
      if (done) return;
      left -= value.length;
      if (left < 0) throw broken(`more than ${LONGEST_END} bytes follow its end`);
    }
  }

  /** Reads exactly `count` bytes. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let left = count;
    while (left > 0) {
      if (this.rest.length === 0) await this.more();
      const part = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(part.length);
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Yields bytes as they arrive, until `left` is used up. A later call continues where this one stopped. */
  async *stream(left: { bytes: number }): AsyncGenerator<Buffer> {
    while (left.bytes > 0) {
      if (this.rest.length === 0) await this.more();
      const part = this.rest.subarray(0, left.bytes);
      this.rest = this.rest.subarray(part.length);
      left.bytes -= part.length;
      yield part;
    }
  }
}
