// Requirement files as pip reads them: what counts as a line, what is included, what is refused.
import { hash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { environmentKey } from "../../src/cache-key/key.ts";
import { packageSources } from "../../src/installers/virtualenv/package-sources.ts";
import { flattenRequirements, readRequirements } from "../../src/installers/virtualenv/requirement-files.ts";
import {
  requirementParts,
  requirementReads,
  unpinnedWarnings,
} from "../../src/installers/virtualenv/requirements-origin.ts";
import { splitOptions } from "../../src/python/requirement-lines.ts";
import { untrackedWarnings } from "../../src/source/committed.ts";
import { commit, write } from "../support/environments.ts";
import { temporary } from "../support/temporary.ts";

function source(files: Record<string, string>): string {
  const directory = temporary("requirements");
  write(directory, files);
  return directory;
}

/** The lines of requirements.txt, paths relative to the application. */
function lines(text: string, files: Record<string, string> = {}) {
  const directory = source({ ...files, "requirements.txt": text });
  return readRequirements(directory, ["requirements.txt"])[0]!.lines.map((line) =>
    "path" in line && line.path ? { ...line, path: line.path.slice(directory.length + 1) } : line,
  );
}

const texts = (text: string) => lines(text).map((line) => ("text" in line ? line.text : line.kind));

describe("lines of a requirement file", () => {
  it.each([
    ["a byte order mark", "\ufefffoo==1\n", ["foo==1"]],
    ["newlines of Windows", "foo==1\r\nbar==2\r\n", ["foo==1", "bar==2"]],
    ["no newline at the end", "foo==1", ["foo==1"]],
    ["comments and blank lines", "# one\n\nfoo==1 # two\n  # three\n", ["foo==1"]],
    [
      "a hash sign in an address",
      "foo @ https://example.org/foo.whl#sha256=00\n",
      ["foo @ https://example.org/foo.whl#sha256=00"],
    ],
    [
      "hashes on continued lines",
      "foo==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n",
      ["foo==1 --hash=sha256:00 --hash=sha256:11"],
    ],
    ["continuation with newlines of Windows", "foo==1 \\\r\n    --hash=sha256:00\r\n", ["foo==1 --hash=sha256:00"]],
    ["a comment that ends in a backslash", "# see \\\nfoo==1\n", ["foo==1"]],
    ["markers", "foo==1 ; python_version < '3.12'\n", ["foo==1 ; python_version < '3.12'"]],
    ["extras", "foo[bar,baz]==1\n", ["foo[bar,baz]==1"]],
    ["options", "--index-url https://example.org/simple\n--pre\n", ["--index-url https://example.org/simple", "--pre"]],
    [
      "a variable of pip's",
      "--index-url https://$" + "{TOKEN}@example.org/\n",
      ["--index-url https://$" + "{TOKEN}@example.org/"],
    ],
  ])("are read with %s", (_title, text, expected) => {
    expect(texts(text).map((line) => line.replace(/\s+/g, " "))).toEqual(expected);
  });

  it("are read from the encoding that PowerShell writes", () => {
    const directory = source({});
    writeFileSync(join(directory, "requirements.txt"), Buffer.from("\ufefffoo==1\r\nbar==2\r\n", "utf16le"));
    expect(readRequirements(directory, ["requirements.txt"])[0]!.lines).toMatchObject([
      { text: "foo==1" },
      { text: "bar==2" },
    ]);
  });
});

describe("what a requirement file includes", () => {
  it.each(["-r base.txt", "-rbase.txt", "-r=base.txt", "--requirement base.txt", "--requirement=base.txt"])(
    "is found with %s",
    (line) => {
      expect(lines(`${line}\n`, { "base.txt": "" })).toEqual([
        { kind: "include", path: "base.txt", constraint: false },
      ]);
    },
  );

  it("is found relative to the file that includes it, each file once, in pip's order", () => {
    const directory = source({
      "requirements.txt": "-r requirements/all.txt\nlast==1\n",
      "requirements/all.txt": "-r more.txt\n-c ../constraints.txt\n-r ../requirements.txt\n",
      "requirements/more.txt": "more==1\n",
      "constraints.txt": "more==1\n",
    });
    const files = readRequirements(directory, ["requirements.txt"]);
    expect(files.map(({ name }) => name)).toEqual([
      "requirements.txt",
      "requirements/all.txt",
      "requirements/more.txt",
      "constraints.txt",
    ]);
    expect(flattenRequirements(files, [join(directory, "requirements.txt")], new Map())).toEqual({
      requirements: "more==1\nlast==1\n",
      constraints: "more==1\n",
    });
  });

  it("counts twice when it is both installed and a constraint", () => {
    const directory = source({ "requirements.txt": "-c pins.txt\n-r pins.txt\n", "pins.txt": "foo==1\n" });
    const files = readRequirements(directory, ["requirements.txt"]);
    expect(flattenRequirements(files, [join(directory, "requirements.txt")], new Map())).toEqual({
      requirements: "foo==1\n",
      constraints: "foo==1\n",
    });
  });

  it.each([
    ["a file that is missing", "-r gone.txt\n", /there is no gone\.txt/],
    [
      "an address, which can change without a commit",
      "-r https://u:word@example.org/base.txt\n",
      /includes https:\/\/example\.org\/base\.txt/,
    ],
    ["an editable package", "-e ./libs/foo\n", /editable mode/],
    ["an editable package in one word", "-e.\n", /editable mode/],
    ["an editable package by its long name", "--editable=git+https://u:word@example.org/x\n", /editable mode/],
    ["a local path that is missing", "./libs/gone\n", /there is no .*libs\/gone/],
  ])("is refused for %s", (_title, text, message) => {
    let said = "";
    try {
      lines(text);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(message);
    expect(said).not.toContain("word");
    expect(said).toContain("next:");
  });
});

describe("an editable requirement", () => {
  const remedy = (line: string, place?: (directory: string) => Parameters<typeof readRequirements>[3]) => {
    const directory = source({ "requirements.txt": "" });
    write(directory, { "requirements.txt": `${line.replace("HERE", directory)}\n` });
    try {
      readRequirements(directory, ["requirements.txt"], {}, place?.(directory));
    } catch (error) {
      return (error as Error & { remedy: string }).remedy;
    }
    return undefined;
  };

  it.each([
    "-e .",
    "-e.",
    "--editable=./",
    "-e '.[server]' ; python_version > '3'",
    "-e file:.",
    "-e file://HERE#egg=shop",
  ])("of the application itself has `package: true` in its place: %s", (line) => {
    expect(remedy(line)).toMatch(/Remove the line, and write `package: true` .* Or write `\.` without `-e`/);
  });

  it("of anything else is to be a plain one", () => {
    for (const line of ["-e ./libs/foo", "-e ..", "-e git+https://example.org/x@main"])
      expect(remedy(line)).toMatch(/Remove `-e`: a local package becomes a wheel\.$/);
    expect(remedy("-e .", (directory) => join(directory, ".."))).toMatch(/Remove `-e`/);
  });
});

describe("local paths", () => {
  const files = { "libs/foo/pyproject.toml": "", "wheels/foo-1.whl": "" };

  it.each([
    ["./libs/foo", { path: "libs/foo" }],
    ["libs/foo", { path: "libs/foo" }],
    ["./libs/foo[extra]", { path: "libs/foo", extras: "[extra]" }],
    ["foo @ file:./libs/foo", { path: "libs/foo" }],
    ["foo[extra] @ file:libs/foo", { path: "libs/foo", extras: "[extra]" }],
    ["./libs/foo ; python_version > '3'", { path: "libs/foo", rest: " ; python_version > '3'" }],
    ["./wheels/foo-1.whl --hash=sha256:00", { path: "wheels/foo-1.whl", rest: " --hash=sha256:00" }],
  ])("are told from names: %s", (line, expected) => {
    expect(lines(`${line}\n`, files)).toEqual([{ kind: "local", extras: "", rest: "", ...expected }]);
  });

  it.each([
    ["./libs/local dep", { path: "libs/local dep" }],
    [
      "./libs/local dep[web] ; python_version > '3'",
      { path: "libs/local dep", extras: "[web]", rest: " ; python_version > '3'" },
    ],
    ["core @ file:./libs/local%20dep", { path: "libs/local dep" }],
    ["./libs/core[web]", { path: "libs/core", extras: "[web]" }],
    ["libs/core;python_version>'3'", { path: "libs/core", rest: " ; python_version>'3'" }],
    [
      "core[web]@file:libs/core ; python_version > '3'",
      { path: "libs/core", extras: "[web]", rest: " ; python_version > '3'" },
    ],
    ["core @ file:libs#subdirectory=core", { path: "libs/core" }],
    ["file:libs/core#egg=core", { path: "libs/core" }],
    ["core-1.0-py3-none-any.whl", { path: "core-1.0-py3-none-any.whl" }],
    [
      "./core-1.0.tar.gz --hash=sha256:00 --hash=sha256:11",
      { path: "core-1.0.tar.gz", rest: " --hash=sha256:00 --hash=sha256:11" },
    ],
    ["${" + "PKG_ROOT}/core", { path: "libs/core" }],
  ])("case 33: are read as pip reads them: %s", (line, expected) => {
    const directory = source({
      "requirements.txt": `${line}\n`,
      "libs/local dep/pyproject.toml": "",
      "libs/core/pyproject.toml": "",
      "core-1.0-py3-none-any.whl": "",
      "core-1.0.tar.gz": "",
    });
    const [file] = readRequirements(directory, ["requirements.txt"], { PKG_ROOT: join(directory, "libs") });
    const [read] = file!.lines;
    expect(read).toEqual({ kind: "local", extras: "", rest: "", ...expected, path: join(directory, expected.path) });
  });

  it("case 33: say which variable installers do not see", () => {
    expect(() => lines("${" + "PKG_ROOT}/core\n")).toThrow(
      /there is no \$\{PKG_ROOT\}\/core[\s\S]*next: Installers see no variable PKG_ROOT[\s\S]*pass-env/,
    );
  });

  it("case 34: get the hash of their wheel where other requirements have hashes", () => {
    const directory = source({
      "requirements.txt": "./libs/foo\nbar==1 --hash=sha256:00\n",
      "libs/foo/pyproject.toml": "",
      "foo.whl": "bytes",
    });
    const read = readRequirements(directory, ["requirements.txt"]);
    const wheels = new Map([[join(directory, "libs/foo"), join(directory, "foo.whl")]]);
    expect(flattenRequirements(read, [join(directory, "requirements.txt")], wheels).requirements).toBe(
      `${join(directory, "foo.whl")} --hash=sha256:${hash("sha256", "bytes", "hex")}\nbar==1 --hash=sha256:00\n`,
    );
  });

  it("are looked for where pip is started, and beside the file that names them", () => {
    const directory = source({
      "requirements/all.txt": "./libs/foo\n./beside\n",
      "libs/foo/pyproject.toml": "",
      "requirements/beside/pyproject.toml": "",
    });
    const [file] = readRequirements(directory, ["requirements/all.txt"]);
    expect(file!.lines.map((line) => "path" in line && line.path)).toEqual([
      join(directory, "libs/foo"),
      join(directory, "requirements/beside"),
    ]);
  });

  it.each(["foo @ https://example.org/a/foo.whl", "git+https://example.org/a/foo@0123456", "foo==1"])(
    "are not %s",
    (line) => expect(lines(`${line}\n`)).toMatchObject([{ kind: "requirement", text: line }]),
  );

  it("stand for their wheels, with their extras and markers", () => {
    const directory = source({ "requirements.txt": "./libs/foo[a] ; python_version > '3'\n", ...files });
    const read = readRequirements(directory, ["requirements.txt"]);
    const wheels = new Map([[join(directory, "libs/foo"), "/tmp/foo-1.whl"]]);
    expect(flattenRequirements(read, [join(directory, "requirements.txt")], wheels).requirements).toBe(
      "/tmp/foo-1.whl[a] ; python_version > '3'\n",
    );
  });
});

describe("options of a requirement file", () => {
  it("are read in time, however long their line is", () => {
    const [blanks, quotes] = [" ".repeat(200_000), `"x" -b `.repeat(20_000)];
    expect(splitOptions(`--pre${blanks}-f${blanks}"a -b" c`)).toEqual(["--pre", '-f "a -b" c']);
    expect(splitOptions(`-a ${quotes}"`)).toHaveLength(20_001);
  });

  it("are told one by one, and lead to where they did when the file is copied", () => {
    const directory = source({
      "requirements/all.txt": '--no-index --find-links "./my -wheels" -r more.txt\nfoo==1\n',
      "requirements/more.txt": "-f ./wheels --pre\n",
      "requirements/my -wheels/foo.whl": "",
      "requirements/wheels/foo.whl": "",
    });
    const files = readRequirements(directory, ["requirements/all.txt"]);
    const spaced = pathToFileURL(join(directory, "requirements/my -wheels")).href;
    expect(flattenRequirements(files, [join(directory, "requirements/all.txt")], new Map()).requirements).toBe(
      `--no-index\n--find-links ${spaced}\n--find-links ${join(directory, "requirements/wheels")}\n--pre\nfoo==1\n`,
    );
  });

  it("install nothing in editable mode behind another option", () => {
    expect(() => lines("--pre -e ./libs/foo\n")).toThrow(/editable mode/);
  });
});

describe("what requirement files give to the key", () => {
  afterEach(() => vi.unstubAllEnvs());

  const parts = (files: Record<string, string>) => {
    const directory = source(files);
    const names = ["requirements.txt"];
    return requirementParts(readRequirements(directory, names), names, { source: directory, repository: directory });
  };
  const key = async (files: Record<string, string>) => JSON.stringify(await parts(files));

  it("is the same for other credentials, newlines or a byte order mark", async () => {
    const plain = await key({ "requirements.txt": "-i https://example.org/simple\nfoo==1\n" });
    expect(await key({ "requirements.txt": "-i https://me:secret@example.org/simple\nfoo==1\n" })).toBe(plain);
    expect(await key({ "requirements.txt": "\ufeff-i https://example.org/simple\r\nfoo==1\r\n" })).toBe(plain);
  });

  it.each([
    ["an included file", { "requirements.txt": "-r base.txt\n", "base.txt": "foo==1\n" }, { "base.txt": "foo==2\n" }],
    ["a constraint", { "requirements.txt": "-c base.txt\n", "base.txt": "foo==1\n" }, { "base.txt": "foo==2\n" }],
    ["a source file of a local package", { "requirements.txt": "./foo\n", "foo/a.py": "1" }, { "foo/a.py": "2" }],
    ["a local wheel", { "requirements.txt": "./foo-1.whl\n", "foo-1.whl": "1" }, { "foo-1.whl": "2" }],
    [
      "a wheel that --find-links offers",
      { "requirements.txt": "-f wheels\nfoo==1\n", "wheels/foo-1.whl": "1" },
      { "wheels/foo-1.whl": "2" },
    ],
    [
      "an index that is a directory",
      { "requirements.txt": "-i simple\nfoo==1\n", "simple/foo/foo-1.whl": "1" },
      { "simple/foo/foo-1.whl": "2" },
    ],
    [
      "an index",
      { "requirements.txt": "-i https://one.example.org\n" },
      { "requirements.txt": "-i https://two.example.org\n" },
    ],
  ])("changes with %s", async (_title, before, change) => {
    const changed = await key({ ...before, ...change } as Record<string, string>);
    expect(changed).not.toBe(await key(before as Record<string, string>));
  });

  it.each([
    "--no-index --find-links=./wheels",
    "--find-links=./wheels --no-index",
    "--no-index -fwheels",
    "--find wheels",
    "--find-links file:wheels",
    "--find-links file://$" + "{HERE}/wheels",
    "--find-links $" + "{HERE}/wheels",
    "--find-links ~/wheels",
  ])("changes with a wheel that %s offers", async (line) => {
    const directory = source({ "requirements.txt": `${line}\nfoo==1\n` });
    vi.stubEnv("HOME", directory);
    const names = ["requirements.txt"];
    const keyWith = async (wheel: string) => {
      write(directory, { "wheels/foo-1.whl": wheel });
      const files = readRequirements(directory, names, { HERE: directory });
      return environmentKey(await requirementParts(files, names, { source: directory, repository: directory }));
    };
    expect(await keyWith("1")).not.toBe(await keyWith("2"));
  });

  it("changes where a file that only constrains is named to be installed", async () => {
    const directory = source({
      "dev.txt": "-c requirements.txt\npytest==8.0.0\n",
      "requirements.txt": "django==5.0\n",
    });
    const keyOf = async (names: string[]) => {
      const files = readRequirements(directory, names);
      return environmentKey(await requirementParts(files, names, { source: directory, repository: directory }));
    };
    expect(await keyOf(["dev.txt"])).not.toBe(await keyOf(["requirements.txt", "dev.txt"]));
  });

  it("does not change with what a build leaves in a local package", async () => {
    const files = { "requirements.txt": "./foo\n", "foo/a.py": "1" };
    expect(
      await key({ ...files, "foo/build/lib/a.py": "1", "foo/foo.egg-info/PKG-INFO": "", "foo/__pycache__/a.pyc": "" }),
    ).toBe(await key(files));
  });

  it("case 27: holds of a local package what git tracks, whatever it is called, and nothing else", async () => {
    const directory = source({
      "requirements.txt": "./foo\n",
      "foo/build/code.py": "1",
      "foo/.gitignore": "left\n",
      "foo/left/a.py": "1",
    });
    commit(directory);
    const now = async () =>
      JSON.stringify(
        await requirementParts(readRequirements(directory, ["requirements.txt"]), ["requirements.txt"], {
          source: directory,
          repository: directory,
        }),
      );
    const before = await now();
    writeFileSync(join(directory, "foo/left/a.py"), "2");
    expect(await now()).toBe(before);
    writeFileSync(join(directory, "foo/build/code.py"), "2");
    expect(await now()).not.toBe(before);
  });

  it("case 33: warns of files that git does not track, since they are in no other checkout", async () => {
    const directory = source({ "requirements.txt": "-r local.txt\n", ".gitignore": "local.txt\n", "local.txt": "" });
    commit(directory);
    const files = readRequirements(directory, ["requirements.txt"]);
    const reads = await requirementReads(files, { repository: directory }, []);
    expect(await untrackedWarnings(directory, reads)).toEqual([
      expect.stringMatching(/^git does not track "local\.txt", which the installer reads/),
    ]);
    const tracked = { whole: [join(directory, "requirements.txt")], tracked: [] };
    expect(await untrackedWarnings(directory, tracked)).toEqual([]);
  });

  it("refuses a local package of which git tracks nothing", async () => {
    const directory = source({ "requirements.txt": "./foo\n", ".gitignore": "foo\n", "foo/a.py": "1" });
    commit(directory);
    const files = readRequirements(directory, ["requirements.txt"]);
    await expect(
      requirementParts(files, ["requirements.txt"], { source: directory, repository: directory }),
    ).rejects.toThrow(/git tracks no file of foo[\s\S]*next: .*add and commit it/);
  });
});

describe("the places of packages", () => {
  it("are those of files in the order in which pip reads them, and those among options", () => {
    const directory = source({
      "requirements.txt":
        "-r base.txt\n--index-url https://two.example/\n-c pins.txt\n--require-hashes\nfoo==1 --hash=sha256:00\n",
      "base.txt": "-i https://one.example/\n--trusted-host one.example\n--pre\n",
      "pins.txt": "--extra-index-url=https://three.example/\nfoo==1\n",
    });
    const options = [
      "--no-deps",
      "--find-links",
      "wheels",
      "-fmore",
      "--index-url=https://four.example/",
      "--no-index",
    ];
    const roots = [join(directory, "requirements.txt")];
    expect(packageSources(readRequirements(directory, ["requirements.txt"]), roots, options)).toEqual({
      lines: [
        "--extra-index-url=https://three.example/",
        "-i https://one.example/",
        "--trusted-host one.example",
        "--index-url https://two.example/",
      ],
      words: ["--find-links", "wheels", "-fmore", "--index-url=https://four.example/", "--no-index"],
    });
  });
});

describe("the warning of requirements without an exact version", () => {
  const warning = (text: string) => {
    const directory = source({ "requirements.txt": text });
    mkdirSync(join(directory, "libs"));
    return unpinnedWarnings(readRequirements(directory, ["requirements.txt"])).join("");
  };

  it.each([
    "foo==1.0",
    "foo == 1.0 ; python_version < '4'",
    "foo[bar]===1",
    "foo==1.0 --hash=sha256:00",
    "foo @ https://example.org/foo-1.whl",
    "foo @ git+https://example.org/foo@0123456789abcdef0123456789abcdef01234567",
    "foo>=1\nFoo==1.5",
    'foo>=2,==2.1 ; sys_platform == "linux"',
    // Case 33.
    "https://example.org/foo-1.0-py3-none-any.whl",
    "https://example.org/foo-1.0-py3-none-any.whl#sha256=00",
    "git+https://example.org/foo@0123456789abcdef0123456789abcdef01234567#egg=foo",
    "git+ssh://git@example.org/foo.git@0123456789abcdef0123456789abcdef01234567",
    "svn+https://example.org/foo@4711",
  ])("is not given for %s", (text) => expect(warning(`${text}\n`)).toBe(""));

  it.each([
    "foo",
    "foo>=1",
    "foo~=1.0",
    "foo==1.*",
    "foo>=1,<2",
    // The version of a marker is none of the requirement.
    'foo>=4 ; sys_platform == "linux"',
    'foo[bar];python_version=="3.11"',
    'foo>=4 ; sys_platform == "linux"\nfoo>=3 ; sys_platform != "linux"',
    "foo @ git+https://example.org/foo@main",
    // Case 33.
    "git+https://example.org/foo@main",
    "git+ssh://example.org/foo.git",
    "git+https://example.org/foo",
    "svn+https://example.org/foo@HEAD",
  ])("is given for %s", (text) => expect(warning(`${text}\n`)).toContain(text.split("\n")[0]));

  it("case 33: is given for a branch also where another address is a commit", () => {
    const commit = `git+https://example.org/one@${"0".repeat(40)}`;
    expect(warning(`${commit}\ngit+https://example.org/two@main\n`)).toMatch(
      /: git\+https:\/\/example\.org\/two@main\. /,
    );
  });

  it("names no credentials", () => {
    expect(warning("foo @ git+https://me:secret@example.org/foo@main\n")).not.toContain("secret");
  });
});
