// How tools of this kind fail, each failure once: Capistrano, Deployer, Ansistrano, mina, shipit, ssh-deploy, sshkit, ssh-action,
// DeployRepository, ZDT, the CodeDeploy agent, `ln -sfn`. What they do wrong stands in the titles' other half.
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { Member } from "../../src/fleet/member.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { liveState, type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";

const artifactOf = (words: string, more: Parameters<typeof text>[] = []) =>
  syntheticArtifact([text("page.txt", words), ...more.map((one) => text(...one))], { version: words });
const served = (host: PlainHost): Member => host.member({}, {}, [pageService(host.root)]);
const page = ({ root }: PlainHost) => readFileSync(join(root, "current/page.txt"), "utf8");
let count = 0;
const nextId = () => `p${String(count++).padStart(4, "0")}`;
const deployed = async (hosts: PlainHost[], words: string, more: Partial<DeployRequest> = {}) =>
  put(hosts.map(served), await artifactOf(words), { deployId: nextId(), ...more });
const back = (hosts: PlainHost[], to?: string) =>
  rollback(rollbackRequest([], { members: hosts.map(served), deployId: nextId(), ...(to ? { to } : {}) }));

describe("the failures of peers", () => {
  full("transactions").it(
    "1 Capistrano: a host that cannot be switched takes the fleet back, and running again never lands in an old release",
    async () => {
      const hosts = [plainHost(), plainHost(), plainHost()];
      await deployed(hosts, "one");
      writeFileSync(join(hosts[1]!.root, "broken-two"), "");
      const report = await deployed(hosts, "two");
      expect(report.outcome).toBe("reverted");
      expect(hosts.map(page)).toEqual(["one", "one", "one"]);
      // What makes `ln -s` land inside the old release there.
      symlinkSync("../releases", join(hosts[1]!.root, "releases/current"));
      const again = await deployed(hosts, "three");
      expect(again.outcome).toBe("deployed");
      expect(hosts.map(page)).toEqual(["three", "three", "three"]);
      // A rollback after a failed deploy goes somewhere: to what ran before.
      expect((await back(hosts)).outcome).toBe("rolled-back");
      expect(hosts.map(page)).toEqual(["one", "one", "one"]);
    },
  );

  full("transactions").it(
    "2 Deployer: no host stays locked after a failure, and nothing rolls back on to what never was good",
    async () => {
      const host = plainHost();
      await deployed([host], "one");
      writeFileSync(join(host.root, "broken-two"), "");
      expect((await deployed([host], "two")).outcome).toBe("reverted");
      expect((await deployed([host], "three")).outcome).toBe("deployed");
      const report = await back([host], "two");
      expect(report).toMatchObject({ outcome: "refused" });
      expect(report.errors[0]?.what).toMatch(/two is not a good release/);
      expect((await back([host])).version).toBe("one");
    },
  );

  full("transactions").it(
    "3 Ansistrano: modification times decide nothing, and old releases go by themselves",
    async () => {
      const host = plainHost();
      for (const words of ["one", "two", "three", "four"]) await deployed([host], words, { keep: 2 });
      const names = host.names("releases");
      expect(names.map((name) => name.split("-")[0])).toEqual(["four", "three"]);
      for (const name of names)
        utimesSync(join(host.root, "releases", name), 1e9 * (name.startsWith("three") ? 2 : 1), 1e9);
      expect((await back([host])).version).toBe("three");
      expect(page(host)).toBe("three");
      expect(host.names("releases")).toEqual(names);
    },
  );

  full("transactions").it(
    "4 mina: a second rollback goes further back or is refused; `current` never dangles",
    async () => {
      const host = plainHost();
      for (const words of ["one", "two"]) await deployed([host], words);
      expect((await back([host])).outcome).toBe("rolled-back");
      expect((await back([host])).outcome).toBe("refused");
      expect(page(host)).toBe("one");
    },
  );

  full("transactions").it(
    "5 shipit: a `current` that is a directory is no success, and half an upload is no release",
    async () => {
      const host = plainHost();
      mkdirSync(join(host.root, "current"));
      writeFileSync(join(host.root, "current/page.txt"), "by hand");
      const report = await deployed([host], "one");
      expect(report.outcome).not.toBe("deployed");
      expect(report.errors[0]?.remedy).toMatch(/tarlift adopt/);
      expect(page(host)).toBe("by hand");
      const other = plainHost();
      for (const words of ["one", "two"]) await deployed([other], words);
      mkdirSync(join(other.root, "releases/half-00000000"));
      expect((await back([other])).version).toBe("one");
      expect((await back([other], "half-00000000")).outcome).toBe("refused");
    },
  );

  full("transactions").it(
    "6 ssh-deploy: a failing script before it fails the deploy, and no name of a file is executed",
    async () => {
      const host = plainHost();
      await deployed([host], "one");
      const before = liveState(host.root);
      const failing = await deployed([host], "two", { hooks: { "before-prepare": [{ run: "false" } as never] } });
      expect(failing.outcome).toBe("refused");
      expect(liveState(host.root)).toEqual(before);
      const names = ["$(touch pwned)", "`touch pwned`", "it's; touch pwned", "-rf", 'a "b"'];
      const artifact = await artifactOf(
        "three",
        names.map((name) => [name, name] as Parameters<typeof text>),
      );
      expect((await put([served(host)], artifact, { deployId: nextId() })).outcome).toBe("deployed");
      for (const name of names) expect(readFileSync(join(host.root, "current", name), "utf8")).toBe(name);
      expect(host.names(".").concat(host.names("current"))).not.toContain("pwned");
      expect(existsSync("pwned")).toBe(false);
    },
  );

  full("transactions").it("7 sshkit: a migration that is killed by a signal is a failure that names it", async () => {
    const host = plainHost();
    await deployed([host], "one");
    const migrations = { pending: "echo 0002", apply: "kill -KILL $$", policy: "apply" as const };
    const report = await deployed([host], "two", { migrations });
    expect(report.outcome).toBe("reverted");
    expect(JSON.stringify(report.errors)).toContain("SIGKILL");
    expect(page(host)).toBe("one");
  });

  full("transactions").it("8 ssh-action: every line's failure counts, and no secret is on a command line", async () => {
    const host = plainHost();
    await deployed([host], "one");
    const hooks = { "after-prepare": [{ run: "false\ntrue" } as never] };
    expect((await deployed([host], "two", { hooks })).outcome).toBe("refused");
    const member = { ...served(host), configuration: { TOKEN: "s3cr3t-value" } };
    const look = { run: 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " >"$(pwd -P)/../../seen" || :' };
    const report = await put([member], await artifactOf("three"), {
      deployId: nextId(),
      hooks: { "after-prepare": [look as never] },
    });
    expect(report.outcome).toBe("deployed");
    const seen = readFileSync(join(host.root, "seen"), "utf8");
    expect(seen).toContain("sh");
    expect(seen).not.toContain("s3cr3t-value");
  });

  full("transactions").it(
    "9 DeployRepository, ZDT: what is live is never removed to be made again, and the run that loses the lock leaves the winner's",
    async () => {
      const host = plainHost();
      await deployed([host], "one");
      const before = liveState(host.root);
      expect((await deployed([host], "one")).outcome).toBe("unchanged");
      expect(liveState(host.root)).toEqual(before);
      const winner = served(host);
      const { layout, services, shared } = winner;
      await winner.host.facts({ layout, services, shared, lock: { owner: "the winner", wait: 0 } });
      const loser = await deployed([host], "two");
      expect(loser).toMatchObject({ outcome: "refused" });
      expect(loser.errors[0]?.what).toMatch(/the winner/);
      expect((await deployed([host], "two")).outcome).toBe("refused");
      await winner.host.close();
      expect((await deployed([host], "two")).outcome).toBe("deployed");
    },
  );

  full("transactions").it(
    "10 the CodeDeploy agent: old files stay until the new release is complete and verified",
    async () => {
      const host = plainHost();
      await deployed([host], "one");
      const before = liveState(host.root);
      const member = { ...served(host), shared: { directories: ["media"], files: ["settings.ini"] } };
      const refused = await put([member], await artifactOf("two"), { deployId: nextId() });
      expect(refused.outcome).toBe("refused");
      expect(liveState(host.root)).toEqual(before);
    },
  );

  full("transactions").it(
    "11 ln -sfn: the link is renamed into place and read back, also over what looks like a directory to `ln`",
    async () => {
      const host = plainHost();
      await deployed([host], "one");
      const first = readlinkSync(join(host.root, "current"));
      await deployed([host], "two");
      expect(readlinkSync(join(host.root, "current"))).not.toBe(first);
      expect(host.names(first)).not.toContain("current");
      expect(host.names(first).filter((name) => name.startsWith("two"))).toEqual([]);
      expect(readlinkSync(join(host.root, "previous"))).toBe(first);
    },
  );
});
