// A disk that fills up between any two writes of a deploy: what cannot be recorded does not go live, and the way back needs no room.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openHost } from "../../src/host/calls/open.ts";
import { silent } from "../../src/progress.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { overridden } from "../support/overridden.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const task = silent.task("");
const services: never[] = [];
const shared = { directories: ["media"], files: [] };
const artifactOf = (version: string) => syntheticArtifact([text("page.txt", version)], { version });

/** A host with a release on a disk of its own. */
async function small() {
  const root = join(temporary("disk"), "srv");
  mkdirSync(root);
  sh("mount", ["-t", "tmpfs", "-o", "size=120m", "tarlift-test", root]);
  atEnd(() => sh("umount", [root]));
  const host = plainHost(root);
  expect((await put([host.member()], await artifactOf("one"))).outcome).toBe("deployed");
  return host;
}

/** @param more further functions of the program on the host */
function fillsAt(step: string, more = "") {
  const shell = overridden(
    `step() { echo "$1" >"$session/at"; [ "$1" != ${step} ] || cat /dev/zero >"$v_root/ballast"; :; }\n${more}`,
  );
  const host = openHost({ address: "local", roles: undefined, forwards: [] }, { shell, strict: true });
  atEnd(() => host.close());
  return host;
}

/** Some quotas are seen by none but the write that meets them. */
const QUOTA = "has_room() { return 0; }";

describe.runIf(needs("root", "mount"))("a disk that fills up", () => {
  full("transactions").each([
    ["joined", "", "the disk is full: the configuration cannot be written"],
    ["configured", "", "the disk is full: the release cannot be recorded"],
    ["configured", QUOTA, "the release cannot be recorded"],
    ["write-layers", QUOTA, "the release cannot be recorded"],
    ["rehearsed", QUOTA, "the release cannot be recorded"],
  ])("after `%s` of prepare: refused (%s)", async (step, more, what) => {
    const { root, layout, live } = await small();
    const before = live();
    const host = fillsAt(step, more);
    const artifact = await artifactOf("two");
    const lock = { owner: "a test", wait: 0 };
    await host.facts({ layout, artifact, lock, services, shared, configuration: {} });
    await expect(host.prepare({ artifact, configuration: {}, shared }, task)).rejects.toMatchObject({
      what,
      remedy: expect.stringContaining("(df, df -i)"),
    });
    await host.close();
    sh("rm", ["-f", join(root, "ballast")]);
    const again = await put([plainHost(root).member()], artifact);
    expect([live() !== before, again.outcome, again.errors]).toEqual([true, "deployed", []]);
  });

  it.each([
    ["write-activating", "one"],
    ["write-previous", "one"],
    ["restarted", "two"],
  ])("after `%s` of activate: told, and taken back", async (step, left) => {
    const { layout, live } = await small();
    const host = fillsAt(step, QUOTA);
    const artifact = await artifactOf("two");
    const before = live()!;
    await host.facts({ layout, artifact, lock: { owner: "a test", wait: 0 }, services, shared, configuration: {} });
    const { release } = await host.prepare({ artifact, configuration: {}, shared }, task);
    const request = { release, services, transaction: "t", expected: before, restart: "changed" as const };
    await expect(host.activate(request, task)).rejects.toMatchObject({
      what: expect.stringMatching(/\.tarlift cannot be written$/),
    });
    expect(live()!.split("-")[0]).toBe(left);
    const back = await host.revert({ from: release, to: before, services, transaction: "t" }, task);
    expect([back.release, live()]).toEqual([before, before]);
  });
});

describe.runIf(needs("root", "mount", "unshare"))("a small place for the lists of a deploy", () => {
  /** A shell for which /dev/shm has so many MB. @param functions of the program on the host */
  function within(megabytes: number, functions: string) {
    const file = join(temporary("within"), "into");
    writeFileSync(file, `mount -t tmpfs -o size=${megabytes}m tarlift-test /dev/shm && exec "$@"\n`);
    return { shell: `unshare --mount --propagation private sh ${file} ${overridden(functions)}` };
  }
  const long = "a-directory-with-a-name/and-another-one-with-a-name/".repeat(2);
  const many = (count: number, version: string) =>
    syntheticArtifact(
      Array.from({ length: count }, (_, n) => text(`${long}${n}`, version)),
      { version },
    );

  it("is not taken for a release whose lists do not fit, and another one is", async () => {
    const host = plainHost();
    const step = `step() { echo "$1" >"$session/at"; echo "$session" >"$v_root/session"; }`;
    const put12 = async (count: number, version: string) => {
      expect((await put([host.member({}, within(12, step))], await many(count, version))).outcome).toBe("deployed");
      return readFileSync(join(host.root, "session"), "utf8");
    };
    expect(await put12(20, "small")).toMatch(/^\/dev\/shm\//);
    expect(await put12(2500, "large")).not.toMatch(/^\/dev\/shm\//);
  });

  /** As it is, and `$filled` may fill the place. */
  const filling = (when: string) => `
    session_fill() { cat /dev/zero >/dev/shm/ballast; } 2>/dev/null
    step() { echo "$1" >"$session/at"; [ "$verb:$1" != "${when}" ] || session_fill; :; }
    reply_frame() {
      [ "$verb:$1" != "${when}" ] || session_fill
      reply_length=0; [ ! -s "$3" ] || reply_length=$(wc -c <"$3")
      printf '%-8s%010d %-60s\\n' "$1" "$reply_length" "$2" >&3; [ "$reply_length" -eq 0 ] || cat "$3" >&3
    }`;

  it.each([
    ["while the facts are found out", "facts:locked"],
    ["before the release is told", "facts:ok"],
    ["while the release comes", "prepare:received"],
  ])("that another program fills %s: said, with what to do, and nothing changes", async (_, when) => {
    const host = plainHost();
    const report = await put([host.member({}, within(30, filling(when)))], await many(50, "one"));
    expect([report.outcome, report.errors.map(({ what }) => what.replace(/:.*/, ""))]).toEqual([
      "refused",
      ["there is no room left in /dev/shm on the host, where a deploy keeps its lists while it lasts"],
    ]);
    expect(report.errors[0]!.remedy).toContain("--shm-size");
    expect(host.live()).toBeUndefined();
    expect((await put([host.member()], await many(50, "one"))).outcome).toBe("deployed");
  });

  it("that is full when a release fails is no reason to keep that", async () => {
    const host = plainHost();
    const services = [pageService(host.root)];
    const page = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
    expect((await put([host.member({}, {}, services)], await page("one"))).outcome).toBe("deployed");
    const before = host.live();
    writeFileSync(join(host.root, "broken-two"), "");
    const small = within(30, filling("activate:swapped"));
    expect((await put([host.member({}, small, services)], await page("two"))).outcome).toBe("reverted");
    expect([host.live(), readFileSync(join(host.root, "serving"), "utf8")]).toEqual([before, "one"]);
  });

  it("that is full when old releases go takes no environment away that is in use", async () => {
    const host = plainHost();
    const id = "0123456789ab-00000001";
    const artifact = (version: string) =>
      syntheticArtifact([text("page.txt", version)], {
        version,
        environments: [
          { id, sources: [text("lib/a.py", "1")], path: { root: host.layout.environmentsRoot, link: ".venv" } },
        ],
      });
    expect((await put([host.member()], await artifact("one"))).outcome).toBe("deployed");
    const full = within(30, filling("commit:recorded"));
    expect((await put([host.member({}, full)], await artifact("two"))).outcome).toBe("deployed");
    expect(host.names(`envs/${id}/lib`)).toEqual(["a.py"]);
  });
});
