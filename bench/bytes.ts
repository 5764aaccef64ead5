// What a second deploy sends: 30 changed files of 2 000 (44 MB), sources checked out afresh, beside `rsync -azc --link-dest`.
// Run: node bench/bytes.ts [--rounds 3] [--keep DIRECTORY]     (bench/README.md)
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requirePrograms } from "./peers.ts";
import { change, configFor, makeRepository, median, startServer, timed } from "./server.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" }, keep: { type: "string" } } });
const rounds = Number(values.rounds);
requirePrograms({ rsync: "rsync" });
const FILES = 2000;
const CHANGED = 30;
const BYTES = 44e6;
const root = join(import.meta.dirname, "..");
const work = values.keep ?? mkdtempSync(join(tmpdir(), "tarlift-bench-bytes-"));
mkdirSync(work, { recursive: true });
const cli = join(work, "dist/cli.js");
execFileSync(process.execPath, [join(root, "scripts/build.ts"), join(work, "dist")], { stdio: "ignore" });

interface Sent {
  up: number;
  down: number;
  seconds: number;
}

const server = await startServer(work, 0);
try {
  const { user, key } = server.sshd;
  const ours = join(work, "tarlift-root");
  const theirs = join(work, "rsync-root");
  for (const directory of [ours, theirs]) mkdirSync(directory, { recursive: true });
  const repository = join(work, "app");
  const files = corpus();
  makeRepository(repository, { "tarlift.yml": configFor(server, ours), ...files });

  const login = ["--ssh-key", key, "--ssh-known-hosts", server.knownHosts];
  const store = ["--store", join(work, "store"), "--quiet"];
  const ssh = ["ssh", "-p", String(server.line.port), ...server.sshOptions].join(" ");
  const counted = async (work: () => Promise<number>): Promise<Sent> => {
    server.line.reset();
    const seconds = await work();
    return { ...server.line.seen, seconds };
  };

  const seen: Record<string, Sent[]> = { Tarlift: [], "rsync -azc": [] };
  for (let round = 0; round <= rounds; round++) {
    if (round > 0) change(repository, edited(files, round), `${round}`);
    // As on a runner: a clone of its own, so that every file was modified just now.
    const checkout = join(work, `checkout-${round}`);
    execFileSync("git", ["clone", "-q", repository, checkout]);
    const artifact = join(work, `${round}.tar`);
    await timed(process.execPath, [cli, "bundle", "--output", artifact, ...store], checkout);
    const own = await counted(() =>
      timed(process.execPath, [cli, "deploy", "production", "--artifact", artifact, ...login, ...store], checkout),
    );
    const peer = await counted(() =>
      timed(
        "rsync",
        [
          "-azc",
          "--delete",
          "--exclude=/.git",
          `--link-dest=${join(theirs, String(round - 1))}`,
          "-e",
          ssh,
          "./",
          `${user}@127.0.0.1:${join(theirs, String(round))}/`,
        ],
        checkout,
      ),
    );
    for (const live of [join(ours, "current"), join(theirs, String(round))])
      execFileSync("diff", ["-rq", "--exclude=.git", "--exclude=.tarlift", checkout, live]);
    rmSync(checkout, { recursive: true });
    if (round === 0) continue;
    seen.Tarlift?.push(own);
    seen["rsync -azc"]?.push(peer);
  }

  const of = (name: string, part: keyof Sent) => median((seen[name] ?? []).map((one) => one[part]));
  console.log(
    `\nA second deploy, ${CHANGED} of ${FILES} files changed (${(BYTES / 1e6).toFixed(0)} MB in all); everything on the line counted, SSH's own bytes too; median of ${rounds} rounds\n`,
  );
  console.log("| | to the host | back | both | seconds |\n| --- | --- | --- | --- | --- |");
  const both = (name: string) => of(name, "up") + of(name, "down");
  for (const name of Object.keys(seen))
    console.log(
      `| ${name} | ${kilobytes(of(name, "up"))} | ${kilobytes(of(name, "down"))} | ${kilobytes(both(name))} | ${of(name, "seconds").toFixed(2)} |`,
    );
  console.log(`\nTarlift sends ${(both("Tarlift") / both("rsync -azc")).toFixed(2)} times what rsync sends.`);
} finally {
  await server.stop();
  if (values.keep === undefined) rmSync(work, { recursive: true, force: true });
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

/** 2 000 real source files, 44 MB together: JavaScript and declarations of this repository's `node_modules`, in a fixed order. */
function corpus(): Record<string, string> {
  const paths = globSync("node_modules/**/*.{js,mjs,cjs,ts,json,md}", { cwd: root })
    .map((path) => join(root, path))
    .filter((path) => {
      const status = statSync(path);
      return status.isFile() && status.size > 300 && status.size < 400_000;
    })
    .sort();
  // Large ones are mixed in until the whole has its size.
  const bySize = paths.map((path) => ({ path, size: statSync(path).size })).sort((a, b) => b.size - a.size);
  const chosen: string[] = [];
  let left = BYTES;
  let [large, small] = [0, bySize.length - 1];
  while (chosen.length < FILES && large <= small) {
    const wanted = left / (FILES - chosen.length);
    const one =
      (bySize[large]?.size ?? 0) > 0 && wanted > (bySize[small]?.size ?? 0) && chosen.length % 2 === 0
        ? large++
        : small--;
    chosen.push(bySize[one]?.path ?? "");
    left -= bySize[one]?.size ?? 0;
  }
  return Object.fromEntries(
    chosen.map((path, n) => [`src/part_${n % 40}/file_${n}.js`, readFileSync(path, "utf8").replaceAll("\0", "")]),
  );
}

/** Each round edits other files: a line changed in the middle, one added at the end. */
function edited(files: Record<string, string>, round: number): Record<string, string> {
  const paths = Object.keys(files);
  return Object.fromEntries(
    Array.from({ length: CHANGED }, (_, n) => {
      const path = paths[(round * 467 + n * 61) % paths.length] as string;
      const lines = (files[path] ?? "").split("\n");
      lines[lines.length >> 1] = `// edited in round ${round}`;
      return [path, `${lines.join("\n")}\n// and one more line in round ${round}\n`];
    }),
  );
}
