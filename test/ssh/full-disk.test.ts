// A disk that fills up between any two writes of a deploy: what cannot be recorded does not go live, and the way back needs no room.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openHost } from "../../src/host/open.ts";
import { silent } from "../../src/report/progress.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { overridden } from "../support/overridden.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const task = silent.task("");
const services: never[] = [];
const shared = { directories: ["media"], files: [] };
const artifactOf = (version: string) => syntheticArtifact([text("page.txt", version)], { version });

/** A host with a release on a disk of its own. */
async function small() {
  const root = join(temporary("disk"), "srv");
  mkdirSync(root);
  sh("mount", ["-t", "tmpfs", "-o", "size=120m", "tarlift-test", root]);
  atEnd(() => sh("umount", [root]));
  const host = plainHost(root);
  expect((await put([host.member()], await artifactOf("one"))).outcome).toBe("deployed");
  return host;
}

/** @param more further functions of the program on the host */
function fillsAt(step: string, more = "") {
  const shell = overridden(
    `step() { echo "$1" >"$session/at"; [ "$1" != ${step} ] || cat /dev/zero >"$v_root/ballast"; :; }\n${more}`,
  );
  const host = openHost({ address: "local", roles: undefined, forwards: [] }, { shell });
  atEnd(() => host.close());
  return host;
}

/** Some quotas are seen by none but the write that meets them. */
const QUOTA = "has_room() { return 0; }";

describe.runIf(needs("root", "mount"))("a disk that fills up", () => {
  it.each([
    ["joined", "", "the disk is full: the configuration cannot be written"],
    ["configured", "", "the disk is full: the release cannot be recorded"],
    ["configured", QUOTA, "the release cannot be recorded"],
    ["write-layers", QUOTA, "the release cannot be recorded"],
    ["rehearsed", QUOTA, "the release cannot be recorded"],
  ])("after `%s` of prepare: refused (%s)", async (step, more, what) => {
    const { root, place, live } = await small();
    const before = live();
    const host = fillsAt(step, more);
    const artifact = await artifactOf("two");
    const lock = { owner: "a test", wait: 0 };
    await host.facts({ place, artifact, lock, services, shared, configuration: {} });
    await expect(host.prepare({ artifact, configuration: {}, shared }, task)).rejects.toMatchObject({
      what,
      remedy: expect.stringContaining("(df, df -i)"),
    });
    await host.close();
    sh("rm", ["-f", join(root, "ballast")]);
    const again = await put([plainHost(root).member()], artifact);
    expect([live() !== before, again.outcome, again.troubles]).toEqual([true, "deployed", []]);
  });

  it.each([
    ["write-activating", "one"],
    ["write-previous", "one"],
    ["restarted", "two"],
  ])("after `%s` of activate: told, and taken back", async (step, left) => {
    const { place, live } = await small();
    const host = fillsAt(step, QUOTA);
    const artifact = await artifactOf("two");
    const before = live()!;
    await host.facts({ place, artifact, lock: { owner: "a test", wait: 0 }, services, shared, configuration: {} });
    const { release } = await host.prepare({ artifact, configuration: {}, shared }, task);
    const request = { release, services, transaction: "t", expected: before, restart: "changed" as const };
    await expect(host.activate(request, task)).rejects.toMatchObject({
      what: expect.stringMatching(/\.tarlift cannot be written$/),
    });
    expect(live()!.split("-")[0]).toBe(left);
    const back = await host.revert({ from: release, to: before, services, transaction: "t" }, task);
    expect([back.release, live()]).toEqual([before, before]);
  });
});
