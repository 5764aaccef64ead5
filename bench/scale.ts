// What many hosts cost: 1, 10 and 40 of them, and 40 through one bastion; a first release and a small change; beside peers in the same run.
// Run, as root: node bench/scale.ts [--rounds 3] [--hosts 1,10,40] [--peers tar,rsync,capistrano] [--keep DIRECTORY]  (bench/README.md)
import { execFileSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeArtifact } from "../src/artifact/oci-layout.ts";
import { packLayer, walk } from "../src/artifact/pack.ts";
import type { Report } from "../src/fleet/report.ts";
import { type Hosts, startHosts } from "./hosts.ts";
import { type Cost, measured } from "./measure.ts";
import { requirePrograms } from "./peers.ts";
import { change, makeRepository, median } from "./server.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    hosts: { type: "string", default: "1,10,40" },
    peers: { type: "string", default: "tar,rsync,capistrano" },
    bastion: { type: "boolean", default: true },
    services: { type: "boolean", default: true },
    keep: { type: "string" },
    cli: { type: "string" },
  },
  allowNegative: true,
});
const rounds = Number(values.rounds);
const wanted = values.peers.split(",");
requirePrograms(
  {
    ...(wanted.includes("rsync") ? { rsync: "rsync" } : {}),
    ...(wanted.includes("capistrano") ? { cap: "capistrano" } : {}),
  },
  "or leave it out: --peers tar",
);
const sizes = values.hosts.split(",").map(Number);
const most = Math.max(...sizes);
const repositoryRoot = join(import.meta.dirname, "..");
const work = values.keep ?? mkdtempSync(join(tmpdir(), "tarlift-bench-scale-"));
mkdirSync(work, { recursive: true });
const cli = values.cli ?? join(work, "dist/cli.js");
if (!values.cli)
  execFileSync(process.execPath, [join(repositoryRoot, "scripts/build.ts"), join(work, "dist")], { stdio: "ignore" });

const APP = { files: 800, bytes: 10e6 };
const ENVIRONMENT = { files: 3000, bytes: 20e6, id: "0123456789ab-00000001" };
/** As many as Tarlift works on at once. */
const AT_ONCE = 32;
const served = join(work, "srv");

/** One way of deploying, to the first so many hosts. */
interface Way {
  name: string;
  hosts: number;
  deploy(root: string, version: "one" | "two"): Promise<Cost & { parts?: Record<string, number> }>;
}

const content = { app: join(work, "app"), environment: join(work, "environment") };
const artifacts = await makeContent();
const hosts = await startHosts(work, most, served);
try {
  const ways = [...sizes.flatMap((count) => [tarlift(count), ...peers(count)]), ...variants()];
  const seen = new Map<Way, Record<"one" | "two", Awaited<ReturnType<Way["deploy"]>>[]>>();
  for (const way of ways) seen.set(way, { one: [], two: [] });
  let roots = 0;
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      const root = join(served, `r${roots++}`);
      const used = hosts.all.slice(0, way.hosts);
      for (const host of used) mkdirSync(hosts.at(host, root));
      for (const version of ["one", "two"] as const) {
        const before = hosts.cpu();
        const cost = await way.deploy(root, version);
        for (const host of used) {
          const link = readlinkSync(hosts.at(host, `${root}/current`));
          const live = readFileSync(hosts.at(host, resolve(root, link, "version.txt")), "utf8");
          if (live !== version) throw new Error(`${way.name}: ${host.address} runs ${live}, not ${version}`);
        }
        seen.get(way)?.[version].push({ ...cost, parts: { ...cost.parts, hosts: hosts.cpu() - before } });
        process.stderr.write(`${round + 1} ${way.name} ${way.hosts} ${version}: ${cost.seconds.toFixed(2)} s\n`);
      }
      for (const host of used) rmSync(hosts.at(host, root), { recursive: true, force: true });
    }
  }
  print(seen);
} finally {
  await hosts.stop();
  if (values.keep === undefined) rmSync(work, { recursive: true, force: true });
}

function tarlift(count: number, { through = false, service = false } = {}): Way {
  const name = `Tarlift${through ? ", one bastion" : ""}${service ? ", with a service" : ""}`;
  return {
    name,
    hosts: count,
    async deploy(root, version) {
      const directory = join(work, "project");
      const file = join(directory, "tarlift.yml");
      writeFileSync(file, configuration(hosts, count, root, through));
      const artifact = (service ? artifacts.withService : artifacts.plain)[version];
      const report = join(work, "report.json");
      const login = ["--ssh-key", hosts.key, "--ssh-known-hosts", hosts.knownHosts];
      const args = ["deploy", "production", "--artifact", artifact, "--json", "--quiet", ...login];
      const cost = await measured(work, process.execPath, [cli, ...args], directory, report);
      const { durations } = JSON.parse(readFileSync(report, "utf8")) as Report;
      return { ...cost, parts: Object.fromEntries(durations.map(({ part, seconds }) => [part, seconds])) };
    },
  };
}

