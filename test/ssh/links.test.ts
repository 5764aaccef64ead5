// A release whose links lead out of it, which the machine that deploys refuses (test/unit/release-parents.test.ts): the host does too.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { PackSource } from "../../src/artifact/pack.ts";
import { type SyntheticEnvironment, syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { temporary } from "../support/temporary.ts";

vi.mock("../../src/artifact/parents.ts", () => ({ misplaced: () => undefined, refuseMisplaced: () => {} }));

const ID = "0123456789ab-00000001";
const tree = (at: string, sources: PackSource[]): SyntheticEnvironment => ({ id: ID, sources, mounts: [at] });

describe.each(["dash", "bash --posix", "busybox sh"])("with %s on the host, nothing is reached by a link", (shell) => {
  it.each<[string, (link: (path: string) => PackSource) => [PackSource[], SyntheticEnvironment[], string[]]]>([
    ["above an install directory", (link) => [[link("h")], [tree("h/keys", [text("h/keys/mine", "x")])], []]],
    ["that is an install directory", (link) => [[link("h")], [tree("h", [text("h/mine", "x")])], []]],
    ["that an environment has for its install directory", (link) => [[], [tree("h", [link("h")])], []]],
    ["above a shared path", (link) => [[link("h")], [], ["h/keys"]]],
    ["far above a shared path", (link) => [[link("a/h")], [], ["a/h/keys/x"]]],
  ])("%s", async (_, made) => {
    const home = temporary("home");
    mkdirSync(join(home, "keys"));
    writeFileSync(join(home, "keys/id"), "secret");
    const [sources, environments, directories] = made((path) => ({ type: "link", path, target: home }));
    const host = plainHost();
    const member = host.member({}, { shell });
    member.shared.directories = directories;
    const report = await put([member], await syntheticArtifact([text("page.txt", "1"), ...sources], { environments }));
    expect([report.outcome, report.errors[0]?.what]).toEqual([
      "refused",
      expect.stringMatching(/cannot stand in the release: (a\/)?h is a link there, and could lead out of it/),
    ]);
    expect([readdirSync(home), readdirSync(join(home, "keys"))]).toEqual([["keys"], ["id"]]);
    expect(readFileSync(join(home, "keys/id"), "utf8")).toBe("secret");
    expect(host.names("releases")).toEqual([]);
  });
});
