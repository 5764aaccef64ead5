// Nothing on failure: whatever speaks against a deploy is reported with its host and its remedy, and what is live stays as it was, byte for
// byte.

import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import type { Member } from "../../src/fleet/member.ts";
import { OUTCOME_EXIT, type Report } from "../../src/fleet/report.ts";
import { type Progress, silent } from "../../src/progress.ts";
import { probePython } from "../../src/python/interpreter.ts";
import { transactionLines } from "../../src/report/transaction.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { liveState, type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { freePort, type Sshd, startSshd } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const VENV = "0123456789ab-00000001";
const TREE = "0123456789ab-00000002";

/** The hosts of this file are this machine: their Python is its own. */
const PYTHON = await probePython("/usr/bin/python3");

/** A release with an environment below the root that it is for. */
function artifactFor({ layout }: PlainHost, words: string, more: Parameters<typeof syntheticArtifact>[1] = {}) {
  const path = { root: layout.environmentsRoot, link: ".venv" };
  return syntheticArtifact([text("page.txt", words), text("same.txt", "the same in every release\n")], {
    version: words,
    environments: [{ id: VENV, sources: [text("bin/tool", "#!/bin/sh\necho tool\n", true)], path }],
    ...more,
  });
}

/** What a user reads of a report about one host, with the places of this run left out. */
function reported(report: Report, hosts: PlainHost[]): string {
  let text = transactionLines(report).join("\n");
  for (const { root } of hosts) text = text.replaceAll(root, "ROOT");
  return text;
}

/** Expects that nothing happened, and that the text names the host, says what is wrong and what to do. */
function expectRefused(report: Report, hosts: PlainHost[], parts: { host: string; what: RegExp; next: RegExp }): void {
  const text = reported(report, hosts);
  expect(text).toContain(`${parts.host}: `);
  expect(text).toMatch(parts.what);
  expect(text).toMatch(parts.next);
  expect([report.outcome, OUTCOME_EXIT[report.outcome]]).toEqual(["refused", 2]);
}

/** A listener that gets how many bytes have been sent to hosts. */
const whileSending = (listener: (done: number) => void): Progress => ({
  ...silent,
  task: (title) => ({
    ...silent.task(title),
    update: ({ done }) => {
      if (title === "prepare") listener(done);
    },
  }),
});

