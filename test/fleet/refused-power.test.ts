// Real hosts, deployed to by a user without root, one of which loses its power in the middle of a switch while the runner is lost too:
// one next run puts everything in order.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import type { DeployMain } from "../support/deploy-main.ts";
import { deployProcess } from "../support/deploy-process.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { put } from "../support/plain-host.ts";
import { pageService, plainMember } from "../support/plain-member.ts";

const ROOT = "/srv/t-power";
const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });

describe.runIf(needs(...LAB_NEEDS))("a host that loses its power", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ hosts: 2 });
    for (const host of lab.hosts) await host.root(`install -d -o ${host.user} ${ROOT}`);
  });
  afterAll(() => lab.stop());

  const reach = () =>
    lab.hosts.map(({ address, port, user }) => ({
      root: ROOT,
      address: { address, port, user },
      options: { key: { file: lab.key }, knownHosts: { text: lab.knownHosts }, userConfig: false },
    }));
  const members = () =>
    reach().map(({ root, address, options }) => plainMember(root, address, options, [pageService(root)]));
  const seen = () => Promise.all(lab.hosts.map((host) => host.root(`cat ${ROOT}/current/page.txt ${ROOT}/serving`)));

  /** Deploys in a process that is killed when the second host's service has been restarted. */
  const lost = async (artifact: string) => {
    const request: DeployMain = {
      hosts: reach(),
      artifact,
      deployId: "lost",
      settle: 5,
      signal: { step: { host: 1, verb: "activate", when: "restarted" }, name: "SIGKILL" },
    };
    expect(await deployProcess(request)).toEqual({ signal: "SIGKILL", result: undefined, stderr: "" });
  };

  it("in the middle of a switch, is back in order after one next run", async () => {
    expect((await put(members(), await artifactOf("one"))).outcome).toBe("deployed");
    await lost((await artifactOf("two")).file);
    await lab.hosts[1]!.powerOff();
    await lab.hosts[1]!.start();
    expect(await lab.hosts[1]!.root(`cat ${ROOT}/.tarlift/transaction`)).toMatch(/^lost activat(ing|ed) two-/);
    const report = await put(members(), await artifactOf("three"), { waitForLock: 60 });
    expect(report.errors).toEqual([]);
    expect(report.outcome).toBe("deployed");
    expect(report.warnings.filter((warning) => warning.includes("it was reverted"))).toHaveLength(2);
    expect(await seen()).toEqual(["threethree", "threethree"]);
    expect(await lab.hosts[1]!.root(`ls ${ROOT}/.tarlift ${ROOT}/.tarlift/sessions`)).not.toMatch(/transaction|\d\./);
  });
});
