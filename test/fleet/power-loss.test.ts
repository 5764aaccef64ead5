// A host whose power is cut at any step of a deploy, of one that fails, or of a rollback: what its disks hold then is mounted and looked
// at. What is live is whole, what was answered is true, and one next run puts everything in order.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { STEPS } from "../../src/protocol/verbs.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { DISK_NEEDS, type Disks, type Moment, makeDisks } from "../support/disks.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { overridden } from "../support/overridden.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { flaws, type Known, note } from "../support/wholeness.ts";

/** Every moment, a next run at each, and all ways in which the disks are used, take ten minutes; by hand: TARLIFT_POWER_LOSS=all. */
const ALL = process.env.TARLIFT_POWER_LOSS === "all";
/** Moments that are looked at, of all; and those that have a next run, of these. */
const ONE_OF = ALL ? { looks: 1, runs: 1 } : { looks: 3, runs: 7 };

/** At every step, and whenever something is about to be written down. */
const MARKS = `
step() { echo "$1" >"$session/at"; power_cut "$verb-$1"; }
flush() { power_cut "$verb-not-yet-flushed"; sync -f "$1" 2>/dev/null || sync; }
`;

interface Ways {
  hurried: boolean;
  /** Environments have a file system of their own. */
  elsewhere: boolean;
}

/** A host with disks of its own, beside another one that is spared. */
class Rig {
  readonly disks: Disks;
  readonly at: PlainHost;
  readonly known: Known = new Map();
  readonly #beside = plainHost();
  readonly #shell: string;
  #count = 0;

  constructor(ways: Ways, functions = "") {
    this.disks = makeDisks(ways.elsewhere ? ["srv", "envs"] : ["srv"], ways);
    this.at = plainHost(this.disks.mounts[0]);
    this.at.layout.environmentsRoot = this.disks.mounts[1] ?? this.at.layout.environmentsRoot;
    this.#shell = overridden(this.disks.functions + MARKS + functions);
  }

  member(shell?: string) {
    const member = this.at.member({}, shell ? { shell } : {}, [pageService(this.at.root)]);
    member.layout.environmentsRoot = this.at.layout.environmentsRoot;
    return member;
  }

  /** Some files of a release are its own, others are linked; its tree environment is new where its name has another length. */
  artifact(words: string): Promise<Artifact> {
    const files = Array.from({ length: 20 }, (_, n) =>
      text(`app/${n}.py`, `${n} of ${n < 3 ? words : "all"}\n`.repeat(200)),
    );
    return syntheticArtifact([text("page.txt", words), ...files, text("bin/start", "#!/bin/sh\n", true)], {
      version: words,
      environments: [
        {
          id: "0123456789ab-00000001",
          sources: [text("bin/tool", "#!/bin/sh\necho tool\n", true), text("lib/tool.py", "tool = 1\n".repeat(500))],
          path: { root: this.at.layout.environmentsRoot, link: ".venv" },
        },
        {
          id: `0123456789ab-0000001${words.length}`,
          sources: [text("node_modules/theirs/index.js", `${words.length}`)],
          mounts: ["node_modules"],
        },
      ],
    });
  }

