// What each value of a host's reply means to a deploy.
import { describe, expect, it } from "vitest";
import type { ReleaseContent } from "../../src/artifact/open-artifact.ts";
import { findingsOf, parseFinding } from "../../src/host/findings.ts";
import type { FactsRequest } from "../../src/host/host.ts";
import { STATE_FINDINGS } from "../../src/host/state-findings.ts";
import { replyOf } from "../../src/protocol/call.ts";

const layout = {
  app: "shop",
  target: "production",
  root: "/srv/shop",
  environmentsRoot: "/envs",
  runAs: "web",
};
const request: FactsRequest = { layout, services: [], shared: { directories: [], files: [] } };
const requirements = { architecture: "x86_64", sonames: [] };

/** An artifact of this project's own files, with environments, as far as findings look at it. */
function artifactOf(own: object, environments: { kind: string; requirements: object }[] = []): ReleaseContent {
  return { release: { requirements: { ...requirements, ...own }, environments } } as unknown as ReleaseContent;
}

function read(
  values: Record<string, string | string[]>,
  more: Partial<FactsRequest> = {},
  { releases, missing }: { releases?: string; missing?: { files: number; bytes: number } } = {},
) {
  const reply = replyOf<"facts">(
    new Map(Object.entries({ user: "deploy", ...values }).map(([key, value]) => [key, [value].flat()])),
    new Map(releases === undefined ? [] : [["releases", releases]]),
  );
  return findingsOf({ ...request, ...more }, reply, missing);
}

const GIB = 1 << 30;

