// Packing speed: Tarlift's one-pass layer writer beside a GNU pipeline that does the same work, and beside `tar zcf`.
// Run: node bench/packing.ts [--rounds 5] [--megabytes 350] [--files 10000] [--keep DIRECTORY]     (bench/README.md)
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { requirePrograms } from "./peers.ts";

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    megabytes: { type: "string", default: "350" },
    files: { type: "string", default: "10000" },
    keep: { type: "string" },
  },
});
requirePrograms({ bash: "bash", tar: "tar", zstd: "zstd" });

const work = values.keep ?? mkdtempSync(join(tmpdir(), "tarlift-bench-packing-"));
mkdirSync(work, { recursive: true });
const corpus = join(work, `corpus-${values.megabytes}-${values.files}`);

interface Contender {
  name: string;
  command: string[];
  /** What it leaves, for its size. */
  result: string;
}

const PIPELINE = `
set -euo pipefail
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum >"$1/pipeline.index" &
tar --create --file=- --sort=name --mtime=@315532800 --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w --format=gnu . |
  tee >(sha256sum >"$1/pipeline.diffid") | zstd -q -T0 -3 -c | tee >(sha256sum >"$1/pipeline.digest") >"$1/pipeline.tar.zst"
wait
`;

const OURS = `
  const { packLayer, walk } = await import(${JSON.stringify(join(here, "../src/artifact/pack.ts"))});
  await packLayer(walk("."), { base: "srv/bench/current", file: process.argv[1] });
`;

const contenders: Contender[] = [
  {
    name: "Tarlift",
    command: [process.execPath, "--input-type=module", "-e", OURS, join(work, "tarlift.tar.zst")],
    result: join(work, "tarlift.tar.zst"),
  },
  {
    name: "GNU pipeline, same work",
    command: ["bash", "-c", PIPELINE, "bash", work],
    result: join(work, "pipeline.tar.zst"),
  },
  {
    name: "tar and zstd -T0 -3, no digests",
    command: ["bash", "-c", 'tar -cf - . | zstd -q -T0 -3 -c >"$1"', "bash", join(work, "plain.tar.zst")],
    result: join(work, "plain.tar.zst"),
  },
  {
    name: "tar zcf",
    command: ["tar", "-zcf", join(work, "plain.tar.gz"), "."],
    result: join(work, "plain.tar.gz"),
  },
];

/**
 * A tree of real files: this repository's node_modules (its lock file decides what that is), in an order that is random and always the
 * same; then pieces of its largest native files until the size is reached, as a virtualenv has libraries beside its many small files.
 */
function makeCorpus(): void {
  if (existsSync(join(corpus, ".complete"))) return;
  const root = join(here, "../node_modules");
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, size: statSync(path).size, order: scatter(path.slice(root.length)) }));
  const large = found.filter(({ size }) => size > 2e6).sort((a, b) => b.size - a.size);
  const small = found.filter(({ size }) => size <= 2e6).sort((a, b) => a.order - b.order);
  const [count, bytes] = [Number(values.files), Number(values.megabytes) * 1e6];
  const pieces = Math.max(1, Math.round(count / 100));
  let written = 0;
  const put = (path: string, content: Buffer) => {
    mkdirSync(dirname(join(corpus, path)), { recursive: true });
    writeFileSync(join(corpus, path), content);
    written += content.length;
  };
  for (let n = 0; n < count - pieces; n++) {
    const source = small[n % small.length] as (typeof small)[number];
    // A second copy of a file is another file: zstd's window would not see the first one anyway, but its name must differ.
    put(
      `${n < small.length ? "once" : `again-${Math.floor(n / small.length)}`}${source.path.slice(root.length)}`,
      readFileSync(source.path),
    );
  }
  const native = slices(large.map(({ path }) => path));
  for (let n = 0; n < pieces; n++) {
    const size = Math.max(0, Math.round((bytes - written) / (pieces - n)));
    put(`native/library-${n}.so`, native(size));
  }
  writeFileSync(join(corpus, ".complete"), "");
}

/** FNV-1a: a fixed order that has nothing to do with directories. */
function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193) >>> 0;
  return hash;
}

/** The next bytes of some files, one after the other and round again. */
function slices(paths: string[]): (size: number) => Buffer {
  let file = 0;
  let position = 0;
  return (size) => {
    const bytes = Buffer.alloc(size);
    for (let filled = 0; filled < size; ) {
      const descriptor = openSync(paths[file % paths.length] as string, "r");
      const read = readSync(descriptor, bytes, filled, size - filled, position);
      closeSync(descriptor);
      filled += read;
      position += read;
      if (read === 0) {
        file++;
        position = 0;
      }
    }
    return bytes;
  };
}

/** Runs a contender in the corpus. @returns seconds, and the peak of resident memory of all its processes where `watch` is set */
function race(contender: Contender, watch = false): Promise<{ seconds: number; memory: number }> {
  const [file, ...args] = contender.command as [string, ...string[]];
  const start = performance.now();
  const child = spawn(file, args, { cwd: corpus, detached: true, stdio: ["ignore", "ignore", "inherit"] });
  let memory = 0;
  const timer = watch
    ? setInterval(() => {
        memory = Math.max(memory, residentOf(child.pid as number));
      }, 20)
    : undefined;
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`${contender.name}: exit code ${code}`));
      else resolve({ seconds: (performance.now() - start) / 1000, memory });
    });
  });
}

/** Resident bytes of all processes of a group. */
function residentOf(group: number): number {
  let pages = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) === group) pages += Number(fields[21]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return pages * 4096;
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

try {
  makeCorpus();
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const memory = new Map<string, number>();
  // Once unmeasured: the page cache is warm for all, and memory is watched when no time is taken.
  for (const contender of contenders) memory.set(contender.name, (await race(contender, true)).memory);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contender of contenders) times.get(contender.name)?.push((await race(contender)).seconds);
  }
  const reference = median(times.get("GNU pipeline, same work") as number[]);
  console.log(`${values.megabytes} MB in ${values.files} files, median of ${values.rounds} interleaved rounds\n`);
  console.log("| | seconds | of the GNU pipeline | size | peak memory |\n| --- | --- | --- | --- | --- |");
  for (const { name, result } of contenders) {
    const seconds = median(times.get(name) as number[]);
    console.log(
      `| ${name} | ${seconds.toFixed(2)} | ${(seconds / reference).toFixed(2)} | ${(statSync(result).size / 1e6).toFixed(1)} MB | ${Math.round((memory.get(name) as number) / 1e6)} MB |`,
    );
  }
} finally {
  if (values.keep === undefined) rmSync(work, { recursive: true, force: true });
}
