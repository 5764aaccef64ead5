// Hosts that were away, stayed behind or are new come to what the others run; nothing is built for that, and no other host is changed.
import { hash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatIndex, parseIndex } from "../../src/artifact/format.ts";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import type { Member } from "../../src/fleet/member.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { parseLog } from "../../src/host/event-log.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { freePort, startSshd } from "../support/sshd.ts";

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
const page = ({ root }: PlainHost) => readFileSync(join(root, "current/page.txt"), "utf8");
const serving = ({ root }: PlainHost) => readFileSync(join(root, "serving"), "utf8");
const envOf = (root: string) => readFileSync(join(root, "current/.tarlift/env"), "utf8");
const here = (host: PlainHost): Member => host.member({}, {}, [pageService(host.root)]);
/** The same host while nothing answers on its port. */
const away = async (host: PlainHost): Promise<Member> =>
  host.member({ address: "127.0.0.1", port: await freePort() }, { knownHosts: { text: "x" } }, [
    pageService(host.root),
  ]);

let count = 0;
const nothing = async () => {
  throw new Failure({ code: "command-failed", what: "there is no artifact", outcome: "refused" });
};
/** Ids in the order of time, as those of real runs. */
const nextId = () => `t${String(count++).padStart(4, "0")}`;
const run = (members: Member[], artifact: Parameters<typeof converge>[0]["artifactOf"] = nothing) =>
  converge({ ...deployRequest([], { members, deployId: nextId(), owner: "a test" }), artifactOf: artifact });

describe("a fleet of which one host is away", () => {
  const hosts = [plainHost(), plainHost(), plainHost()] as const;
  const [a, b, c] = hosts;

  it("is deployed without it where that is allowed, and says so; else nothing changes", async () => {
    const one = await artifactOf("one");
    const first = await put(hosts.map(here), one, { deployId: nextId() });
    expect(first.outcome).toBe("deployed");
    const two = await artifactOf("two");
    const strict = await put([here(a), here(b), await away(c)], two, { deployId: nextId() });
    expect(strict.outcome).toBe("refused");
    expect(hosts.map(page)).toEqual(["one", "one", "one"]);
    const report = await put([here(a), here(b), await away(c)], two, { deployId: nextId(), maxUnreachable: 1 });
    expect(report).toMatchObject({ outcome: "deployed", errors: [] });
    expect(report.warnings).toContainEqual(expect.stringMatching(/^127.0.0.1 is left out: .*cannot be reached/));
    expect(report.hosts[2]).toMatchObject({ unknown: true, live: undefined });
    expect(hosts.map(page)).toEqual(["two", "two", "one"]);
    // All of them away is no fleet.
    const none = await put([await away(a), await away(b)], two, { deployId: nextId(), maxUnreachable: 2 });
    expect(none.outcome).toBe("refused");
  });

  it("is whole again by converging, which needs the artifact and touches that host alone", async () => {
    const refused = await run(hosts.map(here));
    expect(refused).toMatchObject({ outcome: "refused", errors: [{ what: "there is no artifact" }] });
    const before = readFileSync(join(a.root, ".tarlift/log.jsonl"), "utf8");
    const report = await run(hosts.map(here), async (release) => {
      expect(release.version).toBe("two");
      return artifactOf("two");
    });
    expect(report).toMatchObject({ outcome: "deployed", version: "two", errors: [] });
    // A rollback would take the others back as well.
    expect([report.back, report.schemaAhead]).toEqual([undefined, false]);
    expect(hosts.map(page)).toEqual(["two", "two", "two"]);
    expect(serving(c)).toBe("two");
    expect(readFileSync(join(a.root, ".tarlift/log.jsonl"), "utf8")).toBe(before);
    expect((await run(hosts.map(here))).outcome).toBe("unchanged");
  });

  it("follows a rollback that it missed, without any artifact", async () => {
    const members = [here(a), here(b), await away(c)];
    const back = await rollback(rollbackRequest([], { members, deployId: nextId(), maxUnreachable: 1 }));
    expect(back.outcome).toBe("rolled-back");
    expect(hosts.map(page)).toEqual(["one", "one", "two"]);
    expect((await run(hosts.map(here))).outcome).toBe("deployed");
    expect(hosts.map(page)).toEqual(["one", "one", "one"]);
    expect(serving(c)).toBe("one");
    // It did not revert automatically, and its log does not say so.
    const events = (host: PlainHost) =>
      parseLog(readFileSync(join(host.root, ".tarlift/log.jsonl"), "utf8"), 100).map(({ event }) => event);
    expect([a, c].map((host) => events(host).includes("rolled-back"))).toEqual([true, false]);
    expect(events(c).at(-1)).toBe("good");
  });

  full("transactions").it(
    "is not whole while a service of another host is down, which is started with it",
    async () => {
      const two = await artifactOf("two");
      await put([here(a), here(b), await away(c)], two, { deployId: nextId(), maxUnreachable: 1 });
      rmSync(join(a.root, "serving"));
      const report = await run(hosts.map(here), async () => two);
      expect(report).toMatchObject({ outcome: "deployed", errors: [] });
      expect(hosts.map(serving)).toEqual(["two", "two", "two"]);
      expect((await run(hosts.map(here))).outcome).toBe("unchanged");
      // As before.
      expect((await rollback(rollbackRequest([], { members: hosts.map(here), deployId: nextId() }))).outcome).toBe(
        "rolled-back",
      );
    },
  );

  full("transactions").it("is joined by an empty host, which then rolls nothing back that it never had", async () => {
    const d = plainHost();
    const report = await run([...hosts, d].map(here), () => artifactOf("one"));
    expect(report).toMatchObject({ outcome: "deployed", version: "one" });
    expect([page(d), serving(d)]).toEqual(["one", "one"]);
    const back = await rollback(rollbackRequest([], { members: [...hosts, d].map(here), deployId: nextId() }));
    expect(back.outcome).toBe("refused");
    expect([...hosts, d].map(page)).toEqual(["one", "one", "one", "one"]);
  });

  it("that never ran anything cannot be brought to anything", async () => {
    const report = await run([here(plainHost())]);
    expect(report).toMatchObject({ outcome: "refused" });
    expect(report.errors[0]?.what).toMatch(/no host runs a release/);
  });
});

