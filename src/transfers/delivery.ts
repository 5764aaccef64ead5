// The transfer to a group of hosts that gave the same answer about the incoming release. Its files are collected and
// compressed once, however many hosts there are.
import { createHash } from "node:crypto";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { SharedText } from "../protocol/frames.ts";
import { confirmed, formatLines, type Plan, parsePlan, type ReleaseIndex } from "./release-index.ts";
import type { RunningTransfer, Transfer, TransferContent } from "./transfer.ts";

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
  encoding: TransferContent["encoding"];
  modes: TransferContent["modes"];
}

/** By artifact and by all that differs between hosts. */
const groups = new WeakMap<ReleaseContent, Map<string, Promise<Delivery>>>();

/**
 * The delivery for one more host, which calls {@link Delivery.leave} at its end.
 *
 * @throws Failure when the answer is not about this index
 */
export async function deliveryFor(request: DeliveryRequest, transfer: Transfer): Promise<Delivery> {
  const { artifact, index, ...rest } = request;
  const known = groups.get(artifact) ?? new Map<string, Promise<Delivery>>();
  groups.set(artifact, known);
  // An answer may be as long as the index: no second copy of it is kept.
  const key = createHash("sha256")
    .update(JSON.stringify([transfer.key, index.sha256, rest]))
    .digest("hex");
  const making = known.get(key) ?? make(request, transfer, () => known.delete(key));
  known.set(key, making);
  const delivery = await making.catch((error) => {
    known.delete(key);
    throw error;
  });
  delivery.enter();
  return delivery;
}

async function make(request: DeliveryRequest, transfer: Transfer, onEnd: () => void): Promise<Delivery> {
  const { artifact, index } = request;
  const plan = parsePlan(request.plan, index);
  const environments: DeliveredEnvironment[] = [];
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
  const { root, incoming, encoding, modes } = request;
  return new Delivery({ artifact, index, plan, root, incoming, environments, encoding, modes, size }, transfer, onEnd);
}

type DeliveredEnvironment = TransferContent["environments"][number] & {
  /** The file index of its layer. */
  index: SharedText;
};

export class Delivery {
  readonly plan: Plan;
  readonly environments: readonly DeliveredEnvironment[];
  /** Number of files to send, and their bytes: uncompressed, by the indexes. */
  readonly size: { files: number; bytes: number };
  /** The layers that contain them. */
  readonly layers: string[];
  /** `<size> <sha256>` of all files that are not linked. */
  readonly lines: SharedText;
  /** The artifact's config. */
  readonly config: SharedText;
  readonly #content: TransferContent;
  readonly #transfer: Transfer;
  readonly #onEnd: () => void;
  #hosts = 0;
  #running: Promise<RunningTransfer> | undefined;

  constructor(
    content: TransferContent & { environments: DeliveredEnvironment[] },
    transfer: Transfer,
    onEnd: () => void,
  ) {
    const { artifact, index, plan, environments, size } = content;
    this.#content = content;
    this.#transfer = transfer;
    this.#onEnd = onEnd;
    this.plan = plan;
    this.environments = environments;
    this.size = size;
    const release = plan.missing.map((n) => index.layerOf.get(index.files[n]!.path)!);
    this.layers = [...new Set([...release, ...environments.map(({ record }) => record.diffId)])];
    this.lines = new SharedText(formatLines(index, plan));
    this.config = new SharedText(artifact.configText);
  }

  enter(): void {
    this.#hosts++;
  }

  /** One host no longer needs it. */
  async leave(): Promise<void> {
    if (--this.#hosts > 0) return;
    this.#onEnd();
    const running = this.#running;
    this.#running = undefined;
    await (await running?.catch(() => undefined))?.close();
  }

  /**
   * The bytes for one host.
   *
   * @param onBytes called with the number of bytes of files in what was yielded so far
   */
  async *data(onBytes: (done: number) => void): AsyncGenerator<Uint8Array> {
    this.#running ??= this.#transfer.begin(this.#content);
    yield* (await this.#running).data(onBytes, this.#hosts > 1);
  }
}
