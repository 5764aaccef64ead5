// A user that may do everything, and services that have a user of their own all the same.
import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { openHost } from "../../src/host/open.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member, rollbackRequest } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { overridden } from "../support/overridden.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { temporary } from "../support/temporary.ts";

describe.runIf(needs("root", "setpriv"))("a deploy as root for a service of another user", () => {
  it("runs hooks and migrations as that user, who reads the configuration and writes what is shared", async () => {
    expect(userInfo().username).toBe("root");
    const above = temporary("run-as");
    chmodSync(above, 0o755);
    const root = join(above, "srv");
    mkdirSync(root);
    const place = { app: "shop", target: "test", root, environmentsRoot: join(root, "envs"), runAs: "nobody" };
    const shared = { directories: ["media"], files: [] };
    const host = openHost({ address: "local", roles: undefined, forwards: [] }, {});
    const say = (file: string) => `echo "$(id -un) $(id -Gn) $COLOUR" >media/${file}`;
    const report = await deploy(
      deployRequest([], {
        members: [member(host, { place, shared, configuration: { COLOUR: "red" } })],
        artifact: await syntheticArtifact([text("a", "1")]),
        hooks: { "after-deploy": [{ run: say("hook"), on: "hosts", "on-failure": "fail" }] },
        migrations: { pending: `${say("pending")}; echo 0001`, apply: say("applied"), policy: "apply" },
      }),
    );
    expect([report.troubles, report.outcome]).toEqual([[], "deployed"]);
    const groups = sh("id", ["-Gn", "nobody"]).trim();
    for (const file of ["hook", "pending", "applied"])
      expect(readFileSync(join(root, "shared/media", file), "utf8")).toBe(`nobody ${groups} red\n`);
    expect(statSync(join(root, "current/.tarlift/env")).mode & 0o777).toBe(0o640);
  });

  describe("case 56: files of a release", () => {
    let count = 0;
    /** A root directory that no other user may enter, and deploys to it: as a service's own user, or as the one who deploys. */
    const host = () => {
      const above = temporary("modes");
      chmodSync(above, 0o755);
      const root = join(above, "srv");
      mkdirSync(root);
      const members = (runAs: string | undefined) => {
        const place = {
          app: "shop",
          target: "test",
          root,
          environmentsRoot: join(root, "envs"),
          ...(runAs ? { runAs } : {}),
        };
        const shared = { directories: ["data"], files: [] };
        return [member(openHost({ address: "local", roles: undefined, forwards: [] }, {}), { place, shared })];
      };
      const files = (version: string) => [
        text("seed.db", "seed"),
        text("bin/x", "#!/bin/sh\n", true),
        text("version", version),
      ];
      return {
        root,
        async put(version: string, runAs?: string, run?: string) {
          const report = await deploy(
            deployRequest([], {
              members: members(runAs),
              artifact: await syntheticArtifact(files(version), { version }),
              version,
              deployId: `t${count++}`,
              ...(run
                ? { hooks: { "before-activate": [{ run, on: "hosts" as const, "on-failure": "fail" as const }] } }
                : {}),
            }),
          );
          expect([report.troubles, report.outcome]).toEqual([[], "deployed"]);
        },
        back: () => rollback(rollbackRequest([], { members: members(undefined), deployId: `t${count++}` })),
        mode: (path: string) => statSync(join(root, path)).mode & 0o777,
        inode: (path: string) => statSync(join(root, path)).ino,
      };
    };

    it("are their owner's to write where services run as another user, who gets a copy with its mode to write", async () => {
      const at = host();
      await at.put("v1", "nobody", "cp -p seed.db data/copy && printf more >>data/copy");
      expect(readFileSync(join(at.root, "shared/data/copy"), "utf8")).toBe("seedmore");
      expect([at.mode("current/seed.db"), at.mode("current/bin/x")]).toEqual([0o644, 0o755]);
      sh("setpriv", [
        "--reuid=nobody",
        "--clear-groups",
        "sh",
        "-c",
        '! printf x 2>/dev/null >>"$1"',
        "sh",
        join(at.root, "current/seed.db"),
      ]);
      await at.put("v2", "nobody");
      expect(at.inode("current/seed.db")).toBe(at.inode("previous/seed.db"));
    });

    it("are not where a service runs as their owner: a file that the owner could write is never linked there", async () => {
      const at = host();
      await at.put("v1", "nobody");
      await at.put("v2");
      expect([at.mode("current/seed.db"), at.mode("current/bin/x"), at.mode("previous/seed.db")]).toEqual([
        0o444, 0o555, 0o644,
      ]);
      expect(at.inode("current/seed.db")).not.toBe(at.inode("previous/seed.db"));
      // What is read-only counts as equal where it need not be.
      await at.put("v3", "nobody");
      expect(at.inode("current/seed.db")).toBe(at.inode("previous/seed.db"));
      expect([at.mode("current/seed.db"), at.mode("current/version")]).toEqual([0o444, 0o644]);
    });

    it("that a service appended to as their owner keep the way back from being taken unseen", async () => {
      const at = host();
      await at.put("v1");
      await at.put("v2");
      // Only root writes into what is read-only.
      appendFileSync(join(at.root, "current/seed.db"), "more");
      const report = await at.back();
      expect(report.outcome).toBe("refused");
      expect(JSON.stringify(report.troubles)).toMatch(/seed\.db/);
      expect(at.mode("current/seed.db")).toBe(0o444);
    });
  });
});

describe.runIf(needs("root"))("that no command can run as the services' user", () => {
  const hooks = { "after-activate": [{ run: "true", on: "hosts" as const, "on-failure": "fail" as const }] };
  /** A host on which this program, if it is asked for another user, refuses. */
  function without(program: string, more: string) {
    const tools = temporary("tools");
    writeFileSync(join(tools, program), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const shell = overridden(`PATH=${tools}:$PATH; ${more}`);
    const host = plainHost();
    chmodSync(join(host.root, ".."), 0o755);
    const members = () => {
      const { place, ...rest } = host.member({}, { shell });
      return [{ ...rest, place: { ...place, runAs: "nobody" } }];
    };
    return { host, members };
  }

  it.each([
    ["as root, without a setpriv that can", "setpriv", "", /^commands cannot run as nobody: this host has no setpriv/],
    [
      "as a user that sudo does not let",
      "sudo",
      'can() { :; }; id() { case $1 in -u) echo 1000 ;; -un) echo deploy ;; *) command id "$@" ;; esac; }',
      /^deploy may not run commands as nobody$/,
    ],
  ])("%s, is found before anything changes, where there are hooks", async (_, program, more, what) => {
    const { host, members } = without(program, more);
    const artifact = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
    const one = await artifact("one");
    for (const release of [one, await artifact("two")])
      expect((await put(members(), release)).outcome).toBe("deployed");
    const live = host.live();
    // What is there already, and what is sent.
    for (const release of [one, await artifact("three")]) {
      const report = await put(members(), release, { hooks });
      expect([report.outcome, report.troubles[0]?.what]).toEqual(["refused", expect.stringMatching(what)]);
    }
    expect(host.live()).toBe(live);
  });
});