describe.runIf(needs("sshd", "ssh"))("the third host of three", () => {
  const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
  const hosts = addresses.map(() => plainHost());
  let sshds: Sshd[];
  let next: Artifact;
  let before: string[][];

  const options = (sshd: Sshd): OpenOptions => ({
    key: { file: sshd.key },
    knownHosts: { text: sshd.knownHosts },
    userConfig: false,
  });
  const members = (third: { port?: number; options?: OpenOptions } = {}): Member[] =>
    hosts.map((host, n) => {
      const sshd = sshds[n]!;
      const { port = sshd.port, options: more = {} } = n === 2 ? third : {};
      return host.member({ address: addresses[n]!, port, user: sshd.user }, { ...options(sshd), ...more });
    });

  beforeAll(async () => {
    sshds = await Promise.all(addresses.map((address) => startSshd({ address })));
    const first = await syntheticArtifact([text("page.txt", "one")], { version: "one" });
    expect((await put(members(), first)).outcome).toBe("deployed");
    writeFileSync(join(hosts[2]!.root, "shared/media/upload"), "kept");
    next = await syntheticArtifact([text("page.txt", "two")], { version: "two" });
    before = hosts.map(({ root }) => liveState(root));
  });

  const keyOf = (sshd: Sshd) => sshd.knownHosts.trim().split(" ")[2]!;
  /** The third host at another port, known by the same key. */
  const moved = (port: number, more: OpenOptions = {}) => ({
    port,
    options: { knownHosts: { text: sshds[2]!.knownHosts.replace(/:\d+ /, `:${port} `) }, ...more },
  });
  const cases: [string, () => Promise<Parameters<typeof members>[0]>, RegExp, RegExp][] = [
    [
      "does not accept the key",
      async () => ({ options: { key: { file: sshds[0]!.key } } }),
      /the host does not accept this key for this user/,
      /authorized_keys on the host, and look at `ssh-user` of the target/,
    ],
    [
      "is unknown",
      async () => ({ options: { knownHosts: { text: sshds[0]!.knownHosts } } }),
      /the host's key is not among the known hosts/,
      /Add what `ssh-keyscan -p \d+ \S+` prints, run on a network that you trust, to the known hosts/,
    ],
    [
      "shows another key than before",
      async () => ({
        options: { knownHosts: { text: sshds[2]!.knownHosts.replace(keyOf(sshds[2]!), keyOf(sshds[0]!)) } },
      }),
      /the host shows another key than the known one/,
      /If not, another machine may stand in between: do not go on/,
    ],
    [
      "refuses the connection",
      async () => moved(await freePort(addresses[2])),
      /the host cannot be reached/,
      /Is its sshd running, at this port/,
    ],
    [
      "swallows everything and says nothing",
      async () => moved(await blackHole(addresses[2]!), { connectTimeout: 1 }),
      /the host does not answer/,
      /does a firewall let this machine reach its SSH port/,
    ],
  ];

  it.each(cases)("%s: no host's release changes", async (_, third, what, remedy) => {
    const report = await put(members(await third()), next);
    expectRefused(report, hosts, { host: addresses[2]!, what, next: remedy });
    expect(hosts.map(({ root }) => liveState(root))).toEqual(before);
  });

  it("loses its connection in the middle of the release: the next run does not send again what is there already", async () => {
    const big = await syntheticArtifact(
      Array.from({ length: 8 }, (_, n) => ({ ...text(`f${n}`, ""), content: randomBytes(1 << 20) })),
      { version: "big" },
    );
    const all = members() as (Member & { host: { connection: { pid?: number } } })[];
    let cut = false;
    const prepare = all[2]!.host.prepare.bind(all[2]!.host);
    all[2]!.host.prepare = (request, task) =>
      prepare(request, {
        ...task,
        update({ done }) {
          if (done < 7 << 20 || cut) return;
          cut = true;
          process.kill(all[2]!.host.connection.pid!, "SIGKILL");
        },
      });
    const report = await put(all, big);
    expectRefused(report, hosts, {
      host: addresses[2]!,
      what: /the connection to the host was lost/,
      next: /run the same command again: it completes or reverts what is incomplete/,
    });
    expect(hosts.map(({ root }) => liveState(root))).toEqual(before);
    const again = await put(members(), big, { waitForLock: 20 });
    expect(again.errors).toEqual([]);
    expect(again.outcome).toBe("deployed");
    const sent = again.hosts.map(({ files }) => files!.sent);
    expect(sent.slice(0, 2)).toEqual([0, 0]);
    expect(sent[2]).toBeLessThan(8);
    const [first, second, third] = again.hosts.map(({ wire }) => wire!);
    expect(Math.max(first!, second!)).toBeLessThan(20_000);
    expect(third).toBeLessThan((sent[2]! << 20) + 20_000);
    expect(hosts.map(({ root }) => readFileSync(join(root, "current/f7")).length)).toEqual([1 << 20, 1 << 20, 1 << 20]);
  });
});

/** A port that accepts connections and never says a word. */
async function blackHole(address: string): Promise<number> {
  const server = createServer((socket) => atEnd(() => socket.destroy()));
  const port = await freePort(address);
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  atEnd(() => new Promise((resolve) => server.close(resolve)));
  return port;
}