describe("the state of a host", () => {
  const cases: {
    key: string;
    value?: string;
    code: string;
    what: string;
    remedy: string;
    of?: Partial<FactsRequest>;
  }[] = [
    { key: "lacks", value: "tar", code: "program-missing", what: "the host has no tar", remedy: "Install it" },
    {
      key: "unwritable",
      value: "/srv/shop",
      code: "not-writable",
      what: "deploy cannot write /srv/shop",
      remedy: "install -d -o deploy /srv/shop",
    },
    {
      key: "foreign",
      value: "/srv/shop/releases",
      code: "not-writable",
      what: "deploy cannot write /srv/shop/releases",
      remedy: "chown -R deploy /srv/shop/releases",
    },
    {
      key: "across",
      value: "/srv/shop/releases",
      code: "layout-unusable",
      what: "/srv/shop/releases is on another file system than /srv/shop",
      remedy: "Mount one file system at /srv/shop",
    },
    {
      key: "across_mount",
      value: "/srv/shop/releases",
      code: "layout-unusable",
      what: "/srv/shop/releases is in another mount than /srv/shop",
      remedy: "findmnt -T /srv/shop/releases",
    },
    {
      key: "half_adopted",
      code: "layout-unusable",
      what: "an adoption was cut off",
      remedy: "tarlift adopt production --apply",
    },
    {
      key: "current_is_directory",
      code: "layout-unusable",
      what: "/srv/shop/current is a directory",
      remedy: "tarlift adopt production",
    },
    {
      key: "elsewhere",
      value: "/home/shop",
      code: "layout-unusable",
      what: "/srv/shop/current leads to /home/shop",
      remedy: "Make it the first release: tarlift adopt production",
    },
    {
      key: "switch",
      value: "none",
      code: "auto-revert-unavailable",
      what: "KillUserProcesses",
      remedy: "loginctl enable-linger",
      of: { autoRevert: "required" },
    },
    {
      key: "selinux",
      value: "none",
      code: "program-missing",
      what: "restorecon is missing",
      remedy: "policycoreutils",
    },
    {
      key: "missing_user",
      value: "web",
      code: "user-missing",
      what: "the host has no user web",
      remedy: "`run-as` of target production",
    },
    {
      key: "unreachable",
      value: "/srv",
      code: "not-writable",
      what: "web may not enter /srv",
      remedy: "chmod o+x /srv",
    },
    {
      key: "unwritable_shared",
      value: "media",
      code: "not-writable",
      what: "web cannot write the shared directory media",
      remedy: "chown web /srv/shop/shared/media",
    },
    {
      key: "read_only_shared",
      value: "media",
      code: "read-only",
      what: "the shared directory media is on a file system that is mounted read-only",
      remedy: "findmnt -nT /srv/shop/shared/media",
    },
    {
      key: "missing_shared",
      value: "keys.json",
      code: "shared-missing",
      what: "the shared file keys.json is missing",
      remedy: "Put it to /srv/shop/shared/keys.json",
    },
  ];

  it.each(cases)("$key is $code", ({ key, value = "yes", code, what, remedy, of }) => {
    const { findings, warnings } = read({ [key]: value }, of);
    expect(findings).toEqual([{ code, what: expect.stringContaining(what), remedy: expect.stringContaining(remedy) }]);
    expect(warnings).toEqual([]);
  });

  it("has a case for every row of the table", () => {
    expect(cases.map(({ key }) => key)).toEqual(STATE_FINDINGS.map(({ key }) => key));
  });

  it("is reported all at once, in the order of the table and of the values", () => {
    const { findings } = read({ missing_shared: ["b", "a"], lacks: ["tar", "find"], finding: "locked\twho\tWait." });
    expect(findings.map(({ what }) => what)).toEqual([
      "the host has no tar",
      "the host has no find",
      "the shared file b is missing",
      "the shared file a is missing",
      "who",
    ]);
  });

  it.each<[string, Record<string, string>, Partial<FactsRequest>]>([
    ["nothing was said", {}, { autoRevert: "required" }],
    ["the host can revert by itself", { switch: "systemd" }, { autoRevert: "required" }],
    ["it was not asked whether it can", { switch: "none" }, {}],
    ["SELinux labels files", { selinux: "restorecon" }, {}],
    [
      "the host is adopted now",
      { half_adopted: "yes", current_is_directory: "yes", elsewhere: "/x" },
      { adopting: true },
    ],
    ["a value is empty", { half_adopted: "", current_is_directory: "", elsewhere: "" }, {}],
  ])("is no finding when %s", (_, values, of) => {
    expect(read(values, of)).toEqual({ findings: [], warnings: [] });
  });

  it("names an interrupted adoption and not the directory that it left", () => {
    const { findings } = read({ half_adopted: "yes", current_is_directory: "yes" });
    expect(findings).toMatchObject([{ what: "an adoption was cut off on this host" }]);
  });

  it("keeps the owner of files in shared/, which services write", () => {
    expect(read({ foreign: "/srv/shop/shared" }).findings).toMatchObject([
      { remedy: "As root on the host: chown deploy /srv/shop/shared" },
    ]);
  });

  it("names the last good release where current leads elsewhere", () => {
    const releases =
      "release r1\nstate good\ngood 1\nrelease r2\nstate good\ngood 2\nrelease r3\nstate failed\ngood 3\n";
    expect(read({ elsewhere: "/home/shop" }, {}, { releases }).findings).toMatchObject([
      { remedy: "Point the link back, on the host: ln -sfn releases/r2 /srv/shop/current" },
    ]);
  });

  it("is a warning where reverting by itself is only wanted", () => {
    const { findings, warnings } = read({ switch: "none", warning: "the clock is wrong" }, { autoRevert: "wanted" });
    expect(findings).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("KillUserProcesses"), "the clock is wrong"]);
  });

  it("warns of trees that cannot be linked, and of records with a wrong name", () => {
    const tree = artifactOf({}, [{ kind: "tree", requirements }]);
    const { warnings } = read(
      { environments_elsewhere: "yes" },
      { artifact: tree },
      { releases: "release ../x\nstate good\n" },
    );
    expect(warnings).toEqual([
      expect.stringContaining('"../x", which cannot be the name of a release'),
      "/envs is on another file system than /srv/shop: trees are copied, not linked",
    ]);
    expect(read({ environments_elsewhere: "yes" }, { artifact: artifactOf({}) }).warnings).toEqual([]);
  });
});

