// Which requirements of a Python environment another patch version or another machine would answer otherwise.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockRequirers, parseUvLock } from "../../src/installers/uv/lock-file.ts";
import { readRequirements } from "../../src/installers/virtualenv/requirement-files.ts";
import { fileRequirers } from "../../src/installers/virtualenv/requirements-origin.ts";
import {
  conditionsOf,
  differing,
  parseRequirement,
  type Requirer,
  readInstalled,
} from "../../src/python/conditions.ts";
import { allowsPython, dependsOnHost, evaluateMarker, parseMarker } from "../../src/python/markers.ts";
import { write } from "../support/environments.ts";
import { temporary } from "../support/temporary.ts";

/** Debian 12's Python. */
const python = (patch: string) => ({
  implementation_name: "cpython",
  implementation_version: `3.11.${patch}`,
  os_name: "posix",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  platform_release: "6.1.0-13-amd64",
  platform_system: "Linux",
  platform_version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1",
  python_full_version: `3.11.${patch}`,
  python_version: "3.11",
  sys_platform: "linux",
});

const requirer = (title: string, requires: string[], more: Partial<Requirer> = {}): Requirer => ({
  name: title.split(" ")[0],
  title,
  requires: requires.map(parseRequirement),
  python: "",
  ...more,
});

describe("a marker", () => {
  const REDIS = 'python_full_version <= "3.11.2"';
  // The answers of `packaging` 26.0 for 3.11.2.
  it.each([
    [REDIS, true],
    ['python_full_version<"3.11.2"', false],
    ["python_full_version >= '3.11.3'", false],
    ['python_full_version == "3.11.*"', true],
    ['python_full_version ~= "3.11.1"', true],
    ['python_full_version != "3.11.2"', false],
    ['"3.11.3" > python_full_version', true],
    ['python_version > "3.9"', true],
    ['python_version in "3.10 3.11"', true],
    ['python_version not in "3.10 3.11"', false],
    ['implementation_version < "3.11.3"', true],
    ['sys_platform == "win32" or python_version >= "3.11" and os_name == "posix"', true],
    ['(sys_platform == "win32" or python_version >= "3.11") and os_name == "nt"', false],
    ["sys.platform == 'linux' and platform.machine == 'x86_64'", true],
    ['"Debian" in platform_version', true],
    ['platform_release >= "5"', false],
    ['platform_python_implementation != "PyPy"', true],
    ['extra == "test"', false],
  ])("is evaluated as Python's installers do: %s", (text, expected) => {
    expect(evaluateMarker(parseMarker(text)!, python("2"))).toBe(expected);
  });

  it("holds for an extra that is asked for, however it is written", () => {
    const marker = parseMarker('extra == "Web_Server" and python_version >= "3"')!;
    expect(evaluateMarker(marker, python("2"), ["web-server"])).toBe(true);
    expect(evaluateMarker(marker, python("2"), ["web"])).toBe(false);
  });

  it.each([
    [REDIS, true],
    ['python_version < "3.12"', false],
    ['sys_platform == "win32" and python_full_version < "3.11.4"', false],
    ['python_version < "3.12" or python_full_version < "3.11.4"', false],
    ['extra == "test" and python_full_version < "3.11.4"', false],
    ['platform_machine == "aarch64" or platform_machine == "x86_64"', true],
  ])("says whether a host could answer otherwise: %s", (text, expected) => {
    expect(dependsOnHost(parseMarker(text)!, python("2"))).toBe(expected);
  });

  it.each(["", "python_version", "python_version >", "(python_version > '3'", "python_version > '3' and", "x ? 'y'"])(
    "is no marker: %s",
    (text) => expect(parseMarker(text)).toBeUndefined(),
  );

  it("takes a pre-release as what it precedes where a requires-python is asked, as pip does", () => {
    expect(allowsPython(">=3.11", "3.11.0rc1")).toBe(true);
    expect(allowsPython(">=3.11.4, <4", "3.11.2")).toBe(false);
    expect(allowsPython("not a range", "3.11.2")).toBe(true);
  });
});