describe("a host that is not made for a release", () => {
  const at = plainHost();
  const python = { abi: "cpython-399", imports: [] };
  const cases: [string, Parameters<typeof syntheticArtifact>[1] & object, RegExp, RegExp][] = [
    [
      "another architecture",
      { requirements: { architecture: "riscv64", libc: { family: "glibc" } } },
      /the release is for riscv64 and the host is \S+/,
      /in a job with `container:` of their distribution, on a matching runner/,
    ],
    [
      "an older glibc",
      { requirements: { libc: { family: "glibc", version: "9.99" } } },
      /the release needs glibc 9\.99 and the host has 2\.\d+/,
      /in a job with `container:` of their distribution, on a matching runner/,
    ],
    [
      "no such library",
      { requirements: { sonames: ["libnowhere.so.7"] } },
      /the release needs libnowhere\.so\.7, which the host does not have/,
      /Install the package that has it \(apt-file search libnowhere\.so\.7\)/,
    ],
    [
      "no library that a file needs, which is named (case 64)",
      { requirements: { sonames: ["libnowhere.so.7"], neededBy: { "libnowhere.so.7": "psycopg2/_psycopg.so" } } },
      /the release needs libnowhere\.so\.7 \(for psycopg2\/_psycopg\.so\), which the host does not have/,
      /Install the package that has it/,
    ],
    [
      "another Python",
      { requirements: { python: { ...python, version: "3.99", interpreter: "/usr/bin/python3" } } },
      /\/usr\/bin\/python3 on the host is Python 3\.\d+ and the release is for 3\.99/,
      /in a job with `container:` of their distribution, on a matching runner/,
    ],
    [
      "no such interpreter",
      { requirements: { python: { ...python, version: "3.99", interpreter: "/usr/bin/python3.99" } } },
      /the host has no \/usr\/bin\/python3\.99/,
      /Install python3\.99 there, or set `interpreter` of the environment/,
    ],
  ];
  if (PYTHON) {
    const { version, abi, markers } = PYTHON;
    const own = markers.python_full_version!;
    const matching = { version, abi, imports: [], interpreter: PYTHON.executable, built: `${version}.99` };
    const marker = `python_full_version <= "${own}"`;
    cases.push(
      [
        "an answer of its own to a marker (case 51)",
        {
          requirements: {
            python: { ...matching, conditions: [{ by: "redis 5.0.1", needs: "async-timeout", marker, holds: false }] },
          },
        },
        /redis 5\.0\.1 requires async-timeout if python_full_version <= "\S+": true on the host \(python_full_version [\d.]+\), and false where the release was built, with Python \d+\.\d+\.99/,
        /Build with Python [\d.]+: name such an interpreter/,
      ],
      [
        "a Python that a package excludes (case 51)",
        { requirements: { python: { ...matching, conditions: [{ by: "pkg 1.0", python: `!=${own}` }] } } },
        /pkg 1\.0 requires Python !=[\d.]+, and the host has Python [\d.]+/,
        /Update Python on the host/,
      ],
      [
        "a Python of another ABI",
        { requirements: { python: { ...matching, abi: "cpython-399t" } } },
        /on the host is a Python for cpython-\S+ and the release is for cpython-399t/,
        /in a job with `container:` of their distribution/,
      ],
    );
    it("case 51: takes a release that another patch version built, where every marker comes out alike", async () => {
      const conditions = [
        { by: "redis 5.0.1", needs: "async-timeout", marker: `python_full_version <= "${version}.0"`, holds: false },
      ];
      const other = plainHost();
      const artifact = await artifactFor(other, "one", { requirements: { python: { ...matching, conditions } } });
      expect((await put([other.member()], artifact)).outcome).toBe("deployed");
    });
  }
  let before: string[];

  beforeAll(async () => {
    expect((await put([at.member()], await artifactFor(at, "one"))).outcome).toBe("deployed");
    before = liveState(at.root);
    expect(before.length).toBeGreaterThan(10);
  });

  it.each(cases)("has %s", async (_, requirements, what, remedy) => {
    const report = await put([at.member()], await artifactFor(at, "two", requirements));
    expectRefused(report, [at], { host: "local", what, next: remedy });
    expect(liveState(at.root)).toEqual(before);
    expect(at.names("releases")).toHaveLength(1);
  });

  it("has a shared file missing", async () => {
    const member = at.member();
    member.shared.files = ["secret.ini"];
    const report = await put([member], await artifactFor(at, "two"));
    expectRefused(report, [at], {
      host: "local",
      what: /the shared file secret\.ini is missing/,
      next: /Put it to ROOT\/shared\/secret\.ini on the host/,
    });
    expect(liveState(at.root)).toEqual(before);
  });

  it("reports everything at once", async () => {
    const member = at.member();
    member.shared.files = ["secret.ini"];
    const requirements = { sonames: ["libnowhere.so.7", "libelsewhere.so.1"] };
    const report = await put([member], await artifactFor(at, "two", { requirements }));
    expect(report.errors.map(({ what }) => what)).toHaveLength(3);
  });

  it("is not touched by an artifact whose layer was tampered with", async () => {
    const bad = await artifactFor(at, "two");
    const layer = bad.layers.find(({ record }) => record.kind === "application")!;
    const bytes = readFileSync(bad.file);
    bytes[layer.blob.offset + layer.blob.size - 6]! ^= 0xff;
    writeFileSync(bad.file, bytes);
    const report = await put([at.member()], bad);
    expectRefused(report, [at], { host: "local", what: /cannot be read|is not what/, next: /next: / });
    expect(liveState(at.root)).toEqual(before);
  });

  it("finds out by the index that a byte was changed on its way", async () => {
    const shell = flipping("the words that travel", "the words that travei");
    const wrong = await syntheticArtifact([text("page.txt", "the words that travel\n"), text("more.txt", "more\n")], {
      version: "two",
    });
    const report = await put([at.member({}, { shell })], wrong);
    expectRefused(report, [at], {
      host: "local",
      what: /the release is not what its file index says[\s\S]*page\.txt: FAILED/,
      next: /It was changed on its way, or the disk is not sound: try again/,
    });
    expect(liveState(at.root)).toEqual(before);
    // What did arrive as it should is not sent again.
    const again = await put([at.member()], wrong);
    expect(again.outcome).toBe("deployed");
    expect(again.hosts[0]?.files?.sent).toBe(1);
    expect(readFileSync(join(at.root, "current/page.txt"), "utf8")).toBe("the words that travel\n");
  });
});

