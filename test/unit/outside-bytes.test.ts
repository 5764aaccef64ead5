// Whatever comes from outside, a parser ends, in bounded memory, with a value or with a Failure. `npm run fuzz -- --minutes 60` goes on for
// longer, and prints the seed of what it finds.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { Header } from "tar/header";
import { afterAll, describe, expect, it } from "vitest";
import { openGithub } from "../../src/actions/github/open.ts";
import { formatIndex, parseIndex } from "../../src/artifact/format.ts";
import { splitByLayer } from "../../src/artifact/layer-map.ts";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { readTar } from "../../src/artifact/tar-reader.ts";
import { decompress } from "../../src/artifact/zstd.ts";
import { parseServers } from "../../src/balancers/haproxy/runtime-api.ts";
import { parseConfig } from "../../src/config/load.ts";
import { parseAdoption } from "../../src/host/calls/adopt.ts";
import { parseLog } from "../../src/host/event-log.ts";
import { parseHead } from "../../src/host/http-client.ts";
import { parseJournal } from "../../src/host/migration-journal.ts";
import { parseDrained, parseReleases, strangeReleases } from "../../src/host/release-records.ts";
import { parseEvidence } from "../../src/host/services.ts";
import { readElf } from "../../src/host-requirements/elf.ts";
import { detectNode } from "../../src/init/node.ts";
import { emptyProject } from "../../src/init/project.ts";
import { detectPython } from "../../src/init/python.ts";
import {
  parseNpmLock,
  refuseLinksOut,
  refuseNothing,
  refuseOtherPlatforms,
} from "../../src/installers/npm/lock-file.ts";
import { reachingLines } from "../../src/installers/npm/settings.ts";
import { loadDetectors } from "../../src/installers/registry.ts";
import { directDependencies, localPath, lockRequirers, parseUvLock } from "../../src/installers/uv/lock-file.ts";
import { reachingSettings } from "../../src/installers/virtualenv/pip-settings.ts";
import { readRequirements } from "../../src/installers/virtualenv/requirement-files.ts";
import { silent } from "../../src/progress.ts";
import { replyOf } from "../../src/protocol/call.ts";
import { FrameReader, parseValues } from "../../src/protocol/frames.ts";
import { conditionsOf } from "../../src/python/conditions.ts";
import { parseProbe } from "../../src/python/interpreter.ts";
import { defused } from "../../src/report/workflow-text.ts";
import { containsError, whyOf } from "../../src/text/log-excerpt.ts";
import { maskSecrets } from "../../src/text/mask.ts";
import { visible } from "../../src/text/visible.ts";
import { confirmed, parsePlan } from "../../src/transfers/release-index.ts";
import { removePrivateDirectory } from "../../src/transports/ssh/keys.ts";
import { prepareSsh } from "../../src/transports/ssh/ssh.ts";
import { assessChecks } from "../../src/verify/checks.ts";
import { mutated, mutatedBytes } from "../support/hostile.ts";
import { endsCleanly, minutesFor } from "../support/outside.ts";

const detectors = await loadDetectors();

const MINUTES = minutesFor(0.5);

const directory = mkdtempSync(join(tmpdir(), "tarlift-outside-"));
afterAll(() => rmSync(directory, { recursive: true }));
const written = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

