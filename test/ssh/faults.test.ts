// What goes wrong on the second host of three after the barrier: all are as they were, or the report says where each stands and which
// command repairs it, and that command does. A service that does not come up there: peers.test.ts; one that is not healthy:
// test/fleet/truth.test.ts.

import { mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import type { Report } from "../../src/fleet/report.ts";
import { type Progress, silent } from "../../src/progress.ts";
import { transactionLines } from "../../src/report/transaction.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { type PlainMember, pageService } from "../support/plain-member.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

type Three = [PlainHost, PlainHost, PlainHost];

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
const three = (second = plainHost()): Three => [plainHost(), second, plainHost()];
const here = (hosts: Three, second?: ServiceRequest): [PlainMember, PlainMember, PlainMember] => {
  const member = (n: number, service?: ServiceRequest) =>
    hosts[n]!.member({}, {}, [service ?? pageService(hosts[n]!.root)]);
  return [member(0), member(1, second), member(2)];
};
/** What each host has live, and what its service runs. */
const running = (hosts: readonly PlainHost[]) =>
  hosts.map(({ root }) =>
    ["current/page.txt", "serving"].map((file) => readFileSync(join(root, file), "utf8")).join("/"),
  );
const all = (words: string) => Array.from({ length: 3 }, () => `${words}/${words}`);
const liveOf = ({ hosts }: Report) => hosts.map(({ live, unknown }) => (unknown ? "?" : live?.split("-")[0]));

/** What the report says to type: nothing is built for it. */
const repair = (members: PlainMember[], waitForLock = 0) =>
  converge({
    ...deployRequest([], { members, deployId: "t-mended", owner: "a test", waitForLock }),
    artifactOf: async () => {
      throw new Failure({ code: "command-failed", what: "there is no artifact" });
    },
  });
const namesConverge = (report: Report) =>
  transactionLines(report).at(-1)?.startsWith("next: tarlift converge production");

async function deployed(hosts: Three, members = here(hosts)): Promise<void> {
  expect((await put(members, await artifactOf("one"))).outcome).toBe("deployed");
}

describe("the second host of three", () => {
  it("cannot be switched: all are as they were", async () => {
    const hosts = three();
    await deployed(hosts);
    const members = here(hosts);
    const [, { host }] = members;
    const swap = join(hosts[1].root, ".tarlift/swap");
    const activate = host.activate.bind(host);
    host.activate = (...request) => {
      rmSync(swap, { recursive: true });
      writeFileSync(swap, "where the new link is made");
      return activate(...request);
    };
    const report = await put(members, await artifactOf("two"));
    expect(report.outcome).toBe("reverted");
    expect(report.errors[0]).toMatchObject({ what: expect.stringContaining("current does not lead to two-") });
    expect(liveOf(report)).toEqual(["one", "one", "one"]);
    expect(running(hosts)).toEqual(all("one"));
  });

  it("cannot be switched back either: the fleet is split, the report says where each stands, and its command repairs it", async () => {
    const hosts = three();
    await deployed(hosts);
    const { root } = hosts[1];
    const swap = join(root, ".tarlift/swap");
    const service = pageService(root);
    const restart = `${service.commands!.restart}; [ "$(cat page.txt)" = one ] || { rm -rf ${swap}; touch ${swap}; exit 1; }`;
    const report = await put(
      here(hosts, { ...service, commands: { ...service.commands, restart } }),
      await artifactOf("two"),
    );
    expect(report.outcome).toBe("split");
    expect(liveOf(report)).toEqual(["one", "two", "one"]);
    expect(report.hosts[1]?.services).toMatchObject([{ service: "page", evidence: "supervisor" }]);
    expect(running(hosts)).toEqual(["one/one", "two/two", "one/one"]);
    expect(namesConverge(report)).toBe(true);
    // As long as the reason lasts, nothing gets worse.
    expect((await repair(here(hosts))).outcome).toBe("refused");
    expect(running(hosts)).toEqual(["one/one", "two/two", "one/one"]);
    rmSync(swap);
    const repaired = await repair(here(hosts));
    expect([repaired.errors, repaired.outcome]).toEqual([[], "unchanged"]);
    expect(running(hosts)).toEqual(all("one"));
  });

  it.runIf(needs("root", "mount"))("has a disk that fills up: all are as they were", async () => {
    const directory = temporary("disk");
    const root = join(directory, "srv");
    mkdirSync(root);
    sh("mount", ["-t", "tmpfs", "-o", "size=120m", "tarlift-test", root]);
    atEnd(() => sh("umount", [root]));
    const hosts = three(plainHost(root));
    // A service that writes nothing there: what the disk does to it is its own affair.
    const service = { ...pageService(root), commands: { restart: `cp page.txt ${directory}/serving`, status: "true" } };
    await deployed(hosts, here(hosts, service));
    const members = here(hosts, service);
    const [, { host }] = members;
    const activate = host.activate.bind(host);
    host.activate = (...request) => {
      const { bavail, bsize } = statfsSync(root);
      expect(() => writeFileSync(join(root, "ballast"), Buffer.alloc((bavail + 1000) * bsize))).toThrow(/ENOSPC/);
      return activate(...request);
    };
    const report = await put(members, await artifactOf("two"));
    expect(report.outcome).toBe("reverted");
    expect(report.errors[0]?.what).toContain("the disk is full");
    expect(liveOf(report)).toEqual(["one", "one", "one"]);
    expect(["current/page.txt", "../serving"].map((file) => readFileSync(join(root, file), "utf8"))).toEqual([
      "one",
      "one",
    ]);
  });
});

describe.runIf(needs("sshd", "ssh"))("the second host of three, over SSH,", () => {
  const ADDRESS = "127.0.0.2";
  const away = (hosts: Three, { port, user, key, knownHosts }: Sshd): PlainMember[] => {
    const options = { key: { file: key }, knownHosts: { text: knownHosts }, userConfig: false };
    const { root } = hosts[1];
    return here(hosts).map((member, n) =>
      n === 1 ? hosts[1].member({ address: ADDRESS, port, user }, options, [pageService(root)]) : member,
    );
  };

  it("vanishes in the middle of its switch: the others are as they were, and when it is back one command brings it along", async () => {
    const hosts = three();
    const sshd = await startSshd({ address: ADDRESS });
    await deployed(hosts, away(hosts, sshd) as [PlainMember, PlainMember, PlainMember]);
    const progress: Progress = {
      ...silent,
      task: (title, where) => ({
        ...silent.task(title, where),
        line: (line) => {
          if (title === "activate" && where?.host === ADDRESS && line === "restarted") void sshd.stop();
        },
      }),
    };
    const report = await put(away(hosts, sshd), await artifactOf("two"), { progress });
    expect(report.outcome).toBe("split");
    expect(liveOf(report)).toEqual(["one", "?", "one"]);
    const reported = transactionLines(report).join("\n");
    expect(reported).toContain(`${ADDRESS}  could not be asked what is live`);
    expect(namesConverge(report)).toBe(true);
    // It stays away: it is named, and no host is changed.
    const early = await repair(away(hosts, sshd));
    expect([early.outcome, early.errors.map(({ host }) => host)]).toEqual(["refused", [ADDRESS]]);
    expect(running(hosts).filter((_, n) => n !== 1)).toEqual(["one/one", "one/one"]);
    const back = await startSshd({ address: ADDRESS });
    const repaired = await repair(away(hosts, back), 30);
    expect([repaired.errors, repaired.outcome]).toEqual([[], "unchanged"]);
    expect(running(hosts)).toEqual(all("one"));
  });
});

describe("the only host", () => {
  full("transactions").it(
    "cannot record the release: it is reverted over a connection of its own, since the first one ended with the commit",
    async () => {
      const only = plainHost();
      const { root } = only;
      await put([only.member({}, {}, [pageService(root)])], await artifactOf("one"));
      const member = only.member({}, {}, [pageService(root)]);
      const commit = member.host.commit.bind(member.host);
      const connections = new Set([member.host.connection]);
      member.host.commit = (request) => {
        expect(request.last).toBe(true);
        renameSync(join(root, ".tarlift/releases", request.release), join(root, ".tarlift/away"));
        return commit(request);
      };
      const report = await put([member], await artifactOf("two"));
      connections.add(member.host.connection);
      expect(report.outcome).toBe("reverted");
      expect(report.errors[0]).toMatchObject({ what: expect.stringMatching(/^two-\w+ cannot be marked as good$/) });
      expect(connections.size).toBe(2);
      expect(liveOf(report)).toEqual(["one"]);
      expect(running([only])).toEqual(["one/one"]);
      expect(only.names(".tarlift/sessions")).toEqual([]);
      expect(only.names(".tarlift")).not.toContain("transaction");
      const next = await put([only.member({}, {}, [pageService(root)])], await artifactOf("three"));
      expect([next.outcome, next.warnings]).toEqual(["deployed", []]);
    },
  );
});
