// A user that may do everything, and services that have a user of their own all the same.
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { OTHER_UID, OTHER_USER } from "../support/other-user.ts";
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
    const layout = { app: "shop", target: "test", root, environmentsRoot: join(root, "envs"), runAs: OTHER_USER };
    const shared = { directories: ["media"], files: [] };
    const host = openHost({ address: "local", roles: undefined, forwards: [] }, { strict: true });
    const say = (file: string) => `echo "$(id -un) $(id -Gn) $COLOUR" >media/${file}`;
    const report = await deploy(
      deployRequest([], {
        members: [member(host, { layout, shared, configuration: { COLOUR: "red" } })],
        artifact: await syntheticArtifact([text("a", "1")]),
        hooks: { "after-deploy": [{ run: say("hook"), on: "hosts", "on-failure": "fail" }] },
        migrations: { pending: `${say("pending")}; echo 0001`, apply: say("applied"), policy: "apply" },
      }),
    );
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
    const groups = sh("id", ["-Gn", OTHER_USER]).trim();
    for (const file of ["hook", "pending", "applied"])
      expect(readFileSync(join(root, "shared/media", file), "utf8")).toBe(`${OTHER_USER} ${groups} red\n`);
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
        const layout = {
          app: "shop",
          target: "test",
          root,
          environmentsRoot: join(root, "envs"),
          ...(runAs ? { runAs } : {}),
        };
        const shared = { directories: ["data"], files: [] };
        return [
          member(openHost({ address: "local", roles: undefined, forwards: [] }, { strict: true }), { layout, shared }),
        ];
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
          expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
        },
        back: () => rollback(rollbackRequest([], { members: members(undefined), deployId: `t${count++}` })),
        mode: (path: string) => statSync(join(root, path)).mode & 0o777,
        inode: (path: string) => statSync(join(root, path)).ino,
      };
    };

    it("are their owner's to write where services run as another user, who gets a copy with its mode to write", async () => {
      const at = host();
      await at.put("v1", OTHER_USER, "cp -p seed.db data/copy && printf more >>data/copy");
      expect(readFileSync(join(at.root, "shared/data/copy"), "utf8")).toBe("seedmore");
      expect([at.mode("current/seed.db"), at.mode("current/bin/x")]).toEqual([0o644, 0o755]);
      sh("setpriv", [
        `--reuid=${OTHER_USER}`,
        "--clear-groups",
        "sh",
        "-c",
        '! printf x 2>/dev/null >>"$1"',
        "sh",
        join(at.root, "current/seed.db"),
      ]);
      await at.put("v2", OTHER_USER);
      expect(at.inode("current/seed.db")).toBe(at.inode("previous/seed.db"));
    });

    it("are not where a service runs as their owner: a file that the owner could write is never linked there", async () => {
      const at = host();
      await at.put("v1", OTHER_USER);
      await at.put("v2");
      expect([at.mode("current/seed.db"), at.mode("current/bin/x"), at.mode("previous/seed.db")]).toEqual([
        0o444, 0o555, 0o644,
      ]);
      expect(at.inode("current/seed.db")).not.toBe(at.inode("previous/seed.db"));
      // What is read-only counts as equal where it need not be.
      await at.put("v3", OTHER_USER);
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
      expect(JSON.stringify(report.errors)).toMatch(/seed\.db/);
      expect(at.mode("current/seed.db")).toBe(0o444);
    });
  });
});

