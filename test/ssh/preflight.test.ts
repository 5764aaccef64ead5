// What a host could not do is found before anything changes, on all hosts at once; a plan finds the same and leaves nothing behind.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/fleet/report.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { OTHER_USER } from "../support/other-user.ts";
import { overridden } from "../support/overridden.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { freePort } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const artifact = () => syntheticArtifact([text("page.txt", "one")], { version: "one" });
const found = (report: Report) => report.errors.map(({ what }) => what).sort();

/** A root of which one directory is a file system of its own. */
function divided(directory: string) {
  const root = join(temporary("divided"), "srv");
  const at = join(root, directory);
  mkdirSync(at, { recursive: true });
  sh("mount", ["-t", "tmpfs", "-o", "size=80m", "tarlift-test", at]);
  atEnd(() => sh("umount", [at]));
  return plainHost(root);
}

describe.runIf(needs("root", "mount"))("a file system of its own", () => {
  it.each([".tarlift", "releases"])(
    "for %s would make the switch two steps: refused, by a plan too",
    async (directory) => {
      const host = divided(directory);
      for (const dryRun of [true, false]) {
        const report = await put([host.member()], await artifact(), { dryRun });
        expect(report.outcome).toBe("refused");
        expect(found(report)).toEqual([
          `${host.root}/${directory} is on another file system than ${host.root}: a release could not get its name, or go live, in one step`,
        ]);
      }
      expect(host.live()).toBeUndefined();
    },
  );

  it.each([".tarlift", "releases"])(
    "for %s is found also where it is a bind mount of the same disk",
    async (directory) => {
      const root = join(temporary("bound"), "srv");
      const [at, disk] = [join(root, directory), `${root}-disk`];
      for (const path of [at, disk]) mkdirSync(path, { recursive: true });
      sh("mount", ["--bind", disk, at]);
      atEnd(() => sh("umount", [at]));
      const host = plainHost(root);
      const report = await put([host.member()], await artifact());
      expect([report.outcome, ...found(report)]).toEqual([
        "refused",
        `${at} is in another mount than ${root}, of the same file system: a release could not get its name, or go live, in one step`,
      ]);
    },
  );

  it.each(["shared", "envs"])("for %s is nothing wrong", async (directory) => {
    expect((await put([divided(directory).member()], await artifact())).outcome).toBe("deployed");
  });

  it("that is mounted read-only takes nothing, which is reported once", async () => {
    const host = plainHost();
    sh("mount", ["-t", "tmpfs", "-o", "ro", "tarlift-test", host.root]);
    atEnd(() => sh("umount", [host.root]));
    const report = await put([host.member()], await artifact());
    expect(report.outcome).toBe("refused");
    expect(found(report)).toEqual([`${host.root} is mounted read-only: nothing can be written in ${host.root}`]);
    expect(report.errors[0]?.remedy).toContain(`mount -o remount,rw ${host.root}`);
  });

  it("and went read-only under a live release is reported once, and not as wrong owners", async () => {
    const host = divided("");
    expect((await put([host.member()], await artifact())).outcome).toBe("deployed");
    sh("mount", ["-o", "remount,ro", host.root]);
    const report = await put([host.member()], await artifact());
    expect(report.outcome).toBe("refused");
    expect(found(report)).toEqual([`${host.root} is mounted read-only: nothing can be written in ${host.root}`]);
  });
});

