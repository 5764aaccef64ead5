// What every transfer keeps to.
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ReleaseContent } from "../../../src/artifact/open-artifact.ts";
import { Failure } from "../../../src/failure.ts";
import { type Delivery, deliveryFor } from "../../../src/transfers/delivery.ts";
import type { Encoding } from "../../../src/transfers/encoding.ts";
import { releaseIndex } from "../../../src/transfers/release-index.ts";
import type { Transfer } from "../../../src/transfers/transfer.ts";
import { wireTar } from "../../../src/transfers/wire-tar.ts";
import { syntheticArtifact } from "../../support/artifact.ts";
import { text } from "../../support/layers.ts";

const DECODE: Readonly<Record<Encoding, (bytes: Buffer) => Buffer>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
};
/** More than a transfer reads at once. */
const LARGE = "tarlift ".repeat(500_000);
const FILES = [text("bin/serve", "#!/bin/sh\n", true), text("large.txt", LARGE), text("page.txt", "one\n")];
const AT = { root: "/srv/shop", incoming: "/srv/shop/.tarlift/incoming/x" };

/** Deliveries to hosts that lack all files, and the tar that each of them has to get. */
async function deliveries(transfer: Transfer, count: number, encoding: Encoding, change: Partial<ReleaseContent> = {}) {
  const whole = await syntheticArtifact(FILES);
  const artifact: ReleaseContent = {
    ...whole,
    index: (diffId) => whole.index(diffId),
    indexText: (diffId) => whole.indexText(diffId),
    readLayer: (diffId) => whole.readLayer(diffId),
    ...change,
  };
  const index = await releaseIndex(artifact, []);
  const plan = `m 1-${index.files.length}\n`;
  const request = { artifact, index, plan, environments: [], ...AT, encoding, modes: "closed" as const };
  const hosts = await Promise.all(Array.from({ length: count }, () => deliveryFor(request, transfer)));
  const content = { artifact: whole, index, plan: hosts[0]!.plan, environments: [], ...AT, modes: "closed" as const };
  return { hosts, tar: await allOf(wireTar(content, () => {})) };
}

async function allOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What a host gets, and how far it was told to be at the end. */
async function received(host: Delivery, encoding: Encoding): Promise<{ tar: Buffer; done: number }> {
  let done = 0;
  const bytes = await allOf(
    host.data((sent) => {
      done = sent;
    }),
  );
  return { tar: DECODE[encoding](bytes), done };
}

/** Runs the suite. */
export function describeTransfer(transfer: Transfer): void {
  describe(`the transfer ${transfer.key}`, () => {
    test.each(["none", "gzip", "zstd"] as const)("brings a host what it lacks, encoded as %s", async (encoding) => {
      const { hosts, tar } = await deliveries(transfer, 1, encoding);
      const got = await received(hosts[0]!, encoding);
      expect(got.tar.equals(tar)).toBe(true);
      expect(got.done).toBe(hosts[0]!.size.bytes);
      await hosts[0]!.leave();
    });

    test("brings the same to hosts at once, and to one that comes later", async () => {
      const { hosts, tar } = await deliveries(transfer, 4, "gzip");
      const [late, ...others] = hosts as [Delivery, ...Delivery[]];
      const got = await Promise.all(others.map((host) => received(host, "gzip")));
      for (const each of [...got, await received(late, "gzip")])
        expect([each.tar.equals(tar), each.done]).toEqual([true, late.size.bytes]);
      for (const host of hosts) await host.leave();
    });

    test("brings the rest of the hosts everything when one of them gives up", async () => {
      const { hosts, tar } = await deliveries(transfer, 2, "none");
      const [gone, other] = hosts as [Delivery, Delivery];
      for await (const _ of gone.data(() => {})) break;
      await gone.leave();
      expect((await received(other, "none")).tar.equals(tar)).toBe(true);
      await other.leave();
    });

    test("fails for each host of a damaged layer", async () => {
      const damaged = new Failure({ code: "artifact-invalid", what: "a layer does not have its digest" });
      const { hosts } = await deliveries(transfer, 2, "none", {
        // biome-ignore lint/correctness/useYield: it fails before the first file
        async *readLayer() {
          throw damaged;
        },
      });
      const ends = await Promise.allSettled(hosts.map((host) => received(host, "none")));
      expect(ends.map((end) => (end.status === "rejected" ? end.reason : end.status))).toEqual([damaged, damaged]);
      for (const host of hosts) await host.leave();
    });

    test("ends in good order for hosts that needed nothing", async () => {
      const { hosts } = await deliveries(transfer, 2, "none");
      for (const host of hosts) await host.leave();
    });
  });
}
