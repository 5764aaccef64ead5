// What surrounds the code: a release, the repository's name, and the files that GitHub and editors read.
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { NOT_YET, namingFiles, PLACEHOLDER, publishedName, setOwner } from "../../scripts/owner.ts";
import { movedTag, notesOf, type Release, releaseProblems } from "../../scripts/release.ts";
import { PLACEHOLDER as UNKNOWN } from "../../src/init/action-source.ts";
import { page, ROOT } from "../support/documents.ts";
import { git } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const manifest = JSON.parse(page("package.json"));

describe("a release", () => {
  const changelog =
    "# Changelog\n\n## [Unreleased]\n\n## [1.4.0] - 2027-01-31\n\n### Added\n\n- A.\n\n## [1.3.0] - 2027-01-01\n\n- B.\n";
  const good: Release = {
    tag: "v1.4.0",
    version: "1.4.0",
    changelog,
    subject: "Build dist",
    onMain: true,
    named: "org/tarlift",
    publishing: "org/tarlift",
  };

  test("is the version of package.json, described, of a commit of main whose dist/ is built, from the repository that it names", () => {
    expect(releaseProblems(good)).toEqual([]);
    const wrong: [Partial<Release>, RegExp][] = [
      [{ tag: "v1.4.1" }, /the tag is v1\.4\.1, and package\.json says 1\.4\.0/],
      [{ changelog: "## [Unreleased]\n\n- A.\n" }, /has no notes below "## \[1\.4\.0\]/],
      [{ subject: "Release 1.4.0" }, /tag the commit "Build dist"/],
      [{ onMain: false }, /not on main/],
      [{ named: PLACEHOLDER }, /next: node scripts\/owner\.ts org\/tarlift/],
    ];
    for (const [part, said] of wrong) {
      const problems = releaseProblems({ ...good, ...part });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(said);
    }
  });

  test("has the notes of its version alone", () => {
    expect(notesOf(changelog, "1.4.0")).toBe("### Added\n\n- A.\n");
    expect(notesOf(changelog, "1.3.0")).toBe("- B.\n");
    expect(notesOf(changelog, "1x3.0")).toBeUndefined();
    expect(notesOf("## [1.4.0] - 2027-01-31\n\n## [1.3.0] - 2027-01-01\n- B.\n", "1.4.0")).toBeUndefined();
  });

  test.each([
    ["v1.4.0", ["v1.3.9", "v1", "v1.4.0", "v2.0.0", ""], "v1"],
    ["v1.4.0", ["v1.10.0"], undefined],
    ["v1.4.0", ["v1.4.1"], undefined],
    ["v2.0.0", ["v1.9.9"], "v2"],
    ["v2.0.0-rc.1", [], undefined],
  ])("%s beside %s moves %s", (tag, tags, moved) => {
    expect(movedTag(tag, tags)).toBe(moved);
  });

  test("is prepared in a changelog that begins with what is not released", () => {
    const headings = [...page("CHANGELOG.md").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
    expect(headings[0]).toBe("[Unreleased]");
    for (const heading of headings.slice(1)) expect(heading).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
    const kinds = [...page("CHANGELOG.md").matchAll(/^### (.+)$/gm)].map(([, kind]) => kind!);
    expect(["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]).toEqual(expect.arrayContaining(kinds));
  });
});

describe("the repository's name", () => {
  /** Any owner that stands before this project's name in a reference to it. */
  const naming = /(?:github\.com[/:]|uses: |`)([\w.-]+\/tarlift)(?=[\s/@)`#?]|\.git\b|\.?$)/gm;
  const texts = (root: string) =>
    namingFiles(root).map((path) => [path, readFileSync(join(root, path), "utf8")] as const);

  test("is one everywhere: that of package.json", () => {
    const name = publishedName();
    // Tests have repositories of their own.
    const read = texts(ROOT).filter(([path]) => !path.startsWith("test/"));
    const others = read.flatMap(([path, text]) =>
      [...text.matchAll(naming)].filter(([, found]) => found !== name).map(([, found]) => `${path}: ${found}`),
    );
    expect(others).toEqual([]);
    expect(manifest.homepage).toBe(`https://github.com/${name}#readme`);
    expect(manifest.bugs).toBe(`https://github.com/${name}/issues`);
  });

  test("is what workflows of `tarlift init` fall back to", () => {
    expect(UNKNOWN.repository).toBe(publishedName());
  });

  test("is said to be a placeholder as long as it is one", () => {
    const said = ["README.md", "docs/versions.md"].filter((path) => page(path).includes(`\n\n${NOT_YET}`));
    expect(said).toEqual(publishedName() === PLACEHOLDER ? ["README.md", "docs/versions.md"] : []);
  });

  test("is set by one command", () => {
    const copy = temporary("renamed");
    for (const path of namingFiles()) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    git(copy, "init", "--quiet");
    git(copy, "add", "--all");
    const before = publishedName();
    const changed = setOwner("some-org/lift", copy);
    expect(publishedName(copy)).toBe("some-org/lift");
    expect(changed).toEqual(expect.arrayContaining(["README.md", "package.json", "actions/deploy/README.md"]));
    const left = texts(copy).filter(([, text]) => text.includes(before) || text.includes(`\n\n${NOT_YET}`));
    expect(left.map(([path]) => path)).toEqual([]);
    expect(() => setOwner("lift", copy)).toThrow("lift is not OWNER/NAME");
  });
});

describe("files that GitHub reads", () => {
  const forms = readdirSync(join(ROOT, ".github/ISSUE_TEMPLATE")).filter((name) => name !== "config.yml");

  // https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
  test.each(forms)("the form %s has what GitHub asks of one", (name) => {
    const { body, ...form } = parse(page(`.github/ISSUE_TEMPLATE/${name}`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const fields: { type: string; id?: string; attributes: { label?: string; options?: string[] } }[] = body;
    const asking = fields.filter(({ type }) => type !== "markdown");
    expect(asking.length).toBeGreaterThan(0);
    for (const { type, id, attributes } of asking) {
      expect(["input", "textarea", "dropdown", "checkboxes"]).toContain(type);
      expect(id).toMatch(/^[\w-]+$/);
      expect(attributes.label).toBeTruthy();
    }
    expect(new Set(asking.map(({ id }) => id)).size).toBe(asking.length);
  });

  test("dependencies of npm and of workflows are looked after", () => {
    const { version, updates } = parse(page(".github/dependabot.yml"));
    expect(version).toBe(2);
    expect(updates.map((update: Record<string, string>) => update["package-ecosystem"])).toEqual([
      "npm",
      "github-actions",
    ]);
  });

  test("every file has an owner, of the organisation that publishes", () => {
    expect(page(".github/CODEOWNERS")).toMatch(new RegExp(`^\\* @${dirname(publishedName())}/`, "m"));
  });

  test("dist/ is marked as built", () => {
    expect(git(ROOT, "check-attr", "linguist-generated", "diff", "--", "dist/chunks/a.js")).toBe(
      "dist/chunks/a.js: linguist-generated: set\ndist/chunks/a.js: diff: unset",
    );
  });
});

describe("files that editors and version managers read", () => {
  test(".nvmrc names the Node that package.json asks for", () => {
    expect(`>=${page(".nvmrc").trim()}`).toBe(manifest.engines.node);
  });

  test(".editorconfig indents as Biome does", () => {
    const { formatter } = JSON.parse(page("biome.json"));
    const [, every = ""] = page(".editorconfig").split("[*]\n");
    expect(every).toContain(`indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`);
  });
});