describe.runIf(needs("root", "mount"))("case 49: a file system that is mounted noexec", () => {
  const closed = (path: string) => sh("mount", ["-o", "remount,noexec", path]);

  it.each(["", "envs"])("is found before the first release is sent (%s)", async (directory) => {
    const host = divided(directory);
    const at = join(host.root, directory);
    closed(at);
    const report = await put([host.member()], await artifact(), { dryRun: true });
    expect(report.outcome).toBe("refused");
    expect(found(report)).toEqual([
      `${at} is on a file system that is mounted noexec (${at}): no program and no compiled module runs from there`,
    ]);
    expect(report.errors[0]?.remedy).toContain(`mount -o remount,exec ${at} `);
  });

  it("is a warning where a release is live there", async () => {
    const host = divided("");
    expect((await put([host.member()], await artifact())).outcome).toBe("deployed");
    closed(host.root);
    const report = await put([host.member()], await artifact(), { dryRun: true });
    expect(report.outcome).toBe("planned");
    expect(report.warnings.join("\n")).toContain("is mounted noexec");
  });

  describe.each(["dash", "busybox sh"])("where a release is live (%s)", (shell) => {
    /** A release whose environment starts this by a link that leads out of the mount, as one of the system's Python does. */
    const importing = (at: { root: string }, python: string, version: string) => {
      const found = sh("/usr/bin/python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).trim();
      const interpreter = "/usr/bin/python3";
      const abi = `cpython-${found.replace(".", "")}`;
      return syntheticArtifact([text("page.txt", version)], {
        version,
        environments: [
          {
            id: "0123456789ab-00000001",
            sources: python.startsWith("/")
              ? [{ type: "link" as const, path: "bin/python", target: python }]
              : [text("bin/python", python, true)],
            path: { root: join(at.root, "envs"), link: ".venv" },
            requirements: { python: { version: found, abi, interpreter, imports: ["json"] } },
          },
        ],
      });
    };

    it("lets one with imports and hooks come after it", async () => {
      const host = divided("");
      expect((await put([host.member()], await artifact())).outcome).toBe("deployed");
      closed(host.root);
      const run = `echo "$TARLIFT_VERSION" >${host.root}/said`;
      const hooks = { "after-prepare": [{ run, on: "hosts" as const, "on-failure": "fail" as const }] };
      const report = await put([host.member({}, { shell })], await importing(host, "/usr/bin/python3", "two"), {
        hooks,
      });
      expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
      expect(report.warnings.join("\n")).not.toContain("does not start");
      expect(readFileSync(join(host.root, "said"), "utf8")).toBe("two\n");
    });

    it("warns of an environment that does not start from there", async () => {
      const host = divided("");
      expect((await put([host.member()], await artifact())).outcome).toBe("deployed");
      closed(host.root);
      const report = await put([host.member({}, { shell })], await importing(host, "#!/bin/sh\n", "two"));
      expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
      expect(report.warnings).toContainEqual(
        expect.stringMatching(
          `the environment does not start on this host, where ${host.root} is mounted noexec: .*ermission denied`,
        ),
      );
    });
  });

  it("keeps commands from running as another user where only sudo can start them", async () => {
    const tools = temporary("tools");
    writeFileSync(join(tools, "sudo"), '#!/bin/sh\nshift 3\nexec "$@"\n', { mode: 0o755 });
    const shell = overridden(
      `PATH=${tools}:$PATH; can() { :; }; id() { case $* in -u) echo 1000 ;; -un) echo deploy ;; *) command id "$@" ;; esac; }`,
    );
    const host = divided("");
    expect((await put([host.member()], await artifact())).outcome).toBe("deployed");
    closed(host.root);
    const { layout, ...rest } = host.member({}, { shell });
    const two = await syntheticArtifact([text("page.txt", "two")], { version: "two" });
    const hooks = { "after-prepare": [{ run: "true", on: "hosts" as const, "on-failure": "fail" as const }] };
    const report = await put([{ ...rest, layout: { ...layout, runAs: OTHER_USER } }], two, { hooks });
    expect(found(report)).toEqual([
      `commands cannot run as ${OTHER_USER}: ${host.root} is mounted noexec, and what sudo starts lies there`,
    ]);
  });
});

describe.each(["dash", "busybox sh"])("a file system that knows no links (%s)", (shell) => {
  it("is found before a byte is sent", async () => {
    const host = plainHost();
    const interpreter = overridden(`ln() { case "$*" in *.rehearsal*) return 1 ;; esac; command ln "$@"; }`);
    const report = await put([host.member({}, { shell: interpreter })], await artifact());
    expect(report.outcome).toBe("refused");
    expect(found(report)).toEqual([`a link in ${host.root} cannot be made and renamed`]);
    expect(report.hosts[0]?.wire).toBeUndefined();
    // With one that does, the rehearsal leaves nothing.
    expect((await put([host.member({}, { shell })], await artifact())).outcome).toBe("deployed");
    expect(readdirSync(host.root).filter((name) => name.includes("rehears"))).toEqual([]);
  });
});

describe("a plan", () => {
  it("finds what a deploy would, and makes nothing", async () => {
    const host = plainHost();
    const member = () => ({ ...host.member(), shared: { directories: [], files: ["local.ini"] } });
    const planned = await put([member()], await artifact(), { dryRun: true });
    expect(readdirSync(host.root)).toEqual([]);
    expect(found(planned)).toEqual(found(await put([member()], await artifact())));
    expect(found(planned)).toEqual(["the shared file local.ini is missing"]);
  });
});

describe("several hosts", () => {
  it("have all their findings told at once, also when one of them does not answer", async () => {
    const [a, b] = [plainHost(), plainHost()];
    const lacking = (host: typeof a) => ({ ...host.member(), shared: { directories: [], files: ["local.ini"] } });
    const away = b.member({ address: "127.0.0.1", port: await freePort() }, { knownHosts: { text: "x" } });
    const report = await put([lacking(a), away, lacking(b)], await artifact());
    expect(report.outcome).toBe("refused");
    expect(report.errors.map(({ host, what }) => [host, what])).toEqual([
      ["127.0.0.1", "the host cannot be reached"],
      ["local", "the shared file local.ini is missing"],
      ["local", "the shared file local.ini is missing"],
    ]);
  });
});
