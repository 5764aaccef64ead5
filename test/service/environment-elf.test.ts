// What native files ask of a host, against binutils and against real compilers.
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { readElf } from "../../src/host-requirements/elf.ts";
import { bundler } from "../support/bundles.ts";
import { commit, workshop } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

/** The same facts from `readelf`, which names each version need as `Name: GLIBC_2.34`. */
function byReadelf(file: string) {
  const text = sh("readelf", ["-W", "-d", "-V", file], { env: { ...process.env, LC_ALL: "C" } });
  const needs = text.slice(text.indexOf("Version needs section"));
  return {
    needed: [...text.matchAll(/\(NEEDED\)\s+Shared library: \[(.*)\]/g)].map((match) => match[1]),
    soname: /\(SONAME\)\s+Library soname: \[(.*)\]/.exec(text)?.[1],
    versions: text.includes("Version needs section")
      ? [...needs.matchAll(/Name: (\S+)\s+Flags/g)].map((match) => match[1])
      : [],
  };
}

/** Programs, libraries and extension modules of the system; statically linked, stripped and C++ among them. */
const files = [
  "/bin/sh",
  "/bin/bash",
  process.execPath,
  ...globSync([
    "/usr/bin/python3.1?",
    "/lib/*-linux-gnu/libc.so.6",
    "/lib/*-linux-gnu/libm.so.6",
    "/usr/lib/*-linux-gnu/libstdc++.so.6",
    "/usr/lib/*-linux-gnu/libpq.so.5",
    "/usr/lib/*-linux-gnu/libssl.so.3",
    "/lib/*-linux-gnu/ld-linux-*.so.*",
    "/usr/lib/python3/dist-packages/**/*.so",
    "/usr/lib/python3.1?/lib-dynload/_ssl*.so",
    "/usr/lib/python3.1?/lib-dynload/_sqlite3*.so",
    "/usr/lib/jvm/**/libjvm.so",
    "/sbin/ldconfig",
  ]).slice(0, 20),
];

describe.runIf(needs("readelf"))("the reader of ELF headers", () => {
  it.each(files)("agrees with readelf about %s", (file) => {
    const { needed, soname, versions } = readElf(file)!;
    expect({ needed, soname, versions }).toEqual(byReadelf(file));
  });

  it("has something to agree about", () => {
    expect(files.length).toBeGreaterThanOrEqual(10);
    expect(files.some((file) => readElf(file)!.versions.length > 3)).toBe(true);
  });

  it("takes other files for what they are", () => {
    expect(readElf("/etc/passwd")).toBeUndefined();
    expect(readElf("/dev/null")).toBeUndefined();
  });

  it("never hangs or throws on a damaged file", () => {
    const file = join(temporary("elf"), "damaged");
    const whole = readFileSync("/bin/sh");
    for (let at = 0; at < whole.length; at += at < 64 ? 1 : 151) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0xff;
      writeFileSync(file, bytes);
      readElf(file);
    }
    for (const length of [0, 3, 4, 16, 63, 64, 200, 1000, 5000]) {
      writeFileSync(file, whole.subarray(0, length));
      readElf(file);
    }
  });
});

/** A library that asks for a symbol version of its C library, linked against a stub that says it has it. */
function askingFor(version: string): Buffer {
  const directory = temporary("stub");
  const at = (name: string) => join(directory, name);
  mkdirSync(at("libs"));
  writeFileSync(at("stub.c"), "int strange(void) { return 1; }\n");
  writeFileSync(at("stub.map"), `${version} { global: strange; };\n`);
  writeFileSync(at("newer.c"), "extern int strange(void);\nint newer(void) { return strange(); }\n");
  const gcc = (...args: string[]) => sh("gcc", ["-shared", "-fPIC", "-nostdlib", ...args], { cwd: directory });
  gcc("-Wl,-soname,libc.so.6", "-Wl,--version-script=stub.map", "-o", "libs/libc.so.6", "stub.c");
  gcc("-o", "libnewer.so", "newer.c", "libs/libc.so.6");
  return readFileSync(at("libnewer.so"));
}

