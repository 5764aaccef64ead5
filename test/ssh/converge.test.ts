// Hosts that were away, stayed behind or are new come to what the others run; nothing is built for that, and nobody else is touched.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { Member } from "../../src/fleet/types.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { freePort } from "../support/sshd.ts";

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
  throw new Failure({ what: "there is no artifact", outcome: "refused" });
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
    expect(report).toMatchObject({ outcome: "deployed", troubles: [] });
    expect(report.warnings).toContainEqual(expect.stringMatching(/^127.0.0.1 is left out: .*cannot be reached/));
    expect(report.hosts[2]).toMatchObject({ unknown: true, live: undefined });
    expect(hosts.map(page)).toEqual(["two", "two", "one"]);
    // All of them away is no fleet.
    const none = await put([await away(a), await away(b)], two, { deployId: nextId(), maxUnreachable: 2 });
    expect(none.outcome).toBe("refused");
  });

  it("is whole again by converging, which needs the artifact and touches that host alone", async () => {
    const refused = await run(hosts.map(here));
    expect(refused).toMatchObject({ outcome: "refused", troubles: [{ what: "there is no artifact" }] });
    const before = readFileSync(join(a.root, ".tarlift/log.jsonl"), "utf8");
    const report = await run(hosts.map(here), async (release) => {
      expect(release.version).toBe("two");
      return artifactOf("two");
    });
    expect(report).toMatchObject({ outcome: "deployed", version: "two", troubles: [] });
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
  });

  it("is joined by an empty host, which then rolls nothing back that it never had", async () => {
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
    expect(report.troubles[0]?.what).toMatch(/no host runs a release/);
  });
});

describe("a host that was away while the configuration changed", () => {
  it("gets it, where this run's is that of the others", async () => {
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
    // A run with a configuration that nobody has does not know who stayed behind.
    expect(await converged("green")).toBe("unchanged");
    expect(await converged("blue")).toBe("deployed");
    expect(colours()).toEqual(["blue", "blue"]);
    expect(await converged("blue")).toBe("unchanged");
  });
});