describe("what a release requires", () => {
  const native = {
    libc: { family: "glibc", version: "2.34" },
    neededBy: { "GLIBC_2.34": "lib/a.so", "libpq.so.5": "b" },
  };
  const host = { architecture: "x86_64", libc: "glibc 2.36" };

  it.each<[string, Record<string, string>, object, string[]]>([
    ["everything is there", {}, native, []],
    [
      "a newer glibc",
      { libc: "glibc 2.31" },
      native,
      ["the release needs glibc 2.34 (for lib/a.so) and the host has 2.31"],
    ],
    ["the same glibc", { libc: "glibc 2.34" }, native, []],
    ["another C library", { libc: "musl 1.2.5" }, native, ["the release is built for glibc and the host has musl"]],
    ["an unknown C library", { libc: "" }, native, []],
    ["another processor", { architecture: "aarch64" }, native, ["the release is for x86_64 and the host is aarch64"]],
    ["another processor, and nothing native", { architecture: "aarch64" }, {}, []],
    [
      "a newer libstdc++",
      { missing_glibcxx: "3.4.30" },
      native,
      ["the release needs a libstdc++ with GLIBCXX_3.4.30, which the host does not have"],
    ],
    [
      "a library",
      { missing_soname: "libpq.so.5" },
      native,
      ["the release needs libpq.so.5 (for b), which the host does not have"],
    ],
  ])("%s", (_, values, own, expected) => {
    const { findings } = read({ ...host, ...values }, { artifact: artifactOf(own) });
    expect(findings.map(({ what }) => what)).toEqual(expected);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(expected.map(() => "requirement-missing")));
  });

  it("names one difference of the C library, whatever number of environments have it", () => {
    const artifact = artifactOf(native, [{ kind: "path", requirements: { ...requirements, ...native } }]);
    expect(read({ ...host, libc: "musl 1.2.5" }, { artifact }).findings).toHaveLength(1);
  });

  it("is not compared without a release", () => {
    expect(read({ missing_soname: "libpq.so.5", libc: "musl 1.2.5" }).findings).toEqual([]);
  });
});

describe("space", () => {
  const missing = { files: 10, bytes: GIB };
  const free = (bytes: number, inodes = 100_000, all = 1_000_000) => `${bytes / 4096} 4096 ${inodes} ${all}`;

  it.each<[string, Record<string, string>, string[]]>([
    ["enough", { free: free(2 * GIB) }, []],
    ["no head room", { free: free(GIB) }, ["the disk of /srv/shop has 1.07 GB free"]],
    [
      "no inodes",
      { free: free(2 * GIB, 1009) },
      ["the file system of /srv/shop has 1009 inodes left, and the release needs 1010"],
    ],
    ["a file system without inodes", { free: free(2 * GIB, 0, 0) }, []],
    ["an answer that is no number", { free: "a b c d" }, []],
    ["no answer", {}, []],
    [
      "environments on a disk of their own",
      { free: free(2 * GIB), environments_elsewhere: "yes", free_environments: free(GIB) },
      ["the disk of /envs has 1.07 GB free"],
    ],
    ["an answer about that disk that nothing is put on", { free: free(2 * GIB), free_environments: free(GIB) }, []],
  ])("%s", (_, values, expected) => {
    const { findings } = read(values, {}, { missing });
    expect(findings).toEqual(
      expected.map((what) => ({ code: "disk-full", what: expect.stringContaining(what), remedy: expect.any(String) })),
    );
  });

  it("is not looked at without something to send", () => {
    expect(read({ free: free(0) }).findings).toEqual([]);
  });
});

it.each([
  ["locked\tit is locked\tWait.", { code: "locked", what: "it is locked", remedy: "Wait." }],
  ["locked\tit is locked", { code: "locked", what: "it is locked", remedy: undefined }],
  ["locked\tit is locked\t", { code: "locked", what: "it is locked", remedy: undefined }],
  ["no-such-code\tx\ty", { code: "protocol-broken", what: "x", remedy: "y" }],
  ["", { code: "protocol-broken", what: "", remedy: undefined }],
])("a finding of the program on the host: %j", (line, expected) => {
  expect(parseFinding(line)).toEqual(expected);
});
