// How long a rollback takes that is not the service's own: from the end of the verification to the end of the commit, less what the
// service's restart took and the time for which it is watched. Run: node bench/rollback.ts [--rounds 5]     (bench/README.md)
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { HostOutcome } from "../src/fleet/report.ts";
import "../test/support/shell-text-hook.ts";
import { median, startServer } from "./server.ts";

const { openArtifact } = await import("../src/artifact/open-artifact.ts");
const { deploy } = await import("../src/fleet/deploy.ts");
const { rollback } = await import("../src/fleet/rollback.ts");
const { deployRequest, rollbackRequest } = await import("../test/support/fleet.ts");
const { artifactOf, text } = await import("../test/support/layers.ts");
const { plainMember } = await import("../test/support/plain-member.ts");

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);
/** Seconds for which the service is watched. */
const SETTLE = 1;

const work = mkdtempSync(join(tmpdir(), "tarlift-bench-rollback-"));
let count = 0;

async function release(words: string) {
  const directory = join(work, words);
  mkdirSync(directory);
  const files = Array.from({ length: 1000 }, (_, n) => text(`app/${n}.py`, `VALUE = ${n}\n`));
  const written = await artifactOf(directory, [text("page.txt", words), ...files], { version: words });
  return openArtifact(written.file);
}

/** @returns seconds that were not the service's own, of the slowest host, by round; and of these the ones until the host was switched */
async function measure(hosts: number, rtt: number): Promise<{ all: number[]; activate: number[] }> {
  const directory = join(work, `${hosts}-${rtt}`);
  mkdirSync(directory);
  const server = await startServer(directory, rtt / 2);
  try {
    const roots = Array.from({ length: hosts }, (_, n) => join(directory, `host${n}`));
    for (const root of roots) mkdirSync(root);
    const members = () =>
      roots.map((root) =>
        plainMember(
          root,
          { address: "127.0.0.1", port: server.line.port, user: server.sshd.user },
          {
            key: { file: server.sshd.key },
            knownHosts: { text: readFileSync(server.knownHosts, "utf8") },
            userConfig: false,
          },
          [
            {
              name: "page",
              kind: "command",
              unit: "",
              action: "restart",
              settle: SETTLE,
              commands: {
                restart: `date +%s.%N >${root}/own; sleep 0.3; cp -f page.txt ${root}/serving; date +%s.%N >>${root}/own`,
                status: `cmp page.txt ${root}/serving`,
              },
            },
          ],
        ),
      );
    const common = () => ({ members: members(), deployId: `b${String(count++).padStart(6, "0")}` });
    const put = async (words: string) => {
      const artifact = await release(words);
      const report = await deploy(deployRequest([], { ...common(), artifact, version: words }));
      if (report.outcome !== "deployed") throw new Error(JSON.stringify(report.errors));
    };
    const seen = { all: [] as number[], activate: [] as number[] };
    await put(`first-${hosts}-${rtt}`);
    for (let round = 0; round < rounds; round++) {
      await put(`v${round}-${hosts}-${rtt}`);
      for (const root of roots) writeFileSync(join(root, "own"), "");
      const report = await rollback(rollbackRequest([], common()));
      if (report.outcome !== "rolled-back") throw new Error(JSON.stringify(report.errors));
      const each = report.hosts.map((host, n) => beyondItsOwn(host, roots[n]!));
      seen.all.push(Math.max(...each.map(({ all }) => all)));
      seen.activate.push(Math.max(...each.map(({ activate }) => activate)));
    }
    return seen;
  } finally {
    await server.stop();
  }
}

function beyondItsOwn({ phases }: HostOutcome, root: string): { all: number; activate: number } {
  const [begun, ended] = readFileSync(join(root, "own"), "utf8").trim().split("\n").map(Number) as [number, number];
  const own = ended - begun + SETTLE;
  const verified = phases.find(({ phase }) => phase === "verify")!;
  const activated = phases.find(({ phase }) => phase === "activate")!;
  const committed = phases.findLast(({ phase }) => phase === "commit")!;
  return {
    all: committed.start + committed.seconds - (verified.start + verified.seconds) - own,
    activate: activated.seconds - own,
  };
}

try {
  const rows: string[] = [];
  for (const hosts of [1, 3]) {
    for (const rtt of [0, 100]) {
      const { all, activate } = await measure(hosts, rtt);
      const reported = all.map((seconds) => seconds.toFixed(2)).join(" ");
      rows.push(`| ${hosts} | ${rtt} ms | ${median(all).toFixed(2)} | ${median(activate).toFixed(2)} | ${reported} |`);
    }
  }
  console.log(`\nSeconds of a rollback beyond the service's own, slowest host; median of ${rounds} rounds\n`);
  console.log("| hosts | round trip | seconds | of these activate | all rounds |\n| --- | --- | --- | --- | --- |");
  console.log(rows.join("\n"));
} finally {
  rmSync(work, { recursive: true, force: true });
}
