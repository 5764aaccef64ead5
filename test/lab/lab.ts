// A lab: several Debian hosts on this machine that a test can deploy to, switch off and look into. Needs root.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STATE_DIRECTORY } from "../support/debian-root.ts";
import { sh } from "../support/needs.ts";
import { LabHost } from "./host.ts";
import { createNetwork, network, removeNetwork } from "./network.ts";
import { startPostgres, stopPostgres } from "./postgres.ts";
import { startTime } from "./process.ts";

export type { LabHost } from "./host.ts";

/** What the machine must have: `describe.runIf(needs(...LAB_NEEDS))`. */
export const LAB_NEEDS = ["root", "debootstrap", "systemd-nspawn", "ip", "ssh"];

/** A directory for each lab. */
export const LABS = join(STATE_DIRECTORY, "labs");

interface Process {
  pid: number;
  /** Ids are used again: the time distinguishes two processes. */
  started: string;
}

interface State {
  /** Number of its network. */
  network: number;
  /** The process whose end ends the lab; null for one that stays until `down`. */
  owner: Process | null;
}

export interface Lab {
  name: string;
  hosts: LabHost[];
  /** The lines of all hosts for a known_hosts file. */
  knownHosts: string;
  /** A file with the private key of `deploy` on all hosts, mode 0600. */
  key: string;
  /** The address of this machine as hosts see it. */
  address: string;
  /** Starts a PostgreSQL for the hosts, once. @returns the URL of an empty database */
  postgres(): string;
  /** Ends everything and leaves nothing: no process, link, namespace, mount or file. */
  stop(): Promise<void>;
}

/**
 * Starts hosts, all at once. Labs whose process was killed before it could stop them are removed first.
 *
 * @param options.hosts how many
 * @param options.name a lab of this name is taken up if there is one, and stays when this process ends
 */
export async function startLab(options: { hosts: number; name?: string }): Promise<Lab> {
  await sweep();
  const name = options.name ?? `test-${process.pid}-${Date.now()}`;
  const directory = join(LABS, name);
  if (!existsSync(join(directory, "state.json"))) create(directory, options.name === undefined);
  const number = readState(directory)!.network;
  const lab = open(name)!;
  const missing = options.hosts - lab.hosts.length;
  for (let index = 0; index < missing; index++) {
    const host = new LabHost(
      network(number),
      lab.hosts.length + 1,
      join(directory, "hosts", `app${lab.hosts.length + 1}`),
    );
    host.create();
    lab.hosts.push(host);
  }
  try {
    await Promise.all(lab.hosts.map((host) => (host.running ? undefined : host.start())));
  } catch (error) {
    await lab.stop();
    throw error;
  }
  return open(name)!;
}

/** The lab of a name as it is now; undefined when there is none. */
export function open(name: string): Lab | undefined {
  const directory = join(LABS, name);
  const state = readState(directory);
  if (!state) return undefined;
  const net = network(state.network);
  const hosts = numbers(directory).map((number) => new LabHost(net, number, join(directory, "hosts", `app${number}`)));
  const cluster = join(directory, "postgres");
  return {
    name,
    hosts,
    knownHosts: hosts.map((host) => host.knownHosts).join(""),
    key: join(directory, "id"),
    address: net.address,
    postgres: () => startPostgres(cluster, net.address),
    async stop() {
      // Of a lab that is gone already, the number may be the next one's.
      if (!existsSync(directory)) return;
      await stopPostgres(cluster);
      await Promise.all(hosts.map((host) => host.remove()));
      removeNetwork(net);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Removes labs whose process was killed. Of several processes that find such a lab, one removes it: its network's number is free as soon
 * as its bridge is gone, and a second one that still removes hosts would remove those of the next lab with that number.
 */
export async function sweep(): Promise<void> {
  for (const name of existsSync(LABS) ? readdirSync(LABS) : []) {
    const owner = readState(join(LABS, name))?.owner;
    if (owner && hasEnded(owner) && claim(join(LABS, name))) await open(name)!.stop();
  }
}

/** Whether this process is the one that removes a lab: the first to ask is, until it ends. */
function claim(directory: string): boolean {
  const file = join(directory, "remover.json");
  const write = () => {
    try {
      writeFileSync(file, JSON.stringify(thisProcess()), { flag: "wx" });
      return true;
    } catch {
      return false; // It is claimed, or removed already.
    }
  };
  if (write()) return true;
  const remover = readProcess(file);
  if (!remover || !hasEnded(remover)) return false;
  rmSync(file, { force: true });
  return write();
}

function create(directory: string, ownedByThisProcess: boolean): void {
  mkdirSync(join(directory, "hosts"), { recursive: true });
  chmodSync(directory, 0o711);
  rmSync(join(directory, "id"), { force: true });
  sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", join(directory, "id")]);
  const state: State = {
    network: createNetwork().number,
    owner: ownedByThisProcess ? thisProcess() : null,
  };
  writeFileSync(join(directory, "state.json"), JSON.stringify(state));
}

const thisProcess = (): Process => ({ pid: process.pid, started: startTime(process.pid)! });
const hasEnded = ({ pid, started }: Process) => startTime(pid) !== started;

function readProcess(file: string): Process | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Process;
  } catch {
    return undefined; // It is being written, or gone.
  }
}

function readState(directory: string): State | undefined {
  const file = join(directory, "state.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as State) : undefined;
}

function numbers(directory: string): number[] {
  return readdirSync(join(directory, "hosts"))
    .map((name) => Number(name.replace("app", "")))
    .sort((a, b) => a - b);
}