describe("a host that was away while the configuration changed", () => {
  full("transactions").it("gets it, where this run's is that of the others", async () => {
    const hosts = [plainHost(), plainHost()] as const;
    const one = await artifactOf("one");
    const coloured = (colour: string) => (member: Member) => ({ ...member, configuration: { COLOUR: colour } });
    const converged = async (colour: string) =>
      (await run(hosts.map(here).map(coloured(colour)), async () => one)).outcome;
    const colours = () => hosts.map(({ root }) => /COLOUR="(.*)"/.exec(envOf(root))?.[1]);
    await put(hosts.map(here).map(coloured("red")), one, { deployId: nextId() });
    const changed = [here(hosts[0]), await away(hosts[1])].map(coloured("blue"));
    await put(changed, one, { deployId: nextId(), maxUnreachable: 1 });
    expect(colours()).toEqual(["blue", "red"]);
    // A run with a configuration that no host has does not know who stayed behind.
    expect(await converged("green")).toBe("unchanged");
    expect(await converged("blue")).toBe("deployed");
    expect(colours()).toEqual(["blue", "blue"]);
    expect(await converged("blue")).toBe("unchanged");
  });

  full("transactions").it(
    "that is given one that the others do not have is reported, with what gives it to all",
    async () => {
      const hosts = [plainHost(), plainHost()] as const;
      const one = await artifactOf("one");
      const coloured = (colour: string) => (member: Member) => ({ ...member, configuration: { COLOUR: colour } });
      await put([here(hosts[0])].map(coloured("red")), one, { deployId: nextId() });
      const report = await run(hosts.map(here).map(coloured("blue")), async () => one);
      expect(report.outcome).toBe("deployed");
      const reported = ({ warnings }: typeof report) => warnings.filter((one) => one.includes("configuration"));
      expect(reported(report)).toEqual([
        "local: it gets the configuration of this run, which is another than local was given. To give all hosts that of one run: tarlift deploy TARGET",
      ]);
      // The one that was agreed with last has this run's: so all get it.
      const all = await run([...hosts, plainHost()].map(here).map(coloured("blue")), async () => one);
      expect([all.outcome, reported(all)]).toEqual(["deployed", []]);
    },
  );
});