function tarOf(...files: [string, string][]): Buffer {
  const parts = files.flatMap(([path, text]) => {
    const block = Buffer.alloc(512);
    new Header({ path, mode: 0o644, size: text.length, type: "File" }).encode(block);
    return [block, Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

const TAR = tarOf(["srv/shop/current/app.py", "print(1)\n"], ["srv/shop/current/data", "x".repeat(600)]);
const FRAMES = Buffer.from(
  [
    ["out", "", "a\n"],
    ["text", "plan", "m 1-2\n"],
    ["ok", "", "live v1\n"],
  ]
    .map(
      ([kind, name, body]) =>
        `${kind!.padEnd(8)}${String(body!.length).padStart(10, "0")} ${name!.padEnd(60)}\n${body}`,
    )
    .join(""),
);
const INDEX = formatIndex([
  { type: "file", path: "app.py", mode: 0o644, size: 9, sha256: "a".repeat(64) },
  { type: "link", path: "data", target: "../x" },
  { type: "directory", path: "static" },
]);
const RELEASES =
  "release v1-aa\nstate good\ndigest sha256:aa\nversion v1\ncommit c\nconfiguration d\ngood 1700000000 t-1\nprevious v0\nrelease v0\nabsent \n";
const CONFIG = `app: shop
environments: { python: { installer: pip, requirements: [requirements.txt], interpreter: /usr/bin/python3.11 } }
assets: [{ name: front, run: make, outputs: [static], timeout: 5m }]
services: { web: { systemd: shop-web, health: { url: "http://127.0.0.1:8000/", status: [200, 204] } } }
targets: { production: { ssh-user: deploy, hosts: [app1, { address: app2, roles: [web] }], waves: { size: 25% }, env: { A: "1" } } }
`;
const REQUIREMENTS = `--index-url https://example.org/simple
-c constraints.txt
django[argon2]==5.1 ; python_version >= "3.10" --hash=sha256:${"a".repeat(64)} \\
  --hash=sha256:${"b".repeat(64)}
./libs/core
git+https://example.org/x.git@v1#egg=x
name @ https://example.org/name-1.0-py3-none-any.whl
`;
const PACKAGE_LOCK = JSON.stringify({
  name: "a",
  lockfileVersion: 3,
  packages: { "": { dependencies: { x: "1" } }, "node_modules/x": { version: "1", resolved: "file:x.tgz" } },
});
const UV_LOCK = `version = 1
requires-python = ">=3.11"
[[package]]
name = "shop"
version = "1.0"
source = { virtual = "." }
dependencies = [{ name = "redis", extra = ["hiredis"], marker = "python_full_version <= '3.11.2'" }, { name = "core" }]
[package.dev-dependencies]
dev = [{ name = "iniconfig" }]
[[package]]
name = "core"
version = "1.0"
source = { editable = "libs/core" }
[package.optional-dependencies]
web = [{ name = "redis", marker = "extra == 'x' and (os_name != 'nt' or platform_machine in 'x86_64')" }]
[[package]]
name = "redis"
version = "5.0.1"
source = { registry = "https://example.org/simple" }
`;
const KNOWN_HOSTS = `app1.example.org,10.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample
|1|aGFzaA==|aGFzaA== ecdsa-sha2-nistp256 AAAA
@cert-authority *.example.org ssh-rsa AAAA # comment
`;
const COMMIT = "a".repeat(40);
/** What GitHub answers, and what is asked of it. */
const GITHUB: [answer: object, ask: (github: ReturnType<typeof openGithub>) => Promise<unknown>][] = [
  [{ ref: "refs/tags/v1", object: { type: "commit", sha: COMMIT } }, (github) => github.tag("v1")],
  [[{ ref: "refs/heads/main", object: { sha: COMMIT } }], (github) => github.branches("main")],
  [{ status: "ahead" }, (github) => github.compare(COMMIT, "b".repeat(40))],
  [
    {
      artifacts: [
        { expired: false, created_at: "2026", workflow_run: { id: 7, head_repository_id: 1, repository_id: 1 } },
      ],
    },
    (github) => github.artifactRun("shop"),
  ],
  [[{ id: 1, sha: COMMIT, environment: "production", state: "success" }], (github) => github.deployedCommit("x")],
  [[{ id: 1, sha: COMMIT, environment: "production", log_url: "https://x" }], (github) => github.deploymentsOf(COMMIT)],
  [
    {
      total_count: 1,
      check_runs: [
        {
          id: 1,
          name: "test",
          app: { slug: "github-actions" },
          check_suite: { id: 2 },
          status: "completed",
          conclusion: "success",
          details_url: "https://github.com/a/b/actions/runs/7/job/8",
        },
      ],
    },
    async (github) => {
      const evidence = { runs: await github.checkRuns(COMMIT), suites: [], statuses: [] };
      for (const wanted of [undefined, ["test", "t*"]]) assessChecks(evidence, wanted, "9");
    },
  ],
  [
    { total_count: 1, check_suites: [{ id: 2, app: { slug: "github-actions" }, status: "queued" }] },
    async (github) =>
      assessChecks({ runs: [], suites: await github.checkSuites(COMMIT), statuses: [] }, undefined, "9"),
  ],
  [
    {
      url: "https://x",
      total_count: 1,
      state: "success",
      statuses: [{ context: "ci", state: "success", target_url: null }],
    },
    async (github) => assessChecks({ runs: [], suites: [], statuses: await github.statuses(COMMIT) }, ["c*"], "9"),
  ],
  [
    { total_count: 1, workflow_runs: [{ id: 7, check_suite_id: 2, workflow_id: 3 }] },
    (github) => github.workflowRuns(COMMIT),
  ],
];
const MACHINE = {
  os_name: "posix",
  sys_platform: "linux",
  platform_machine: "x86_64",
  python_version: "3.11",
  python_full_version: "3.11.2",
  extra: "",
};
const STATES =
  "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state\n3 web 1 app1 10.0.0.1 2 0\n3 web 2 app2 10.0.0.2 0 8\n";
const STATISTICS = "# pxname,svname,qcur,scur,check_health,check_rise,check_fall\nweb,app1,0,3,4,2,3\nweb,app2,,,,,\n";

const index = { files: [{ path: "a" }, { path: "b" }, { path: "c" }], wanted: "" } as never;
const services = [{ name: "web" }] as never;
const tree = (files: Record<string, string>) => ({ paths: Object.keys(files), read: (path: string) => files[path] });

/** What is read as text. */
const texts: [name: string, sample: string, read: (text: string) => unknown][] = [
  ["values of a reply", "live v1\nfinding a\tb\nlive v2\n", parseValues],
  ["a host's records of releases", RELEASES, parseReleases],
  ["a host's log", '{"time":1,"event":"good","release":"v1","deploy":"d","by":"me"}\n', (text) => parseLog(text, 1000)],
  ["a host's journal of migrations", "begun t v1 0001_x\nended t v1 0\ngood t v1\n", parseJournal],
  ["what was taken of balancers", "ready\thaproxy on lb1\n", parseDrained],
  ["a host's plan of files", "b v1\ni 1\nl 2 releases/v0/b\nm 3-3\n", (text) => parsePlan(text, index)],
  [
    "evidence of services",
    "web directory 12 active\nweb none -- gone\n",
    (text) => parseEvidence(replyOf<"observe">(new Map([["service", text.split("\n")]]), new Map()), services),
  ],
  ["the head of an HTTP answer", "HTTP/1.1 200 OK\r\nX-Release: v1\r\nServer: x\r\n", parseHead],
  ["the states of HAProxy's servers", STATES, (text) => parseServers(text, STATISTICS, { name: "lb", backend: "web" })],
  ["HAProxy's statistics", STATISTICS, (text) => parseServers(STATES, text, { name: "lb", backend: "web" })],
  [
    "text that is shown",
    "\x1b]0;title\x07\x9b31mred\x9d8;;x\x9c\n  ::error::x\n […]\ufffdter2\n",
    (text) => {
      maskSecrets(["hunter2"])(visible(text));
      for (const line of text.split("\n")) defused(visible(line));
    },
  ],
  [
    "the log of a service",
    'INFO "GET / HTTP/1.1" 200\nTraceback (most recent call last):\n  File "app.py", line 1\nKeyError: 1\n',
    (text) => [whyOf(text), containsError(text)],
  ],
  ["a file index", INDEX, parseIndex],
  ["what takes a file index apart", "0,2 1\n- 1\n1 1\n+ 2 d x\n", (text) => splitByLayer(text, parseIndex(INDEX), 3)],
  ["tarlift.yml", CONFIG, (text) => parseConfig(text)],
  [
    "a requirement file",
    REQUIREMENTS,
    (text) => {
      written("constraints.txt", "x==1\n");
      written("requirements.txt", text);
      return readRequirements(directory, ["requirements.txt"]);
    },
  ],
  ["pip's settings", "global.index-url='https://example.org'\ninstall.constraint='c.txt'\n", reachingSettings],
  [
    ".npmrc",
    "registry=https://example.org\n//example.org/:_authToken=${TOKEN}\n",
    (text) => reachingLines(written(".npmrc", text)),
  ],
  [
    "package.json, for init",
    JSON.stringify({ name: "a", scripts: { build: "vite build", start: "node ." }, workspaces: ["x"] }),
    (text) => detectNode(tree({ "package.json": text, "package-lock.json": PACKAGE_LOCK }), emptyProject(), detectors),
  ],
  [
    "package-lock.json",
    PACKAGE_LOCK,
    (text) => {
      const lock = parseNpmLock(text, "package-lock.json");
      refuseLinksOut(lock, "");
      refuseOtherPlatforms(lock, "package-lock.json", new Set(["dev"]));
      refuseNothing({ lock, lockFile: "package-lock.json" }, new Set(), []);
    },
  ],
  [
    "uv.lock",
    UV_LOCK,
    (text) => {
      const lock = parseUvLock(text);
      lock.package.map(localPath);
      directDependencies(lock, "shop");
      const roots = { project: "shop", groups: ["dev"], extras: ["web"], open: false };
      conditionsOf(lockRequirers(lock, [], roots), MACHINE);
      conditionsOf(lockRequirers(lock, [], { ...roots, open: true }), MACHINE);
    },
  ],
  [
    "known hosts",
    KNOWN_HOSTS,
    (text) => {
      const { shared } = prepareSsh({ knownHosts: { text }, userConfig: false });
      removePrivateDirectory();
      // A value of its own, and nothing that ssh would take for another option.
      const own = shared.filter((word) => word.startsWith("UserKnownHostsFile="));
      expect(own).toEqual([expect.stringMatching(/^UserKnownHostsFile="\/[\w./-]+-known_hosts"$/)]);
    },
  ],
  [
    "pyproject.toml, for init",
    '[project]\nname = "a"\ndependencies = ["django"]\n[tool.uv]\npackage = true\n',
    (text) => detectPython(tree({ "pyproject.toml": text, "uv.lock": "", "manage.py": "" }), emptyProject(), detectors),
  ],
];

/** What is read as bytes. */
const bytes: [name: string, sample: Uint8Array, read: (bytes: Buffer) => unknown][] = [
  [
    "frames of a host",
    FRAMES,
    (all) => {
      const reader = new FrameReader("n0nce", () => {});
      reader.push(Buffer.from("noise\nn0nce\n"));
      for (let at = 0; at < all.length; at += 100) reader.push(all.subarray(at, at + 100));
    },
  ],
  [
    "a layer's tar",
    TAR,
    async (all) => {
      for await (const { content } of readTar(once(all))) for await (const _ of content) void _;
    },
  ],
  [
    "a zstd stream",
    zstdCompressSync(TAR),
    async (all) => {
      const file = written("layer.zst", all);
      let size = 0;
      for await (const chunk of decompress({ file, offset: 0, size: all.length })) size += chunk.length;
      return size;
    },
  ],
  [
    "an artifact",
    tarOf(
      ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
      ["index.json", `{"manifests":[{"mediaType":"x","digest":"sha256:${"a".repeat(64)}","size":2}]}`],
    ),
    (all) => openArtifact(written("artifact.tar", all)),
  ],
  [
    "an ELF file",
    Buffer.concat([Buffer.from("7f454c4602010100000000000000000003003e0001000000", "hex"), Buffer.alloc(200)]),
    (all) => readElf(written("x.so", all)),
  ],
];

/** Milliseconds for one parser. */
const TIME = (MINUTES * 60_000) / (texts.length + bytes.length + 1);

/** A GitHub whose every answer is the text. Its lists have two pages, or never end. */
async function githubThatSays() {
  const said = { text: "", endless: false };
  const server = createServer((request, response) => {
    const next = `<http://${request.headers.host}${request.url}&second>; rel="next"`;
    const more = said.endless || !request.url?.includes("second");
    const headers = { "content-type": "application/json; charset=utf-8", ...(more ? { link: next } : {}) };
    response.writeHead(200, headers).end(said.text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, said, close: () => server.close() };
}

describe("what no host says", () => {
  it.each<[string, () => unknown]>([
    ["ten thousand releases", () => parseReleases("release v\nstate good\n".repeat(10_001))],
    ["as many that have no name", () => strangeReleases("release \n".repeat(10_001))],
    ["a journal of years", () => parseJournal("good t v1\n".repeat(200_001))],
    ["a long record", () => parseReleases(`release v\nstate ${"x".repeat(33 << 20)}\n`)],
    ["places in a thousand balancers", () => parseDrained("ready\tlb\n".repeat(1_001))],
    ["one place with a long name", () => parseDrained(`ready\t${"x".repeat(2 << 20)}\n`)],
    ["ten thousand warnings", () => parseValues("warning x\n".repeat(10_001))],
    ["one long warning", () => parseValues(`warning ${"x".repeat(5 << 20)}\n`)],
  ])("case 21: is not read: %s", (_, read) => {
    expect(read).toThrow(/sends more than it was asked for/);
  });

  it("case 21: ends nothing, where it is more lines than a list can have", () => {
    const lines = Buffer.alloc(160 << 20, "\n").toString("latin1");
    expect(() => parsePlan(`b v1\n${lines}`, index)).toThrow(/makes no sense/);
    const some = lines.slice(0, 1 << 20);
    expect(confirmed(`${some}-${"a".repeat(16)} app.py\n${some}`, parseIndex(INDEX))).toEqual(new Set(["app.py"]));
    expect(() => parseLog(lines, 100)).toThrow(/sends more than it was asked for/);
    expect(parseLog('{"time":1,"event":"good","release":"v1","deploy":"d","by":"me"}\n'.repeat(100), 100)).toHaveLength(
      100,
    );
  });

  it("is told from what one may say", () => {
    expect(parseReleases("release v\nstate good\n".repeat(10_000))).toHaveLength(10_000);
    expect(parseJournal("good t v1\n".repeat(200_000))).toHaveLength(200_000);
    expect(parseDrained("ready\tlb\n".repeat(1_000))).toHaveLength(1_000);
    expect(parseValues("warning x\n".repeat(10_000)).get("warning")).toHaveLength(10_000);
  });

  it("case 21: is left out, where it is about services that were not asked for, and cut where it is long", () => {
    const said = [`web none -- ${"x".repeat(1 << 20)}`, ...Array.from({ length: 1_000 }, (_, n) => `s${n} none -- x`)];
    const texts = new Map([["log-web", "y".repeat(1 << 20)]]);
    const evidence = parseEvidence(replyOf<"observe">(new Map([["service", said]]), texts), services);
    expect(evidence).toEqual([
      expect.objectContaining({
        service: "web",
        detail: expect.stringMatching(/^x{9997}\[…\]$/),
        log: expect.stringMatching(/^\[…\]y+$/),
      }),
    ]);
    expect(evidence[0]!.log).toHaveLength(256 << 10);
  });

  it("case 19: is no release to adopt, and no commit of one", () => {
    const reply = (release: string, commit: string) => {
      const values = parseValues(`release \ncommit ${commit}\nrelease ${release}\n`);
      return replyOf<"adopt">(values, new Map());
    };
    expect(parseAdoption(reply("20260101", COMMIT))).toMatchObject({ commit: COMMIT });
    expect(parseAdoption(reply("20260101", "$(id)"))).toMatchObject({ release: "20260101", commit: undefined });
    for (const name of ["../x", "v1;id", "v".repeat(200)])
      expect(() => parseAdoption(reply(name, COMMIT))).toThrow(/as what is to be adopted, which cannot be/);
  });

  it("case 21: is no answer of an interpreter, where a word of it is longer than any is", () => {
    const markers = { python_full_version: "3.11.2" };
    const seen = { executable: "/usr/bin/python3", prefix: "/usr", version: "3.11", soabi: "cpython-311-x", markers };
    expect(parseProbe(JSON.stringify(seen))).toMatchObject({ version: "3.11", abi: "cpython-311" });
    for (const long of [{ version: "1.".repeat(1 << 20) }, { markers: { python_full_version: "1.".repeat(1 << 20) } }])
      expect(parseProbe(JSON.stringify({ ...seen, ...long }))).toBeUndefined();
  });

  it.each([
    ["a base that is no name", `b ${"v".repeat(1 << 20)}\n`],
    ["a base elsewhere", "b ../../etc\n"],
    ["no base", "b \n"],
    ["a source elsewhere", "b v1\nl 1 ../../etc/passwd\n"],
    ["a source that leaves its release", "b v1\nl 1 releases/v0/../../x\n"],
    ["a source in no release", "b v1\nl 1 releases/v 0/x\n"],
    ["a source that is a release", "b v1\nl 1 releases/v0\n"],
    ["a source outside of releases", "b v1\nl 1 shared/v0/x\n"],
    ["a source with a long path", `b v1\nl 1 releases/v0/${"x/".repeat(5_000)}x\n`],
  ])("case 21: is no plan of files: %s", (_, plan) => {
    expect(() => parsePlan(plan, index)).toThrow(/makes no sense/);
  });
});

describe("whatever comes from outside ends with a value or a Failure", () => {
  const limit = TIME * 2 + 60_000;
  it.each(texts)("%s", { timeout: limit }, (_, sample, read) => endsCleanly(mutated(sample), read, TIME));
  it("GitHub's answers", { timeout: limit }, async () => {
    const { url, said, close } = await githubThatSays();
    const env = { GITHUB_REPOSITORY: "acme/shop", GITHUB_API_URL: url };
    const github = openGithub({ token: "t", env, progress: silent, sleep: async () => {} });
    const answers = GITHUB.map(([answer, ask]) => mutated(JSON.stringify(answer)).map((text) => ({ text, ask })));
    for (const [answer, ask] of GITHUB) {
      said.text = JSON.stringify(answer);
      await ask(github);
    }
    // One request for each character of what is no list would have no end.
    said.text = `no list ${"x".repeat(200_000)}`;
    await expect(github.deployedCommit("x")).rejects.toThrow(/could not be read/);
    const [answer, ask] = GITHUB.at(-1)!;
    Object.assign(said, { text: JSON.stringify(answer), endless: true });
    await expect(ask(github)).rejects.toThrow(/more than 5000 entries/);
    said.endless = false;
    const read = async ({ text, ask }: { text: string; ask: (typeof GITHUB)[number][1] }) => {
      said.text = text;
      await ask(github);
    };
    await endsCleanly(fc.oneof(...answers), read, TIME, 5).finally(close);
  });

  it.each(bytes)("%s", { timeout: limit }, (_, sample, read) => endsCleanly(mutatedBytes(sample), read, TIME));
});
