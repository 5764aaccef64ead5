// What locks say, and what is asked of an environment on their account.
import { expect, it } from "vitest";
import { platform } from "../../src/cache-key/platform.ts";
import { omitted, parseNpmLock, refuseLinksOut, refuseOtherPlatforms } from "../../src/installers/npm/lock-file.ts";
import { directDependencies, parseUvLock } from "../../src/installers/uv/lock-file.ts";
import { hostPython } from "../../src/python/interpreter.ts";
import { temporary } from "../support/temporary.ts";

it("does not ask uv for a dependency that is no package and is never installed", () => {
  const lock = parseUvLock(`
[[package]]
name = "app"
source = { virtual = "." }
dependencies = [{ name = "x" }, { name = "click" }]
[[package]]
name = "x"
source = { virtual = "libs/x" }
[[package]]
name = "click"
version = "8.1.8"
source = { registry = "https://index.example/simple" }
`);
  expect(directDependencies(lock, "app")).toEqual(["click"]);
});

const cpu = platform().architecture === "aarch64" ? "arm64" : "x64";
const native = `rollup-linux-${cpu}-${platform().libc === "musl" ? "musl" : "gnu"}`;
const lacking = (dev: boolean) => ({ "node_modules/rollup": { dev, optionalDependencies: { [native]: "1" } } });

it("names the lock of another platform with what writes that file again", () => {
  expect(() => refuseOtherPlatforms(lacking(false), "npm-shrinkwrap.json", new Set())).toThrow(
    /npm-shrinkwrap\.json lacks rollup-linux[\s\S]*rm -rf node_modules npm-shrinkwrap\.json && npm install && npm shrinkwrap/,
  );
});

it("asks for nothing of what is left out", () => {
  const [dev, optional, none] = [new Set(["dev"]), new Set(["optional"]), new Set<string>()];
  refuseOtherPlatforms(lacking(true), "package-lock.json", dev);
  refuseOtherPlatforms(lacking(false), "package-lock.json", optional);
  expect(() => refuseOtherPlatforms(lacking(true), "package-lock.json", none)).toThrow(/lacks rollup/);
  expect(() => refuseOtherPlatforms(lacking(false), "package-lock.json", dev)).toThrow(/lacks rollup/);
});

it.each([
  [["--omit=dev"], "", ["dev"]],
  [["--omit", "dev", "--omit=optional"], "", ["dev", "optional"]],
  [["--no-optional"], "", ["optional"]],
  [["--production"], "", ["dev"]],
  [["--only=prod"], "", ["dev"]],
  [["--ignore-scripts"], "audit=false\nomit = dev\nomit[]=optional\n", ["dev", "optional"]],
  [[], "production=true\r\noptional=false", ["dev", "optional"]],
  // The command line's replaces that of the file, and each setting counts by itself.
  [["--omit=dev"], "omit=optional", ["dev"]],
  [["--omit=dev"], "optional=false", ["dev", "optional"]],
  [["--omit=dev", "--include=dev"], "", []],
  [["--omit=dev"], "include=dev", []],
])("knows what npm leaves out by %j and the .npmrc %j", (options, npmrc, left) => {
  expect([...omitted(options, npmrc)]).toEqual(left);
});

it("says that a version file is not there, and where it is looked for", () => {
  expect(() => hostPython({ installer: "uv", "version-file": ".python-version" } as never, temporary("none"))).toThrow(
    /there is no \.python-version, which `version-file` names[\s\S]*relative to the application's directory/,
  );
});

it("refuses a link to the directory above the application, as one to any other outside of it", () => {
  for (const resolved of ["..", "../shared", "packages/../.."])
    expect(() => refuseLinksOut({ "node_modules/up": { link: true, resolved } }, "")).toThrow(
      /outside of the application/,
    );
  refuseLinksOut({ "node_modules/ui": { link: true, resolved: "..ui" } }, "");
});

it("refuses a lock whose packages are none, and takes what older versions of npm wrote", () => {
  expect(() => parseNpmLock('{"packages": {"node_modules/a": null}}', "package-lock.json")).toThrow(
    /package-lock\.json cannot be read[\s\S]*node_modules\/a/,
  );
  expect(parseNpmLock('{"packages": {"node_modules/a": {"resolved": false}}}', "package-lock.json")).toEqual({
    "node_modules/a": { resolved: undefined },
  });
});
