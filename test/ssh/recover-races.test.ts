// Runs that meet each other, lose their network or lose a host: one wins, the late one changes nothing, and the report is the truth.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/fleet/report.ts";
import { type Progress, silent } from "../../src/progress.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { type PlainMember, pageService } from "../support/plain-member.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { temporary } from "../support/temporary.ts";

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });

const three = (): [PlainHost, PlainHost, PlainHost] => [plainHost(), plainHost(), plainHost()];
const locally = (hosts: PlainHost[], options: OpenOptions = {}) =>
  hosts.map((host) => host.member({}, options, [pageService(host.root)]));

/** What each host runs: the words of the live release, and those of the service. */
const running = (hosts: PlainHost[]) =>
  hosts.map(({ root }) => [join(root, "current/page.txt"), join(root, "serving")].map((file) => read(file)).join("/"));
const read = (file: string) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "none";
  }
};
const all = (words: string) => [1, 2, 3].map(() => `${words}/${words}`);

/** Tells once when a host's service was restarted. */
function atRestart(listener: () => unknown, position = 0): Progress {
  let seen = 0;
  return {
    ...silent,
    task: (title) => ({
      ...silent.task(title),
      line: (line) => {
        if (title === "activate" && line === "restarted" && seen++ === position) listener();
      },
    }),
  };
}

/** Expects that the report says of each host what is live there. */
function expectTruth(report: Report, hosts: PlainHost[]): void {
  expect(report.hosts.map(({ live, unknown }) => (unknown ? "unknown" : live))).toEqual(
    hosts.map((host) => host.live()),
  );
}

describe("two runs at once", () => {
  it("do not mix: one wins on all hosts, the other is refused and says whose lock it is", async () => {
    const hosts = three();
    const [one, two] = [await artifactOf("one"), await artifactOf("two")];
    const reports = await Promise.all([
      put(locally(hosts), one, { owner: "run 1 of acme/shop" }),
      put(locally(hosts), two, { owner: "run 2 of acme/shop" }),
    ]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(["deployed", "refused"]);
    const winner = reports.findIndex(({ outcome }) => outcome === "deployed");
    const [error] = reports[1 - winner]!.errors;
    expect(error?.what).toBe(`another run holds the lock of this host: run ${winner + 1} of acme/shop`);
    expect(error?.remedy).toContain("wait-for-lock");
    expect(running(hosts)).toEqual(all(["one", "two"][winner]!));
  });

  it("come one after the other when they may wait", async () => {
    const hosts = three();
    const artifacts = [await artifactOf("one"), await artifactOf("two")];
    const reports = await Promise.all(artifacts.map((each) => put(locally(hosts), each, { waitForLock: 60 })));
    expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["deployed", "deployed"]);
    expect(all("one").concat(all("two"))).toEqual(expect.arrayContaining(running(hosts)));
    expect(new Set(running(hosts)).size).toBe(1);
  });
});

describe("an older commit whose run comes after a newer one", () => {
  const commitOf = async (words: string) => {
    const artifact = await artifactOf(words);
    Object.assign(artifact.release.commit, { id: words });
    return artifact;
  };
  const isAncestor = async (ancestor: string, descendant: string) => ancestor === "older" && descendant === "newer";

  it("while that one deploys: it waits, changes nothing, and says why", async () => {
    const hosts = three();
    await put(locally(hosts), await commitOf("oldest"));
    let late: Promise<Report> | undefined;
    const older = await commitOf("older");
    const progress = atRestart(() => {
      late = put(locally(hosts), older, { isAncestor, waitForLock: 60 });
    });
    const report = await put(locally(hosts), await commitOf("newer"), { isAncestor, progress });
    expect([report.outcome, (await late)?.outcome]).toEqual(["deployed", "superseded"]);
    expect((await late)?.warnings.join()).toMatch(/superseded: the live commit newer/);
    expect(running(hosts)).toEqual(all("newer"));
    for (const host of hosts) expect(host.names("releases").join()).not.toContain("older");
  });
});

