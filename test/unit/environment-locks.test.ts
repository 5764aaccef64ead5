// What locks say, and what is asked of an environment on their account.
import { expect, it } from "vitest";
import { refuseOtherPlatforms } from "../../src/environment/npm.ts";
import { platform } from "../../src/environment/platform.ts";
import { hostPython } from "../../src/environment/python-interpreter.ts";
import { directDependencies, parseUvLock } from "../../src/environment/uv-lock.ts";
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
source = { registry = "https://pypi.org/simple" }
`);
  expect(directDependencies(lock, "app")).toEqual(["click"]);
});

const cpu = platform().architecture === "aarch64" ? "arm64" : "x64";
const native = `rollup-linux-${cpu}-${platform().libc === "musl" ? "musl" : "gnu"}`;
const lacking = (dev: boolean) => ({ "node_modules/rollup": { dev, optionalDependencies: { [native]: "1" } } });

it("names the lock of another platform with what writes that file again", () => {
  expect(() => refuseOtherPlatforms(lacking(false), "npm-shrinkwrap.json", [])).toThrow(
    /npm-shrinkwrap\.json lacks rollup-linux[\s\S]*rm -rf node_modules npm-shrinkwrap\.json && npm install && npm shrinkwrap/,
  );
});

it.each([[["--omit=dev"]], [["--omit", "dev"]]])("asks for nothing of development tools with %j", (options) => {
  refuseOtherPlatforms(lacking(true), "package-lock.json", options);
  expect(() => refuseOtherPlatforms(lacking(true), "package-lock.json", [])).toThrow(/lacks rollup/);
  expect(() => refuseOtherPlatforms(lacking(false), "package-lock.json", options)).toThrow(/lacks rollup/);
});

it("says that a version file is not there, and where it is looked for", () => {
  expect(() => hostPython({ installer: "uv", "version-file": ".python-version" } as never, temporary("none"))).toThrow(
    /there is no \.python-version, which `version-file` names[\s\S]*relative to the application's directory/,
  );
});
