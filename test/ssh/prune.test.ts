// What goes from a host, and when: old releases within bounded time, what failed deploys left by number, and first when room is short.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { syntheticArtifact } from "../support/artifact.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { overridden } from "../support/overridden.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
const serving = (host: PlainHost, shell?: string) => host.member({}, { shell }, [pageService(host.root)]);
const states = (host: PlainHost) =>
  execFileSync("sh", ["-c", "cat .tarlift/releases/*/state"], { cwd: host.root, encoding: "utf8" })
    .trim()
    .split("\n")
    .sort();

describe("deploys that fail one after the other", () => {
  // The other tests here have the machine's own shell.
  const shell = "busybox sh";
  it("leave a few releases and transfers, and take the place of none that was good", async () => {
    const host = plainHost();
    for (const words of ["good1", "good2"])
      expect((await put([serving(host, shell)], await artifactOf(words), { keep: 2 })).outcome).toBe("deployed");
    for (let n = 1; n <= 4; n++) {
      const environments = [
        {
          id: `0123456789ab-0000000${n}`,
          sources: [text("bin/tool", `${n}`, true)],
          path: { root: host.layout.environmentsRoot, link: ".venv" },
        },
      ];
      writeFileSync(join(host.root, `broken-bad${n}`), "");
      const artifact = await syntheticArtifact([text("page.txt", `bad${n}`)], { version: `bad${n}`, environments });
      expect((await put([serving(host, shell)], artifact, { keep: 2 })).outcome).toBe("reverted");
      mkdirSync(join(host.root, `.tarlift/incoming/broken${n}`));
    }
    expect(states(host)).toEqual(["failed", "failed", "failed", "good", "good"]);
    expect(host.names("releases").map((name) => name.split("-")[0])).toEqual([
      "bad2",
      "bad3",
      "bad4",
      "good1",
      "good2",
    ]);
    expect(host.names(".tarlift/incoming")).toEqual(["broken2", "broken3", "broken4"]);
    expect(host.names("envs").filter((name) => !/users|lock|index|stat|trash/.test(name))).toHaveLength(3);
    expect(host.live()).toMatch(/^good2-/);
    // What is good at last leaves one of them to look at.
    expect((await put([serving(host, shell)], await artifactOf("good3"), { keep: 2 })).outcome).toBe("deployed");
    expect(states(host)).toEqual(["failed", "good", "good"]);
    expect(host.names(".tarlift/incoming")).toEqual([]);
    expect(host.names(".tarlift/trash")).toEqual([]);
  });
});

describe.runIf(needs("root", "mount"))("a disk that is nearly full", () => {
  full("transactions").it("loses what failed deploys left before a release is refused for want of room", async () => {
    const root = join(temporary("disk"), "srv");
    mkdirSync(root);
    sh("mount", ["-t", "tmpfs", "-o", "size=140m", "tarlift-test", root]);
    atEnd(() => sh("umount", [root]));
    const host = plainHost(root);
    const large = (version: string) => {
      const noise = { ...text("noise", ""), content: randomBytes(30 << 20) };
      return syntheticArtifact([text("page.txt", version), noise], { version });
    };
    expect((await put([serving(host)], await artifactOf("one"))).outcome).toBe("deployed");
    for (const version of ["bad1", "bad2"]) {
      writeFileSync(join(root, `broken-${version}`), "");
      expect((await put([serving(host)], await large(version))).outcome).toBe("reverted");
    }
    const artifact = await large("good");
    // A look changes nothing, not even then.
    await put([serving(host)], artifact, { dryRun: true });
    expect(host.names("releases")).toHaveLength(3);
    expect((await put([serving(host)], artifact)).outcome).toBe("deployed");
    expect(host.names("releases").map((name) => name.split("-")[0])).toEqual(["good", "one"]);
  });
});

describe("old releases", () => {
  it("are out of use at once, and their files go as far as there is time; the next deploy goes on", async () => {
    const host = plainHost();
    const shell = overridden(`PRUNE_LIMIT=0
rm() { case "$*" in *.tarlift/trash/*) exec sleep 60 ;; esac; command rm "$@"; }`);
    for (const words of ["one", "two"]) await put([serving(host)], await artifactOf(words), { keep: 1 });
    const third = await put([serving(host, shell)], await artifactOf("three"), { keep: 1 });
    expect(third.outcome).toBe("deployed");
    expect(third.warnings).toContainEqual(
      expect.stringMatching(/could not all be removed within 0 s; the next deploy goes on/),
    );
    expect(host.names("releases").map((name) => name.split("-")[0])).toEqual(["three", "two"]);
    expect(host.names(".tarlift/trash")).toHaveLength(2);
    const fourth = await put([serving(host)], await artifactOf("four"), { keep: 1 });
    expect(fourth.warnings).toEqual([]);
    expect(host.names(".tarlift/trash")).toEqual([]);
  });

  it("whose record went when a run was killed go with the next one", async () => {
    const host = plainHost();
    for (const words of ["one", "two", "three"]) await put([serving(host)], await artifactOf(words));
    const [name] = readdirSync(join(host.root, "releases")).filter((each) => each.startsWith("one-"));
    mkdirSync(join(host.root, ".tarlift/trash/x.killed"), { recursive: true });
    renameSync(join(host.root, ".tarlift/releases", name!), join(host.root, ".tarlift/trash/x.killed", name!));
    await put([serving(host)], await artifactOf("four"));
    expect(existsSync(join(host.root, "releases", name!))).toBe(false);
    expect(host.names(".tarlift/trash")).toEqual([]);
  });
});
