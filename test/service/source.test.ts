// What a checkout ships, and what it refuses to: real repositories, real git.

import { hash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PackSource } from "../../src/artifact/pack.ts";
import { Failure } from "../../src/failure.ts";
import { globMatcher, globReach } from "../../src/source/glob.ts";
import { readSource, type Source, type SourceOptions } from "../../src/source/read-source.ts";
import { findRepository } from "../../src/source/repository.ts";
import { full } from "../support/full.ts";
import { sh } from "../support/needs.ts";
import { commit, type Files, git, place, repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const read = (root: string, options: Partial<SourceOptions> = {}): Promise<Source> =>
  readSource({
    repository: root,
    directory: "",
    include: [],
    secretFiles: [],
    madeElsewhere: [],
    scratch: temporary("scratch"),
    ...options,
  });

const refused = async (root: string, options: Partial<SourceOptions> = {}): Promise<Failure> => {
  const failure = await read(root, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Failure);
  expect((failure as Failure).outcome).toBe("refused");
  return failure as Failure;
};

const paths = ({ sources }: Source) => sources.map(({ path }) => path).sort();
const contentOf = (source: PackSource | undefined): string | undefined => {
  if (source?.type !== "file") return undefined;
  return "from" in source ? readFileSync(source.from, "utf8") : Buffer.from(source.content).toString("utf8");
};
const text = ({ sources }: Source, path: string) => contentOf(sources.find((source) => source.path === path));

const APPLICATION: Files = {
  "app.py": "print(1)\n",
  "tarlift.yml": "app: shop\n",
  "run.sh": { script: "#!/bin/sh\n" },
};

describe("what a commit ships", () => {
  it("is HEAD's files with HEAD's modes", async () => {
    const root = repository({ ...APPLICATION, "link.py": { link: "app.py" } });
    const source = await read(root);
    expect(source.sources.map(({ path, ...rest }) => [path, "executable" in rest && rest.executable])).toEqual([
      ["app.py", false],
      ["link.py", false],
      ["run.sh", true],
      ["tarlift.yml", false],
    ]);
    expect(source.commit).toEqual({ id: git(root, "rev-parse", "HEAD"), time: "2026-01-02T03:04:05Z" });
    expect(source.notice).toBeUndefined();
  });

  it("has the bytes of the commit where the checkout has other line ends", async () => {
    const origin = repository({ "small.txt": "a\nb\n", "large.txt": "line\n".repeat(300_000) });
    const clone = join(temporary("clone"), "crlf");
    git(origin, "clone", "--quiet", "-c", "core.autocrlf=true", origin, clone);
    expect(readFileSync(join(clone, "small.txt"), "utf8")).toBe("a\r\nb\r\n");
    const source = await read(clone);
    expect(text(source, "small.txt")).toBe("a\nb\n");
    // Compared without showing it: a difference of this size would take the runner minutes to print.
    expect(text(source, "large.txt") === "line\n".repeat(300_000)).toBe(true);
  });

  it("does not follow replacements, which are local to a clone", async () => {
    const root = repository(APPLICATION);
    writeFileSync(join(root, ".git/other"), "print('replaced')\n");
    git(root, "replace", git(root, "rev-parse", "HEAD:app.py"), git(root, "hash-object", "-w", ".git/other"));
    expect(text(await read(root), "app.py")).toBe("print(1)\n");
  });

  it("is read from this repository, whatever variables a hook has set for another", async () => {
    const root = repository(APPLICATION);
    const other = repository({ "other.py": "\n" });
    process.env.GIT_DIR = join(other, ".git");
    try {
      expect(paths(await read(root))).toEqual(Object.keys(APPLICATION).sort());
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  it("leaves out what .gitattributes marks export-ignore: files, directories, nested, and within submodules", async () => {
    const module = repository({ "in.py": "\n", "notes.txt": "\n", ".gitattributes": "notes.txt export-ignore\n" });
    const root = repository({
      ...APPLICATION,
      ".gitattributes": "docs/ export-ignore\n*.draft export-ignore\n/.gitattributes export-ignore\n",
      "docs/a/b.md": "\n",
      "a.draft": "\n",
      "x/deep/b.draft": "\n",
      "x/.gitattributes": "kept.draft -export-ignore\nonly-here export-ignore\n",
      "x/kept.draft": "\n",
      "x/only-here/one.py": "\n",
      "only-here": "\n",
    });
    git(root, "submodule", "--quiet", "add", module, "module");
    commit(root);
    expect(paths(await read(root))).toEqual(
      [".gitmodules", "app.py", "module/.gitattributes", "module/in.py", "only-here", "run.sh", "tarlift.yml"]
        .concat(["x/.gitattributes", "x/kept.draft"])
        .sort(),
    );
  });

  it("does not let this machine's own attributes decide, nor those that are not committed", async () => {
    const root = repository(APPLICATION);
    writeFileSync(join(root, ".git/attributes-of-a-user"), "*.py export-ignore\n");
    git(root, "config", "core.attributesFile", join(root, ".git/attributes-of-a-user"));
    place(root, { ".gitattributes": "run.sh export-ignore\n", "x/.gitattributes": "* export-ignore\n" });
    expect(paths(await read(root))).toEqual(expect.arrayContaining(["app.py", "run.sh"]));
  });

  it("is one directory of a repository that holds several applications", async () => {
    const root = repository({
      "shop/app.py": "shop\n",
      "shop/*/star.py": "\n",
      "other/.env": "SECRET=1\n",
      "other/app.py": "\n",
      "tarlift.yml": "app: shop\nsource: shop\n",
    });
    writeFileSync(join(root, "other/app.py"), "changed, and not ours\n");
    expect(paths(await read(root, { directory: "shop" }))).toEqual(["*/star.py", "app.py"]);
    expect(paths(await read(root, { directory: "shop/*" }))).toEqual(["star.py"]);
    const failure = await refused(root, { directory: "nowhere" });
    expect(failure.what).toContain("nowhere");
  });

  it("is all of it for `source: .`", async () => {
    expect(paths(await read(repository(APPLICATION), { directory: "." }))).toEqual(Object.keys(APPLICATION).sort());
  });

  it("is the same from a sparse checkout, whose missing files are no deletions", async () => {
    const root = repository({ "kept/a.py": "a\n", "absent/b.py": "b\n" });
    git(root, "sparse-checkout", "set", "kept");
    const source = await read(root);
    expect(text(source, "absent/b.py")).toBe("b\n");
  });

  it("is the same from a linked worktree", async () => {
    const root = repository(APPLICATION);
    const tree = join(temporary("worktree"), "tree");
    git(root, "worktree", "add", "--quiet", "--detach", tree);
    expect(paths(await read(tree))).toEqual(Object.keys(APPLICATION).sort());
  });
});

describe("ignored paths that `include:` names", () => {
  const ignoring = () => repository({ ...APPLICATION, ".gitignore": "dist/\n" });

  it("ship, and their hash tells contents, names and modes apart", async () => {
    const root = ignoring();
    place(root, { "dist/a.js": "1", "dist/sub/b.js": { script: "2" } });
    const first = await read(root, { include: ["dist"] });
    expect(paths(first)).toEqual(expect.arrayContaining(["dist/a.js", "dist/sub/b.js"]));
    expect(first.notice).toBeUndefined();
    const hashes = new Set([first.includeHash]);
    writeFileSync(join(root, "dist/a.js"), "3");
    hashes.add((await read(root, { include: ["dist"] })).includeHash);
    chmodSync(join(root, "dist/a.js"), 0o755);
    hashes.add((await read(root, { include: ["dist"] })).includeHash);
    renameSync(join(root, "dist/a.js"), join(root, "dist/c.js"));
    hashes.add((await read(root, { include: ["dist"] })).includeHash);
    expect(hashes.size).toBe(4);
    expect((await read(root)).includeHash).toBeUndefined();
  });

  full("bundles").it("case 28: may have more than 2 GiB, and are never held in memory as a whole", async () => {
    const root = ignoring();
    mkdirSync(join(root, "dist"));
    writeFileSync(join(root, "dist/model.bin"), "");
    truncateSync(join(root, "dist/model.bin"), 2 ** 31 + 1);
    expect((await read(root, { include: ["dist"] })).includeHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("case 30: are refused by name where they are a socket, a named pipe, or cannot be read", async () => {
    const root = ignoring();
    place(root, { "dist/a.js": "1" });
    sh("mkfifo", [join(root, "dist/pipe")]);
    const failure = await refused(root, { include: ["dist"] });
    expect(failure.output).toBe('"dist/pipe" is a named pipe');
    expect(failure.remedy).toContain("`include:`");
  });

  it("do not replace tracked files among them", async () => {
    const root = repository({ ...APPLICATION, ".gitignore": "dist/*\n!dist/.keep\n", "dist/.keep": "" });
    place(root, { "dist/a.js": "1" });
    const { sources } = await read(root, { include: ["dist"] });
    expect(sources.filter(({ path }) => path === "dist/.keep")).toHaveLength(1);
  });

  it("are refused where they are missing, behind a link, links that lead out, or git's own", async () => {
    const root = ignoring();
    const outside = temporary("outside");
    place(outside, { "secret.txt": "x" });
    place(root, { "dist/out": { link: outside }, "dist/up": { link: "../../x" } });
    const failure = await refused(root, { include: ["absent", "dist", "dist/out/secret.txt", ".git", "."] });
    for (const name of [
      '"absent" is not there',
      '"dist/out"',
      '"dist/up"',
      '"dist/out/secret.txt" stands behind a link',
      '".git"',
      '"."',
    ])
      expect(failure.output).toContain(name);
  });
});

describe("paths below .tarlift, where hosts keep what runs a release", () => {
  it("are refused, tracked and included, and ship nowhere with export-ignore", async () => {
    const root = repository({ ...APPLICATION, ".gitignore": ".tarlift/cache\n" });
    commit(root, { ".tarlift/exec": "exit 1\n", "web/.tarlift/exec": "" });
    place(root, { ".tarlift/cache": "1" });
    const failure = await refused(root, { include: [".tarlift/cache"] });
    expect(failure.what).toBe("paths below .tarlift cannot be shipped");
    expect(failure.output?.split("\n").sort()).toEqual(['".tarlift/cache"', '".tarlift/exec"']);
    commit(root, { ".gitattributes": ".tarlift export-ignore\n" });
    expect((await read(root)).sources.map(({ path }) => path)).not.toContain(".tarlift/exec");
  });
});

describe("a checkout that differs from HEAD is refused, with every difference by name", () => {
  it("changed, staged, added, deleted, another mode, another type", async () => {
    const root = repository({
      ...APPLICATION,
      "changed.py": "1\n",
      "staged.py": "1\n",
      "deleted.py": "1\n",
      "removed.py": "1\n",
      "mode.py": "1\n",
      "type.py": "1\n",
      "with space\u00e4.py": "1\n",
    });
    place(root, { "changed.py": "2\n", "staged.py": "2\n", "added.py": "1\n", "with space\u00e4.py": "2\n" });
    git(root, "add", "staged.py", "added.py");
    git(root, "rm", "--quiet", "removed.py");
    rmSync(join(root, "deleted.py"));
    chmodSync(join(root, "mode.py"), 0o755);
    place(root, { "type.py": { link: "app.py" } });
    const failure = await refused(root);
    expect(failure.output?.split("\n").sort()).toEqual([
      '"added.py" is added and not committed',
      '"changed.py" is changed',
      '"deleted.py" is deleted',
      '"mode.py" has another mode',
      '"removed.py" is deleted',
      '"staged.py" is staged and not committed',
      '"type.py" has another mode',
      '"with space\u00e4.py" is changed',
    ]);
    expect(failure.remedy).toContain("Commit them");
  });

  it("hidden by assume-unchanged, and changed within the second of its commit to as many bytes", async () => {
    const root = repository(APPLICATION);
    const second = new Date(1_700_000_000_000);
    const [app, index] = [join(root, "app.py"), join(root, ".git/index")];
    // What a quick test, or a script, does within one second.
    git(root, "config", "core.trustctime", "false");
    utimesSync(app, second, second);
    git(root, "update-index", "--refresh");
    git(root, "update-index", "--assume-unchanged", "app.py");
    place(root, { "app.py": "print(2)\n" });
    utimesSync(app, second, second);
    utimesSync(index, second, second);
    expect((await refused(root)).output).toContain('"app.py" is changed, hidden by');
  });

  it("hidden by assume-unchanged or skip-worktree: changed, deleted, any name", async () => {
    const root = repository({
      ...APPLICATION,
      "gone.py": "1\n",
      "skipped.py": "1\n",
      "new\nline.txt": "1\n",
      "same.py": "1\n",
    });
    git(root, "update-index", "--assume-unchanged", "app.py", "gone.py", "new\nline.txt", "same.py");
    git(root, "update-index", "--skip-worktree", "skipped.py");
    place(root, { "app.py": "print(2)\n", "skipped.py": "2\n", "new\nline.txt": "2\n" });
    rmSync(join(root, "gone.py"));
    const failure = await refused(root);
    expect(failure.output).toContain('"app.py" is changed, hidden by');
    expect(failure.output).toContain('"gone.py" is deleted, hidden by');
    expect(failure.output).toContain('"skipped.py" is changed, hidden by');
    expect(failure.output).toContain('"new\\nline.txt" is changed');
    expect(failure.output).not.toContain("same.py");
    // Looking does not change what the user has set.
    expect(git(root, "ls-files", "-v", "app.py", "skipped.py")).toBe("h app.py\nS skipped.py");
  });

  it("tarlift.yml, also where it stands above the application", async () => {
    const root = repository({ "shop/app.py": "\n", "tarlift.yml": "app: shop\nsource: shop\n" });
    appendFileSync(join(root, "tarlift.yml"), "package: false\n");
    const failure = await refused(root, { directory: "shop", configFile: join(root, "tarlift.yml") });
    expect(failure.output).toBe('"tarlift.yml" is changed');
  });

  it("in a merge that is not finished", async () => {
    const root = repository(APPLICATION);
    git(root, "checkout", "--quiet", "-b", "side");
    commit(root, { "app.py": "side\n" });
    git(root, "checkout", "--quiet", "main");
    commit(root, { "app.py": "main\n" });
    expect(() => git(root, "merge", "--quiet", "side")).toThrow();
    expect((await refused(root)).output).toBe('"app.py" is in a merge conflict');
  });
});

describe("no repository, no commit", () => {
  it("is said with what to do", async () => {
    const directory = temporary("plain");
    await expect(findRepository(directory)).rejects.toThrow(/no git repository[\s\S]*git init/);
    git(directory, "init", "--quiet");
    await expect(read(directory)).rejects.toThrow(/nothing is committed/);
    git(directory, "commit", "--quiet", "--allow-empty", "-m", "nothing");
    await expect(read(directory)).rejects.toThrow(/the commit has no files/);
  });
});

describe("secrets that are tracked", () => {
  const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
  const secret: Files = {
    ".env": "A=1\n",
    "config/.env.production": "A=1\n",
    "deploy/id_ed25519": "x",
    "deploy/key": KEY,
    "tls/server.pem": `${"# certificate\n".repeat(10)}${KEY.replace("OPENSSH ", "")}`,
    "tls/putty.ppk": "PuTTY-User-Key-File-3: ssh-ed25519\n",
    "store.p12": "x",
    ".npmrc": "//registry.example.org/:_authToken=abc\n",
    "a/.npmrc": "registry=https://registry.example.org\r\n_auth = abc=\r\n",
    "b/.npmrc": "//registry.example.org/:_auth=abc\n",
    "c/.npmrc": "//registry.example.org/:_password='abc'\n",
    "d/.npmrc": '"//registry.example.org/:_authToken" = "abc"\n',
  };
  const harmless: Files = {
    ".env.example": "A=\n",
    // Case 62.
    ".env.dev.default": "A=\n",
    "config/.env.local.sample": "A=\n",
    "tls/ca.pem": "-----BEGIN CERTIFICATE-----\n",
    "docs/keys.md": `An example:\n\n${KEY}`,
    "web/.npmrc": "//registry.example.org/:_authToken=${NPM_TOKEN}\n",
    "web/quoted/.npmrc": '//registry.example.org/:_authToken="${NPM_TOKEN}"\n_auth = ${NPM_AUTH}\n_password =\n',
    "web/comment/.npmrc":
      "# //registry.example.org/:_authToken=abc\n  ; _auth=abc\n\t # _auth=abc\nalways-auth=true\nalways_auth=true\n",
    "environment.py": "\n",
  };

  it("are refused, all at once, by name; what only resembles them ships", async () => {
    const root = repository({ ...secret, ...harmless });
    const failure = await refused(root);
    const named = failure.output?.split("\n").map((line) => JSON.parse(line.slice(0, line.indexOf(": "))));
    expect(named?.sort()).toEqual(Object.keys(secret).sort());
    expect(failure.message).not.toContain("AAAA");
    expect(failure.message).not.toContain("abc");
  });

  it("ship where tarlift.yml names them", async () => {
    const root = repository({ ...secret, "app.py": "\n" });
    const { sources } = await read(root, { secretFiles: Object.keys(secret) });
    expect(sources).toHaveLength(Object.keys(secret).length + 1);
    const failure = await refused(root, { secretFiles: Object.keys(secret).slice(1) });
    expect(failure.output).toMatch(/^"\.env": .*$/);
    expect(failure.remedy).toContain("export-ignore");
  });
});

describe("Git LFS", () => {
  const content = "large content\n".repeat(1000);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${hash("sha256", content, "hex")}\nsize ${content.length}\n`;

  it("a pointer that was not fetched is refused", async () => {
    const root = repository({ ...APPLICATION, "model.bin": pointer, "other.bin": pointer });
    const failure = await refused(root);
    expect(failure.output).toBe('"model.bin" is a pointer\n"other.bin" is a pointer');
    expect(failure.remedy).toContain("lfs: true");
  });

  it("a pointer is refused where another attribute converts the file, too", async () => {
    const attributes = "*.bin filter=lfs\n* eol=crlf\n";
    const root = repository({ ...APPLICATION, ".gitattributes": attributes, "model.bin": pointer });
    expect((await refused(root)).output).toBe('"model.bin" is a pointer');
  });

  it("fetched content ships when it is what the pointer promises", async () => {
    const root = repository({ ...APPLICATION, ".gitattributes": "*.bin filter=fake\n", "model.bin": pointer });
    const clean = join(root, ".git/clean");
    writeFileSync(join(root, ".git/pointer"), pointer);
    // Stands for git-lfs: whatever the content is, the index holds the pointer.
    place(root, { ".git/clean": { script: `#!/bin/sh\ncat >/dev/null\ncat '${join(root, ".git/pointer")}'\n` } });
    git(root, "config", "filter.fake.clean", clean);
    const fetch = (fetched: string) => {
      writeFileSync(join(root, "model.bin"), fetched);
      git(root, "add", "model.bin");
    };
    fetch(content);
    expect(text(await read(root), "model.bin")).toBe(content);
    fetch(`${content.slice(1)}!`);
    expect((await refused(root)).output).toContain('"model.bin" is a pointer');
  });
});

describe("case 23: files behind a filter", () => {
  const PLAIN = '{"greeting": "hello"}\n';
  /** A repository whose filter turns letters by 13 places, as git-crypt keeps files in another form; the checkout is unlocked. */
  const locked = (files: Files = {}) => {
    const root = repository(APPLICATION);
    for (const key of ["clean", "smudge"]) git(root, "config", `filter.lock.${key}`, "tr a-zA-Z n-za-mN-ZA-M");
    git(root, "config", "filter.lock.required", "true");
    commit(root, { ".gitattributes": "*.json filter=lock\n", "settings.json": PLAIN, ...files });
    expect(git(root, "show", "HEAD:settings.json")).toBe('{"terrgvat": "uryyb"}');
    return root;
  };
  const keyed = ({ tracked }: Source, path: string) => tracked.find((file) => file.path === path)?.identity;

  it("ship as the checkout has them, small and large", async () => {
    const large = `${"abcdefghijklm ".repeat(100_000)}\n`;
    const source = await read(locked({ "large.json": large }));
    expect(text(source, "settings.json")).toBe(PLAIN);
    expect(text(source, "large.json") === large).toBe(true);
    // What keys hold follows from what ships: another key of the filter would be another content of the same blob.
    expect(keyed(source, "settings.json")).toBe(`sha256:${hash("sha256", PLAIN, "hex")}`);
  });

  it("are refused by name in a clone that does not have the filter, with what to do", async () => {
    const clone = join(temporary("clone"), "locked");
    git(locked(), "clone", "--quiet", ".", clone);
    const failure = await refused(clone);
    expect(failure.output).toBe('"settings.json": filter "lock"');
    expect(failure.remedy).toMatch(/git-crypt unlock[\s\S]*filter\.<name>\.smudge cat/);
    git(clone, "config", "filter.lock.smudge", "cat");
    expect(text(await read(clone), "settings.json")).toBe('{"terrgvat": "uryyb"}\n');
  });

  it("are refused where the filter fails, also when git would go on with what the repository holds", async () => {
    const root = locked();
    git(root, "config", "filter.lock.required", "false");
    git(root, "config", "filter.lock.smudge", "echo no key >&2; exit 1 #");
    const failure = await refused(root);
    expect(`${failure.what} ${failure.output}`).toMatch(/filter of git[\s\S]*no key/);
    expect(failure.remedy).toContain("git-crypt unlock");
  });

  it("that only changes what is committed ship as the repository has them", async () => {
    const root = locked();
    git(root, "config", "--unset", "filter.lock.smudge");
    git(root, "config", "filter.lock.required", "false");
    expect(text(await read(root), "settings.json")).toBe('{"terrgvat": "uryyb"}\n');
  });
});

describe("what attributes ask of a checkout", () => {
  it("ships, as far as the commit decides it: encoding, line ends, $Id$; not this machine's configuration", async () => {
    const root = repository({
      ...APPLICATION,
      ".gitattributes": "*.u16 text working-tree-encoding=UTF-16LE\n*.bat eol=crlf\n*.txt text=auto\nid.py ident\n",
      "a.u16": Buffer.from("a\n", "utf16le"),
      "run.bat": "a\r\n",
      "plain.txt": "a\n",
      "id.py": "# $Id$\n",
    });
    git(root, "config", "core.autocrlf", "true");
    const source = await read(root);
    const bytes = (path: string) => Buffer.from(text(source, path) ?? "", "utf8").toString("hex");
    expect(bytes("a.u16")).toBe(Buffer.from("a\n", "utf16le").toString("hex"));
    expect(text(source, "run.bat")).toBe("a\r\n");
    expect(text(source, "plain.txt")).toBe("a\n");
    expect(text(source, "id.py")).toBe(`# $Id: ${git(root, "rev-parse", "HEAD:id.py")} $\n`);
  });
});

describe("case 24: placeholders of export-subst", () => {
  const FILES: Files = {
    ...APPLICATION,
    ".gitattributes": "*.archival export-subst\n",
    "git.archival":
      "node: $Format:%H$\nshort: $Format:%h$\nname: $Format:%(describe:tags=true)$\nby: $Format:%an%n%aI$\n$Format:",
    "other.txt": "$Format:%H$\n",
  };
  const archived = (root: string, path: string) =>
    sh("sh", ["-c", 'git -C "$1" archive HEAD "$2" | tar -xO', "sh", root, path]);

  it("are filled in as `git archive` does it, where .gitattributes ask for it", async () => {
    const root = repository(FILES);
    git(root, "tag", "-a", "v1.4.0", "-m", "v1.4.0");
    git(root, "branch", "other");
    const source = await read(root);
    expect(text(source, "git.archival")).toContain("name: v1.4.0\n");
    expect(text(source, "git.archival")).toBe(archived(root, "git.archival"));
    expect(text(source, "other.txt")).toBe("$Format:%H$\n");
  });

  it("name tags and no branches: the same from a branch and from a tag", async () => {
    const root = repository({ ...FILES, "refs.archival": "$Format:%D$\n" });
    git(root, "tag", "v1");
    const fromBranch = text(await read(root), "refs.archival");
    git(root, "checkout", "--quiet", "--detach", "v1");
    git(root, "branch", "one-more");
    expect([fromBranch, text(await read(root), "refs.archival")]).toEqual(["HEAD, tag: v1\n", "HEAD, tag: v1\n"]);
  });

  it("that need tags are refused in a shallow clone that does not have them, with the remedy", async () => {
    const root = repository(FILES);
    git(root, "tag", "-a", "v1.4.0", "-m", "v1.4.0");
    commit(root, { "app.py": "print(2)\n" });
    const shallow = join(temporary("clone"), "shallow");
    git(root, "clone", "--quiet", "--depth=1", `file://${root}`, shallow);
    const failure = await refused(shallow);
    expect(failure.output).toBe('"git.archival": its $Format:…$ names tags');
    expect(failure.remedy).toContain("fetch-depth: 0");
    git(shallow, "fetch", "--quiet", "--unshallow", "--tags");
    expect(text(await read(shallow), "git.archival")).toBe(archived(root, "git.archival"));
  });
});

full("bundles").describe("submodules", () => {
  const withModule = () => {
    const inner = repository({ "inner.py": "inner\n" });
    const module = repository({ "m.py": "1\n", "run.sh": { script: "#!/bin/sh\n" } });
    git(module, "submodule", "--quiet", "add", inner, "inner");
    commit(module);
    const root = repository({ "shop/app.py": "\n" });
    git(root, "submodule", "--quiet", "add", module, "shop/lib/module");
    commit(root);
    return root;
  };
  const clone = (root: string, ...options: string[]) => {
    const to = join(temporary("clone"), "checkout");
    git(root, "clone", "--quiet", ...options, root, to);
    return to;
  };

  it("ship as recorded, nested ones too", async () => {
    const checkout = clone(withModule(), "--recurse-submodules");
    const source = await read(checkout, { directory: "shop" });
    expect(paths(source)).toEqual(
      ["app.py", "lib/module/.gitmodules", "lib/module/inner/inner.py", "lib/module/m.py", "lib/module/run.sh"].sort(),
    );
    expect(text(source, "lib/module/inner/inner.py")).toBe("inner\n");
  });

  it("are refused where they are not checked out", async () => {
    const root = withModule();
    const failure = await refused(clone(root));
    expect(failure.output).toBe('"shop/lib/module" is empty');
    expect(failure.remedy).toContain("submodules: true");
    const shallow = clone(root);
    git(shallow, "submodule", "--quiet", "update", "--init");
    expect((await refused(shallow)).output).toContain("inner");
  });

  it("are refused at another commit, told once, and with changes of their own", async () => {
    const checkout = clone(withModule(), "--recurse-submodules");
    const module = join(checkout, "shop/lib/module");
    writeFileSync(join(module, "m.py"), "2\n");
    expect((await refused(checkout)).output).toBe('"shop/lib/module" is a submodule with changes of its own');
    commit(module);
    const { output } = await refused(checkout, { directory: "shop" });
    expect(output).toMatch(/^"lib\/module" is at [0-9a-f]{12} instead of [0-9a-f]{12}$/);
  });

  const reads = (pattern: string) => ({
    stepsRead: { file: globMatcher([pattern]), below: globReach([pattern]) },
  });

  it.each(["shop/lib/module export-ignore", "shop/lib/module/ export-ignore", "lib/ export-ignore"])(
    "do not ship where .gitattributes say so, nor have to be there: %s",
    async (line) => {
      const root = withModule();
      commit(root, { ".gitattributes": `${line}\n` });
      for (const checkout of [clone(root), clone(root, "--recurse-submodules")])
        expect(paths(await read(checkout, { directory: "shop" }))).toEqual(["app.py"]);
      const whole = clone(root, "--recurse-submodules");
      const { readable, sources } = await read(whole, { directory: "shop", ...reads("shop") });
      expect(readable.map(({ path }) => path)).toContain("lib/module/inner/inner.py");
      expect(sources.map(({ path }) => path)).toEqual(["app.py"]);
      expect((await refused(clone(root), { directory: "shop", ...reads("shop") })).output).toBe(
        '"lib/module" is empty',
      );
    },
  );

  it("outside of `source:` have to be there where an asset step may read them, and nowhere else", async () => {
    const root = withModule();
    commit(root, { "backend/app.py": "\n" });
    const checkout = clone(root);
    const options = { directory: "backend", ...reads("shop/*.py") };
    expect(paths(await read(checkout, options))).toEqual(["app.py"]);
    const { output } = await refused(checkout, { directory: "backend", ...reads("shop/lib/module/src/*.js") });
    expect(output).toBe('"../shop/lib/module" is empty');
    const changed = clone(root, "--recurse-submodules");
    writeFileSync(join(changed, "shop/lib/module/m.py"), "2\n");
    expect(paths(await read(changed, options))).toEqual(["app.py"]);
    expect((await refused(changed, { directory: "backend", ...reads("shop/lib/module/*.py") })).output).toBe(
      '"shop/lib/module" is a submodule with changes of its own',
    );
  });

  it("with untracked files are named in the notice, no reason to refuse", async () => {
    const checkout = clone(withModule(), "--recurse-submodules");
    writeFileSync(join(checkout, "shop/lib/module/built.txt"), "x");
    const source = await read(checkout);
    expect(source.notice).toContain('"shop/lib/module/"');
    expect(paths(source)).not.toContain("shop/lib/module/built.txt");
  });
});

describe("names and links", () => {
  it("that cannot ship are refused all at once, each by name", async () => {
    const root = repository({
      ...APPLICATION,
      "new\nline": "",
      "tab\tname": "",
      "back\\slash": "",
      "bell\u0007": "",
      absolute: { link: "/etc/passwd" },
      out: { link: "../../etc/passwd" },
      "x/up": { link: ".." },
      chain: { link: "x/up/../passwd" },
      config: { link: ".git/config" },
      strange: { link: "a\\b" },
    });
    const raw = Buffer.concat([Buffer.from(`${root}/latin1-`), Buffer.from([0xe9])]);
    writeFileSync(raw, "");
    commit(root);
    const failure = await refused(root);
    const { output = "" } = failure;
    for (const name of ["new\\nline", "tab\\tname", "back\\\\slash", "bell\\u0007"])
      expect(output).toContain(`"${name}": control characters`);
    expect(output).toContain("its name is not UTF-8");
    expect(output).toContain('"absolute" -> "/etc/passwd": it is absolute');
    expect(output).toContain('"out" -> "../../etc/passwd": it leads out');
    expect(output).toContain('"chain" -> "x/up/../passwd": it leads out');
    expect(output).toContain('"config" -> ".git/config": it leads into .git');
    expect(output).toContain('"strange" -> "a\\\\b": control characters, line separators and backslashes');
    expect(output.split("\n")).toHaveLength(10);
    expect(output).not.toMatch(/[^\x20-\x7e\n\ufffd]/);
  });

  it("twenty of a kind are listed, the others counted", async () => {
    const files = Object.fromEntries(Array.from({ length: 23 }, (_, n) => [`${n}/.env`, "A=1\n"]));
    expect((await refused(repository(files))).output).toMatch(/… and 3 more$/);
  });
});

describe("the notice of what is not shipped", () => {
  it("names untracked files and ignored directories that look built, not what is made elsewhere", async () => {
    const root = repository({ ...APPLICATION, ".gitignore": "dist/\nstatic/\nnode_modules/\n*.log\n.venv\n" });
    place(root, {
      "new.py": "",
      "dist/a.js": "",
      "static/x.css": "",
      "node_modules/x/y": "",
      "a.log": "",
      ".venv/x": "",
    });
    const { notice, sources } = await read(root, { madeElsewhere: ["static"] });
    expect(notice).toMatch(/^not shipped: untracked "new\.py"; ignored, .* "dist\/"\. /);
    expect(sources.map(({ path }) => path)).not.toContain("new.py");
  });

  it("stays away from a job's own directories", async () => {
    const root = repository(APPLICATION);
    mkdirSync(join(root, ".tarlift/site"), { recursive: true });
    writeFileSync(join(root, ".tarlift/site/x"), "");
    expect((await read(root, { madeElsewhere: [".tarlift"] })).notice).toBeUndefined();
  });
});
