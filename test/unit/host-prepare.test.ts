import { expect, it } from "vitest";
import type { HostSession } from "../../src/host/calls/host-session.ts";
import { prepare } from "../../src/host/calls/prepare.ts";
import type { PrepareRequest } from "../../src/host/host.ts";
import { configurationDigest } from "../../src/host/release-env.ts";
import { silent } from "../../src/progress.ts";
import { good } from "../support/fleet.ts";

it("a release that is live is tried as the users that its commands need, and not as the one that logs in", async () => {
  const asked: unknown[] = [];
  const session = {
    call: async (_: string, { values }: { values: Record<string, unknown> }) => {
      asked.push(values.run_as);
      return { value: (name: string) => (name === "code" ? "0" : undefined) };
    },
  };
  const live = good("v1", 1, { configuration: configurationDigest({}) });
  const artifact = { releaseDigest: live.digest };
  const incoming = {
    artifact,
    index: { files: [] },
    releases: [live],
    live: "v1",
    user: "deploy",
    version: "v1",
    taken: [],
  };
  const request = { artifact, configuration: {}, commandsAs: ["deploy", "shop"] };
  const prepared = await prepare(
    { ...session, incoming } as unknown as HostSession,
    request as unknown as PrepareRequest,
    silent.task("prepare"),
  );
  expect([prepared.release, asked]).toEqual(["v1", ["shop"]]);
});
