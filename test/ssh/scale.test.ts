// Forty hosts in one deploy: what they are sent alike is made once, and not all of them are worked on at the same time. Each is this
// machine with a mount namespace of its own, in which the root is its own directory.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { Failure } from "../../src/failure.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { temporary } from "../support/temporary.ts";

const HOSTS = 40;
const AT_ONCE = 32;
const ENVIRONMENT = "0123456789ab-00000001";

describe.runIf(needs("root", "unshare", "mount"))(`${HOSTS} hosts`, () => {
  const directory = temporary("scale");
  const root = join(directory, "srv");
  mkdirSync(root);
  const into = join(directory, "into");
  writeFileSync(into, 'mount --bind "$1" "$2" && shift 2 && exec "$@"\n');
  const hosts = Array.from({ length: HOSTS }, (_, n) => {
    const own = join(directory, `host-${n}`);
    mkdirSync(own);
    return { own, shell: `unshare --mount --propagation private sh ${into} ${own} ${root} sh` };
  });
  const members = () => hosts.map(({ shell }) => plainHost(root).member({}, { shell }));
  const artifactOf = (words: string) =>
    syntheticArtifact([text("page.txt", words), text("other.txt", "the same")], {
      version: words,
      environments: [
        {
          id: ENVIRONMENT,
          sources: [text("lib/module.py", "VALUE = 1\n"), text("lib/large.bin", "0123456789".repeat(300_000))],
          path: { root: join(root, "envs"), link: ".venv" },
        },
      ],
    });
  /** The artifact, and the names of its layers in the order in which they were read. */
  const counted = (artifact: Artifact): { artifact: Artifact; read: string[] } => {
    const read: string[] = [];
    const readLayer: Artifact["readLayer"] = (diffId) => {
      read.push(artifact.layers.find(({ record }) => record.diffId === diffId)?.record.kind ?? "");
      return artifact.readLayer(diffId);
    };
    return { artifact: { ...artifact, readLayer }, read };
  };

  it("get one release, whose layers are read once for all that miss the same", async () => {
    const before = await put([members()[0]!], await artifactOf("zero"));
    expect(before.errors).toEqual([]);
    const { artifact, read } = counted(await artifactOf("one"));
    const fleet = members();
    let now = 0;
    let most = 0;
    for (const { host } of fleet) {
      const prepare = host.prepare.bind(host);
      host.prepare = async (...request) => {
        most = Math.max(most, ++now);
        return prepare(...request).finally(() => now--);
      };
    }
    const report = await put(fleet, artifact);
    expect(report.errors).toEqual([]);
    expect(report.outcome).toBe("deployed");
    // One host has a release and the environment already, and is sent a page; the others are sent everything.
    expect(read.sort()).toEqual(["application", "application", "environment"]);
    expect(report.hosts.map(({ files }) => files?.sent)).toEqual([1, ...Array(HOSTS - 1).fill(4)]);
    expect(most).toBeLessThanOrEqual(AT_ONCE);
    expect(most).toBeGreaterThan(AT_ONCE / 2);
    for (const { own } of hosts) {
      expect(readFileSync(join(own, "current/page.txt"), "utf8")).toBe("one");
      expect(readFileSync(join(own, "envs", ENVIRONMENT, "lib/module.py"), "utf8")).toBe("VALUE = 1\n");
    }
  });

  it("are refused alike when a layer is damaged, and go on with what is live", async () => {
    const sound = await artifactOf("two");
    const readLayer: Artifact["readLayer"] = async function* (diffId) {
      yield* sound.readLayer(diffId);
      throw new Failure({ code: "command-failed", what: "the artifact cannot be read", outcome: "refused" });
    };
    const report = await put(members().slice(0, 3), { ...sound, readLayer });
    expect(report.outcome).toBe("refused");
    expect(report.errors.map(({ what }) => what)).toEqual(Array(3).fill("the artifact cannot be read"));
    for (const { own } of hosts.slice(0, 3)) expect(readFileSync(join(own, "current/page.txt"), "utf8")).toBe("one");
  });
});
