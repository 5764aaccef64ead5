// Whether a reader notices a deploy: files through `current` and the answers of a service, read in tight loops while a host is
// deployed to and rolled back again and again. Run: node bench/reader.ts [--rounds 50]     (bench/README.md)
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import "../test/support/shell-text-hook.ts";

const { readThroughout } = await import("../test/support/reading.ts");
const { startSshdIn } = await import("../test/support/sshd-process.ts");
const { values } = parseArgs({ options: { rounds: { type: "string", default: "50" } } });
const rounds = Number(values.rounds);
const work = mkdtempSync(join(tmpdir(), "tarlift-bench-reader-"));
const sshd = await startSshdIn(work);
try {
  const began = performance.now();
  const read = await readThroughout(work, sshd, { rounds, pause: 0 });
  const seconds = Math.round((performance.now() - began) / 1000);
  const good = read.outcomes.filter((outcome) => outcome === "deployed" || outcome === "rolled-back").length;
  console.log(`\n${good} deploys and rollbacks of ${read.outcomes.length} succeeded, in ${seconds} s\n`);
  console.log("| | reads | releases seen |\n| --- | --- | --- |");
  console.log(`| files through \`current\` | ${read.files} | ${read.releases.files} |`);
  console.log(`| answers of the service | ${read.answers} | ${read.releases.answers} |`);
  console.log(
    `\n${read.failures.length} missing reads${read.failures.length > 0 ? `\n${read.failures.join("\n")}` : ""}`,
  );
  if (read.failures.length > 0 || good < 2 * rounds) process.exitCode = 1;
} finally {
  await sshd.stop();
  rmSync(work, { recursive: true, force: true });
}
