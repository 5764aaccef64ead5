// A backend server that commands on the host drain and restore: when the run is lost, the host restores it automatically, and not
// before it runs one whole release again.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withAutoRestore } from "../../src/balancers/auto-restore.ts";
import { hostCommands } from "../../src/balancers/command/on-host.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { fences } from "../support/documents.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { type PlainMember, pageService } from "../support/plain-member.ts";

const AUTO_REVERT = { after: 2, required: true };
const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);

/** Its commands record what they did, in which release, and what the service ran then. */
function memberOf({ root, member }: PlainHost): PlainMember {
  const own = member({}, {}, [pageService(root)]);
  const say = (what: string) => `echo "${what} $TARLIFT_SERVER $(cat page.txt) $(cat ${root}/serving)" >>${root}/said`;
  const { server, autoRestore } = hostCommands(own.host, {
    server: "app1",
    drain: say("drain"),
    restore: say("restore"),
    deadline: 5,
    after: AUTO_REVERT.after,
  });
  return { ...own, backendServers: [withAutoRestore(server, autoRestore, AUTO_REVERT)] };
}

const said = ({ root }: PlainHost) => read(join(root, "said"));
const deployed = async (host: PlainHost, words: string) =>
  put([memberOf(host)], await artifactOf(words), { autoRevert: AUTO_REVERT, waitForLock: 20 });

/** A run that is killed with all of its processes on the host, before or after a step. */
async function lost(
  host: PlainHost,
  words: string,
  step: "activate" | "precommit",
  when: "before" | "after",
  more: Partial<DeployRequest> = {},
) {
  const member = memberOf(host);
  const go = member.host[step].bind(member.host) as (...rest: unknown[]) => Promise<never>;
  const artifact = await artifactOf(words);
  await new Promise<void>((resolve) => {
    member.host[step] = async (...rest: unknown[]) => {
      if (when === "after") await go(...rest);
      process.kill(member.host.connection.pid!, "SIGKILL");
      resolve();
      return new Promise<never>(() => {});
    };
    void put([member], artifact, { autoRevert: AUTO_REVERT, ...more });
  });
  await member.host.close();
}

describe("a host that its own commands drain", () => {
  it("is drained while it is activated, by the commands of the documentation", async () => {
    const block = fences("docs/fleets.md").find(({ text }) => text.includes("on: host"));
    const { shared, targets } = parseConfig(`app: shop\n${block?.text}`);
    const { drain = "", restore = "" } = targets.production?.balancers[0]?.command ?? {};
    const host = plainHost();
    const own = host.member();
    const { server } = hostCommands(own.host, {
      server: "app1",
      drain: `${drain.replace("sleep 10", "sleep 0")}; ls ${host.root}/shared/traffic >${host.root}/said`,
      restore,
      deadline: 5,
      after: AUTO_REVERT.after,
    });
    const deploying = async (words: string) =>
      put([{ ...own, shared, backendServers: [server] }], await artifactOf(words));
    expect(await deploying("v1")).toMatchObject({ outcome: "deployed", errors: [] });
    expect(await deploying("v2")).toMatchObject({ outcome: "deployed", errors: [] });
    expect(said(host)).toEqual(["away"]);
    expect(host.names("shared/traffic")).toEqual([]);
  });

  it("is drained while it is activated, and restored automatically at whichever step a run was lost", async () => {
    const host = plainHost();
    // A host without a release is not in use.
    expect((await deployed(host, "one")).outcome).toBe("deployed");
    expect(said(host)).toEqual(["restore app1 one one"]);

    await lost(host, "two", "activate", "before");
    expect(said(host).slice(1)).toEqual(["drain app1 one one"]);
    await expect.poll(() => said(host).slice(2), { timeout: 20_000 }).toEqual(["restore app1 one one"]);
    await expect.poll(() => host.names(".tarlift").includes("seats"), { timeout: 10_000 }).toBe(false);
    expect(host.names(".tarlift")).not.toContain("taken");

    await lost(host, "three", "activate", "after");
    expect(said(host).slice(3)).toEqual(["drain app1 one one"]);
    await expect.poll(() => said(host).slice(4), { timeout: 20_000 }).toEqual(["restore app1 one one"]);
    await expect.poll(() => host.names(".tarlift").includes("seats"), { timeout: 10_000 }).toBe(false);

    // Nothing is left to recover.
    const next = await deployed(host, "four");
    expect([next.outcome, next.warnings]).toEqual(["deployed", []]);
    expect(said(host).slice(5)).toEqual(["drain app1 one one", "restore app1 four four"]);
    expect(host.names(".tarlift").filter((name) => /^(seats|taken|switch)$/.test(name))).toEqual([]);
  });

  full("balancers").it("is restored also when its run was lost while the live release was only restarted", async () => {
    const host = plainHost();
    await deployed(host, "one");
    await lost(host, "one", "activate", "after", { restart: "always" });
    expect(said(host).slice(1)).toEqual(["drain app1 one one"]);
    await expect.poll(() => said(host).slice(2), { timeout: 20_000 }).toEqual(["restore app1 one one"]);
  });

  full("balancers").it("is restored once, by the next run where that is quicker", async () => {
    const host = plainHost();
    await deployed(host, "one");
    await lost(host, "two", "activate", "after");
    const next = await deployed(host, "three");
    expect(next.outcome).toBe("deployed");
    const before = said(host);
    expect(before.slice(1)).toEqual([
      "drain app1 one one",
      "restore app1 one one",
      "drain app1 one one",
      "restore app1 three three",
    ]);
    await new Promise((resolve) => setTimeout(resolve, (AUTO_REVERT.after + 2) * 1000));
    expect(said(host)).toEqual(before);
  });
});