  async deploy(words: string, more: Partial<DeployRequest> & { beside?: true } = {}): Promise<string> {
    this.disks.begin(words);
    const members = [this.member(this.#shell), ...(more.beside ? [this.#beside.member()] : [])];
    const report = await put(members, await this.artifact(words), { deployId: this.#id(), ...more });
    note(this.known, this.at.layout);
    this.disks.cut(`answered-${report.outcome}`);
    return report.outcome;
  }

  async rollback(): Promise<string> {
    this.disks.begin("back");
    const members = [this.member(this.#shell)];
    const report = await rollback(
      rollbackRequest([], { members, deployId: this.#id(), keep: 1, allowSchemaAhead: true }),
    );
    this.disks.cut(`answered-${report.outcome}`);
    return report.outcome;
  }

  #id = () => `t${String(this.#count++).padStart(4, "0")}`;
}

/** Everything that happens to a host: a first release, migrations, a release that fails, one of a fleet, and the way back. */
async function history(rig: Rig): Promise<void> {
  const { root } = rig.at;
  expect(await rig.deploy("one")).toBe("deployed");
  const migrations = {
    pending: `[ -e ${root}/migrated ] || echo 0001_first`,
    apply: `touch ${root}/migrated`,
    policy: "apply" as const,
  };
  expect(await rig.deploy("second", { migrations })).toBe("deployed");
  writeFileSync(join(root, "broken-bad"), "");
  expect(await rig.deploy("bad")).toBe("reverted");
  // More failures than are left to be looked at.
  for (const name of ["w", "x", "y", "z"]) {
    mkdirSync(join(root, ".tarlift/releases", name));
    writeFileSync(join(root, ".tarlift/releases", name, "state"), "failed\n");
  }
  sh("sync", ["--file-system", root]);
  expect(await rig.deploy("third", { keep: 1, beside: true })).toBe("deployed");
  expect(await rig.rollback()).toBe("rolled-back");
}

/** What was answered is true from then on: the release that is live, that it is good, and that nothing is open. */
function untrue({ at: { root, live } }: Rig, { name, chapter }: Moment): string[] {
  const answered = /answered-(.*)$/.exec(name)?.[1];
  if (answered === undefined) return [];
  const expected = { reverted: "second", "rolled-back": "second" }[answered] ?? chapter;
  const read = (file: string) => readFileSync(join(root, ".tarlift", file), "utf8");
  const release = live() ?? "none";
  const journal = /^(good|back) \S+ (\S+)\n$/m;
  return [
    ...(release.startsWith(`${expected}-`) ? [] : [`${release} is live`]),
    ...(answered === "reverted" || read("agreed").endsWith(` ${release}\n`) ? [] : [`agreed: ${read("agreed")}`]),
    ...(expected === "one" || answered === "reverted" || journal.exec(read("migrations"))?.[2] === release
      ? []
      : [`the journal ends with ${read("migrations").split("\n").at(-2)}`]),
  ];
}

/** Deploys what was under way, or something else. @returns what is not in order then */
async function nextRun(rig: Rig, words: string): Promise<string[]> {
  const report = await put([rig.member()], await rig.artifact(words), { deployId: "t9999" });
  if (!["deployed", "unchanged"].includes(report.outcome))
    return [`the next run: ${report.outcome}: ${JSON.stringify(report.errors)}`];
  const { root, layout, names } = rig.at;
  const [live, serves] = ["current/page.txt", "serving"].map((file) => readFileSync(join(root, file), "utf8"));
  // That very release is received again; its files may have other times.
  const known: Known = new Map([...rig.known].filter(([path]) => !path.includes(`/${words}-`)));
  note(known, layout);
  const left = [
    ...names(".tarlift").filter((name) => /^(owner|transaction|taken)$|\.part/.test(name)),
    ...["sessions", "incoming", "swap", "trash"].flatMap((directory) => names(`.tarlift/${directory}`)),
  ];
  return [
    ...(live === words && serves === words ? [] : [`after the next run ${live} is live and ${serves} serves`]),
    ...left.map((name) => `${name} stays after the next run`),
    ...flaws(known, layout).map((flaw) => `after the next run: ${flaw}`),
  ];
}

const WAYS: [string, Ways][] = [
  ["with disks that write when they are told to", { hurried: false, elsewhere: false }],
  ["with a busy disk, and environments on another one", { hurried: true, elsewhere: true }],
];
if (ALL) {
  WAYS.push(["with a busy disk", { hurried: true, elsewhere: false }]);
  WAYS.push(["with environments on another disk", { hurried: false, elsewhere: true }]);
}

full("transactions", needs(...DISK_NEEDS)).describe("a host that loses its power", () => {
  it.each(WAYS)("%s, at any step, has a whole release live, and is put in order by one next run", async (_, ways) => {
    const rig = new Rig(ways);
    await history(rig);
    rig.disks.remove();
    const steps = Object.entries(STEPS).flatMap(([verb, marks]) => marks.map((mark) => `${verb}-${mark}`));
    expect(steps.filter((step) => !rig.disks.names().includes(step))).toEqual([]);
    const found: string[] = [];
    // What stands still for the longest is always looked at.
    const moments = rig.disks.moments().filter(({ name }, n) => n % ONE_OF.looks === 0 || name.includes("answered"));
    for (const [n, moment] of moments.entries()) {
      await rig.disks.within(moment, async () => {
        const wrong = [...flaws(rig.known, rig.at.layout), ...untrue(rig, moment)];
        const same = (n / ONE_OF.runs) % 2 === 0 && moment.chapter !== "bad";
        if (n % ONE_OF.runs === 0) wrong.push(...(await nextRun(rig, same ? moment.chapter : "other")));
        found.push(...wrong.map((flaw) => `${moment.name}: ${flaw}`));
      });
    }
    expect(found).toEqual([]);
  });

  it("would lose files if nothing were written down on purpose: this is what the other tests look for", async () => {
    const rig = new Rig({ hurried: true, elsewhere: false }, "sync() { :; }\n");
    expect(await rig.deploy("one")).toBe("deployed");
    rig.disks.remove();
    const found = new Set<string>();
    for (const moment of rig.disks.moments()) {
      await rig.disks.within(moment, async () => {
        for (const flaw of flaws(rig.known, rig.at.layout)) found.add(flaw.replace(/^.*releases\/one-[0-9a-f]+\//, ""));
      });
    }
    expect([...found]).toContainEqual(expect.stringMatching(/^page\.txt is file \d+, 0 bytes/));
  });
});
