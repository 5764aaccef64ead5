// What prepare makes of a release on a host: environments, configuration, shared paths; and what it refuses.
import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatIndex, parseIndex } from "../../src/artifact/format.ts";
import { splitByLayer } from "../../src/artifact/layer-map.ts";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { openHost } from "../../src/host/calls/open.ts";
import type { FactsRequest } from "../../src/host/host.ts";
import { silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { overridden } from "../support/overridden.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const task = silent.task("");

function setup(shell?: string) {
  const root = join(temporary("prepare"), "srv");
  mkdirSync(root);
  const layout: AppLayout = { app: "shop", target: "test", root, environmentsRoot: join(root, "envs") };
  const open = () => {
    const host = openHost({ address: "local", roles: undefined, forwards: [] }, { shell, strict: true });
    atEnd(() => host.close());
    return host;
  };
  const deploy = async (artifact: Artifact, more: Partial<FactsRequest> & { keep?: number } = {}) => {
    const host = open();
    const shared = more.shared ?? { directories: [], files: [] };
    const configuration = more.configuration ?? {};
    const lock = { owner: "test", wait: 0 };
    const facts = await host.facts({ layout, artifact, lock, services: [], shared, ...more, configuration });
    expect(facts.findings).toEqual([]);
    const prepared = await host.prepare({ artifact, configuration, shared }, task);
    const activate = { release: prepared.release, services: [], transaction: "t", expected: facts.live?.id };
    await host.activate({ ...activate, restart: "changed" as const }, task);
    const committed = await host.commit({ release: prepared.release, keep: more.keep ?? 3, transaction: "t" });
    await host.close();
    return { facts, prepared, committed };
  };
  const look = async (artifact: Artifact, more: Partial<FactsRequest> = {}) => {
    const host = open();
    const shared = { directories: [], files: [] };
    const facts = await host.facts({ layout, artifact, services: [], shared, configuration: {}, ...more });
    await host.close();
    return facts;
  };
  return { root, layout, open, deploy, look };
}

const VENV = "0123456789ab-00000001";
const MODULES = "0123456789ab-00000002";

describe.each(["dash", "busybox sh"])("environments on a host (%s)", (shell) => {
  it("are received once, reached by a link or a link tree, and go with the last release that uses them", async () => {
    const at = setup(shell);
    const environments = [
      {
        id: VENV,
        sources: [text("bin/tool", "#!/bin/sh\necho tool\n", true)],
        path: { root: at.layout.environmentsRoot, link: ".venv" },
      },
      { id: MODULES, sources: [text("node_modules/a/index.js", "1")], mounts: ["node_modules"] },
    ];
    const first = await at.deploy(await syntheticArtifact([text("a", "1")], { environments }), { keep: 1 });
    expect(first.prepared.sent.files).toBe(3);
    const current = join(at.root, "current");
    expect(readlinkSync(join(current, ".venv"))).toBe(`${at.layout.environmentsRoot}/${VENV}`);
    expect(execFileSync(join(current, ".tarlift/exec"), ["tool"], { encoding: "utf8" })).toBe("tool\n");
    const second = await at.deploy(await syntheticArtifact([text("a", "2")], { environments, version: "v2" }), {
      keep: 1,
    });
    expect(second.prepared.sent).toEqual({ files: 1, bytes: 1 });
    const linkedFile = (of: string) => statSync(join(of, "node_modules/a/index.js")).ino;
    expect(linkedFile(current)).toBe(linkedFile(join(at.layout.environmentsRoot, MODULES)));
    expect(readFileSync(`${at.layout.environmentsRoot}/${VENV}.users`, "utf8")).toBe(`${at.root}\n`);
    for (const version of ["v3", "v4"]) {
      const { committed } = await at.deploy(await syntheticArtifact([text("a", version)], { version }), { keep: 1 });
      expect(committed.warnings).toEqual([]);
    }
    expect(readdirSync(at.layout.environmentsRoot).filter((name) => name.startsWith("0"))).toEqual([]);
    expect(readdirSync(join(at.root, "releases"))).toHaveLength(2);
  });

  it("case 13: leave what the release can be known by: its config, and the index of each layer", async () => {
    const at = setup(shell);
    mkdirSync(join(at.root, "shared/media"), { recursive: true });
    const environments = [
      { id: VENV, sources: [text("bin/tool", "x")], path: { root: at.layout.environmentsRoot, link: ".venv" } },
      { id: MODULES, sources: [text("node_modules/a/index.js", "1")], mounts: ["node_modules"] },
    ];
    const artifact = await syntheticArtifact([text("a", "1"), text("media/seed", "2")], { environments });
    const shared = { directories: ["media"], files: [] };
    const { prepared } = await at.deploy(artifact, { shared });
    const record = (name: string) => readFileSync(join(at.root, ".tarlift/releases", prepared.release, name), "utf8");
    expect(`sha256:${hash("sha256", record("config"))}`).toBe(artifact.releaseDigest);
    const layers = splitByLayer(record("layers"), parseIndex(record("index")), artifact.release.layers.length);
    for (const [position, { kind, name, diffId }] of artifact.release.layers.entries()) {
      if (kind === "index") continue;
      const index =
        kind === "environment"
          ? readFileSync(join(at.layout.environmentsRoot, `${name}.index`), "utf8")
          : formatIndex(layers.get(position)!);
      expect(index, name).toBe(await artifact.indexText(diffId));
    }
    // Environments that an older Tarlift brought are given theirs by the next release.
    rmSync(join(at.layout.environmentsRoot, `${VENV}.index`));
    const next = await syntheticArtifact([text("a", "2")], { environments, version: "v2" });
    expect((await at.deploy(next, { shared })).prepared.sent.files).toBe(1);
    expect(readFileSync(join(at.layout.environmentsRoot, `${VENV}.index`), "utf8")).toBe(
      await next.indexText(next.release.environments[0]!.diffId),
    );
  });
});

describe("the configuration of a release", () => {
  const values = { PLAIN: "x", NASTY: "a \"b\" $HOME `id` \\ 'c' #d\n  second line\ttab ü %s", EMPTY: "" };

  it("reaches a command byte for byte, with the release's name", async () => {
    const at = setup();
    const { prepared } = await at.deploy(await syntheticArtifact([text("a", "1")]), { configuration: values });
    const host = at.open();
    await host.facts({ layout: at.layout, services: [], shared: { directories: [], files: [] } });
    const run = 'printf "%s" "$NASTY" >"$OUT"; printf "%s\\n" "$TARLIFT_RELEASE" "$PWD" "$HOOK"; echo no >&2; exit 7';
    const out = join(at.root, "out");
    const end = await host.task({ run, variables: { OUT: out, HOOK: '$(x) "y"' }, lock: "closed" }, task);
    expect(readFileSync(out, "utf8")).toBe(values.NASTY);
    expect(end).toMatchObject({ code: 7, timedOut: false });
    expect(end.lastLines.split("\n")).toEqual([
      prepared.release,
      join(at.root, "releases", prepared.release),
      '$(x) "y"',
      "no",
    ]);
    const killed = await host.task({ run: "kill -KILL $$", lock: "closed" }, task);
    expect(killed).toMatchObject({ code: null, signal: "SIGKILL" });
    const slow = await host.task({ run: "sleep 60 & wait", timeout: 1, lock: "closed" }, task);
    expect(slow.timedOut).toBe(true);
    await host.close();
  });

  it("is readable by its owner and group only", async () => {
    const at = setup();
    await at.deploy(await syntheticArtifact([text("a", "1")]), { configuration: values });
    expect(statSync(join(at.root, "current/.tarlift/env")).mode & 0o777).toBe(0o640);
  });
});

describe("prepare", () => {
  it("links shared paths, whatever the release has in their place", async () => {
    const at = setup();
    mkdirSync(join(at.root, "shared"));
    writeFileSync(join(at.root, "shared/local.ini"), "kept");
    const shared = { directories: ["var/media"], files: ["local.ini"] };
    await at.deploy(await syntheticArtifact([text("a", "1"), text("var/media/.gitkeep", "")]), { shared });
    writeFileSync(join(at.root, "current/var/media/upload"), "1");
    await at.deploy(await syntheticArtifact([text("a", "2")], { version: "v2" }), { shared });
    expect(readFileSync(join(at.root, "current/var/media/upload"), "utf8")).toBe("1");
    expect(readFileSync(join(at.root, "current/local.ini"), "utf8")).toBe("kept");
  });

  it("is not led astray by what a lost attempt left, and removes it", async () => {
    const at = setup();
    const { prepared } = await at.deploy(await syntheticArtifact([text("a", "1")]));
    const release = `releases/${prepared.release}`;
    const parts = ["agreed.part.99", `${release}/state.part.99`].map((name) => join(at.root, ".tarlift", name));
    for (const part of parts) writeFileSync(part, "");
    // The rehearsal of a link: what is moved to where it leads lands in the release. And links that are not yet where they shall be.
    const links = [".rehearsal", ".rehearsal.999999999.renamed", ".tarlift/swap/previous", ".tarlift/swap/.rehearsal"];
    for (const link of links) symlinkSync(release, join(at.root, link));
    // Of another run, which looks at the host now.
    const living = `.rehearsal.${process.pid}`;
    symlinkSync(release, join(at.root, living));
    await at.deploy(await syntheticArtifact([text("a", "2")], { version: "v2" }));
    expect(readFileSync(join(at.root, "current/a"), "utf8")).toBe("2");
    expect(readdirSync(join(at.root, release)).sort()).toEqual([".tarlift", "a"]);
    expect(parts.filter((part) => existsSync(part))).toEqual([]);
    expect(links.filter((link) => existsSync(join(at.root, link)))).toEqual([]);
    expect(existsSync(join(at.root, living))).toBe(true);
  });

  it("lists pending migrations, and nothing that the command says beside them", async () => {
    const at = setup();
    const artifact = await syntheticArtifact([text("pending", "0001_initial\n0002_more\n")]);
    const host = at.open();
    const shared = { directories: [], files: [] };
    await host.facts({
      layout: at.layout,
      artifact,
      lock: { owner: "t", wait: 0 },
      services: [],
      shared,
      configuration: {},
    });
    const prepared = await host.prepare(
      { artifact, configuration: {}, shared, pending: "echo careful >&2; cat pending" },
      task,
    );
    expect(prepared.pending).toEqual(["0001_initial", "0002_more"]);
    await host.close();
  });

  it("names everything that a host lacks at once, and changes nothing", async () => {
    const at = setup();
    const artifact = await syntheticArtifact([text("a", "1")], {
      requirements: {
        architecture: "riscv64",
        libc: { family: "glibc", version: "9.99" },
        sonames: ["libnowhere.so.7"],
        python: { version: "3.99", abi: "cpython-399", interpreter: "/usr/bin/python3.99", imports: [] },
      },
    });
    const shared = { directories: [], files: ["secret.ini"] };
    const facts = await at.look(artifact, { shared });
    const all = facts.findings.map(({ what }) => what).join("\n");
    for (const part of ["riscv64", "glibc 9.99", "libnowhere.so.7", "/usr/bin/python3.99", "secret.ini"])
      expect(all).toContain(part);
    expect(facts.findings.every(({ remedy }) => remedy)).toBe(true);
    expect(readdirSync(at.root)).toEqual([]);
  });

  it("refuses an artifact whose layer was damaged, and leaves what is live alone", async () => {
    const at = setup();
    await at.deploy(await syntheticArtifact([text("a", "1")]));
    const good = await syntheticArtifact([text("a", "2".repeat(10_000)), text("b", "3")], { version: "v2" });
    const layer = good.layers.find(({ record }) => record.kind === "application")!;
    const bytes = readFileSync(good.file);
    bytes[layer.blob.offset + layer.blob.size - 6]! ^= 0xff;
    writeFileSync(good.file, bytes);
    await expect(at.deploy(good)).rejects.toThrow(/cannot be read|not what/);
    expect(readFileSync(join(at.root, "current/a"), "utf8")).toBe("1");
    expect(readdirSync(join(at.root, "releases"))).toHaveLength(1);
  });

  full("transactions").it("compares 10 000 files in one go", async () => {
    const at = setup();
    const sources = Array.from({ length: 10_000 }, (_, n) => text(`d${n % 100}/f${n}`, `${n}`));
    await at.deploy(await syntheticArtifact(sources));
    const next = await syntheticArtifact([...sources.slice(0, -1), text("d99/f9999", "changed")], { version: "v2" });
    const facts = await at.look(next);
    expect(facts.missing).toEqual({ files: 1, bytes: 7 });
    const { prepared } = await at.deploy(next);
    expect(prepared.linked).toBe(9_999);
  });
});

describe("a host with SELinux", () => {
  const artifact = (at: ReturnType<typeof setup>) => {
    const path = { root: at.layout.environmentsRoot, link: ".venv" };
    return syntheticArtifact([text("a", "1")], {
      environments: [{ id: VENV, sources: [text("bin/tool", "x")], path }],
    });
  };
  /** @param restorecon what that program does; `$2` is what it was called for */
  function labelling(restorecon: string) {
    const tools = temporary("tools");
    writeFileSync(join(tools, "restorecon"), `#!/bin/sh\n${restorecon}\n`, { mode: 0o755 });
    return setup(overridden(`selinux() { :; }; PATH=${tools}:$PATH`));
  }

  it("labels a release and its environments under the names that they keep", async () => {
    const log = join(temporary("log"), "called");
    const at = labelling(`[ -d "$2" ] && echo "$2" >>${log}`);
    const { prepared } = await at.deploy(await artifact(at));
    expect(prepared.warnings).toEqual([]);
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual([
      join(at.layout.environmentsRoot, VENV),
      join(at.root, "releases", prepared.release),
    ]);
  });

  it("is reported where they could not be set", async () => {
    const at = labelling('echo "Operation not permitted" >&2; exit 1');
    const { prepared } = await at.deploy(await artifact(at));
    expect(prepared.warnings).toHaveLength(2);
    for (const warning of prepared.warnings)
      expect(warning).toMatch(/^SELinux labels of \S+ could not be set \(Operation not permitted\)/);
  });
});