/** Of the Python that hosts have here. */
const pythonOf = (interpreter: string, imports: string[] = []) => {
  const version = sh("/usr/bin/python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).trim();
  return { python: { version, abi: `cpython-${version.replace(".", "")}`, interpreter, imports } };
};
const ENVIRONMENT = "0123456789ab-00000001";

full("transactions", needs("root", "setpriv")).eachAfterFirst(["dash", "bash --posix", "busybox sh"])(
  "code of an artifact that prepare starts (%s)",
  (shell) => {
    /** A host, and a file to which programs write who they are. */
    function setup() {
      const host = plainHost();
      const above = join(host.root, "..");
      chmodSync(above, 0o755);
      const log = join(above, "log");
      writeFileSync(log, "");
      chmodSync(log, 0o666);
      const says = `#!/bin/sh\nid -un >>${log}\n`;
      const members = () => {
        const { layout, ...rest } = host.member({}, { shell });
        return [{ ...rest, layout: { ...layout, runAs: OTHER_USER } }];
      };
      const program = (name: string, owner = 0) => {
        mkdirSync(join(above, name));
        writeFileSync(join(above, name, "python"), says, { mode: 0o755 });
        for (const path of [name, `${name}/python`]) chownSync(join(above, path), owner, owner);
        return join(above, name, "python");
      };
      return { host, above, says, members, program, said: () => readFileSync(log, "utf8") };
    }

    it("imports as the services' user, from the release's own environment", async () => {
      const { host, says, members, said } = setup();
      const environment = {
        id: ENVIRONMENT,
        sources: [text("bin/python", `${says}printf "%s " "$2" "$3" | tail -n 1; echo`, true)],
        path: { root: host.layout.environmentsRoot, link: ".venv" },
        requirements: pythonOf("/usr/bin/python3", ["x", "y"]),
      };
      const report = await put(members(), await syntheticArtifact([text("a", "1")], { environments: [environment] }));
      expect([report.errors, report.outcome, said()]).toEqual([[], "deployed", `${OTHER_USER}\n`]);
    });

    it("looks at an interpreter as the user that could have put it there", async () => {
      const { host, above, says, members, program, said } = setup();
      expect((await put(members(), await syntheticArtifact([text("python", says, true)]))).outcome).toBe("deployed");
      const theirs = program("theirs", OTHER_UID);
      const open = program("open");
      chmodSync(join(above, "open"), 0o777);
      program("behind");
      symlinkSync(theirs, join(above, "behind/link"));
      for (const interpreter of [theirs, open, join(above, "behind/link"), join(host.root, "current/python")]) {
        const before = said();
        const artifact = await syntheticArtifact([text("a", "1")], {
          requirements: pythonOf(interpreter),
          version: "v2",
        });
        const report = await put(members(), artifact);
        expect(report.errors[0]?.what).toMatch(/ on the host is .* and the release is for/);
        expect([interpreter, said().slice(before.length)]).toEqual([interpreter, `${OTHER_USER}\n`]);
      }
    });

    it("looks at one that the services' user cannot change as the user that deploys, whichever user has it", async () => {
      const { above, members, program, said } = setup();
      const other = OTHER_UID - 1;
      const group = join(above, "group");
      const programs = [program("ours"), program("admin", other), program("group", other)];
      chmodSync(group, 0o2775);
      const sticky = program("sticky");
      chmodSync(join(above, "sticky"), 0o1777);
      for (const interpreter of [...programs, sticky]) {
        const before = said();
        await put(members(), await syntheticArtifact([text("a", "1")], { requirements: pythonOf(interpreter) }));
        expect([interpreter, said().slice(before.length)]).toEqual([interpreter, "root\n"]);
      }
    });
  },
);

full("transactions", needs("root", "setpriv")).eachAfterFirst(["dash", "bash --posix", "busybox sh"])(
  "a shared directory that is new (%s)",
  (shell) => {
    /** A host whose shared/ the services' user can write, and a directory that is none of that user's. */
    function setup() {
      const host = plainHost();
      const above = join(host.root, "..");
      chmodSync(above, 0o755);
      const shared = join(host.root, "shared");
      mkdirSync(shared);
      chmodSync(shared, 0o777);
      const victim = join(above, "victim");
      mkdirSync(victim, { mode: 0o755 });
      const { layout, ...rest } = host.member({}, { shell });
      rest.shared.directories = ["media/deep"];
      const deploy = async (version: string) =>
        put([{ ...rest, layout: { ...layout, runAs: OTHER_USER } }], await syntheticArtifact([text("a", version)]));
      return { host, shared, victim, deploy };
    }

    it("is not made where a link of the services' user leads", async () => {
      const { shared, victim, deploy } = setup();
      symlinkSync(victim, join(shared, "media"));
      lchownSync(join(shared, "media"), OTHER_UID, OTHER_UID);
      const report = await deploy("1");
      expect([report.outcome, report.errors[0]?.what]).toEqual([
        "refused",
        expect.stringMatching(
          /the shared directory media\/deep cannot be made: \S+\/shared\/media is a link that neither root/,
        ),
      ]);
      expect([readdirSync(victim), statSync(victim).uid]).toEqual([[], 0]);
    });

    it("is made where a link of an administrator's leads, and is the services' user's", async () => {
      const { shared, victim, deploy } = setup();
      symlinkSync(victim, join(shared, "media"));
      const report = await deploy("1");
      expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
      expect([statSync(join(victim, "deep")).uid, statSync(victim).uid]).toEqual([OTHER_UID, 0]);
    });

    it("is not made where a link of the services' user leads, on the way of an administrator's", async () => {
      const { host, shared, victim, deploy } = setup();
      const theirs = join(host.root, "../theirs");
      symlinkSync(victim, theirs);
      lchownSync(theirs, OTHER_UID, OTHER_UID);
      symlinkSync(theirs, join(shared, "media"));
      const report = await deploy("1");
      expect([report.outcome, report.errors[0]?.what]).toEqual([
        "refused",
        expect.stringMatching(/: \S+\/theirs is a link that neither root/),
      ]);
      expect(readdirSync(victim)).toEqual([]);
    });

    it("is a link to a directory as it is, by whichever user", async () => {
      const { shared, victim, deploy } = setup();
      mkdirSync(join(victim, "deep"));
      chownSync(join(victim, "deep"), OTHER_UID, OTHER_UID);
      symlinkSync(victim, join(shared, "media"));
      lchownSync(join(shared, "media"), OTHER_UID, OTHER_UID);
      const report = await deploy("1");
      expect([report.errors, report.outcome, existsSync(join(victim, "deep"))]).toEqual([[], "deployed", true]);
    });
  },
);

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
      const { layout, ...rest } = host.member({}, { shell });
      return [{ ...rest, layout: { ...layout, runAs: OTHER_USER } }];
    };
    return { host, members };
  }

  it.each([
    ["as root, without a setpriv that can", "setpriv", "", /^commands cannot run as \w+: this host has no setpriv/],
    [
      "as a user that sudo does not let",
      "sudo",
      'can() { :; }; id() { case $1 in -u) echo 1000 ;; -un) echo deploy ;; *) command id "$@" ;; esac; }',
      /^deploy may not run commands as \w+$/,
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
      expect([report.outcome, report.errors[0]?.what]).toEqual(["refused", expect.stringMatching(what)]);
    }
    expect(host.live()).toBe(live);
    // Without them nothing of the artifact's is started as another.
    const log = join(host.root, "..", "log");
    const theirs = join(host.root, "..", "theirs");
    writeFileSync(theirs, `#!/bin/sh\necho started >>${log}\n`);
    chmodSync(theirs, 0o777);
    const environment = {
      id: ENVIRONMENT,
      sources: [text("bin/python", `#!/bin/sh\necho imported >>${log}\n`, true)],
      path: { root: host.layout.environmentsRoot, link: ".venv" },
      requirements: pythonOf(theirs, ["x"]),
    };
    const report = await put(
      members(),
      await syntheticArtifact([text("page.txt", "four")], { environments: [environment], version: "four" }),
    );
    expect([report.errors, report.outcome, existsSync(log)]).toEqual([[], "deployed", false]);
    expect(report.warnings.join("\n")).toMatch(
      /theirs was not looked at: \w+, or an artifact, decides what is there[\s\S]*whether the environment starts on this host was not tried/,
    );
  });
});

