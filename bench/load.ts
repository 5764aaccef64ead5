// Deploys and rollbacks under load: what clients, HAProxy and nginx count as errors. As root; it starts a lab.
// Run: node bench/load.ts [haproxy] [one-host] [--turns 20] [--requests 100000] [--clients 8]     (bench/README.md)
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startOneHost } from "../test/lab/one-host.ts";
import { startRolling } from "../test/lab/rolling.ts";
import type { Clients } from "../test/support/load.ts";
import { type Turns, underLoad } from "../test/support/under-load.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    turns: { type: "string", default: "20" },
    requests: { type: "string", default: "100000" },
    clients: { type: "string", default: "8" },
  },
});
const wanted = positionals.length > 0 ? positionals : ["haproxy", "one-host"];
const work = mkdtempSync(join(tmpdir(), "tarlift-bench-load-"));
const cli = join(work, "dist/cli.js");
execFileSync(process.execPath, [join(import.meta.dirname, "../scripts/build.ts"), join(work, "dist")], {
  stdio: "ignore",
});
const app = `bench-load-${process.pid}`;
const lines: string[] = [];
let failed = false;

try {
  if (wanted.includes("haproxy")) await behindHaproxy();
  if (wanted.includes("one-host")) await onOneHost();
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(`/srv/${app}`, { recursive: true, force: true });
}
console.log(
  `\n| | deploys and rollbacks | their seconds | requests | failed | counted in front |\n| --- | --- | --- | --- | --- | --- |\n${lines.join("\n")}`,
);
process.exitCode = failed ? 1 : 0;

async function behindHaproxy(): Promise<void> {
  const fleet = await startRolling({ work: place("haproxy"), cli, app });
  try {
    const [one, two] = [await fleet.release("one"), await fleet.release("two")];
    await fleet.deploy(one);
    await fleet.balancer.ask("clear counters all");
    const seen = await run("three hosts behind HAProxy", {
      groups: [
        ...clients(fleet.balancer.url("web"), true),
        ...clients(fleet.balancer.url("api"), false),
        // Kept at one server by a cookie, but not so busily that it never has a quiet moment.
        ...fleet.apps.map(({ name }) => ({
          url: fleet.balancer.url("web"),
          clients: 1,
          keepAlive: true,
          pause: 100,
          headers: { cookie: `S=${name}` },
        })),
      ],
      deploy: () => fleet.deploy(two),
      rollback: () => fleet.rollback(),
    });
    const { errors, requests } = await fleet.balancer.counters();
    const counted = Object.entries(errors).map(([name, count]) => `${name} ${count}`);
    row("three hosts behind HAProxy", seen, `${requests} requests, ${counted.join(", ") || "no error"}`, {
      well: counted.length === 0 && requests === seen.requests,
      pages: "one two",
    });
  } finally {
    await fleet.lab.stop();
  }
}

async function onOneHost(): Promise<void> {
  const one = await startOneHost({ work: place("one-host"), cli, app });
  try {
    const [first, second] = [await one.release("v1"), await one.release("v2")];
    const deploy = (file: string) => one.command.transact(["deploy", "production", "--artifact", file]);
    await deploy(first);
    const seen = await run("one host, docs/recipes/one-host.md", {
      groups: [...clients(one.url, true), ...clients(one.url, false)],
      deploy: () => deploy(second),
      rollback: () => one.command.transact(["rollback", "production"]),
    });
    const complaints = await one.complaints();
    row("one host, a socket of systemd's", seen, complaints.trim() || "no error", {
      well: complaints === "",
      pages: "v1 v2",
    });
  } finally {
    await one.lab.stop();
  }
}

function place(name: string): string {
  mkdirSync(join(work, name));
  return join(work, name);
}

/** Half of the clients keep their connections. */
function clients(url: string, keepAlive: boolean): Clients[] {
  return [{ url, clients: Math.max(1, Number(values.clients) / 2), keepAlive, pause: 5 }];
}

function run(title: string, turns: Omit<Turns, "turns" | "requests" | "told">) {
  console.log(title);
  return underLoad({
    ...turns,
    turns: Number(values.turns),
    requests: Number(values.requests),
    reported: (turn, outcome, seconds, requests) =>
      console.log(`  ${turn}: ${outcome} in ${seconds.toFixed(1)} s, ${requests} requests until now`),
  });
}

function row(
  title: string,
  { turns, seconds, requests, failures, pages }: Awaited<ReturnType<typeof underLoad>>,
  counted: string,
  expected: { well: boolean; pages: string },
): void {
  const seen = [...pages.keys()].sort().join(" ");
  for (const failure of failures.slice(0, 20)) console.log(`  FAILED ${failure}`);
  if (seen !== expected.pages) console.log(`  pages seen: ${seen}`);
  failed ||= failures.length > 0 || !expected.well || seen !== expected.pages;
  lines.push(`| ${title} | ${turns} | ${seconds.toFixed(0)} | ${requests} | ${failures.length} | ${counted} |`);
}