describe("case 13: a release whose artifact is nowhere any more", () => {
  const VENV = "0123456789ab-00000001";
  const MODULES = "0123456789ab-00000002";
  const KEY = (digest: string) => hash("sha256", `the deploy key and ${digest}`);
  const gone = { artifactOf: async () => undefined };

  /** With environments of both kinds, a file in the place of a shared path, and files of equal content. */
  const release = (words: string, root = "/srv/shop/envs") =>
    syntheticArtifact(
      [
        text("page.txt", words),
        text("media/seed", "not on any host"),
        text("bin/run", "#!/bin/sh\n", true),
        text("empty/__init__.py", ""),
        text("empty/also.py", ""),
        text("big", "0123456789".repeat(300_000)),
        { type: "link", path: "latest", target: "page.txt" },
        { type: "directory", path: "hollow" },
      ],
      {
        version: words,
        environments: [
          { id: VENV, sources: [text("bin/tool", "a tool", true)], path: { root, link: ".venv" } },
          { id: MODULES, sources: [text("node_modules/a/index.js", "1")], mounts: ["node_modules"] },
        ],
      },
    );
  const deployTo = (hosts: PlainHost[], artifact: Artifact, seal: typeof KEY | undefined = KEY) =>
    put(hosts.map(here), artifact, { deployId: nextId(), seal });
  const bring = (hosts: PlainHost[], more: Partial<Parameters<typeof converge>[0]> = {}) =>
    converge({
      ...deployRequest([], { members: hosts.map(here), deployId: nextId(), owner: "a test", seal: KEY }),
      ...gone,
      ...more,
    });
  const recordOf = (host: PlainHost, name: string) => join(host.root, ".tarlift/releases", host.live()!, name);
  const edit = (path: string, words: string) => {
    chmodSync(path, 0o644);
    writeFileSync(path, words);
  };
  /** Everything below the release and its environments, by content. */
  const contents = ({ root }: PlainHost) =>
    ["current/", `envs/${VENV}/`, `envs/${MODULES}/`].flatMap((below) =>
      readdirSync(join(root, below), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.parentPath !== join(root, "current/.tarlift"))
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => `${path.slice(root.length)} ${hash("sha256", readFileSync(path))}`)
        .sort(),
    );

  it("comes to a new host from one that has it, byte for byte, over SSH", async () => {
    const [a, b] = [plainHost(), plainHost()];
    const artifact = await release("one");
    await deployTo([a], artifact);
    const { key, knownHosts, ...address } = await startSshd();
    const ssh = { key: { file: key }, knownHosts: { text: knownHosts } };
    const members = [a, b].map((host) => host.member(address, ssh, [pageService(host.root)]));
    const report = await bring([], { members });
    expect(report).toMatchObject({ outcome: "deployed", version: "one", digest: artifact.releaseDigest, errors: [] });
    expect(serving(b)).toBe("one");
    expect(contents(b)).toEqual(contents(a));
    expect(`sha256:${hash("sha256", readFileSync(recordOf(b, "config")))}`).toBe(artifact.releaseDigest);
    for (const name of ["index", "layers"])
      expect(readFileSync(recordOf(b, name), "utf8")).toBe(readFileSync(recordOf(a, name), "utf8"));
    // It is as good a source as the first one was.
    const c = plainHost();
    expect((await bring([b, c])).outcome).toBe("deployed");
    expect(contents(c)).toEqual(contents(a));
    expect((await bring([a, b, c])).outcome).toBe("unchanged");
  });

  it("comes from another host where one was edited; where all were, the file is named and nothing changes", async () => {
    const [a, b, c] = [plainHost(), plainHost(), plainHost()];
    // Without services: one that tells an edited page would be started again, in a release of its own.
    const bringAlone = (hosts: PlainHost[]) => bring([], { members: hosts.map((host) => host.member()) });
    await deployTo([a, b], await release("one"));
    edit(join(a.root, "current/page.txt"), "ONE");
    edit(join(b.root, `envs/${MODULES}/node_modules/a/index.js`), "longer than it was");
    expect((await bringAlone([a, b, c])).outcome).toBe("deployed");
    expect(page(c)).toBe("one");
    expect(readFileSync(join(c.root, "current/node_modules/a/index.js"), "utf8")).toBe("1");

    const d = plainHost();
    rmSync(join(c.root, "current/bin/run"));
    edit(join(b.root, "current/page.txt"), "two");
    edit(join(c.root, "current/page.txt"), "too");
    const refused = await bringAlone([a, b, c, d]);
    expect(refused).toMatchObject({ outcome: "refused" });
    expect(refused.errors[0]?.what).toMatch(/^no host has 1 file of the release as deployed/);
    expect(refused.errors[0]?.output).toMatch(/^page\.txt is not what was deployed on/);
    expect(refused.errors[0]?.remedy).toMatch(/--artifact NAME.*tarlift deploy production/s);
    expect([d.live(), d.names("releases")]).toEqual([undefined, []]);
  });

  full("transactions").it("comes to a host that was away, which is not sent what it has", async () => {
    const [a, b] = [plainHost(), plainHost()];
    await deployTo([a, b], await release("one"));
    await put([here(a), await away(b)], await release("two"), { deployId: nextId(), seal: KEY, maxUnreachable: 1 });
    // What this host is not asked for may be anything.
    edit(join(a.root, `envs/${VENV}/bin/tool`), "edited");
    const report = await bring([a, b]);
    expect(report).toMatchObject({ outcome: "deployed", version: "two" });
    expect(report.hosts[1]?.files?.sent).toBe(1);
    expect([page(b), serving(b)]).toEqual(["two", "two"]);
  });

  full("transactions").it(
    "is none that a host made up: neither alone, nor by what it keeps of a real one",
    async () => {
      const [a, b, c] = [plainHost(), plainHost(), plainHost()];
      const real = await release("one");
      await deployTo([a, b], real);
      // In agreement with itself, and newer than what the others have; it even has the seal of the real one.
      const liar = plainHost();
      await deployTo([liar], await release("bad"), () => KEY(real.releaseDigest));
      const refused = await bring([liar, c]);
      expect(refused.errors[0]?.what).toMatch(/^nothing but the word of local says that bad-\w+ was deployed/);
      expect((await bring([a, liar, c])).errors[0]?.what).toMatch(/^nothing but the word/);
      const other = await bring([liar, c], { releaseDigest: real.releaseDigest });
      expect(other.errors[0]?.what).toMatch(/another release than the one that was asked for/);
      expect([a, c].map((host) => host.live())).toEqual([expect.stringMatching(/^one-/), undefined]);

      for (const [name, change] of [
        ["config", (words: string) => words.replace('"created":"', '"created":" ')],
        ["layers", (words: string) => words.replace("\n2 ", "\n1 ")],
        ["index", (words: string) => words.replace(/[0-9a-f]{64} {2}page/, `${hash("sha256", "two")}  page`)],
      ] as const) {
        const was = readFileSync(recordOf(a, name), "utf8");
        const changed = change(was);
        expect(changed).not.toBe(was);
        writeFileSync(recordOf(a, name), changed);
        const found = await bring([a, c]);
        expect(found, name).toMatchObject({ outcome: "refused" });
        expect(found.errors[0]?.output, name).toMatch(/^local: what a host keeps of a release is not the release/);
        expect(c.live()).toBeUndefined();
        writeFileSync(recordOf(a, name), was);
      }
      // An index of an environment with one file more.
      const index = join(a.root, "envs", `${VENV}.index`);
      const more = text("bin/more", "more");
      const entry = {
        type: "file" as const,
        path: more.path,
        mode: 0o644 as const,
        size: 4,
        sha256: hash("sha256", "more"),
      };
      writeFileSync(index, formatIndex([entry, ...parseIndex(readFileSync(index, "utf8"))]));
      expect((await bring([a, c])).outcome).toBe("refused");
      // The other host says the truth.
      expect((await bring([a, b, c])).outcome).toBe("deployed");
      expect(existsSync(join(c.root, `envs/${VENV}/bin/more`))).toBe(false);
    },
  );

  full("transactions").it("needs no key where two hosts have it, or where its digest is given", async () => {
    const [a, b, c] = [plainHost(), plainHost(), plainHost()];
    const artifact = await release("one");
    await deployTo([a], artifact, () => KEY("another key"));
    expect((await bring([a, b], { seal: undefined })).outcome).toBe("refused");
    expect((await bring([a, b], { releaseDigest: artifact.releaseDigest })).outcome).toBe("deployed");
    expect((await bring([a, b, c], { seal: undefined })).outcome).toBe("deployed");
  });

  full("transactions").it("that an older Tarlift deployed is said to be so, with the two ways out", async () => {
    const [a, b] = [plainHost(), plainHost()];
    const artifact = await release("one");
    await deployTo([a], artifact);
    for (const name of ["config", "layers"]) rmSync(recordOf(a, name));
    const refused = await bring([a, b]);
    expect(refused.errors[0]).toMatchObject({
      what: expect.stringMatching(/^one-\w+ cannot be brought from a host that has it/),
      output: "local: an older Tarlift brought it there, which kept less of it",
      remedy: expect.stringMatching(/--artifact NAME\. Or deploy again/),
    });
    expect((await bring([a, b], { artifactOf: async () => artifact })).outcome).toBe("deployed");
  });
});