describe("a run that waits for another one", () => {
  it("and is cancelled is refused, and the other one does not notice", async () => {
    const hosts = three();
    await put(locally(hosts), await artifactOf("one"));
    const stop = new AbortController();
    const two = await artifactOf("two");
    let late: Promise<Report> | undefined;
    const progress = atRestart(() => {
      late = put(locally(hosts), two, { waitForLock: 600, signal: stop.signal });
      setTimeout(() => stop.abort(), 300);
    });
    const report = await put(locally(hosts), await artifactOf("three"), { progress });
    expect([report.outcome, (await late)?.outcome]).toEqual(["deployed", "refused"]);
    expect(running(hosts)).toEqual(all("three"));
    expect(hosts.map((host) => host.names(".tarlift/sessions"))).toEqual([[], [], []]);
  });

  full("transactions").it("leaves nothing on the host when it is killed", async () => {
    const at = plainHost();
    const { layout, services, shared } = at.member();
    const [holder, waiting] = [at.member().host, at.member().host];
    await holder.facts({ layout, services, shared, lock: { wait: 0, owner: "the holder" } });
    const refused = waiting.facts({ layout, services, shared, lock: { wait: 600, owner: "the waiting" } });
    refused.catch(() => {});
    await until(() => at.names(".tarlift/sessions").length === 2);
    process.kill(waiting.connection.pid!, "SIGTERM");
    await expect(refused).rejects.toThrow();
    await until(() => at.names(".tarlift/sessions").length === 1);
    expect(read(join(at.root, ".tarlift/owner"))).toBe("the holder\n");
    await holder.close();
    expect(at.names(".tarlift/sessions")).toEqual([]);
  });

  it("removes what a host that lost its power left, although another process has the number of the lost one", async () => {
    const at = plainHost();
    await put(locally([at]), await artifactOf("one"));
    const [here, elsewhere] = [`tarlift.${process.pid}.1.abcdef`, `tarlift.${process.pid}.2.abcdef`];
    const memory = join(temporary("memory"), elsewhere);
    for (const left of [join(at.root, ".tarlift/sessions", here), memory]) mkdirSync(left);
    symlinkSync(memory, join(at.root, ".tarlift/sessions", elsewhere));
    await put(locally([at]), await artifactOf("two"));
    expect(at.names(".tarlift/sessions")).toEqual([]);
    expect(existsSync(memory)).toBe(false);
  });
});

describe("a run that is cancelled", () => {
  it("while services restart reverts everything", async () => {
    const hosts = three();
    await put(locally(hosts), await artifactOf("one"));
    const stop = new AbortController();
    const progress = atRestart(() => stop.abort());
    const report = await put(locally(hosts), await artifactOf("two"), { progress, signal: stop.signal });
    expect(report.outcome).toBe("reverted");
    expect(running(hosts)).toEqual(all("one"));
    expectTruth(report, hosts);
  });
});

describe("a run that loses its network for longer than the lease", () => {
  full("transactions").each(["prepare", "activate", "precommit", "commit"] as const)(
    "before %s: another one wins, and the late one changes nothing",
    async (step) => {
      const hosts = three();
      await put(locally(hosts), await artifactOf("one"));
      const late = locally(hosts, { lease: 4 });
      const other = await artifactOf("three");
      let meanwhile: Promise<Report> | undefined;
      for (const { host } of late) {
        const go = host[step].bind(host) as (...rest: unknown[]) => Promise<never>;
        host[step] = async (...rest: unknown[]) => {
          for (const each of late) each.host.connection.silence();
          meanwhile ??= put(locally(hosts), other, { waitForLock: 60 });
          await meanwhile;
          return go(...rest);
        };
      }
      const report = await put(late, await artifactOf("two"));
      expect((await meanwhile)?.errors).toEqual([]);
      expect((await meanwhile)?.outcome).toBe("deployed");
      expect(running(hosts)).toEqual(all("three"));
      if (step === "prepare") {
        expect(report.outcome).toBe("refused");
      } else if (step !== "commit") {
        expect(report.outcome).toBe("reverted");
        expectTruth(report, hosts);
      } else {
        expect(report.warnings.join("\n")).toContain("has not recorded it as good");
      }
    },
  );
});

