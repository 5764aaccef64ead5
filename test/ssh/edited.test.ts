// Case 7: what was edited on a host is not called healthy, not unchanged, and not returned to, whatever it is that runs: a file
// of the release, one that was added, Tarlift's wrapper, an environment. What applications and Python write by themselves is no edit.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { converge } from "../../src/fleet/converge.ts";
import type { Report } from "../../src/fleet/report.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { FleetStatus } from "../../src/operations/status.ts";
import { statusLines } from "../../src/report/status.ts";
import { type SyntheticEnvironment, syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { status } from "../support/operations.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";

const VENV = "0123456789ab-00000001";
const MODULES = "0123456789ab-00000002";

describe("case 7: on a host with two releases that share what they can", () => {
  let host: PlainHost;
  const members = () => [host.member()];
  const artifactOf = (words: string) => {
    const environments: SyntheticEnvironment[] = [
      {
        id: VENV,
        sources: [text("lib/module.py", "sound\n"), text("bin/tool", "#!/bin/sh\n", true)],
        path: { root: host.layout.environmentsRoot, link: ".venv" },
      },
      { id: MODULES, sources: [text("node_modules/pad/index.js", "sound\n")], mounts: ["node_modules"] },
    ];
    const files = [text("app.py", "shared\n"), text("lib/more.py", "more\n"), text("version.txt", words)];
    return syntheticArtifact(files, { version: words, environments });
  };
  const deployed = async (words: string): Promise<Report> => {
    const report = await put(members(), await artifactOf(words));
    expect(report.errors).toEqual([]);
    return report;
  };
  const look = (verifyFull = false): Promise<FleetStatus> =>
    status({ app: "shop", target: "test", members: members() }, { verifyFull });
  const back = (verifyFull = false) => rollback(rollbackRequest([], { members: members(), verifyFull }));
  const edit = (command: string) => execFileSync("sh", ["-ec", command], { cwd: host.root });

  beforeEach(async () => {
    host = plainHost();
    await deployed("v1");
    await deployed("v2");
  });

  it("an untouched host is healthy, unchanged, and can be rolled back", async () => {
    for (const full of [false, true]) {
      const found = await look(full);
      expect([found.healthy, found.hosts[0]?.drift]).toEqual([true, { changed: [], count: 0 }]);
    }
    expect((await deployed("v2")).outcome).toBe("unchanged");
    expect((await back(true)).outcome).toBe("rolled-back");
  });

  full("transactions").each<[what: string, command: string, path: string]>([
    ["the wrapper", "chmod u+w current/.tarlift/exec; echo >>current/.tarlift/exec", ".tarlift/exec"],
    ["the configuration", "echo X=1 >>current/.tarlift/env", ".tarlift/env"],
    ["a file that Python loads by itself", "echo pass >current/sitecustomize.py", "sitecustomize.py"],
    ["a program", "printf x >current/lib/run; chmod +x current/lib/run", "lib/run"],
    ["a link in the place of a directory", "cp -r current/lib x; rm -rf current/lib; ln -s ../../x current/lib", "lib"],
    ["a removed file", "rm -f current/lib/more.py", "lib/more.py"],
    [
      "a file of a tree",
      "rm current/node_modules/pad/index.js; echo bad >current/node_modules/pad/index.js",
      "node_modules/pad/index.js",
    ],
    [
      "a file added to a tree",
      "mkdir current/node_modules/evil; echo 1 >current/node_modules/evil/index.js",
      "node_modules/evil/index.js",
    ],
  ])("%s that was edited is seen, and the next deploy brings a sound copy", async (_, command, path) => {
    edit(command);
    const found = await look();
    const { changed, added } = found.hosts[0]!.drift;
    expect([...changed, ...(added?.paths ?? [])]).toContain(path);
    expect(found.healthy).toBe(false);
    const again = await deployed("v2");
    expect([again.outcome, again.release]).toEqual(["deployed", expect.stringMatching(/-2$/)]);
    expect((await look(true)).healthy).toBe(true);
  });

  full("transactions").each<[what: string, command: string, path: string]>([
    ["a module", "chmod u+w envs/ID/lib/module.py; echo >>envs/ID/lib/module.py", "lib/module.py"],
    ["a file that was added", "echo import os >envs/ID/lib/x.pth", "lib/x.pth"],
  ])(
    "an environment, of which %s was edited, is not healthy, not used by a release, not returned to",
    async (_, command, path) => {
      edit(command.replaceAll("ID", VENV));
      const found = await look();
      expect([found.healthy, found.hosts[0]?.drift.changed]).toEqual([false, [join(host.root, "envs", VENV, path)]]);
      const configured = members().map((member) => ({ ...member, configuration: { COLOUR: "blue" } }));
      for (const fleet of [members(), configured]) {
        const report = await put(fleet, await artifactOf("v2"));
        expect([report.outcome, report.errors[0]?.what]).toEqual([
          "refused",
          `environment ${VENV} was changed on this host since it was verified (1 files, first ${path})`,
        ]);
      }
      const report = await back();
      expect([report.outcome, report.errors[0]?.output]).toEqual(["refused", expect.stringContaining(path)]);
      expect(await converged()).toBe("refused");
    },
  );

  it("an environment that was removed is neither healthy nor unchanged, and not returned to, with a record or without", async () => {
    edit(`chmod -R u+w envs/${VENV}; rm -r envs/${VENV}`);
    for (const also of [":", `rm envs/${VENV}.index`]) {
      edit(also);
      const found = await look();
      expect([found.healthy, found.hosts[0]?.drift]).toEqual([
        false,
        { changed: [`${join(host.root, "envs", VENV)} (missing)`], count: 1 },
      ]);
      expect((await back()).outcome).toBe("refused");
      expect(await converged()).toBe("refused");
    }
    // It travels once more, to the release that lacks nothing else.
    await deployed("v2");
    expect((await look(true)).healthy).toBe(true);
  });

  it("what a release's own hook adds before it is good belongs to it, until it is changed", async () => {
    const run = "mkdir -p generated; echo sound >generated/client.js; ln -sfn client.js generated/index.js";
    const hooks = { "after-activate": [{ run, on: "hosts" as const, "on-failure": "fail" as const }] };
    const report = await put(members(), await artifactOf("v3"), { hooks });
    expect(report.errors).toEqual([]);
    expect((await look()).hosts[0]?.drift).toEqual({ changed: [], count: 0 });
    expect((await deployed("v3")).outcome).toBe("unchanged");
    edit("echo bad >>current/generated/client.js; echo bad >current/generated/more.js");
    const found = await look();
    const added = { paths: ["generated/client.js", "generated/more.js"], count: 2 };
    expect([found.healthy, found.hosts[0]?.drift]).toEqual([false, { changed: [], count: 0, added }]);
    expect(statusLines(found).join("\n")).toContain("added: 2 files that may change what runs");
  });

  it("a release to which something was added is returned to, and that is said; not one that was changed", async () => {
    const [old] = host.names("releases");
    edit(`echo pass >releases/${old}/sitecustomize.py`);
    const report = await back();
    expect([report.outcome, host.live()]).toEqual(["rolled-back", old]);
    expect(report.warnings).toEqual([
      expect.stringMatching(/ has 1 file that no release brought .*: sitecustomize\.py$/),
    ]);
  });

  full("transactions").it(
    "a host that has the agreed release, but edited, is brought a sound copy by converge",
    async () => {
      const [away, agreed] = [plainHost(), plainHost()];
      const both = () => [away.member(), agreed.member()];
      const plain = (words: string) => syntheticArtifact([text("version.txt", words)], { version: words });
      for (const words of ["v1", "v2"]) expect((await put(both(), await plain(words))).outcome).toBe("deployed");
      expect((await rollback(rollbackRequest([], { members: [agreed.member()] }))).outcome).toBe("rolled-back");
      const own = agreed.live();
      execFileSync("sh", ["-ec", `rm -f releases/${own}/version.txt; echo bad >releases/${own}/version.txt`], {
        cwd: away.root,
      });
      const request = { ...deployRequest([], { members: both() }), artifactOf: async () => plain("v1") };
      expect((await converge(request)).outcome).toBe("deployed");
      expect([away.live(), readFileSync(join(away.root, "current/version.txt"), "utf8")]).toEqual([`${own}-2`, "v1"]);
    },
  );

  const converged = async () => {
    const request = { ...deployRequest([], { members: members() }), artifactOf: async () => artifactOf("v2") };
    return (await converge(request)).outcome;
  };

  it("what Python and build tools write by themselves does not count, and an application's data is named", async () => {
    edit(
      `for at in current/lib envs/${VENV}/lib; do mkdir $at/__pycache__; echo x >$at/__pycache__/module.cpython-311.pyc; done;
      mkdir current/node_modules/.cache; echo x >current/node_modules/.cache/babel.json; echo x >current/app.log; touch current/app.py`,
    );
    const found = await look(true);
    expect([found.healthy, found.hosts[0]?.drift]).toEqual([
      true,
      { changed: [], count: 0, extra: { paths: ["app.log"], count: 1 } },
    ]);
    expect(statusLines(found).join("\n")).toContain("added: 1 file that no release has: app.log");
    expect((await deployed("v2")).outcome).toBe("unchanged");
    expect(await converged()).toBe("unchanged");
    expect((await back(true)).outcome).toBe("rolled-back");
  });

  full("transactions").it(
    "an edit that keeps size and time is found by hashing, and then neither linked from nor returned to by its hard links",
    async () => {
      const file = "current/app.py";
      edit(
        `touch -r ${file} stamp; chmod u+w ${file}; printf SHARED >x; dd if=x of=${file} conv=notrunc 2>/dev/null; chmod a-w ${file}; touch -r stamp ${file}`,
      );
      expect((await look()).healthy).toBe(true);
      expect((await look(true)).hosts[0]?.drift.changed).toEqual(["app.py"]);
      // From now on each look finds it, in the other release as well: it is the same file.
      expect((await look()).healthy).toBe(false);
      const report = await back();
      expect([report.outcome, report.errors[0]?.output]).toEqual(["refused", "app.py"]);
      await deployed("v3");
      expect(readFileSync(join(host.root, file), "utf8")).toBe("shared\n");
    },
  );

  full("transactions").it(
    "an environment that was there before there were records is verified before a release uses it",
    async () => {
      edit(`rm envs/${VENV}.stat`);
      expect((await look()).hosts[0]?.drift).toEqual({ changed: [], count: 0, unrecorded: [VENV] });
      edit(`chmod u+w envs/${VENV}/lib; echo 1 >envs/${VENV}/lib/sitecustomize.py`);
      const report = await put(members(), await artifactOf("v3"));
      expect([report.outcome, report.errors[0]?.what]).toEqual([
        "refused",
        `environment ${VENV}, which was on this host already, is not what its file index says`,
      ]);
      edit(`rm envs/${VENV}/lib/sitecustomize.py`);
      await deployed("v3");
      expect((await look(true)).hosts[0]?.drift).toEqual({ changed: [], count: 0 });
    },
  );
});