function variants(): Way[] {
  return [
    ...(values.services ? [tarlift(most, { service: true })] : []),
    ...(values.bastion ? [tarlift(most, { through: true })] : []),
  ];
}

/** What people write themselves, and Capistrano. None of these takes a lock, verifies what arrived, or can return to the previous release as a fleet. */
function peers(count: number): Way[] {
  const list = join(work, `hosts-${count}`);
  const to = hosts.all.slice(0, count);
  writeFileSync(list, to.map(({ user, address, port }) => `${user}@${address} ${port}\n`).join(""));
  const ssh = ["ssh", ...hosts.sshOptions].join(" ");
  const each = (script: string, ...words: string[]) =>
    measured(work, "xargs", ["-a", list, "-P", String(AT_ONCE), "-n", "2", "sh", "-ec", script, ...words], work);
  const swap = (release: string) => `ln -s releases/${release} next && mv -fT next current`;
  const ways: Way[] = [];
  if (wanted.includes("tar"))
    ways.push({
      name: "tar over ssh, ln",
      hosts: count,
      deploy: (root, version) =>
        each(
          `${ssh} -p "$2" "$1" 'set -e; mkdir -p ${root}/releases/${version}; cd ${root}; ` +
            `zstd -dc | tar -x -C releases/${version}; ${swap(version)}' <${work}/${version}.tar.zst`,
          "sh",
        ),
    });
  if (wanted.includes("rsync"))
    ways.push({
      name: "rsync --link-dest, ln",
      hosts: count,
      deploy: (root, version) =>
        each(
          `rsync -azc --mkpath --delete --link-dest=${root}/releases/one -e "${ssh} -p $2" ${work}/${version}/ "$1:${root}/releases/${version}/"; ` +
            `${ssh} -p "$2" "$1" 'cd ${root} && ${swap(version)}'`,
          "sh",
        ),
    });
  if (wanted.includes("capistrano")) ways.push(capistrano(count));
  return ways;
}

function capistrano(count: number): Way {
  const directory = join(work, `capistrano-${count}`);
  mkdirSync(join(directory, "config/deploy"), { recursive: true });
  const keys = `keys: ["${hosts.key}"], keys_only: true, user_known_hosts_file: ["${hosts.knownHosts}"], config: false`;
  const file = (path: string, lines: string[]) => writeFileSync(join(directory, path), `${lines.join("\n")}\n`);
  file("Capfile", [
    'require "capistrano/setup"',
    'require "capistrano/deploy"',
    'require "capistrano/scm/git"',
    "install_plugin Capistrano::SCM::Git",
  ]);
  file("config/deploy.rb", [
    'set :application, "bench"',
    `set :repo_url, "file://${work}/repository"`,
    'set :branch, ENV.fetch("BRANCH")',
    'set :deploy_to, ENV.fetch("ROOT")',
    `set :ssh_options, { ${keys} }`,
  ]);
  file(
    "config/deploy/production.rb",
    hosts.all
      .slice(0, count)
      .map(({ address, port, user }) => `server "${address}", port: ${port}, user: "${user}", roles: %w[app]`),
  );
  return {
    name: "Capistrano",
    hosts: count,
    deploy: (root, version) =>
      measured(work, "env", [`ROOT=${root}`, `BRANCH=${version}`, "cap", "production", "deploy"], directory),
  };
}

function configuration({ all, bastion }: Hosts, count: number, root: string, through: boolean): string {
  return [
    "app: bench",
    "targets:",
    "  production:",
    `    root: ${root}`,
    `    environments-root: ${root}/envs`,
    ...(through ? [`    proxy-jump: ${bastion.user}@${bastion.address}:${bastion.port}`] : []),
    "    hosts:",
    ...all
      .slice(0, count)
      .map(({ address, port, user }) => `      - { address: ${address}, port: ${port}, ssh-user: ${user} }`),
    "",
  ].join("\n");
}