describe("a service that does not come back", () => {
  full("transactions").it(
    "does not prevent the deploy of a better release: its release is live, and that is reported",
    async () => {
      const hosts = three();
      await put(locally(hosts), await artifactOf("one"));
      const lost = locally(hosts);
      lost[1]!.host.precommit = () => new Promise(() => {});
      // The run stops for ever between activate and precommit, and then loses its connections.
      void put(lost, await artifactOf("two"));
      await until(() => running(hosts).every((words) => words === "two/two"));
      await until(() =>
        hosts.every(({ root }) => /activated|precommit/.test(read(join(root, ".tarlift/transaction")))),
      );
      for (const { host } of lost) process.kill(host.connection.pid!, "SIGKILL");
      for (const { root } of hosts)
        for (const words of ["one", "two"]) writeFileSync(join(root, `broken-${words}`), "");
      const report = await put(locally(hosts), await artifactOf("three"), { waitForLock: 20 });
      expect(report.errors).toEqual([]);
      expect(report.outcome).toBe("deployed");
      expect(report.warnings.filter((warning) => /\bbut\b/.test(warning))).toHaveLength(3);
      expect(running(hosts)).toEqual(all("three"));
    },
  );
});

async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!done() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done()).toBe(true);
}

describe.runIf(needs("sshd", "ssh"))("over SSH", () => {
  const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
  const start = () => Promise.all(addresses.map((address) => startSshd({ address })));
  const members = (hosts: PlainHost[], sshds: Sshd[]): PlainMember[] =>
    hosts.map((host, n) => {
      const { port, user, key, knownHosts } = sshds[n]!;
      const options = { key: { file: key }, knownHosts: { text: knownHosts }, userConfig: false };
      return host.member({ address: addresses[n]!, port, user }, options, [pageService(host.root)]);
    });

  full("transactions").it(
    "a connection that is cut while services restart is made again, and all hosts are reverted",
    async () => {
      const [hosts, sshds] = [three(), await start()];
      expect((await put(members(hosts, sshds), await artifactOf("one"))).outcome).toBe("deployed");
      const cut = members(hosts, sshds);
      const progress = atRestart(() => process.kill(cut[1]!.host.connection.pid!, "SIGKILL"));
      const report = await put(cut, await artifactOf("two"), { progress });
      expect(report.outcome).toBe("reverted");
      expect(report.errors.map(({ what }) => what)).toEqual(["the connection to the host was lost"]);
      expect(running(hosts)).toEqual(all("one"));
      expectTruth(report, hosts);
    },
  );

  full("transactions").it(
    "a host that vanishes while services restart is reported, and the next run brings it back",
    async () => {
      const [hosts, sshds] = [three(), await start()];
      expect((await put(members(hosts, sshds), await artifactOf("one"))).outcome).toBe("deployed");
      const cut = members(hosts, sshds);
      const progress = atRestart(() => sshds[2]!.stop());
      const report = await put(cut, await artifactOf("two"), { progress });
      expect(report.outcome).toBe("split");
      expect(running(hosts).slice(0, 2)).toEqual(all("one").slice(0, 2));
      expect(report.hosts.map(({ unknown }) => unknown)).toEqual([false, false, true]);
      sshds[2] = await startSshd({ address: addresses[2]! });
      const next = await put(members(hosts, sshds), await artifactOf("two"), { waitForLock: 30 });
      expect(next.errors).toEqual([]);
      expect(next.outcome).toBe("deployed");
      expect(running(hosts)).toEqual(all("two"));
    },
  );
});
