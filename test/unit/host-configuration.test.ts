import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configurationDigest, formatEnvironment, releaseVariables } from "../../src/host/release-env.ts";
import { chooseReleaseName, parseReleases, strangeReleases } from "../../src/host/release-records.ts";
import { compareVersions } from "../../src/host-requirements/requirements.ts";
import { checkedRelease } from "../../src/protocol/recorded-names.ts";
import { installKey, normaliseKey } from "../../src/transports/ssh/keys.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

describe("an environment file", () => {
  const nasty = { A: 'it\'s "so" $HOME `id` \\ \\n #x', B: "line 1\nline 2\n", C: "", D: "ü € %s !x", E: "  spaces\t" };

  it("is read by sh to the same bytes", () => {
    const file = join(temporary("env"), "env");
    writeFileSync(file, formatEnvironment(nasty));
    const seen = spawnSync("env", ["-i", "sh", "-c", `set -a; . ${file}; exec env -0`], { encoding: "utf8" }).stdout;
    const variables = Object.fromEntries(
      seen
        .split("\0")
        .filter(Boolean)
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(variables).toMatchObject(nasty);
  });

  it("refuses what no environment variable can hold", () => {
    expect(() => formatEnvironment({ A: "a\0b" })).toThrow(/NUL/);
    expect(() => formatEnvironment({ "A B": "" })).toThrow(/no name/);
    expect(() => formatEnvironment({ UID: "1000" })).toThrow(/shells keep/);
  });

  it("is compared by the values of the user alone, in any order", () => {
    expect(configurationDigest({ A: "1", B: "2" })).toBe(configurationDigest({ B: "2", A: "1" }));
    expect(configurationDigest({ A: "1" })).not.toBe(configurationDigest({ A: "2" }));
  });

  it("names the release's own directory, where the image names `current`", () => {
    const variables = releaseVariables(
      { DEBUG: "0" },
      {
        release: "v1-abc",
        version: "v1",
        commit: "c",
        target: "t",
        app: "shop",
        directory: "/srv/shop/releases/v1-abc",
        image: ["PATH=/x", "PYTHONPATH=/srv/shop/current/.tarlift/site"],
      },
    );
    expect(variables).toMatchObject({
      PYTHONPATH: "/srv/shop/releases/v1-abc/.tarlift/site",
      DEBUG: "0",
      TARLIFT_RELEASE: "v1-abc",
    });
    expect(variables.PATH).toBeUndefined();
  });
});

describe("a private key", () => {
  const directory = temporary("key");
  const make = (name: string, passphrase: string) => {
    sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", join(directory, name)]);
    return join(directory, name);
  };

  it("is accepted with Windows line ends and without its final newline", () => {
    const file = make("plain", "");
    const text = sh("cat", [file]).replaceAll("\n", "\r\n").trim();
    expect(normaliseKey(text)).toBe(sh("cat", [file]));
    expect(sh("ssh-keygen", ["-y", "-f", installKey({ text })])).toContain("ssh-ed25519");
  });

  it.each([
    ["is empty", () => "  \n", /empty/],
    ["is the public half", () => sh("cat", [`${make("public", "")}.pub`]), /public key/],
    ["has a passphrase", () => sh("cat", [make("locked", "secret")]), /passphrase/],
    [
      "is cut off",
      () =>
        sh("cat", [make("cut", "")])
          .split("\n")
          .slice(0, 3)
          .join("\n"),
      /not a private key/,
    ],
    [
      "is damaged",
      () =>
        sh("cat", [make("damaged", "")])
          .split("\n")
          .toSpliced(2, 1)
          .join("\n"),
      /damaged/,
    ],
  ])("that %s is refused in a sentence", (_, text, message) => {
    expect(() => installKey({ text: text() })).toThrow(message);
  });
});

describe("a release's name", () => {
  const wanted = { version: "v1", digest: `sha256:${"ab".repeat(32)}`, configuration: "c1" };
  const record = (id: string, state: string, configuration = "c1") =>
    `release ${id}\nstate ${state}\ngood 100 t1\ndigest ${wanted.digest}\nversion v1\ncommit c\nconfiguration ${configuration}\n`;

  it("is version and digest, with a number where only the configuration differs", () => {
    expect(chooseReleaseName(wanted, [], undefined)).toEqual({ name: "v1-abababab", reuse: false });
    const releases = parseReleases(record("v1-abababab", "good", "other"));
    expect(chooseReleaseName(wanted, releases, "v1-abababab")).toEqual({ name: "v1-abababab-2", reuse: false });
  });

  it("is that of a good release that holds the same, and never that of one that is live but not good", () => {
    expect(chooseReleaseName(wanted, parseReleases(record("old-abababab", "good")), undefined)).toEqual({
      name: "old-abababab",
      reuse: true,
    });
    expect(chooseReleaseName(wanted, parseReleases(record("v1-abababab", "failed")), undefined)).toEqual({
      name: "v1-abababab",
      reuse: false,
    });
    expect(chooseReleaseName(wanted, parseReleases(record("v1-abababab", "active")), "v1-abababab").name).toBe(
      "v1-abababab-2",
    );
  });

  it("case 19: is taken from a host's records only where it can be one, and so is all that stands with it", () => {
    const strange = ["v1$(touch x)", "a b", "..", "-rf", "v1;id", "v1\u2028", ""];
    const text = [...strange.map((id) => record(id, "good")), record("v1-abababab", "good")].join("");
    expect(parseReleases(text).map(({ id }) => id)).toEqual(["v1-abababab"]);
    expect(strangeReleases(text)).toEqual(strange);
    expect(
      parseReleases(
        "release v2-abababab\nstate $(id)\ngood 100 t$(id)\ndigest sha256:$(id)\nversion v2`id`\ncommit $(id)\nconfiguration a b\nprevious ../x\n",
      ),
    ).toMatchObject([
      {
        id: "v2-abababab",
        state: "failed",
        version: "v2-abababab",
        digest: undefined,
        commit: undefined,
        configuration: undefined,
        transaction: undefined,
        previousRelease: undefined,
      },
    ]);
    expect(() => checkedRelease("v1$(touch x)", "live")).toThrow(/names "v1\$\(touch x\)" as live, which cannot be/);
    expect(checkedRelease("20260101120000", "live")).toBe("20260101120000");
  });

  it("is found among as many as a host may have, each under its number", () => {
    const names = ["v1-abababab", ...Array.from({ length: 9_999 }, (_, n) => `v1-abababab-${n + 2}`)];
    const releases = parseReleases(names.map((id) => record(id, "good")).join(""));
    expect(chooseReleaseName({ ...wanted, configuration: "c2" }, releases, undefined)).toEqual({
      name: "v1-abababab-10001",
      reuse: false,
    });
    expect(chooseReleaseName(wanted, releases, undefined, names).reuse).toBe(false);
  });

  it("needs a version that can stand in a path", () => {
    for (const version of ["../x", "-rf", ".a", "a b", ""])
      expect(() => chooseReleaseName({ ...wanted, version }, [], undefined)).toThrow(/cannot name/);
  });
});

it("versions are compared by their numbers", () => {
  expect(compareVersions("2.36", "2.4")).toBeGreaterThan(0);
  expect(compareVersions("2.36", "2.36")).toBe(0);
});
