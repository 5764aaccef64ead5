// Other users on the same host: what root or a person left there is found, and neither linked from nor trusted.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { status } from "../support/operations.ts";

const layout: AppLayout = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};
const shared = { directories: ["media"], files: [] };

/** A release of which one file is new and three are always the same. */
const release = (version: string): Promise<Artifact> =>
  syntheticArtifact(
    [
      text("version.txt", version),
      text("same.txt", "same"),
      text("lib/code.py", "code"),
      text("bin/tool", "#!/bin/sh\n", true),
    ],
    { version },
  );

describe.runIf(needs(...LAB_NEEDS))("other users", () => {
  let lab: Lab;
  let host: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
  });
  afterAll(() => lab.stop());
  beforeEach(async () => {
    const script = setupScript({ host: host.name, user: host.user, layout, services: [], shared });
    await host.root("cat >/root/setup && sh /root/setup", script);
  });
  afterEach(() =>
    host.root("! mountpoint -q /srv/shop/shared/media || umount /srv/shop/shared/media; rm -rf /srv/shop"),
  );

  const members = () => {
    const { address, port, user } = host;
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    return [member(openHost({ address, port, user, roles: undefined, forwards: [] }, ssh), { layout, shared })];
  };
  const put = async (version: string, more: Partial<DeployRequest> = {}): Promise<Report> =>
    deploy(
      deployRequest([], {
        members: members(),
        artifact: await release(version),
        version,
        deployId: `t${count++}`,
        ...more,
      }),
    );
  const deployed = async (version: string, more: Partial<DeployRequest> = {}): Promise<Report> => {
    const report = await put(version, more);
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
    return report;
  };
  const live = async () => (await host.root("cat /srv/shop/current/version.txt")).trim();
  const find = async (test: string) =>
    (await host.root(`cd /srv/shop && find -L releases/* ${test} -print`)).trim().split("\n").filter(Boolean);

  it("do not matter for a deploy user whose umask is 077: the services' user reads the release, and writes the shared paths", async () => {
    await host.root("sed -i '1i umask 077' /home/deploy/.bashrc");
    const before = { run: "umask", on: "hosts" as const, "on-failure": "fail" as const };
    const mine = await deployed("v1", {
      hooks: { "after-deploy": [{ ...before, run: "cat same.txt lib/code.py >media/copy; ./bin/tool" }] },
    });
    expect(mine.release).toBeDefined();
    expect(
      await host.root("setpriv --reuid deploy --regid deploy --init-groups bash -c '. ~deploy/.bashrc; umask'"),
    ).toBe("0077\n");
    expect(await host.root("cat /srv/shop/shared/media/copy")).toBe("samecode");
    expect(await find("-type f ! -perm -444 ! -path '*/.tarlift/env'")).toEqual([]);
    expect(await find("-type d ! -perm -555")).toEqual([]);
    await host.root("sed -i '/^umask/d' /home/deploy/.bashrc");
  });

  it("get a shared directory that is new as theirs to write", async () => {
    const fleet = members().map((one) => ({ ...one, shared: { directories: ["media", "var/new"], files: [] } }));
    await deployed("v1", { members: fleet });
    await host.root("setpriv --reuid shopper --regid shopper --clear-groups touch /srv/shop/current/var/new/file");
    expect(await host.root("stat -c '%A %U %G' /srv/shop/shared/var/new")).toBe("drwxrwsr-x deploy shopper\n");
  });

  full("privileges").it(
    "own files in the live release: those are sent and not linked, and the rest is linked",
    async () => {
      const { release: first } = await deployed("v1");
      await host.root(`chown root: /srv/shop/releases/${first}/same.txt`);
      const second = await deployed("v2");
      expect(second.hosts[0]?.files).toEqual({ sent: 2, linked: 2 });
      expect(await host.root(`stat -c %U /srv/shop/releases/${second.release}/same.txt`)).toBe("deploy\n");
    },
  );

  full("privileges").it(
    "own an old release: it stays, a warning names it, and the deploy is none the worse",
    async () => {
      const { release: first } = await deployed("v1");
      await deployed("v2");
      await host.root(`chown -R root: /srv/shop/releases/${first}`);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const third = await deployed("v3", { keep: 1 });
      expect(third.warnings.join()).toContain(first);
      expect(await live()).toBe("v3");
    },
  );

  it("own the directories: refused with the line that repairs it, and nothing changes", async () => {
    await deployed("v1");
    await host.root("chown root: /srv/shop/releases");
    const report = await put("v2");
    expect(report.outcome).toBe("refused");
    expect(report.errors).toEqual([
      expect.objectContaining({
        what: "deploy cannot write /srv/shop/releases",
        remedy: expect.stringContaining("chown -R deploy /srv/shop/releases"),
      }),
    ]);
    expect(await live()).toBe("v1");
  });

  it("own the lock: refused, and said so", async () => {
    await deployed("v1");
    await host.root("chown -R root: /srv/shop/.tarlift");
    const report = await put("v2");
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]?.what).toContain("/srv/shop/.tarlift");
    expect(report.errors[0]?.remedy).toContain("chown -R deploy /srv/shop/.tarlift");
    await host.root("chown -R deploy: /srv/shop/.tarlift; chown root: /srv/shop/.tarlift/lock");
    const locked = await put("v2");
    expect(locked.outcome).toBe("refused");
    expect(locked.errors[0]?.what).toContain("/srv/shop/.tarlift/lock");
    expect(await live()).toBe("v1");
  });

  full("privileges").it("may not write a shared directory: refused, be it by its mode or by its mount", async () => {
    await deployed("v1");
    await host.root("chown deploy: /srv/shop/shared/media; chmod 755 /srv/shop/shared/media");
    const byMode = await put("v2");
    expect(byMode.outcome).toBe("refused");
    expect(byMode.errors[0]).toMatchObject({
      what: "shopper cannot write the shared directory media",
      remedy: expect.stringContaining("chown shopper /srv/shop/shared/media"),
    });
    await host.root(
      "chown shopper: /srv/shop/shared/media; mount --bind /srv/shop/shared/media /srv/shop/shared/media; mount -o remount,bind,ro /srv/shop/shared/media",
    );
    const byMount = await put("v2");
    expect(byMount.outcome).toBe("refused");
    expect(byMount.errors[0]).toMatchObject({
      what: "the shared directory media is on a file system that is mounted read-only",
      remedy: expect.stringContaining("mount -o remount,rw"),
    });
    await host.root("umount /srv/shop/shared/media");
    await deployed("v2");
  });

  it("may not read the configuration: refused with the group that the deploy user lacks", async () => {
    await deployed("v1");
    await host.root("gpasswd -d deploy shopper");
    const report = await put("v2");
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]).toMatchObject({ remedy: expect.stringContaining("usermod -aG shopper deploy") });
    expect(await live()).toBe("v1");
  });

  full("privileges").it(
    "changed a release by hand: status says so, nothing is linked from it, a rollback to it is refused, a deploy repairs it",
    async () => {
      const { release: first } = await deployed("v1");
      const edit = "chmod u+w same.txt lib; echo -n mine >same.txt; chmod a-w same.txt; rm lib/code.py";
      await host.root(`cd /srv/shop/releases/${first}; ${edit}`);
      const drift = async (verifyFull: boolean) =>
        (await status({ app: "shop", target: "lab", members: members() }, { verifyFull })).hosts[0]?.drift;
      expect(await drift(false)).toEqual({ changed: ["lib/code.py", "same.txt"], count: 2 });

      const second = await deployed("v2");
      expect(second.hosts[0]?.files).toEqual({ sent: 3, linked: 1 });
      expect(await host.root("cat /srv/shop/current/same.txt /srv/shop/current/lib/code.py")).toBe("samecode");

      const back = await rollback(rollbackRequest([], { members: members(), to: "v1", deployId: `t${count++}` }));
      expect(back.outcome).toBe("refused");
      expect(back.errors[0]).toMatchObject({
        output: "lib/code.py\nsame.txt",
        remedy: expect.stringContaining("Deploy that commit again"),
      });
      expect(await live()).toBe("v2");

      const repaired = await deployed("v1");
      expect(repaired.release).toBe(`${first}-2`);
      expect(await host.root("cd /srv/shop/current; cat version.txt same.txt lib/code.py")).toBe("v1samecode");

      // Same size, same time: only hashing everything finds that.
      const hidden =
        "cp -p same.txt /tmp/time; chmod u+w same.txt; echo -n SAME >same.txt; touch -r /tmp/time same.txt";
      await host.root(`cd /srv/shop/current; ${hidden}; chmod --reference=/tmp/time same.txt`);
      expect(await drift(false)).toEqual({ changed: [], count: 0 });
      expect(await drift(true)).toEqual({ changed: ["same.txt"], count: 1 });
      const request = rollbackRequest([], { members: members(), to: "v2", verifyFull: true, deployId: `t${count++}` });
      expect((await rollback(request)).errors[0]).toMatchObject({ output: "same.txt" });
      // From then on everybody knows: the next look sees it, and the next release does not inherit it.
      expect(await drift(false)).toEqual({ changed: ["same.txt"], count: 1 });
      await deployed("v3");
      expect(await host.root("cat /srv/shop/current/same.txt")).toBe("same");
    },
  );

  full("privileges").describe("case 56: the SSH user's own service", () => {
    const own: AppLayout = { app: "own", target: "lab", root: "/srv/own", environmentsRoot: "/srv/own/envs" };
    const services: ServiceRequest[] = [
      { name: "web", kind: "systemd", unit: "own-web", action: "restart", settle: 1 },
    ];
    const ownShared = { directories: ["data"], files: [] };
    /** What a service does first; then it stays. */
    const COPY = 'import shutil; shutil.copy("seed.db", "data/seed.db")';
    const WRITABLE = 'import os; os.chmod("data/seed.db", 0o644)';
    const OPEN =
      'import sqlite3; db = sqlite3.connect("data/seed.db"); db.execute("insert into t values (1)"); db.commit()';

    const fleet = () => {
      const { address, port, user } = host;
      const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
      const at = openHost({ address, port, user, roles: undefined, forwards: [] }, ssh);
      return [member(at, { layout: own, shared: ownShared, services })];
    };
    const release = (version: string, program: readonly string[]): Promise<Artifact> =>
      syntheticArtifact(
        [
          text("serve.py", [`# ${version}`, ...program, "import time; time.sleep(1000)", ""].join("\n")),
          text("seed.db", seed),
          text("counter.txt", "0"),
        ],
        { version },
      );
    const putOwn = async (version: string, ...program: string[]): Promise<Report> =>
      deploy(
        deployRequest([], {
          members: fleet(),
          artifact: await release(version, program),
          version,
          deployId: `t${count++}`,
        }),
      );
    const runs = async (version: string, ...program: string[]) =>
      expect(await putOwn(version, ...program)).toMatchObject({ errors: [], outcome: "deployed" });
    const back = () => rollback(rollbackRequest([], { members: fleet(), deployId: `t${count++}` }));
    const contents = (name: string) => host.root(`cd /srv/own/${name} && sha256sum seed.db counter.txt serve.py`);
    let seed: string;

    beforeAll(async () => {
      // A database of SQLite that is text to the artifact's helper: empty, and the tables come from a script.
      seed = "";
      const setup = setupScript({ host: host.name, user: host.user, layout: own, services, shared: ownShared });
      await host.root(
        "cat >/root/setup && sh /root/setup",
        setup.replaceAll(/exec CHANGE .*/g, "exec python3 -u serve.py"),
      );
      expect(await host.root("systemctl show --property User own-web")).toBe("User=deploy\n");
    });

    it("finds its files read-only, and sees the reason when it falls over a copy with that mode", async () => {
      await runs("v1");
      const report = await putOwn("v2", COPY, OPEN.replace("insert into t values (1)", "create table t (n)"));
      expect(report.outcome).toBe("reverted");
      expect(report.errors[0]?.output).toMatch(/readonly database/);
      expect(report.errors[0]?.remedy).toMatch(
        /read-only \(0444\) on this host: hooks and migrations run as deploy, who owns them\. .*give the copy a mode of its own/,
      );
      await host.root("rm -f /srv/own/shared/data/seed.db");
      await runs("v3", COPY, WRITABLE, OPEN.replace("insert into t values (1)", "create table t (n)"));
      expect(await host.root("stat -c %s /srv/own/current/seed.db")).toBe("0\n");
    });

    it("cannot append to a file of its release", async () => {
      const before = await contents("current");
      const report = await putOwn("v4", 'open("counter.txt", "a").write("1")');
      expect(report.outcome).toBe("reverted");
      expect(report.errors[0]?.output).toMatch(/PermissionError.*counter\.txt/);
      expect(await contents("current")).toBe(before);
    });

    it("may put another file in its place: the release before it stays as it was, and is returned to", async () => {
      await runs("v5");
      const before = await contents("current");
      await runs("v6", 'import os; os.unlink("counter.txt"); open("counter.txt", "a").write("1")');
      expect(await host.root("cat /srv/own/current/counter.txt")).toBe("1");
      expect(await contents("previous")).toBe(before);
      expect(await back()).toMatchObject({ errors: [], outcome: "rolled-back" });
      expect(await contents("current")).toBe(before);
    });

    it("that gives itself the right and appends changes the release before it as well: the way back names the file", async () => {
      await runs("v7");
      await runs("v8", 'import os; os.chmod("counter.txt", 0o644); open("counter.txt", "a").write("1")');
      const report = await back();
      expect(report.outcome).toBe("refused");
      expect(report.errors[0]?.output).toBe("counter.txt");
      await runs("v9");
      expect(await host.root("cat /srv/own/current/counter.txt")).toBe("0");
    });
  });
});
