// The package as users get it from npm: packed, installed into an empty directory without a network, and run with Node alone.
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writePackage } from "../../scripts/package.ts";
import { bundledCommand } from "../support/command.ts";
import { commitAll } from "../support/commits.ts";
import { needs, sh } from "../support/needs.ts";
import { repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

describe.runIf(needs("npm", "git", "tar"))("the npm package", () => {
  const directory = temporary("npm-package");
  const user = join(directory, "user");
  const dist = dirname(bundledCommand());

  /** This Node and the system's tools, without the clone's node_modules and without what `npm test` sets. */
  const env = {
    PATH: [
      join(directory, "node"),
      ...(process.env.PATH ?? "").split(":").filter((path) => !path.startsWith(ROOT)),
    ].join(":"),
    HOME: join(directory, "home"),
    npm_config_cache: join(directory, "cache"),
    npm_config_update_notifier: "false",
  };
  const tarlift = (cwd: string, ...args: string[]) =>
    sh("npm", ["exec", "--offline", "--prefix", user, "--", "tarlift", ...args], { cwd, env });

  beforeAll(() => {
    for (const name of ["node", "home", "user"]) mkdirSync(join(directory, name));
    symlinkSync(process.execPath, join(directory, "node/node"));
    writePackage(join(directory, "stage"), { dist });
    sh("npm", ["pack", "--pack-destination", directory, join(directory, "stage")], { cwd: directory, env });
    const packed = join(directory, `tarlift-${manifest.version}.tgz`);
    sh("npm", ["install", "--offline", "--no-audit", "--no-fund", "--prefix", user, packed], { cwd: user, env });
  });

  test("brings itself alone: no other package, one command, and the weight of dist/", () => {
    const visible = (path: string) => readdirSync(join(user, path)).filter((name) => !name.startsWith("."));
    expect(visible("node_modules")).toEqual(["tarlift"]);
    expect(readdirSync(join(user, "node_modules/.bin"))).toEqual(["tarlift"]);
    // The rest is the schema, notices and the README.
    expect(bytes(join(user, "node_modules")) - bytes(dist)).toBeLessThan(500_000);
  });

  test("asks for nothing when it is installed, and says where it comes from", () => {
    const installed = JSON.parse(readFileSync(join(user, "node_modules/tarlift/package.json"), "utf8"));
    for (const key of ["private", "scripts", "dependencies", "devDependencies", "optionalDependencies"])
      expect(installed).not.toHaveProperty(key);
    const { version, license, repository, bugs, homepage, engines } = manifest;
    expect(installed).toMatchObject({ version, license, repository, bugs, homepage, engines });
  });

  test("prints its version", () => {
    expect(tarlift(user, "--version")).toBe(`${manifest.version}\n`);
  });

  test("writes a first tarlift.yml and bundles a commit", () => {
    const root = repository({ "index.html": "hello\n" });
    expect(tarlift(root, "init")).toContain("Written: tarlift.yml");
    commitAll(root, "Add tarlift.yml");
    const artifact = join(directory, "app.tar");
    expect(tarlift(root, "bundle", "--output", artifact)).toContain(artifact);
    expect(sh("tar", ["-tf", artifact])).toContain("oci-layout");
    expect(tarlift(root, "inspect", artifact)).toContain("release digest");
  });
});

/** Of all files below a directory. */
function bytes(directory: string): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