/** Real text of `node_modules` as files of application and environment; two versions that differ in two small files. */
async function makeContent() {
  const text = Buffer.concat(
    globSync("node_modules/**/*.{js,mjs,cjs,ts,md}", { cwd: repositoryRoot })
      .map((path) => join(repositoryRoot, path))
      .filter((path) => statSync(path).isFile() && statSync(path).size < 100_000)
      .sort()
      .map((path) => readFileSync(path)),
  );
  let at = 0;
  const take = (directory: string, { files, bytes }: { files: number; bytes: number }) => {
    for (let n = 0; n < files; n++) {
      // From a quarter to seven quarters of the mean.
      const size = Math.round((bytes / files) * (0.25 + (1.5 * ((n * 37) % 101)) / 100));
      const to = join(directory, `part_${n % 40}`);
      mkdirSync(to, { recursive: true });
      at = at + size > text.length ? 0 : at;
      writeFileSync(join(to, `file_${n}.js`), text.subarray(at, at + size));
      at += size;
    }
  };
  take(content.app, APP);
  take(content.environment, ENVIRONMENT);
  makeRepository(join(work, "project"), { "tarlift.yml": "app: bench\n" });
  const versions = ["one", "two"] as const;
  for (const version of versions) {
    const tree = join(work, version);
    cpSync(content.app, tree, { recursive: true });
    writeFileSync(join(tree, "version.txt"), version);
    writeFileSync(join(tree, "part_0/file_0.js"), `// ${version}\n`);
    cpSync(content.environment, join(tree, ".venv"), { recursive: true });
    execFileSync("tar", ["--zstd", "-cf", join(work, `${version}.tar.zst`), "-C", tree, "."]);
    if (version === "one") makeRepository(join(work, "repository"), { "README.md": "" });
    cpSync(tree, join(work, "repository"), { recursive: true });
    change(join(work, "repository"), {}, version);
    execFileSync("git", ["-C", join(work, "repository"), "branch", version]);
  }
  const service = {
    command: {
      restart: "cp version.txt ../../serving.part && mv -f ../../serving.part ../../serving",
      status: "cmp -s version.txt ../../serving",
    },
    "stable-for": 1,
  };
  const both = async (name: string, services: Record<string, unknown>) => ({
    one: await makeArtifact(name, "one", services),
    two: await makeArtifact(name, "two", services),
  });
  return { plain: await both("plain", {}), withService: await both("service", { web: service }) };
}

async function makeArtifact(name: string, version: string, services: Record<string, unknown>): Promise<string> {
  const base = "srv/bench/current";
  const file = (layer: string) => join(work, `${name}-${version}-${layer}`);
  const application = walk(join(work, version)).filter(({ path }) => path !== ".venv" && !path.startsWith(".venv/"));
  const layers = {
    environment: await packLayer(walk(content.environment), {
      base: `srv/bench/envs/${ENVIRONMENT.id}`,
      file: file("environment.tar.zst"),
    }),
    application: await packLayer(application, { base, file: file("application.tar.zst") }),
  };
  const nothing = { architecture: process.arch === "x64" ? "x86_64" : "aarch64", sonames: [] };
  await writeArtifact(file("artifact.tar"), {
    release: {
      app: "bench",
      commit: { id: version === "one" ? "1".repeat(40) : "2".repeat(40), time: "2026-01-02T03:04:05Z" },
      environments: [
        {
          name: "python",
          kind: "path",
          id: ENVIRONMENT.id,
          key: "0".repeat(64),
          installer: { name: "bench", version: "1" },
          root: "/srv/bench/envs",
          link: ".venv",
          diffId: layers.environment.diffId,
          requirements: nothing,
          resolved: [],
        },
      ],
      requirements: nothing,
      configuration: { app: "bench", ...(Object.keys(services).length > 0 ? { services } : {}) },
    },
    layers: [
      { packed: layers.environment, kind: "environment", name: "python" },
      { packed: layers.application, kind: "application", name: "application" },
    ],
    version,
  });
  return file("artifact.tar");
}

function print(seen: Map<Way, Record<"one" | "two", (Cost & { parts?: Record<string, number> })[]>>): void {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  for (const version of ["one", "two"] as const) {
    console.log(
      `\n${version === "one" ? "A first release: application and environment travel" : "Two small files changed"}; median of ${rounds} rounds\n`,
    );
    console.log(
      "| hosts | | seconds | of Tarlift | runner's processor: itself + ssh | hosts' processors | peak of the process | preflight, prepare, activate, commit |",
    );
    console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (const [way, { [version]: costs }] of seen) {
      const of = (pick: (cost: (typeof costs)[number]) => number | undefined) =>
        median(costs.map((cost) => pick(cost) ?? 0));
      const ours = [...seen].find(([{ name, hosts: count }]) => name === "Tarlift" && count === way.hosts)?.[1];
      const base = median((ours?.[version] ?? costs).map(({ seconds }) => seconds));
      const own = costs.some((cost) => cost.own);
      const cpu = own
        ? `${of((cost) => cost.own?.cpu).toFixed(2)} + ${of((cost) => cost.cpu - (cost.own?.cpu ?? 0)).toFixed(2)} s`
        : `${of((cost) => cost.cpu).toFixed(2)} s`;
      const parts = own
        ? ["preflight", "prepare", "activate", "commit"]
            .map((part) => of((cost) => cost.parts?.[part]).toFixed(2))
            .join(", ")
        : "";
      const row = [
        way.hosts,
        way.name,
        of(({ seconds }) => seconds).toFixed(2),
        (of(({ seconds }) => seconds) / base).toFixed(2),
        cpu,
        `${of((cost) => cost.parts?.hosts).toFixed(2)} s`,
        own ? megabytes(of((cost) => cost.own?.peak)) : "",
        parts,
      ];
      console.log(`| ${row.join(" | ")} |`);
    }
  }
}
