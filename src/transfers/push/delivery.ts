// The transfer to a group of hosts that gave the same answer about the incoming release. Its files are collected and
// compressed once, however many hosts there are.
import { createHash } from "node:crypto";
import type { EnvironmentRecord } from "../../artifact/format.ts";
import type { ReleaseContent } from "../../artifact/open-artifact.ts";
import { SharedText } from "../../protocol/frames.ts";
import { confirmed, formatLines, type Plan, parsePlan, type ReleaseIndex } from "../release-index.ts";
import { type Encoding, encode } from "./encoding.ts";
import { Spool } from "./spool.ts";
import { type FileModes, wireTar } from "./wire-tar.ts";

export interface DeliveryRequest {
  artifact: ReleaseContent;
  index: ReleaseIndex;
  /** The host's answer about the index. */
  plan: string;
  /**
   * Environments that the host lacks: the absolute directory that receives each, and what an interrupted transfer left
   * there, as the host reports it.
   */
  environments: { id: string; directory: string; left: string }[];
  /** Absolute directories on the host: the application's root, and the directory that receives the release. */
  root: string;
  incoming: string;
  encoding: Encoding;
  modes: FileModes;
}

/** By artifact and by all that differs between hosts. */
const groups = new WeakMap<ReleaseContent, Map<string, Promise<Delivery>>>();

/**
 * The delivery for one more host, which calls {@link Delivery.leave} at its end.
 *
 * @throws Failure when the answer is not about this index
 */
export async function deliveryFor(request: DeliveryRequest): Promise<Delivery> {
  const { artifact, index, ...rest } = request;
  const known = groups.get(artifact) ?? new Map<string, Promise<Delivery>>();
  groups.set(artifact, known);
  // An answer may be as long as the index: no second copy of it is kept.
  const key = createHash("sha256")
    .update(JSON.stringify([index.sha256, rest]))
    .digest("hex");
  const making = known.get(key) ?? make(request, () => known.delete(key));
  known.set(key, making);
  const delivery = await making.catch((error) => {
    known.delete(key);
    throw error;
  });
  delivery.enter();
  return delivery;
}

async function make(request: DeliveryRequest, onEnd: () => void): Promise<Delivery> {
  const { artifact, index } = request;
  const plan = parsePlan(request.plan, index);
  const environments: Delivery["environments"] = [];
  const size = { files: plan.missing.length, bytes: 0 };
  for (const n of plan.missing) size.bytes += index.files[n]!.size;
  for (const { id, directory, left: said } of request.environments) {
    const record = artifact.release.environments.find((environment) => environment.id === id)!;
    const entries = await artifact.index(record.diffId);
    const left = confirmed(said, entries);
    for (const entry of entries) {
      if (entry.type !== "file" || left.has(entry.path)) continue;
      size.files++;
      size.bytes += entry.size;
    }
    environments.push({ record, directory, left, index: new SharedText(await artifact.indexText(record.diffId)) });
  }
  return new Delivery(request, plan, environments, size, onEnd);
}

export class Delivery {
  readonly plan: Plan;
  readonly environments: {
    record: EnvironmentRecord;
    directory: string;
    left: ReadonlySet<string>;
    /** The file index of its layer. */
    index: SharedText;
  }[];
  /** Number of files to send, and their bytes: uncompressed, by the indexes. */
  readonly size: { files: number; bytes: number };
  /** The layers that contain them. */
  readonly layers: string[];
  /** `<size> <sha256>` of all files that are not linked. */
  readonly lines: SharedText;
  /** The artifact's config. */
  readonly config: SharedText;
  readonly #request: DeliveryRequest;
  readonly #onEnd: () => void;
  #hosts = 0;
  #spool: Spool | undefined;

  constructor(
    request: DeliveryRequest,
    plan: Plan,
    environments: Delivery["environments"],
    size: Delivery["size"],
    onEnd: () => void,
  ) {
    this.#request = request;
    this.plan = plan;
    this.environments = environments;
    this.size = size;
    const { files, layerOf } = request.index;
    const release = plan.missing.map((n) => layerOf.get(files[n]!.path)!);
    this.layers = [...new Set([...release, ...environments.map(({ record }) => record.diffId)])];
    this.lines = new SharedText(formatLines(request.index, plan));
    this.config = new SharedText(request.artifact.configText);
    this.#onEnd = onEnd;
  }

  enter(): void {
    this.#hosts++;
  }

  /** One host no longer needs it. */
  async leave(): Promise<void> {
    if (--this.#hosts > 0) return;
    this.#onEnd();
    const spool = this.#spool;
    this.#spool = undefined;
    await spool?.close();
  }

  /**
   * The bytes for one host. If the host is the only one, it receives them as they are produced.
   *
   * @param onBytes called with the number of bytes of files in what was yielded so far
   */
  async *data(onBytes: (done: number) => void): AsyncGenerator<Uint8Array> {
    if (this.#spool || this.#hosts > 1) {
      this.#spool ??= this.#spooled();
      for await (const { bytes, mark } of this.#spool.read()) {
        yield bytes;
        onBytes(mark);
      }
      return;
    }
    yield* this.#made(onBytes);
  }

  #spooled(): Spool {
    let done = 0;
    const source = () =>
      this.#made((bytes) => {
        done = bytes;
      });
    return new Spool(source, () => done);
  }

  #made(onBytes: (done: number) => void): AsyncIterable<Uint8Array> {
    const { artifact, index, root, incoming, encoding, modes } = this.#request;
    let done = 0;
    const { plan, environments } = this;
    const tar = wireTar({ artifact, index, plan, root, incoming, environments, modes }, (bytes) => {
      done += bytes;
      onBytes(done);
    });
    return encode(tar, encoding, this.size.bytes);
  }
}
