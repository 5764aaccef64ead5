// What distance costs: a trivial deploy (one changed line, no service) over a line of 100 ms, beside mina and a bare `ssh host true`.
// Run: node bench/round-trips.ts [--rounds 5] [--rtt 100] [--keep DIRECTORY]     (bench/README.md)
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requirePrograms } from "./peers.ts";
import { change, configFor, makeRepository, median, startServer, timed } from "./server.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    rtt: { type: "string", default: "100" },
    keep: { type: "string" },
  },
});
const rounds = Number(values.rounds);
requirePrograms({ mina: "mina" });
const rtt = Number(values.rtt);
const work = values.keep ?? mkdtempSync(join(tmpdir(), "tarlift-bench-trips-"));
mkdirSync(work, { recursive: true });
// As in a clone: without it Node has to find out first what kind of modules these are.
writeFileSync(join(work, "package.json"), JSON.stringify({ type: "module" }));
const cli = join(work, "dist/cli.js");
execFileSync(process.execPath, [join(import.meta.dirname, "../scripts/build.ts"), join(work, "dist")], {
  stdio: "ignore",
});

const server = await startServer(work, rtt / 2);
try {
  const { user, key } = server.sshd;
  const ours = join(work, "tarlift-root");
  const theirs = join(work, "mina-root");
  mkdirSync(ours, { recursive: true });
  const repository = join(work, "app");
  makeRepository(repository, {
    "tarlift.yml": configFor(server, ours),
    "version.txt": "0\n",
    ...Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`app/module_${n}.py`, `VALUE = ${n}\n`.repeat(50)])),
  });

  const store = ["--store", join(work, "store"), "--quiet"];
  const tarlift = (...args: string[]) => timed(process.execPath, [cli, ...args, ...store], repository);
  const login = ["--ssh-key", key, "--ssh-known-hosts", server.knownHosts];
  const deploy = (round: number) => tarlift("deploy", "production", "--artifact", join(work, `${round}.tar`), ...login);
  const ssh = ["-p", String(server.line.port), ...server.sshOptions, `${user}@127.0.0.1`, "true"];
  writeFileSync(
    join(work, "deploy.rb"),
    [
      "require 'mina/deploy'",
      "require 'mina/git'",
      // Debian installs mina's template as documentation, where mina does not look for it.
      `def Mina.root_path(*) = "/usr/share/doc/mina/examples/deploy.sh.erb"`,
      "set :domain, '127.0.0.1'",
      `set :port, '${server.line.port}'`,
      `set :user, '${user}'`,
      `set :deploy_to, '${theirs}'`,
      `set :repository, '${repository}'`,
      "set :branch, 'main'",
      "set :term_mode, :system",
      `set :ssh_options, '${server.sshOptions.join(" ")}'`,
      "task :environment do",
      "end",
      "task :setup do",
      "end",
      "task :deploy => :environment do",
      "  deploy do",
      "    invoke :'git:clone'",
      "  end",
      "end",
      "",
    ].join("\n"),
  );
  await timed("mina", ["setup", "-f", join(work, "deploy.rb")], work);

  const seen: Record<string, number[]> = { "ssh host true": [], mina: [], tarlift: [] };
  // The first round is a first deploy, and does not count.
  for (let round = 0; round <= rounds; round++) {
    change(repository, { "version.txt": `${round}\n`, "app/module_0.py": `VALUE = "${round}"\n` }, `${round}`);
    await tarlift("bundle", "--output", join(work, `${round}.tar`));
    const bare = await timed("ssh", ssh, work);
    const peer = await timed("mina", ["deploy", "-f", join(work, "deploy.rb")], work);
    const own = await deploy(round);
    // A deploy that did not happen is quick: what is live decides.
    for (const root of [ours, theirs]) {
      const live = join(root, "current");
      if (readFileSync(join(live, "version.txt"), "utf8") !== `${round}\n`)
        throw new Error(`${live} -> ${readlinkSync(live)} is not round ${round}`);
    }
    if (round === 0) continue;
    seen["ssh host true"]?.push(bare);
    seen.mina?.push(peer);
    seen.tarlift?.push(own);
  }

  const of = (name: string) => median(seen[name] ?? []);
  console.log(`\nSeconds of a trivial deploy, round trip ${rtt} ms; median of ${rounds} interleaved rounds\n`);
  console.log("| | seconds | all rounds |\n| --- | --- | --- |");
  for (const [name, times] of Object.entries(seen))
    console.log(`| ${name} | ${of(name).toFixed(2)} | ${times.map((time) => time.toFixed(2)).join(" ")} |`);
  const allowed = of("mina") + (4 * rtt) / 1000 + 0.3;
  console.log(
    `\nmina + 4 round trips + 0.3 s = ${allowed.toFixed(2)} s; Tarlift ${of("tarlift").toFixed(2)} s${of("tarlift") <= allowed ? "" : ": TOO SLOW"}`,
  );
} finally {
  await server.stop();
  if (values.keep === undefined) rmSync(work, { recursive: true, force: true });
}