describe("a requirement", () => {
  it.each([
    ["redis", { name: "redis", extras: [], specifier: "", marker: "" }],
    [
      "Redis_Py[hiredis, Ocsp] (>=5, <6) ; extra == 'x'",
      { name: "redis-py", extras: ["hiredis", "ocsp"], specifier: ">=5,<6", marker: "extra == 'x'" },
    ],
    [
      "foo == 1;python_version<'4' --hash=sha256:00",
      { name: "foo", extras: [], specifier: "==1", marker: "python_version<'4'" },
    ],
    [
      "foo[web] @ https://example.org/a;b.whl ; python_version > '3'",
      { name: "foo", extras: ["web"], specifier: undefined, marker: "python_version > '3'" },
    ],
    ["git+https://example.org/x@main#egg=foo[web]", { name: "foo", extras: ["web"], specifier: undefined, marker: "" }],
    [
      "local:[web] ; python_version > '3'",
      { name: undefined, extras: ["web"], specifier: undefined, marker: "python_version > '3'" },
    ],
  ])("is read: %s", (text, expected) => expect(parseRequirement(text)).toEqual(expected));
});

describe("case 51: an environment's conditions", () => {
  const redis = requirer("redis 5.0.1", ['async-timeout (>=4.0.2) ; python_full_version <= "3.11.2"']);

  it("hold the marker that another patch version answers otherwise, and differ in both directions", () => {
    for (const [builder, host] of [
      ["7", "2"],
      ["2", "7"],
    ] as const) {
      const conditions = conditionsOf([redis], python(builder));
      expect(conditions).toEqual([
        {
          by: "redis 5.0.1",
          needs: "async-timeout",
          marker: 'python_full_version <= "3.11.2"',
          holds: builder === "2",
        },
      ]);
      expect(differing(conditions, python(host))).toEqual(conditions);
    }
  });

  it("let a mere difference of patch versions pass", () => {
    expect(differing(conditionsOf([redis], python("7")), python("4"))).toEqual([]);
    expect(differing(conditionsOf([redis], python("1")), python("2"))).toEqual([]);
  });

  it("follow the extras that are asked for, from package to package, and no other", () => {
    const all = [
      requirer("requirements.txt", ["one[web]==1"], { name: undefined }),
      requirer("one 1", ['two[fast] ; extra == "web"', 'three[slow] ; extra == "docs"']),
      requirer("two 1", ['backport ; extra == "fast" and python_full_version < "3.11.4"']),
      requirer("three 1", ['backport ; extra == "slow" and python_full_version < "3.11.4"']),
    ];
    expect(conditionsOf(all, python("2"))).toMatchObject([{ by: "two 1", extras: ["fast"], holds: true }]);
  });

  describe("where a package is required by other markers too", () => {
    const MARKER = 'python_full_version <= "3.11.2"';
    const file = (...lines: string[]) => requirer("requirements.txt", lines, { name: undefined, root: true });
    const installed = (title: string, ...requires: string[]) =>
      requirer(title, requires, { version: title.split(" ")[1]! });
    /** What another host would have otherwise, of an environment that this builder made. */
    const needs = (builder: string, ...requirers: Requirer[]) =>
      conditionsOf(requirers, python(builder)).map((one) => ("needs" in one ? `${one.by}: ${one.needs}` : one.by));

    it.each(["7", "2"])("let what the application lists without a marker pass, built with 3.11.%s", (builder) => {
      const timeout = installed("async-timeout 4.0.3");
      const asks = installed("redis 5.0.1", `async-timeout>=4 ; ${MARKER}`);
      expect(needs(builder, file("redis==5.0.1", "async-timeout==4.0.3"), asks, timeout)).toEqual([]);
      const other = installed("aiohttp 3.9.0", "async-timeout<5");
      expect(needs(builder, file("redis==5.0.1", "aiohttp==3.9.0"), asks, other, timeout)).toEqual([]);
    });

    it("hold one that is there by another marker, where it would go with that marker", () => {
      const asks = installed("redis 5.0.1", `async-timeout>=4 ; ${MARKER}`);
      const timeout = installed("async-timeout 4.0.3");
      const some = [file("redis==5.0.1", `async-timeout==4.0.3 ; ${MARKER}`), asks, timeout];
      expect(needs("2", ...some)).toEqual(["requirements.txt: async-timeout", "redis 5.0.1: async-timeout"]);
    });

    it("hold a version that other hosts need of it, and name it", () => {
      const both = file('foo==1; python_full_version <= "3.11.2"', 'foo==2; python_full_version > "3.11.2"', "bar==1");
      const bar = installed("bar 1", "foo");
      expect(needs("2", both, bar, installed("foo 1"))).toEqual(["requirements.txt: foo", "requirements.txt: foo==2"]);
    });

    it("count in a file of constraints for what is there alone, which they do not ask for", () => {
      const directory = temporary("constraints");
      write(directory, {
        "requirements.txt": "-c constraints.txt\nredis\n",
        "constraints.txt": `redis==5.0.1\nasync-timeout==4.0.3 ; ${MARKER}\nnumpy==1 ; ${MARKER}\n`,
      });
      const files = readRequirements(directory, ["requirements.txt"]);
      const own = fileRequirers(files, [join(directory, "requirements.txt")]);
      const asks = installed("redis 5.0.1", `async-timeout>=4 ; ${MARKER}`);
      expect(needs("7", ...own, installed("redis 5.0.1"))).toEqual([]);
      expect(needs("7", ...own, asks)).toEqual(["redis 5.0.1: async-timeout"]);
      expect(needs("2", ...own, asks, installed("async-timeout 4.0.3"))).toEqual([
        "constraints.txt: async-timeout",
        "redis 5.0.1: async-timeout",
      ]);
      write(directory, { "constraints.txt": "async-timeout==4.0.3\n" });
      const listed = readRequirements(directory, ["requirements.txt"]);
      expect(needs("2", ...fileRequirers(listed, [listed[0]!.path]), asks, installed("async-timeout 4.0.3"))).toEqual([
        "redis 5.0.1: async-timeout",
      ]);
    });

    it("hold extras of it that come by the marker alone", () => {
      const asks = installed("redis 5.0.1", `async-timeout[fast] ; ${MARKER}`);
      const all = [file("redis==5.0.1", "async-timeout==4.0.3"), asks, installed("async-timeout 4.0.3")];
      expect(needs("2", ...all)).toEqual(["redis 5.0.1: async-timeout[fast]"]);
      expect(needs("7", ...all)).toEqual(["redis 5.0.1: async-timeout[fast]"]);
    });
  });

  it("hold a requires-python that excludes other patch versions, and no usual one", () => {
    const some = [requirer("one 1", [], { python: ">=3.8" }), requirer("two 1", [], { python: ">=3.9, !=3.11.2" })];
    const conditions = conditionsOf(some, python("7"));
    expect(conditions).toEqual([{ by: "two 1", python: ">=3.9, !=3.11.2" }]);
    expect(differing(conditions, python("2"))).toEqual(conditions);
    expect(differing(conditions, python("3"))).toEqual([]);
  });

  it("are read from the metadata of what is installed", () => {
    const site = temporary("site");
    mkdirSync(join(site, "redis-5.0.1.dist-info"));
    writeFileSync(
      join(site, "redis-5.0.1.dist-info/METADATA"),
      'Metadata-Version: 2.1\nName: Redis\nVersion: 5.0.1\nRequires-Python: >=3.7\nRequires-Dist: async-timeout ; python_full_version <= "3.11.2"\nSummary: one\n  two\n\nRequires-Dist: not-this\n',
    );
    expect(readInstalled(site)).toEqual([
      {
        name: "redis",
        title: "Redis 5.0.1",
        version: "5.0.1",
        python: ">=3.7",
        requires: [{ name: "async-timeout", extras: [], specifier: "", marker: 'python_full_version <= "3.11.2"' }],
      },
    ]);
  });

  it("follow uv.lock where it decides, overrides and groups included", () => {
    const lock = parseUvLock(`version = 1
[[package]]
name = "shop"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "redis", extra = ["fast"] }]
[package.dev-dependencies]
dev = [{ name = "tool", marker = "python_full_version < '3.11.5'" }]
jobs = [{ name = "cron", marker = "python_full_version < '3.11.6'" }]
[[package]]
name = "redis"
version = "5.0.1"
source = { registry = "https://example.org/simple" }
[package.optional-dependencies]
fast = [{ name = "hiredis", marker = "python_full_version < '3.11.4'" }]
`);
    const requirers = lockRequirers(lock, [redis], { project: "shop", groups: ["jobs"], extras: [], open: false });
    expect(conditionsOf(requirers, python("2")).map((one) => "needs" in one && one.needs)).toEqual(["cron", "hiredis"]);
    const open = lockRequirers(lock, [redis], { project: "shop", groups: [], extras: [], open: true });
    expect(conditionsOf(open, python("2"))).toHaveLength(3);
  });
});