describe.each(["dash", "bash", "busybox sh"])("a release that arrived and then was refused (%s)", (shell) => {
  it("is not sent again, and is what it should be the next time", async () => {
    const at = plainHost();
    const python = sh("/usr/bin/python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).trim();
    const works = join(at.root, "works");
    const artifact = await syntheticArtifact(
      [
        text("page.txt", "one"),
        text("media/readme", "in the place of a shared directory"),
        { type: "link", path: "node_modules/ours", target: "../packages/ours" },
        text("packages/ours/index.js", "2"),
      ],
      {
        environments: [
          {
            id: VENV,
            sources: [text("bin/python", `#!/bin/sh\n[ -e ${works} ] || { echo no module named x; exit 1; }\n`, true)],
            path: { root: at.layout.environmentsRoot, link: ".venv" },
            requirements: {
              python: {
                version: python,
                abi: `cpython-${python.replace(".", "")}`,
                interpreter: "/usr/bin/python3",
                imports: ["x"],
              },
            },
          },
          { id: TREE, sources: [text("node_modules/theirs/index.js", "1")], mounts: ["node_modules"] },
        ],
      },
    );
    const report = await put([at.member({}, { shell })], artifact);
    expectRefused(report, [at], {
      host: "local",
      what: /the environment does not start on this host[\s\S]*no module named x/,
      next: /Build it for this host/,
    });
    expect(at.names("releases")).toEqual([]);
    writeFileSync(works, "");
    const again = await put([at.member({}, { shell })], artifact);
    expect(again.errors).toEqual([]);
    expect(again.outcome).toBe("deployed");
    expect(again.hosts[0]?.files).toEqual({ sent: 0, linked: 0 });
    const current = join(at.root, "current");
    expect(readdirSync(join(current, "node_modules")).sort()).toEqual(["ours", "theirs"]);
    expect(readdirSync(join(current, "media"))).toEqual([]);
    expect(readFileSync(join(current, ".tarlift/env"), "utf8")).toContain('COLOUR="red"');
  });
});

describe("an environment", () => {
  const MEGABYTE = 1 << 20;
  /** One of eight files, a megabyte each. */
  const withEnvironment = ({ layout }: PlainHost, words: string) =>
    artifactFor({ layout } as PlainHost, words, {
      environments: [
        {
          id: VENV,
          sources: Array.from({ length: 8 }, (_, n) => ({ ...text(`lib/${n}`, ""), content: bytes[n]! })),
          path: { root: layout.environmentsRoot, link: ".venv" },
        },
      ],
    });
  const bytes = Array.from({ length: 8 }, () => randomBytes(MEGABYTE));

  it.each(["dash", "busybox sh"])(
    "of which a part arrived is not sent again from the beginning (%s)",
    async (shell) => {
      const at = plainHost();
      const artifact = await withEnvironment(at, "one");
      const broken = at.member({}, { shell });
      let cut = false;
      const progress = whileSending((done) => {
        if (done > 6 * MEGABYTE && !cut) process.kill(broken.host.connection.pid!, "SIGKILL");
        cut ||= done > 6 * MEGABYTE;
      });
      expect((await put([broken], artifact, { progress })).outcome).toBe("refused");
      const again = await put([at.member({}, { shell })], artifact, { waitForLock: 20 });
      expect(again.errors).toEqual([]);
      expect(again.outcome).toBe("deployed");
      const { files, wire } = again.hosts[0]!;
      expect(files!.sent).toBeLessThan(6);
      expect(wire).toBeLessThan((files!.sent + 1) * MEGABYTE);
      for (const [n, content] of bytes.entries())
        expect(readFileSync(join(at.root, `current/.venv/lib/${n}`)).equals(content)).toBe(true);
      expect(at.names("envs").filter((name) => name.startsWith(".incoming"))).toEqual([]);
    },
  );

  it("that was changed on its way is refused, and only the file that is wrong is sent again", async () => {
    const at = plainHost();
    const words = "the words of a tool";
    const tools = [text("bin/tool", `#!/bin/sh\necho ${words}\n`, true), text("bin/other", "#!/bin/sh\n", true)];
    const path = { root: at.layout.environmentsRoot, link: ".venv" };
    const artifact = await artifactFor(at, "one", { environments: [{ id: VENV, sources: tools, path }] });
    const report = await put([at.member({}, { shell: flipping(words, words.replace("t", "T")) })], artifact);
    expectRefused(report, [at], {
      host: "local",
      what: /environment 0123456789ab-00000001 is not what its file index says[\s\S]*bin\/tool: FAILED/,
      next: /It was changed on its way, or the disk is not sound: try again/,
    });
    const again = await put([at.member()], artifact);
    expect([again.outcome, again.hosts[0]?.files?.sent]).toEqual(["deployed", 1]);
  });

  it("that two targets of one host receive at the same time is whole for both", async () => {
    const [one, two] = [plainHost(), plainHost()];
    two.layout.environmentsRoot = one.layout.environmentsRoot;
    const artifact = await withEnvironment(one, "one");
    const members = [one.member(), two.member()];
    members[1]!.layout.environmentsRoot = one.layout.environmentsRoot;
    const reports = await Promise.all(members.map((member) => put([member], artifact)));
    expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
    for (const { root } of [one, two])
      expect(readFileSync(join(root, "current/.venv/lib/7")).equals(bytes[7]!)).toBe(true);
    expect(one.names("envs").filter((name) => /^\.(incoming|trash\/.)/.test(name))).toEqual([]);
  });
});

/** A shell behind a wire that changes one text to another of the same length. */
function flipping(from: string, to: string): string {
  const file = join(temporary("shell"), "shell");
  writeFileSync(
    file,
    `#!/usr/bin/env python3
import os, subprocess, sys
child = subprocess.Popen(["sh", *sys.argv[1:]], stdin=subprocess.PIPE)
while data := os.read(0, 1 << 20):
    child.stdin.write(data.replace(b"${from}", b"${to}"))
    child.stdin.flush()
child.stdin.close()
child.wait()
`,
  );
  chmodSync(file, 0o755);
  return file;
}

describe.runIf(needs("root", "mount"))("a host whose disk is full", () => {
  /** A root on a file system of its own. */
  const small = (options: string) => {
    const root = join(temporary("disk"), "srv");
    mkdirSync(root);
    sh("mount", ["-t", "tmpfs", "-o", options, "tarlift-test", root]);
    atEnd(() => sh("umount", [root]));
    return plainHost(root);
  };
  const noise = (files: number, size: number) =>
    Array.from({ length: files }, (_, n) => ({ ...text(`noise/${n}`, ""), content: randomBytes(size) }));
  const free = (root: string) => {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize;
  };
  const untilFull = (write: () => void) => {
    expect(write).toThrow(expect.objectContaining({ code: "ENOSPC" }));
  };
  const begin = async (options: string) => {
    const at = small(options);
    expect((await put([at.member()], await artifactFor(at, "one"))).outcome).toBe("deployed");
    return { at, before: liveState(at.root) };
  };

  it("has too few bytes: refused before a byte is sent", async () => {
    const { at, before } = await begin("size=80m");
    writeFileSync(join(at.root, "ballast"), Buffer.alloc(20 << 20));
    const report = await put([at.member()], await artifactFor(at, "two"));
    expectRefused(report, [at], {
      host: "local",
      what: /the disk of ROOT has 6\d(\.\d)? MB free, and the release needs 6\d(\.\d)? MB/,
      next: /Free some space, or keep fewer releases \(`keep` of the target\)/,
    });
    expect(liveState(at.root)).toEqual(before);
  });

  it("has too few inodes: refused before a byte is sent", async () => {
    const { at, before } = await begin("size=200m,nr_inodes=1200");
    for (let n = 0; n < 300; n++) writeFileSync(join(at.root, `ballast-${n}`), "");
    const report = await put([at.member()], await artifactFor(at, "two"));
    expectRefused(report, [at], {
      host: "local",
      what: /the file system of ROOT has \d+ inodes left, and the release needs 10\d\d/,
      next: /Remove files \(df -i shows it\), or keep fewer releases/,
    });
    expect(liveState(at.root)).toEqual(before);
  });

  it("has nothing left at all, so that not even questions can be kept", async () => {
    const { at, before } = await begin("size=80m");
    fill(at.root);
    const report = await put([at.member()], await artifactFor(at, "two"));
    expectRefused(report, [at], {
      host: "local",
      what: /the disk of ROOT has 0 B free, and the release needs/,
      next: /Free some space, or keep fewer releases/,
    });
    expect(liveState(at.root)).toEqual(before);
  });

  full("transactions").it(
    "fills up while the release is on its way: what arrived is removed, so that the live release can go on writing",
    async () => {
      const { at, before } = await begin("size=120m");
      let filled = false;
      const progress = whileSending(() => {
        if (!filled) fill(at.root);
        filled = true;
      });
      const artifact = await syntheticArtifact(noise(24, 1 << 20), { version: "two" });
      const report = await put([at.member()], artifact, { progress });
      expectRefused(report, [at], {
        host: "local",
        what: /the disk is full[\s\S]*No space left on device/,
        next: /Free some space/,
      });
      expect(liveState(at.root)).toEqual(before);
      expect(at.names(".tarlift/incoming")).toEqual([]);
      sh("rm", [join(at.root, "ballast")]);
      expect((await put([at.member()], artifact)).outcome).toBe("deployed");
    },
  );

  it("fills up before or after the swap: it is reverted, and what was live runs", async () => {
    const { at, before } = await begin("size=120m");
    const ballast = join(at.root, "ballast");
    const run = (restart: string) =>
      at.member({}, {}, [{ ...pageService(at.root), commands: { restart, status: `[ ! -e ${at.root}/stopped ]` } }]);
    const early = run("true");
    const activate = early.host.activate.bind(early.host);
    early.host.activate = (...request) => {
      fill(at.root);
      return activate(...request);
    };
    const refused = await put([early], await artifactFor(at, "two"));
    expect(refused.outcome).toBe("reverted");
    expect(reported(refused, [at])).toMatch(/the disk is full: ROOT\/\.tarlift cannot be written/);
    expect(liveState(at.root)).toEqual(before);
    sh("rm", [ballast]);
    const late = run(`[ "$(cat page.txt)" = one ] || { dd if=/dev/zero of=${ballast} bs=1M 2>/dev/null; exit 1; }`);
    const report = await put([late], await artifactFor(at, "three"));
    expect(report.outcome).toBe("reverted");
    expect(report.hosts[0]).toMatchObject({ live: at.live(), services: [{ evidence: "supervisor" }] });
    expect(readFileSync(join(at.root, "current/page.txt"), "utf8")).toBe("one");
    expect(free(at.root)).toBeLessThan(1 << 20);
  });

  full("transactions").it("runs out of inodes while the release is on its way", async () => {
    const { at, before } = await begin("size=200m,nr_inodes=3000");
    let filled = false;
    const progress = whileSending(() => {
      if (filled) return;
      filled = true;
      mkdirSync(join(at.root, "ballast"));
      const more = (n: number) => writeFileSync(join(at.root, `ballast/${n}`), "");
      untilFull(() => {
        for (let n = 0; ; n++) more(n);
      });
    });
    const artifact = await syntheticArtifact(noise(1000, 5000), { version: "two" });
    const report = await put([at.member()], artifact, { progress });
    expectRefused(report, [at], {
      host: "local",
      // While files arrive, or before the first of them: which one depends on how fast the ballast is written.
      what: /the disk is full/,
      next: /Free some space or inodes/,
    });
    expect(liveState(at.root)).toEqual(before);
    sh("rm", ["-r", join(at.root, "ballast")]);
    expect((await put([at.member()], artifact)).outcome).toBe("deployed");
  });

  /** Writes until nothing more fits. */
  function fill(root: string): void {
    untilFull(() => writeFileSync(join(root, "ballast"), Buffer.alloc(free(root) + (1 << 20))));
    expect(free(root)).toBeLessThan(1 << 20);
  }
});
