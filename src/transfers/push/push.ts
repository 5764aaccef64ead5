// Sends the same bytes to several hosts, at the pace of each.
import { type RunningTransfer, type TransferContent, wireBytes } from "../transfer.ts";
import { Spool } from "./spool.ts";

export class Push implements RunningTransfer {
  readonly #content: TransferContent;
  #spool: Spool | undefined;

  constructor(content: TransferContent) {
    this.#content = content;
  }

  /** If the host is the only one, it receives the bytes as they are produced. */
  async *data(onBytes: (done: number) => void, shared: boolean): AsyncGenerator<Uint8Array> {
    if (!this.#spool && !shared) {
      yield* wireBytes(this.#content, onBytes);
      return;
    }
    this.#spool ??= this.#spooled();
    for await (const { bytes, mark } of this.#spool.read()) {
      yield bytes;
      onBytes(mark);
    }
  }

  async close(): Promise<void> {
    const spool = this.#spool;
    this.#spool = undefined;
    await spool?.close();
  }

  #spooled(): Spool {
    let done = 0;
    const source = () =>
      wireBytes(this.#content, (bytes) => {
        done = bytes;
      });
    return new Spool(source, () => done);
  }
}
