// Hosts that an older version deployed to (test/fixtures/daba421, made by scripts/old-host.ts): this version reads
// their files for ever, and the configuration that artifacts and hosts record.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { converge } from "../../src/fleet/converge.ts";
import { tarlift } from "../support/command.ts";
import { deployRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { type PlainHost, plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { commit, git, repository } from "../support/repository.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Files of the fixture contain this path. */
const PLACE = "/tmp/tarlift-daba421";
const FIXTURE = join(import.meta.dirname, "../fixtures/daba421");
type State = "two-releases" | "killed" | "locked";

const EXTRACT = ["--extract", "--gzip", "--no-same-owner", "--file"];
const unpack = (name: string, directory: string) =>
  sh("tar", [...EXTRACT, join(FIXTURE, `${name}.tar.gz`), "--directory", directory]);

const SERVICE =
  '{ restart: "cp -f page.txt media/serving", stop: "rm -f media/serving", status: "cmp page.txt media/serving" }';

/** The fixture's tarlift.yml with the keys of today: an artifact for a `local` host must agree with the checkout. */
const configuration = (service = SERVICE) => `app: shop
shared: { directories: [media], files: [settings.ini] }
migrations:
  pending: 'for m in migrations/*; do [ -e "media/applied-\${m##*/}" ] || echo "\${m##*/}"; done'
  apply: 'for m in migrations/*; do touch "media/applied-\${m##*/}"; done'
  compatible: { check: "true", env: { SCRATCH: shop-scratch } }
services:
  page: { command: ${service}, stable-for: 0 }
  mailer: { systemd: shop-mailer.service, user-manager: true, roles: [mail], stable-for: 1 }
hooks:
  after-deploy: ['sleep "\${PAUSE:-0}"; echo "$TARLIFT_ACTION $TARLIFT_TARGET $COLOUR" >>media/hooks']
targets:
${["two-releases", "killed", "locked"].map(target).join("")}
  production: { hosts: [{ address: mail.example.org, roles: [mail] }] }
`;

const target = (name: string) => `
  ${name}:
    root: ${PLACE}/${name}
    environments-root: ${PLACE}/${name}/envs
    hosts: [{ address: local, roles: [web] }]
    env: { COLOUR: yellow }
    keep: 2`;

/** Reserves {@link PLACE}: a second run of these tests on the same machine waits. The lock ends with its process. */
async function takePlace(): Promise<void> {
  const lock = spawn("flock", ["/tmp", "sh", "-c", "echo taken && exec cat"], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((resolve) => lock.once("close", resolve));
  await new Promise((resolve) => lock.stdout.once("data", resolve));
  atEnd(async () => {
    rmSync(PLACE, { recursive: true, force: true });
    lock.stdin.end();
    await ended;
  });
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE);
}

describe.runIf(needs("flock", "git"))("a host that daba421 deployed to", () => {
  let checkout: string;
  let artifact: string;
  const cache = temporary("cache");
  beforeAll(async () => {
    await takePlace();
    const directory = temporary("artifact");
    unpack("artifact", directory);
    artifact = join(directory, "v3.tar");
    checkout = repository({ "tarlift.yml": configuration(), "page.txt": "v4\n", ...MIGRATIONS });
    git(checkout, "tag", "v4");
  });
  const MIGRATIONS = { "migrations/0001": "one\n", "migrations/0002": "two\n" };

  /** The host as the older version left it. */
  function restore(state: State) {
    rmSync(join(PLACE, state), { recursive: true, force: true });
    unpack(state, PLACE);
    const at = (path: string) => join(PLACE, state, path);
    const run = async (verb: string, ...args: string[]) => {
      const call = [verb, state, ...args, "--json"];
      const { code, stdout, stderr } = await tarlift(call, { cwd: checkout, env: { XDG_CACHE_HOME: cache } });
      return { code, stderr, report: JSON.parse(stdout) };
    };
    return {
      at,
      run,
      text: (path: string) => readFileSync(at(path), "utf8"),
      /** The release that is live, and what the service runs. */
      live: () => [
        readlinkSync(at("current")).replace(/^releases\/(\w+)-\w{8}$/, "$1"),
        existsSync(at("shared/media/serving")) ? readFileSync(at("shared/media/serving"), "utf8").trim() : undefined,
      ],
      record: () => readFileSync(join(at(".tarlift"), readlinkSync(at("current")), "record"), "utf8"),
      underWay: () => readdirSync(at(".tarlift")).filter((name) => ["transaction", "owner", "taken"].includes(name)),
    };
  }

  it("has the keys of that time in its tarlift.yml", () => {
    const host = restore("two-releases");
    const keys = [
      ...["build-variables", "variables", "user", "settle", "switch", "require-switch", "use: run", "use: build"],
      ...["url-variable", "secret-variable", "{{trouble}}", "{{version}}", "inputs", "checks", "upload", "undrain"],
    ];
    const text = host.text("current/tarlift.yml");
    expect(keys.filter((key) => !text.includes(key))).toEqual([]);
    expect(host.live()).toEqual(["v2", "v2"]);
  });

  it("is shown with what it runs and what was deployed to it", async () => {
    const host = restore("two-releases");
    const status = await host.run("status");
    expect([status.code, status.report.uniform, status.report.healthy]).toEqual([0, true, true]);
    expect(status.report.hosts).toMatchObject([
      { release: { version: "v2", state: "good" }, previous: expect.stringMatching(/^v1-/) },
    ]);
    const { code, report } = await host.run("history");
    expect(code).toBe(0);
    const by = "run 421 of acme/shop";
    const courses = report.transactions.map((one: { by: string; hosts: object[] }) => [one.by, one.hosts]);
    expect(courses).toEqual(
      [/^v2-/, /^v1-/].map((release) => [
        by,
        [{ name: "local", course: "deployed", release: expect.stringMatching(release) }],
      ]),
    );
  });

  it("takes a new release, and returns to the one that it had, with the configuration of then", async () => {
    const host = restore("two-releases");
    const deployed = await host.run("deploy");
    expect([deployed.code, deployed.report.outcome, host.live()]).toEqual([0, "deployed", ["v4", "v4"]]);
    expect(host.text("shared/media/hooks")).toMatch(/\ndeploy two-releases yellow\n$/);
    expect(host.text("current/settings.ini")).toBe("of two-releases\n");
    const back = await host.run("rollback");
    expect([back.code, back.report.outcome, host.live()]).toEqual([0, "rolled-back", ["v2", "v2"]]);
    expect(host.text("current/.tarlift/env")).toMatch(/^COLOUR="red"\nSIZE="small"$/m);
    expect(host.underWay()).toEqual([]);
  });

  it("is rolled back across a recorded migration only with --allow-schema-ahead", async () => {
    const host = restore("two-releases");
    const refused = await host.run("rollback");
    expect([refused.code, refused.report.outcome, host.live()]).toEqual([2, "refused", ["v2", "v2"]]);
    const ahead = await host.run("rollback", "--allow-schema-ahead");
    expect([ahead.code, ahead.report.outcome, host.live()]).toEqual([0, "rolled-back", ["v1", "v1"]]);
    expect(host.text("current/only-in-one.txt")).toBe("one\n");
    expect(host.underWay()).toEqual([]);
  });

  it("is converged: a service that is down is started, and an edited release is not called unchanged", async () => {
    const host = restore("two-releases");
    rmSync(host.at("shared/media/serving"));
    const { code, report } = await host.run("converge");
    expect([code, report.outcome, host.live()]).toEqual([0, "deployed", ["v2", "v2"]]);
    rmSync(host.at("current/page.txt"));
    writeFileSync(host.at("current/page.txt"), "edited\n");
    const edited = await host.run("converge");
    expect([edited.report.outcome, host.live()[0]]).toEqual(["refused", "v2"]);
  });

  it("takes an artifact of daba421: the configuration that it holds is read, and says what runs", async () => {
    const host = restore("two-releases");
    const { code, stderr, report } = await host.run("deploy", "--artifact", artifact);
    expect([code, report.outcome, host.live()]).toEqual([0, "deployed", ["v3", "v3"]]);
    expect(stderr).not.toMatch(/cannot read/);
    expect(host.text("current/node_modules/words/index.js")).toBe('module.exports = "words";\n');
    expect(host.record()).toMatch(/^services page mailer$/m);
    expect(host.record()).toMatch(/^service elsewhere mailer systemd-user shop-mailer\.service -$/m);
    // Releases of the older version beyond `keep` are pruned.
    expect(
      readdirSync(host.at("releases"))
        .sort()
        .map((name) => name.slice(0, 2)),
    ).toEqual(["v2", "v3"]);
  });

  it("is not given an artifact of daba421 whose services are others than those of the checkout", async () => {
    const host = restore("two-releases");
    const other = configuration(SERVICE.replace("cp -f", "cp -pf"));
    const before = git(checkout, "rev-parse", "HEAD");
    commit(checkout, { "tarlift.yml": other });
    try {
      const { report } = await host.run("deploy", "--artifact", artifact);
      expect([report.outcome, host.live()]).toEqual(["refused", ["v2", "v2"]]);
    } finally {
      git(checkout, "reset", "--quiet", "--hard", before);
    }
  });

  it("is recovered by converge after a run was killed between swap and commit", async () => {
    const host = restore("killed");
    expect([host.live(), host.underWay()]).toEqual([["v2", "v2"], ["transaction"]]);
    const status = await host.run("status");
    expect([status.code, status.report.hosts[0].open]).toEqual([1, expect.stringMatching(/^v2-/)]);
    const { code, report } = await host.run("converge");
    expect([code, report.outcome, host.live()]).toEqual([0, "unchanged", ["v1", "v1"]]);
    expect(report.warnings.join("\n")).toMatch(/\bv2-\w{8}\b/);
    expect(host.underWay()).toEqual([]);
  });

  it("is recovered by a deploy after a run was killed between swap and commit", async () => {
    const host = restore("killed");
    const { code, report } = await host.run("deploy");
    expect([code, report.outcome, host.live(), host.underWay()]).toEqual([0, "deployed", ["v4", "v4"], []]);
    // The release of the killed run never became good: the rollback skips it.
    const back = await host.run("rollback", "--allow-schema-ahead");
    expect([back.report.outcome, host.live()]).toEqual(["rolled-back", ["v1", "v1"]]);
  });

  full("transactions").it("respects a `tarlift lock` of then until it is unlocked", async () => {
    const host = restore("locked");
    for (const verb of ["deploy", "rollback", "converge"]) {
      const { code, report } = await host.run(verb);
      expect([verb, code, report.outcome, host.live()]).toEqual([verb, 2, "refused", ["v1", "v1"]]);
      expect(JSON.stringify(report)).toContain("the year-end closing (run 421 of acme/shop)");
    }
    expect((await host.run("unlock")).code).toBe(0);
    const { code, report } = await host.run("deploy");
    expect([code, report.outcome, host.live()]).toEqual([0, "deployed", ["v4", "v4"]]);
  });
});

describe("a release of daba421 that another host has", () => {
  it("comes to a new host from there, with the shared paths and services of its own configuration", async () => {
    const directory = temporary("artifact");
    unpack("artifact", directory);
    const artifact = await openArtifact(join(directory, "v3.tar"));
    const hosts = [plainHost(), plainHost()] as const;
    const shared = { directories: ["media"], files: ["settings.ini"] };
    const member = (host: PlainHost) => ({ ...host.member({}, {}, [pageService(host.root)]), shared });
    for (const { root } of hosts) {
      mkdirSync(join(root, "shared"));
      writeFileSync(join(root, "shared/settings.ini"), "of this host\n");
    }
    expect((await put([member(hosts[0])], artifact)).outcome).toBe("deployed");
    const members = hosts.map((host) => ({ ...member(host), shared: { directories: [], files: [] } }));
    const request = deployRequest([], { members, deployId: "t-converge", owner: "a test" });
    const { releaseDigest } = artifact;
    const report = await converge({ ...request, releaseDigest, artifactOf: async () => undefined });
    expect([report.outcome, report.errors]).toEqual(["deployed", []]);
    const [, { root }] = hosts;
    expect(readFileSync(join(root, "serving"), "utf8")).toBe("v3\n");
    expect(readFileSync(join(root, "current/settings.ini"), "utf8")).toBe("of this host\n");
    expect(readlinkSync(join(root, "current/media"))).toBe(join(root, "shared/media"));
    const record = readFileSync(join(root, ".tarlift", readlinkSync(join(root, "current")), "record"), "utf8");
    expect(record).toMatch(/^service \w+ mailer systemd-user shop-mailer\.service -$/m);
  });
});
