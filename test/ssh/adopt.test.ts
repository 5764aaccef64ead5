// Adopting what runs already: it goes on running, becomes the release that a rollback returns to, and nothing of it is lost, at whichever point
// the move is cut off.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import type { Member } from "../../src/fleet/member.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { AdoptionRequest } from "../../src/operations/adopt.ts";
import { silent } from "../../src/progress.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { artifactOf, text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { adopt, status } from "../support/operations.ts";
import { OTHER_UID, OTHER_USER } from "../support/other-user.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const run = (members: Member[], more: Partial<AdoptionRequest> = {}) =>
  adopt({
    app: "shop",
    target: "test",
    members,
    deployId: "adoption",
    owner: "a test",
    waitForLock: 0,
    progress: silent,
    programs: [".venv/bin"],
    apply: true,
    now: new Date("2026-01-02T03:04:05Z"),
    ...more,
  });

/** A clone as `git pull` leaves it: code, what git needs, uploads, a log, and its configuration beside the code. */
function clone(directory: string): void {
  const files = {
    "page.txt": "old",
    "lib/module.py": "x = 1\n",
    'it\'s "odd" $(x).txt': "odd",
    ".env": "# settings\nexport GREETING='it is $5'\nEMPTY=\nQUOTED='a \"b\"'\n# words\nPLAIN=one?a=1\n",
    "media/upload.jpg": "a picture",
    "log/app.log": "started\n",
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/refs/heads/main": `${COMMIT}\n`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  symlinkSync("lib/module.py", join(directory, "link.py"));
}

/** A process that works in a directory, as the service does that runs there. */
function worker(directory: string): ChildProcess {
  const child = spawn("sleep", ["600"], { cwd: directory, stdio: "ignore" });
  atEnd(() => child.kill());
  return child;
}

/** Everything below a directory: path, type, inode and times. */
const everything = (directory: string) =>
  execFileSync("find", [directory, "-printf", "%P %y %i %l %T@\n"], { encoding: "utf8" }).split("\n").sort();

const artifact = async (page: string) =>
  openArtifact((await artifactOf(temporary("artifact"), [text("page.txt", page)], { version: page })).file);

/** A service that says with which configuration it was started. */
const service = (root: string): ServiceRequest => {
  const page = pageService(root);
  return { ...page, commands: { ...page.commands!, restart: `${page.commands!.restart}; env >${root}/started-with` } };
};

const goBack = (host: PlainHost) =>
  rollback(rollbackRequest([], { members: [host.member({}, {}, [service(host.root)])], deployId: "back" }));

full("transactions").eachAfterFirst(["dash", "bash --posix", "busybox sh"])(
  "with %s on the host, a plain directory",
  (shell) => {
    it("is planned without a change, adopted while it runs, deployed over, and returned to", async () => {
      const host = plainHost();
      const current = join(host.root, "current");
      clone(current);
      const { pid } = worker(current);
      const member = () => host.member({}, { shell }, [service(host.root)]);
      const envFile = ".env";

      const before = everything(host.root);
      const plan = await run([member()], { apply: false, envFile });
      expect(plan.errors).toEqual([]);
      expect(plan).toMatchObject({ outcome: "planned", hosts: [{ release: "adopted-0123456789ab" }] });
      expect(plan.hosts[0]?.adoption).toMatchObject({
        layout: "plain",
        from: current,
        commit: COMMIT,
        variables: 4,
        files: 4,
        shared: [{ path: "media", becomes: "move" }],
      });
      expect(everything(host.root)).toEqual(before);

      const adopted = await run([member()], { envFile });
      expect(adopted).toMatchObject({ outcome: "adopted", errors: [] });
      const release = join(host.root, "releases/adopted-0123456789ab");
      expect(readlinkSync(current)).toBe("releases/adopted-0123456789ab");
      expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(release);
      expect(readFileSync(join(host.root, "shared/media/upload.jpg"), "utf8")).toBe("a picture");
      expect(readFileSync(join(current, "media/upload.jpg"), "utf8")).toBe("a picture");
      expect(lstatSync(join(current, ".tarlift/env")).mode & 0o777).toBe(0o640);
      expect((await run([member()], { envFile })).hosts[0]?.adoption).toMatchObject({ adopted: true, from: undefined });

      const deployed = await put([member()], await artifact("new"));
      expect(deployed.errors).toEqual([]);
      expect(deployed).toMatchObject({ outcome: "deployed", previousRelease: "adopted-0123456789ab" });
      expect(readFileSync(join(host.root, "serving"), "utf8")).toBe("new");

      // The application goes on writing: no reason not to roll back.
      writeFileSync(join(release, "log/app.log"), "more\n");
      const back = await goBack(host);
      expect(back.errors).toEqual([]);
      expect(back).toMatchObject({ outcome: "rolled-back", release: "adopted-0123456789ab" });
      expect(readFileSync(join(host.root, "serving"), "utf8")).toBe("old");
      const startedWith = readFileSync(join(host.root, "started-with"), "utf8").split("\n");
      expect(startedWith).toEqual(
        expect.arrayContaining([
          "GREETING=it is $5",
          "EMPTY=",
          'QUOTED=a "b"',
          "PLAIN=one?a=1",
          "TARLIFT_RELEASE=adopted-0123456789ab",
          `TARLIFT_COMMIT=${COMMIT}`,
        ]),
      );
      const seen = await status({ app: "shop", target: "test", members: [member()] }, { verifyFull: true });
      expect(seen).toMatchObject({
        healthy: true,
        hosts: [{ release: { id: "adopted-0123456789ab", state: "good" } }],
      });
    });
  },
);

describe("an adopted release", () => {
  it("is not returned to when its code was changed since", async () => {
    const host = plainHost();
    clone(join(host.root, "current"));
    await run([host.member()]);
    await put([host.member()], await artifact("new"));
    writeFileSync(join(host.root, "releases/adopted-0123456789ab/lib/module.py"), "x = 2  # mended in place\n");
    const back = await goBack(host);
    expect(back.outcome).toBe("refused");
    expect(back.errors[0]).toMatchObject({ what: "1 file of adopted-0123456789ab changed since it was good" });
  });

  it("is never linked from, and stays when it is older than what is kept", async () => {
    const host = plainHost();
    clone(join(host.root, "current"));
    const same = await artifact("old");
    await run([host.member()]);
    const first = await put([host.member()], same, { keep: 1 });
    expect(first.hosts[0]?.files).toEqual({ sent: 1, linked: 0 });
    for (const page of ["two", "three", "four"]) await put([host.member()], await artifact(page), { keep: 1 });
    expect(host.names("releases")).toHaveLength(3);
    expect(host.names("releases")[0]).toBe("adopted-0123456789ab");
  });
});

describe("the layout of Capistrano", () => {
  it("is taken over where it stands, shared paths and all", async () => {
    const host = plainHost();
    const release = join(host.root, "releases/20260102030405");
    clone(release);
    rmSync(join(release, "media"), { recursive: true });
    rmSync(join(release, ".git"), { recursive: true });
    mkdirSync(join(host.root, "shared/media"), { recursive: true });
    symlinkSync(join(host.root, "shared/media"), join(release, "media"));
    writeFileSync(join(release, "REVISION"), `${COMMIT}\n`);
    mkdirSync(join(host.root, "releases/20250101000000"));
    symlinkSync(release, join(host.root, "current"));
    const inode = lstatSync(release).ino;
    const adopted = await run([host.member({}, {}, [service(host.root)])]);
    expect(adopted.errors).toEqual([]);
    expect(adopted.hosts[0]).toMatchObject({
      release: "20260102030405",
      adoption: { layout: "releases", commit: COMMIT, shared: [{ path: "media", becomes: "keep" }] },
    });
    expect(readlinkSync(join(host.root, "current"))).toBe("releases/20260102030405");
    expect(lstatSync(release).ino).toBe(inode);
    expect((await put([host.member({}, {}, [service(host.root)])], await artifact("new"))).outcome).toBe("deployed");
    expect(await goBack(host)).toMatchObject({ outcome: "rolled-back", release: "20260102030405" });
    expect(readFileSync(join(host.root, "serving"), "utf8")).toBe("old");
    // What Tarlift did not adopt is not its to remove.
    expect(host.names("releases")).toContain("20250101000000");
  });
});

describe("shared paths", () => {
  it("are moved, followed or kept, files as well as directories, and a deploy finds them", async () => {
    const host = plainHost();
    const current = join(host.root, "current");
    clone(current);
    const elsewhere = temporary("data");
    writeFileSync(join(elsewhere, "invoice.pdf"), "an invoice");
    symlinkSync(elsewhere, join(current, "invoices"));
    const shared = { directories: ["media", "invoices", "not/yet"], files: [".env"] };
    const member = () => ({ ...host.member(), shared });
    const adopted = await run([member()], { envFile: ".env" });
    expect(adopted.errors).toEqual([]);
    expect(adopted.hosts[0]?.adoption.shared).toEqual([
      { path: "media", becomes: "move" },
      { path: "invoices", becomes: "link" },
      { path: "not/yet", becomes: "none" },
      { path: ".env", becomes: "move" },
    ]);
    const deployed = await put([member()], await artifact("new"));
    expect(deployed.errors).toEqual([]);
    for (const release of ["current", "releases/adopted-0123456789ab"]) {
      expect(readFileSync(join(host.root, release, "media/upload.jpg"), "utf8")).toBe("a picture");
      expect(readFileSync(join(host.root, release, "invoices/invoice.pdf"), "utf8")).toBe("an invoice");
      expect(readFileSync(join(host.root, release, ".env"), "utf8")).toContain("PLAIN=one?a=1");
    }
    expect(await goBack(host)).toMatchObject({ outcome: "rolled-back" });
  });
});

describe("a directory that stands somewhere else", () => {
  it("is moved below the root and leaves a link, so that what is configured to run there still does", async () => {
    const host = plainHost();
    const from = join(temporary("home"), "shop app");
    clone(from);
    const { pid } = worker(from);
    const adopted = await run([host.member()], { from });
    expect(adopted.errors).toEqual([]);
    expect(readlinkSync(from)).toBe(join(host.root, "current"));
    expect(readFileSync(join(from, "page.txt"), "utf8")).toBe("old");
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(join(host.root, "releases/adopted-0123456789ab"));
    expect((await put([host.member()], await artifact("new"))).outcome).toBe("deployed");
    expect(readFileSync(join(from, "page.txt"), "utf8")).toBe("new");
  });
});

describe("a move that was cut off", () => {
  /** Programs before the host's own: the n-th call of one that moves or links kills the host's whole program, as a loss of power would. */
  function killing(n: number): string {
    const directory = temporary("kill");
    writeFileSync(join(directory, "left"), `${n}`);
    for (const name of ["mv", "ln"]) {
      writeFileSync(
        join(directory, name),
        `#!/bin/sh\nread -r left <${directory}/left\necho $((left - 1)) >${directory}/left\n[ "$left" -ne 1 ] || kill -KILL 0\nexec /usr/bin/${name} "$@"\n`,
      );
      chmodSync(join(directory, name), 0o755);
    }
    return directory;
  }

  /** @returns whether the n-th call was ever reached */
  async function cutAt(n: number): Promise<boolean> {
    const host = plainHost();
    const current = join(host.root, "current");
    clone(current);
    const killed = host.member({}, { shell: `env PATH=${killing(n)}:${process.env.PATH} sh` });
    if ((await run([killed], { envFile: ".env" })).outcome === "adopted") return false;
    // Until it is finished, nothing else may build on it.
    if (existsSync(join(host.root, ".tarlift/adopting"))) {
      const { layout, services, shared } = host.member();
      const other = host.member();
      const facts = await other.host.facts({ layout, services, shared });
      await other.host.close();
      expect(facts.findings.map(({ what }) => what)).toEqual(["an adoption was cut off on this host"]);
    }
    // Nothing is lost at any moment.
    const uploads = [current, join(host.root, "releases/adopted-0123456789ab"), join(host.root, "shared")];
    expect(uploads.filter((place) => existsSync(join(place, "media/upload.jpg"))).length).toBeGreaterThan(0);
    const again = await run([host.member()], { envFile: ".env", waitForLock: 5 });
    expect([n, again.outcome, again.errors]).toEqual([n, "adopted", []]);
    expect(host.live()).toBe("adopted-0123456789ab");
    for (const [path, content] of Object.entries({ "media/upload.jpg": "a picture", "page.txt": "old" }))
      expect(readFileSync(join(current, path), "utf8")).toBe(content);
    const state = readFileSync(join(host.root, ".tarlift/releases/adopted-0123456789ab/state"), "utf8");
    expect([state, existsSync(join(host.root, ".tarlift/adopting"))]).toEqual(["good\n", false]);
    return true;
  }

  it("is completed by the same command, at whichever point it was cut", async () => {
    let reached = 0;
    for (let first = 1; reached === first - 1; first += 4)
      reached += (await Promise.all([0, 1, 2, 3].map((n) => cutAt(first + n)))).filter(Boolean).length;
    // Journal, state and records, two for the shared path, two for the directory itself.
    expect(reached).toBeGreaterThan(8);
  });
});

describe("what is refused, with its remedy and without a change", () => {
  interface Case {
    name: string;
    prepare(host: PlainHost): Partial<AdoptionRequest> | undefined;
    what: RegExp;
    remedy: RegExp;
    root?: boolean;
  }
  const cases: Case[] = [
    {
      name: "nothing runs there",
      prepare: () => undefined,
      what: /there is no .*\/current/,
      remedy: /--from/,
    },
    {
      name: "current leads out of releases",
      prepare(host) {
        const elsewhere = temporary("elsewhere");
        clone(elsewhere);
        symlinkSync(elsewhere, join(host.root, "current"));
        return undefined;
      },
      what: /current leads to .*elsewhere.*, which is not below/,
      remedy: /--from .*elsewhere/,
    },
    {
      name: "the root lies inside of the directory",
      prepare: (host) => ({ from: dirname(host.root) }),
      what: /holds .*, so that it cannot be moved into it/,
      remedy: /another `root`/,
    },
    {
      name: "a relative link leads out of the directory",
      prepare(host) {
        clone(join(host.root, "current"));
        symlinkSync("../../data", join(host.root, "current/lib/data"));
        return undefined;
      },
      what: /the link lib\/data -> \S+ leads out of/,
      remedy: /absolute/,
    },
    {
      name: "a shared path is there twice",
      prepare(host) {
        clone(join(host.root, "current"));
        mkdirSync(join(host.root, "shared/media"), { recursive: true });
        writeFileSync(join(host.root, "shared/media/other.jpg"), "another");
        return undefined;
      },
      what: /both .*current\/media and .*shared\/media are there/,
      remedy: /Merge them/,
    },
    {
      name: "the configuration means different things to different readers",
      prepare(host) {
        clone(join(host.root, "current"));
        writeFileSync(join(host.root, "current/.env"), 'A=1\nSECRET="hunter2 $HOME"\n');
        return { envFile: ".env" };
      },
      what: /\.env cannot be taken over: line 2 refers to other variables/,
      remedy: /NAME='value'/,
    },
    // systemd.exec(5), a shell and python-dotenv read each of these otherwise.
    ...[
      ["PASSWORD=before #after", "has a blank outside of quotes"],
      ["PASSWORD= #after", "has # outside of quotes"],
      ["PASSWORD=a#b", "has # outside of quotes"],
      ["URL=x?a=1&b=2", "has & outside of quotes"],
      ["HOME_OF=a:~b", "has ~ outside of quotes"],
      ["PLAIN=one two", "has a blank outside of quotes"],
      ["PASSWORD='before' #after", "goes on after its closing quote"],
      ["PASSWORD=be\\fore", "has \\\\ outside of quotes"],
      ['JSON={"a": 1}', 'has " outside of quotes'],
      ['LINES="one\\ntwo"', "has a backslash"],
      ['QUOTED="a \\"b"', "has a quote|goes on"],
      ["PATH_OF='C:\\dir\\'", "has a backslash"],
      ["OTHER='x${HOME}y'", "refers to other variables"],
      ["SECONDS=30", "sets SECONDS, which is not the application's"],
      ["GROUPS=admin", "sets GROUPS, which is not the application's"],
    ].map(
      ([line, why]): Case => ({
        name: `the configuration has the line ${line}`,
        prepare(host) {
          clone(join(host.root, "current"));
          writeFileSync(join(host.root, "current/.env"), `A=1\n${line}\n`);
          return { envFile: ".env" };
        },
        what: new RegExp(`\\.env cannot be taken over: line 2 ${why}`),
        remedy: /NAME='value'/,
      }),
    ),
    {
      name: "another user owns it",
      root: true,
      prepare(host) {
        clone(join(host.root, "current"));
        chownSync(join(host.root, "current"), 65534, 65534);
        return undefined;
      },
      what: /belongs to nobody and not to root/,
      remedy: /chown -R root/,
    },
    {
      name: "it is on another file system",
      prepare() {
        const from = mkdtempSync("/dev/shm/t-adopt-");
        atEnd(() => rmSync(from, { recursive: true, force: true }));
        clone(from);
        return { from };
      },
      what: /on two file systems/,
      remedy: /Choose a `root`/,
    },
  ];

  it.each(cases.filter(({ root }) => !root || needs("root")))("when $name", async ({ prepare, what, remedy }) => {
    const host = plainHost();
    const more = prepare(host);
    const before = everything(host.root);
    const plan = await run([host.member()], { ...more, apply: false });
    expect(everything(host.root)).toEqual(before);
    const report = await run([host.member()], more);
    for (const { outcome, errors } of [plan, report]) {
      expect([outcome, errors]).toEqual([
        "refused",
        [expect.objectContaining({ what: expect.stringMatching(what), remedy: expect.stringMatching(remedy) })],
      ]);
    }
    expect(JSON.stringify(report)).not.toContain("hunter2");
    const ours = ["envs", "shared", "releases", ".tarlift"];
    expect(readdirSync(host.root).filter((name) => !ours.includes(name))).toEqual(
      before.flatMap((line) => /^([^/ ]+) /.exec(line)?.[1] ?? []).filter((name) => !ours.includes(name)),
    );
  });

  it("when Tarlift deploys there already, or another run has the lock", async () => {
    const host = plainHost();
    await put([host.member()], await artifact("one"));
    expect((await run([host.member()])).errors[0]).toMatchObject({ what: expect.stringMatching(/nothing to adopt/) });
    const other = host.member();
    const { layout, services, shared } = other;
    await other.host.facts({ layout, services, shared, lock: { owner: "ana", wait: 0 } });
    expect((await run([host.member()])).errors[0]).toMatchObject({ what: expect.stringMatching(/lock.*: ana/) });
    await other.host.close();
  });

  it("on all hosts when one of them cannot", async () => {
    const [one, two] = [plainHost(), plainHost()];
    clone(join(one.root, "current"));
    expect((await run([one.member(), two.member()])).outcome).toBe("refused");
    expect(lstatSync(join(one.root, "current")).isDirectory()).toBe(true);
  });
});

full("transactions", needs("root")).eachAfterFirst(["dash", "bash --posix", "busybox sh"])(
  "links in what the services' user can write, with %s",
  (shell) => {
    /** An application whose `var` is a link to a directory outside of it. */
    function setup(owner: number) {
      const host = plainHost();
      const current = join(host.root, "current");
      clone(current);
      const outside = temporary("outside");
      mkdirSync(join(outside, "data"));
      writeFileSync(join(outside, "data/key"), "secret");
      const link = (name: string) => {
        symlinkSync(outside, join(current, name));
        lchownSync(join(current, name), owner, owner);
      };
      const member = host.member({}, { shell });
      member.shared.directories = ["var/data"];
      return { host, outside, link, member };
    }

    it("lead adopt nowhere where that user made them, and to where they lead where root did", async () => {
      const theirs = setup(OTHER_UID);
      theirs.link("var");
      const refused = await run([theirs.member]);
      expect([refused.outcome, refused.errors[0]?.what]).toEqual([
        "failed",
        expect.stringMatching(/var\/data cannot be moved to .*: \S+\/var is a link that neither root nor \S+ made/),
      ]);
      expect(readdirSync(theirs.outside)).toEqual(["data"]);
      const ours = setup(0);
      ours.link("var");
      const adopted = await run([ours.member]);
      expect([adopted.errors, adopted.outcome]).toEqual([[], "adopted"]);
      const shared = join(ours.host.root, "shared/var/data");
      expect(readFileSync(join(shared, "key"), "utf8")).toBe("secret");
      expect(readlinkSync(join(ours.outside, "data"))).toBe(shared);
    });

    it("become links of its own where that user can write what they lead to, or root made them", async () => {
      for (const [owner, mode, outcome] of [
        [OTHER_UID, 0o755, "failed"],
        [OTHER_UID, 0o777, "adopted"],
        [0, 0o755, "adopted"],
      ] as const) {
        const { host, outside, link, member } = setup(owner);
        chmodSync(outside, mode);
        member.layout.runAs = OTHER_USER;
        member.shared.directories = ["var"];
        link("var");
        chmodSync(join(host.root, ".."), 0o755);
        const report = await run([member]);
        expect([owner, mode, report.outcome]).toEqual([owner, mode, outcome]);
        if (outcome === "adopted") expect(readlinkSync(join(host.root, "shared/var"))).toBe(outside);
        else
          expect(report.errors[0]?.what).toMatch(new RegExp(`it is a link to \\S+, which ${OTHER_USER} cannot write`));
      }
    });

    it("do not get the configuration", async () => {
      const { host, outside, link, member } = setup(OTHER_UID);
      member.shared.directories = [];
      // Where a move was cut off, a .tarlift is there already.
      mkdirSync(join(host.root, ".tarlift"));
      writeFileSync(join(host.root, ".tarlift/adopting"), `adopted-1 ${host.root}/current\n`);
      link(".tarlift");
      const report = await run([member]);
      expect([report.outcome, report.errors[0]?.what]).toEqual([
        "failed",
        expect.stringMatching(/\.tarlift cannot be written: \S+ is a link that neither root/),
      ]);
      expect(readdirSync(outside)).toEqual(["data"]);
    });
  },
);
