// Commands of npm workspaces: which files npm looks for before it links them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandFiles, layCommandFiles, modeWarnings } from "../../src/installers/npm/commands.ts";
import { parseNpmLock } from "../../src/installers/npm/lock-file.ts";
import { commit, write } from "../support/environments.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

describe("the files of commands of workspaces", () => {
  const files = (bin: unknown) =>
    commandFiles(parseNpmLock(JSON.stringify({ packages: { "": {}, "packages/a": { bin } } }), "lock"), ["packages/a"]);

  it("are those that the lock names, inside of the workspace", () => {
    expect(files({ b: "./bin/b.js", a: "dist/a.js", again: "bin/b.js" })).toEqual([
      "packages/a/bin/b.js",
      "packages/a/dist/a.js",
    ]);
    expect(files({ out: "../../../etc/x", root: "/x" })).toEqual(["packages/a/etc/x", "packages/a/x"]);
  });

  it("are none in a node_modules, which ships, and none of what is no path", () => {
    expect(files({ a: "node_modules/x/cli.js", b: "lib/node_modules/x", c: 1, d: "bin/" })).toEqual([]);
    for (const bin of [undefined, "cli.js", null, 1]) expect(files(bin)).toEqual([]);
    expect(commandFiles({}, ["packages/gone"])).toEqual([]);
  });

  it("are created empty where they are missing", () => {
    const staging = temporary("staging");
    write(staging, { "a/package.json": "{}", "a/cli.js": "there" });
    layCommandFiles(["a/bin/deep/x", "a/cli.js", "a/package.json/y"], staging);
    expect(readdirSync(join(staging, "a"))).toEqual(["bin", "cli.js", "package.json"]);
    expect(readFileSync(join(staging, "a/bin/deep/x"), "utf8")).toBe("");
    expect(readFileSync(join(staging, "a/cli.js"), "utf8")).toBe("there");
  });

  it("are warned of where git has them without the permission to execute them", async () => {
    const directory = temporary("commands");
    write(directory, { "app/plain [1].js": "", "app/plain 1.js": "", "app/run.js": "" });
    sh("chmod", ["+x", join(directory, "app/run.js")]);
    commit(directory);
    const warned = await modeWarnings(["made.js", "plain [1].js", "run.js"], join(directory, "app"));
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/: "plain \[1\]\.js"\. .* git update-index --chmod=\+x "plain \[1\]\.js"$/);
    expect(await modeWarnings(["made.js", "run.js"], join(directory, "app"))).toEqual([]);
    expect(await modeWarnings(["run.js"], temporary("no-git"))).toEqual([]);
  });
});
