// The lab by hand: npm run lab -- up 3 | down | status | ssh N [command…] | root N [text]
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lab, open, startLab, sweep } from "./lab.ts";

const NAME = "by-hand";
const USAGE = "usage: npm run lab -- up [hosts] | down | status | ssh N [command] | root N 'shell text'\n";

const [verb, ...args] = process.argv.slice(2);
process.exitCode = await main();

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) return fail("the lab makes network namespaces and boots systems: it needs root\n");
  switch (verb) {
    case "up":
      show(await startLab({ hosts: Number(args[0] ?? 3), name: NAME }));
      return 0;
    case "down":
      await sweep();
      await open(NAME)?.stop();
      process.stdout.write("no lab\n");
      return 0;
    case "status": {
      const lab = open(NAME);
      if (lab) show(lab);
      else process.stdout.write("no lab; start one with: npm run lab -- up 3\n");
      return 0;
    }
    case "ssh":
      return ssh(Number(args[0] ?? 1), args.slice(1));
    case "root":
      return root(Number(args[0] ?? 1), args.slice(1).join(" "));
    default:
      return fail(USAGE);
  }
}

function show(lab: Lab): void {
  const knownHosts = join(lab.key, "..", "known_hosts");
  writeFileSync(knownHosts, lab.knownHosts);
  for (const { name, user, address, running } of lab.hosts) {
    process.stdout.write(`${name}  ${user}@${address}  ${running ? "running" : "off"}\n`);
  }
  process.stdout.write(`key: ${lab.key}\nknown hosts: ${knownHosts}\n`);
}

function ssh(number: number, command: string[]): number {
  const lab = open(NAME);
  const host = lab?.hosts[number - 1];
  if (!lab || !host) return fail(`there is no host ${number}\n`);
  const knownHosts = join(lab.key, "..", "known_hosts");
  const options = ["-F", "none", "-i", lab.key, "-o", `UserKnownHostsFile=${knownHosts}`];
  return spawnSync("ssh", [...options, `${host.user}@${host.address}`, ...command], { stdio: "inherit" }).status ?? 1;
}

/** What an administrator does on a host: the script that `tarlift host setup` prints comes by standard input. */
async function root(number: number, text: string): Promise<number> {
  const host = open(NAME)?.hosts[number - 1];
  if (!host) return fail(`there is no host ${number}\n`);
  try {
    process.stdout.write(await host.root(text || readFileSync(0, "utf8")));
    return 0;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n`);
  }
}

function fail(message: string): number {
  process.stderr.write(message);
  return 1;
}
