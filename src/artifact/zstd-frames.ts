// Finds the ends of frames in a zstd stream (RFC 8878, 3.1) by the headers of frames and blocks, without decompressing.

const MAGIC = 0xfd2fb528;
/** The last four bits may have any value. */
const SKIPPABLE = 0x184d2a50;
const EMPTY = Buffer.alloc(0);
/** Each frame costs a round trip to the thread pool. A layer of Tarlift has one for each 4 MiB. */
const MOST_FRAMES = 100_000;

/**
 * Splits a stream so that every frame ends at the end of a piece: Node's decompressor ends with a frame that ends
 * inside a piece, and ignores what follows, unless its output is full at that moment.
 *
 * Bytes that are not a frame are passed on unchanged; the decompressor refuses them.
 *
 * @throws Error for more frames than a layer has
 */
export async function* splitFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let frame = frameParts();
  let part = frame.next().value as Part;
  let read: Buffer = EMPTY;
  let left = part.bytes;
  let count = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + left);
      at += piece.length;
      left -= piece.length;
      if (part.wanted) read = read.length === 0 ? piece : Buffer.concat([read, piece]);
      if (left > 0) continue;
      let next = frame.next(read);
      if (next.done) {
        if (++count > MOST_FRAMES) throw new Error(`it has more than ${MOST_FRAMES} zstd frames`);
        yield chunk.subarray(from, at);
        from = at;
        frame = frameParts();
        next = frame.next();
      }
      part = next.value as Part;
      read = EMPTY;
      left = part.bytes;
    }
    if (from < chunk.length) yield chunk.subarray(from);
  }
}

interface Part {
  /** At least 1. */
  bytes: number;
  /** Whether the bytes are returned, or only skipped. */
  wanted: boolean;
}

/** The parts of one frame, in order. */
function* frameParts(): Generator<Part, void, Buffer> {
  const magic = (yield give(4)).readUInt32LE();
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) return yield* pass((yield give(4)).readUInt32LE());
  if (magic !== MAGIC) yield* pass(Number.POSITIVE_INFINITY);
  const descriptor = (yield give(1))[0]!;
  const window = descriptor & 0x20 ? 0 : 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const contentSize = [1 - window, 2, 4, 8][descriptor >> 6]!;
  yield* pass(window + dictionary + contentSize);
  for (let last = false; !last; ) {
    const block = (yield give(3)).readUIntLE(0, 3);
    const repeated = ((block >> 1) & 3) === 1;
    yield* pass(repeated ? 1 : block >> 3);
    last = (block & 1) === 1;
  }
  yield* pass(descriptor & 4 ? 4 : 0);
}

const give = (bytes: number): Part => ({ bytes, wanted: true });

function* pass(bytes: number): Generator<Part, void, Buffer> {
  if (bytes > 0) yield { bytes, wanted: false };
}