describe.runIf(needs("root", "setpriv", "timeout"))("a command of another user's that does not end", () => {
  /** A host whose user is not root, and can signal what runs as another user only by sudo. @param more what else is different there */
  function host(more: string) {
    const tools = temporary("tools");
    const sudo =
      '#!/bin/sh\nshift 2\nuser=$1\nshift\nsetpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"\n';
    writeFileSync(join(tools, "sudo"), sudo, { mode: 0o755 });
    const shell = overridden(`PATH=${tools}:$PATH
      can() { :; }
      id() { case $* in -u) echo 1000 ;; -un) echo deploy ;; *) command id "$@" ;; esac; }
      kill() { case $* in "-KILL $child_pid") ;; -TERM* | -KILL*) return 1 ;; esac; command kill "$@"; }
      limit() { case $1 in 15) set -- 2 ;; 120) set -- 1 ;; esac; uptime_now; limit=$((uptime + $1 * 100)); }
      ${more}`);
    const host = plainHost();
    chmodSync(join(host.root, ".."), 0o755);
    const pid = join(temporary("pid"), "pid");
    writeFileSync(pid, "");
    chmodSync(pid, 0o666);
    chmodSync(join(pid, ".."), 0o755);
    const { layout, ...rest } = host.member({}, { shell });
    const members = [{ ...rest, layout: { ...layout, runAs: OTHER_USER } }];
    const blocks = `echo $$ >${pid}; exec sleep 300`;
    /** Whether it runs; it does not afterwards. */
    const runs = () => {
      const id = readFileSync(pid, "utf8").trim();
      expect(id).toMatch(/^\d+$/);
      // One that is dead may not have been waited for yet.
      if (!existsSync(`/proc/${id}`) || / Z /.test(readFileSync(`/proc/${id}/stat`, "utf8"))) return false;
      process.kill(Number(id), "SIGKILL");
      return true;
    };
    return { host, members, blocks, runs };
  }
  const importing = (host: { layout: { environmentsRoot: string } }, python: string) =>
    syntheticArtifact([text("a", "1")], {
      environments: [
        {
          id: ENVIRONMENT,
          sources: [text("bin/python", `#!/bin/sh\n${python}\n`, true)],
          path: { root: host.layout.environmentsRoot, link: ".venv" },
          requirements: pythonOf("/usr/bin/python3", ["x"]),
        },
      ],
    });

  it("is ended at its limit as that user: an import, which says so", async () => {
    const at = host("");
    const report = await put(at.members, await importing(at.host, at.blocks));
    expect([report.outcome, report.errors[0]?.what, at.runs()]).toEqual([
      "refused",
      "the environment does not start on this host: its modules were imported for too long (stopped after 120 s)",
      false,
    ]);
  });

  full("privileges").it("is ended a little later where /proc shows no other user's processes", async () => {
    const at = host("child_tree() { :; }; limit() { uptime_now; limit=$((uptime + $1 * 100)); }");
    const hook = { run: at.blocks, on: "hosts" as const, "on-failure": "fail" as const, timeout: 1 };
    const report = await put(at.members, await syntheticArtifact([text("a", "1")]), {
      hooks: { "after-prepare": [hook] },
    });
    expect([report.outcome, report.errors[0]?.where?.ended, at.runs()]).toEqual([
      "refused",
      "stopped after 1 s",
      false,
    ]);
  });

  full("privileges").it("is left where nothing ends it: it is reported, and has no lock", async () => {
    const at = host("child_signal() { :; }; timeout() { return 1; }");
    const report = await put(at.members, await importing(at.host, at.blocks));
    expect([report.outcome, report.errors[0]?.what, at.runs()]).toEqual([
      "refused",
      `the environment does not start on this host: its modules were imported for too long (not to be stopped after 120 s: it runs on as ${OTHER_USER})`,
      true,
    ]);
    expect((await put([at.host.member()], await syntheticArtifact([text("a", "1")]))).outcome).toBe("deployed");
  });
});
