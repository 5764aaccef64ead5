// What counts in the key of an environment or a step: passed variables, options, and what they name.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withoutCredentials } from "../../src/cache-key/key.ts";
import { optionParts, passedParts, refusePackages } from "../../src/installers/passed-variables.ts";
import { isMasked } from "../../src/subprocess/built-variables.ts";
import { write } from "../support/environments.ts";
import { temporary } from "../support/temporary.ts";

describe("a passed variable", () => {
  const keyWith = (name: string, value: string) => JSON.stringify(passedParts({ [name]: value }, [name], "/"));

  it.each([
    "VITE_AUTH_URL",
    "NEXT_PUBLIC_LOGIN_URL",
    "KEY_PREFIX",
    "VITE_MAPBOX_PUBLIC_KEY",
    "VITE_API_KEY",
    "TOKEN_URL",
    "DB_PASSWORD_OLD",
  ])("%s counts in the key", (name) => {
    expect(keyWith(name, "one")).not.toBe(keyWith(name, "two"));
  });

  it.each(["NPM_TOKEN", "UV_INDEX_MAIN_PASSWORD", "NPM_CONFIG__AUTH", "AWS_ACCESS_KEY_ID", "TOKEN_2", "SSH_AUTH_SOCK"])(
    "%s is named in the key, and its value does not count",
    (name) => {
      expect(keyWith(name, "one")).toBe(keyWith(name, "two"));
      expect(passedParts({}, [name], "/")).toEqual([
        { name: `variable ${name}`, value: "not counted: by its name a credential" },
      ]);
    },
  );

  it("is masked where a word for a credential stands anywhere in its name, unless pages show it", () => {
    expect(["NPM_TOKEN", "DB_PASSWORD_OLD", "AWS_ACCESS_KEY_ID"].filter((name) => !isMasked(name))).toEqual([]);
    expect(["VITE_API_KEY", "MODE", "MONKEY"].filter(isMasked)).toEqual([]);
  });
});

it.each(["UV_FIND_LINKS", "PIP_FIND_LINKS", "UV_INDEX"])("counts the wheels that %s offers", (name) => {
  const directory = temporary("offered");
  const parts = () => JSON.stringify(passedParts({ [name]: "https://example.org/simple wheels" }, [name], directory));
  const keys = ["1", "2"].map((content) => {
    write(directory, { "wheels/a.whl": content });
    return parts();
  });
  expect(keys[0]).not.toBe(keys[1]);
});

describe("options of an installer", () => {
  it.each([
    ["--constraint", "constraints.txt"],
    ["--build-constraint=constraints.txt"],
    ["-cconstraints.txt"],
    ["--find-links", "wheels"],
    ["--find-links=wheels"],
    ["--index", "main=wheels"],
  ])("count with what is in the files that they name: %s %s", (...options) => {
    const directory = temporary("options");
    write(directory, { "constraints.txt": "a==1\n-c more.txt\n", "more.txt": "b==1\n", "wheels/a.whl": "1" });
    const keys = new Set<string>();
    for (const [file, text] of [
      ["constraints.txt", "a==2\n-c more.txt\n"],
      ["more.txt", "b==2\n"],
      ["wheels/a.whl", "2"],
    ] as const) {
      keys.add(JSON.stringify(optionParts(options, directory)));
      writeFileSync(join(directory, file), text);
    }
    keys.add(JSON.stringify(optionParts(options, directory)));
    expect(keys.size).toBe(options.join().includes("wheels") ? 2 : 3);
  });
});

describe("what is to be installed", () => {
  const checkout = () => {
    const directory = temporary("packages");
    write(directory, {
      "libs/core/pyproject.toml": "",
      "docs/setup.py": "",
      "cache/a": "",
      "wheels/a.whl": "",
      "extra.txt": "./libs/core\n",
    });
    return directory;
  };

  it.each([
    [["./libs/core"], "./libs/core"],
    [["--no-deps", "libs/core[web]"], "libs/core[web]"],
    [["core @ file:libs/core"], "core @ file:libs/core"],
    [["wheels/a.whl"], "wheels/a.whl"],
    [["-r", "extra.txt"], "-r extra.txt"],
    [["-rextra.txt"], "-rextra.txt"],
    [["--requirement=extra.txt"], "--requirement=extra.txt"],
    [["-e", "libs/core"], "-e libs/core"],
    [["-Ur", "extra.txt"], "-Ur extra.txt"],
    [["--edit", "libs/core"], "--edit libs/core"],
    [["--group", "web"], "--group web"],
    [["--group=web"], "--group=web"],
    [["--requirements-from-script", "run.py"], "--requirements-from-script run.py"],
    [["requests==2.31.0"], "requests==2.31.0"],
    [["--only-binary", ":all:", "requests"], "requests"],
    [["--no-deps", "requests"], "requests"],
    [["-qq", "requests"], "requests"],
    [["--not-known-here", "requests[socks] >= 2"], "requests[socks] >= 2"],
    [["--not-known-here", "core @ https://example.org/core"], "core @ https://example.org/core"],
    [["--not-known-here", "git+https://example.org/core"], "git+https://example.org/core"],
    [
      ["--not-known-here", "https://example.org/core-1.0.tar.gz#sha256=00"],
      "https://example.org/core-1.0.tar.gz#sha256=00",
    ],
  ])("is refused among options, whose key does not hold it: %j", (options, named) => {
    const refusal = expect.objectContaining({
      what: expect.stringContaining(`installed: ${named}`),
      outcome: "refused",
    });
    expect(() => refusePackages(options, [], checkout())).toThrow(refusal);
  });

  it("is nothing that another option takes as its value", () => {
    const options = [
      "--find-links",
      "wheels/a.whl",
      "--cache-dir",
      "./cache",
      "--constraint",
      "extra.txt",
      "-Uc",
      "extra.txt",
      "--upgrade-package",
      "core==1.0",
      "--index-url",
      "https://user@example.org/simple",
      "--only-binary",
      "docs",
    ];
    refusePackages([...options, "--require-hashes", "--reinstall"], ["PIP_INDEX_URL"], checkout());
  });
});

describe("a passed variable", () => {
  it.each(["PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_GROUP"])(
    "%s is refused: what it leads to stands in no key",
    (name) => {
      expect(() => refusePackages([], [name], temporary("packages"))).toThrow(
        `lets ${name} name what is to be installed`,
      );
    },
  );
});

it("a place of packages counts with what its links lead to", () => {
  const directory = temporary("linked");
  write(directory, { "real/a.whl": "1" });
  mkdirSync(join(directory, "wheels"));
  symlinkSync("../real/a.whl", join(directory, "wheels/a.whl"));
  symlinkSync("loop", join(directory, "wheels/loop"));
  const before = optionParts(["--find-links", "wheels"], directory);
  writeFileSync(join(directory, "real/a.whl"), "2");
  expect(optionParts(["--find-links", "wheels"], directory)).not.toEqual(before);
});

describe("credentials in an address", () => {
  it("are left out up to the last @ before the path", () => {
    expect(withoutCredentials("see https://user:p@ss@host/simple and git+https://host/a.git@v1")).toBe(
      "see https://host/simple and git+https://host/a.git@v1",
    );
  });
});