describe.runIf(needs("gcc", "python3.11"))("an environment records what is asked of its hosts", () => {
  full("environments").it("with the highest version of the C library, by number and not by letters", async () => {
    const here = workshop(
      "environments: { python: { installer: pip, interpreter: /usr/bin/python3.11, requirements: [requirements.txt] } }",
      { "requirements.txt": "./wheels/newer-1.0-py3-none-any.whl\n./wheels/older-1.0-py3-none-any.whl\n" },
      { python: "/usr/bin/python3.11" },
    );
    mkdirSync(join(here.repository, "wheels"));
    wheel(join(here.repository, "wheels"), "newer", "1.0", { "newer.so": askingFor("GLIBC_2.38") });
    wheel(join(here.repository, "wheels"), "older", "1.0", { "older.so": askingFor("GLIBC_2.9") });
    const [built] = await here.build();
    expect(built!.record.requirements).toMatchObject({
      libc: { family: "glibc", version: "2.38" },
      sonames: ["libc.so.6"],
      neededBy: { "GLIBC_2.38": expect.stringMatching(/\/newer\.so$/) },
      // Neither can be loaded here: there is no such C library.
      python: { imports: [] },
    });
    expect(built!.record.resolved).toEqual([
      { name: "newer", version: "1.0" },
      { name: "older", version: "1.0" },
    ]);
  });
});

describe.runIf(needs("gcc", "git"))("case 9: native code outside of environments", () => {
  /** A program that needs a library which no machine has. */
  function program(): Buffer {
    const directory = temporary("program");
    const at = (name: string) => join(directory, name);
    writeFileSync(at("lib.c"), "int nowhere(void) { return 0; }\n");
    writeFileSync(at("main.c"), "int nowhere(void); int main(void) { return nowhere(); }\n");
    sh("gcc", ["-shared", "-fPIC", "-Wl,-soname,libnowhere.so.7", "-o", at("libnowhere.so"), at("lib.c")]);
    sh("gcc", ["-o", at("program"), at("main.c"), "-L", directory, "-lnowhere"]);
    return readFileSync(at("program"));
  }

  function application(configuration: string, files: Record<string, string | Buffer>): string {
    const repository = temporary("native");
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(repository, name)), { recursive: true });
      writeFileSync(join(repository, name), content);
    }
    writeFileSync(
      join(repository, "tarlift.yml"),
      `app: native\n${configuration}\ntargets: { here: { hosts: [local] } }\n`,
    );
    commit(repository);
    return repository;
  }

  const step = 'assets: [{ name: tool, run: "mkdir -p built && base64 -d tool.b64 > built/tool", outputs: [built] }]';

  it.each([
    ["tracked", "", { "bin/tool": program() }, "bin/tool"],
    ["made by an asset step", step, { "tool.b64": program().toString("base64") }, "built/tool"],
  ])("%s, is read for what it needs of hosts, and the file is named", async (_title, configuration, files, by) => {
    const machine = bundler();
    const repository = application(configuration, files as Record<string, string | Buffer>);
    // The second time an asset step's layer comes from the store.
    for (let run = 0; run < 2; run++) {
      const result = await machine.make(repository);
      expect(result.libraries).toEqual([{ name: "libnowhere.so.7", by }]);
      const { requirements } = (await openArtifact(result.file)).release;
      expect(requirements).toMatchObject({ libc: { family: "glibc" }, neededBy: { "libnowhere.so.7": by } });
      expect(requirements.sonames).toContain("libnowhere.so.7");
    }
    expect(machine.said.join("\n")).toContain(
      `this machine lacks libraries that the release needs of its hosts: libnowhere.so.7 (for ${by})`,
    );
  });

  it("asks hosts for no library that ships beside it, in whichever layer", async () => {
    const configuration = step.replace("built/tool", "built/libnowhere.so.7");
    const repository = application(configuration, { "tool.b64": "", "bin/tool": program() });
    const { requirements } = (await openArtifact((await bundler().make(repository)).file)).release;
    expect(requirements.sonames).not.toContain("libnowhere.so.7");
  });
});
