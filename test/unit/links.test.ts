import { describe, expect, it } from "vitest";
import { linkProblem } from "../../src/source/links.ts";

const problem = (path: string, links: Record<string, string>) => linkProblem(path, new Map(Object.entries(links)));

describe("a link of the application ships", () => {
  it.each([
    ["beside its target", "a", { a: "b" }],
    ["up and down again", "x/y/a", { "x/y/a": "../../z/b" }],
    ["to the application's own directory", "x/a", { "x/a": ".." }],
    ["that dangles", "a", { a: "nowhere/at/all" }],
    ["through another link", "a", { a: "b/c", b: "d/e" }],
    ["to itself, as a loop dangles", "a", { a: "b", b: "a" }],
    ["to a name that only looks like .git", "a", { a: ".gitignore" }],
    ["into a link that another layer makes", "run", { run: ".venv/bin/python" }],
  ] as [string, string, Record<string, string>][])("%s", (_title, path, links) => {
    expect(problem(path, links)).toBeUndefined();
  });
});

describe("a link of the application is refused", () => {
  it.each([
    ["when it is absolute", "a", { a: "/etc/passwd" }, /absolute/],
    ["when it leads out", "a", { a: "../other" }, /out of the application/],
    ["when it leads out and back in", "x/a", { "x/a": "../../current/b" }, /out of the application/],
    ["when it leads out behind a directory that exists", "a", { a: "x/../../b" }, /out of the application/],
    ["when it leads into .git", "a", { a: ".git/config" }, /\.git/],
    ["when it leads into the .git of a submodule", "a", { a: "module/.git/config" }, /\.git/],
    ["when it passes through an absolute one", "a", { a: "b/c", b: "/etc" }, /passes through/],
    // Each alone stays inside: x/up is the application's directory, and only from there does `..` leave it.
    ["when only a chain leads out", "a", { a: "x/up/../b", "x/up": ".." }, /out of the application/],
    ["when a chain leads into .git", "a", { a: "x/up/.git/config", "x/up": ".." }, /\.git/],
  ] as [string, string, Record<string, string>, RegExp][])("%s", (_title, path, links, reason) => {
    expect(problem(path, links)).toMatch(reason);
  });
});
