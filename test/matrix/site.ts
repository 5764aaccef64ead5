// Where cells happen: a site is one application on three hosts, and a world is where several sites have their hosts. On loopback every
// contributor has the world; hosts that lose their power or their network are a lab's.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { HostAddress } from "../../src/transports/types.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import { sh } from "../support/needs.ts";
import { startSshdIn } from "../support/sshd-process.ts";
import { stepsDirectory } from "../support/step-program.ts";
import { FAULTS, type Fault, HOSTS, LAB_FAULTS } from "./cells.ts";
import type { Span } from "./outside.ts";

export interface SiteHost {
  root: string;
  address: Partial<HostAddress>;
  options: OpenOptions;
  /** What its service listens on. */
  port: number;
  /** A path of the host as this machine reads it, whether the host is on or not. */
  read(path: string): string;
  /** The same for writing, while it is on. */
  write(path: string): string;
}

export interface Site {
  name: string;
  hosts: SiteHost[];
}

export interface World {
  sites: Site[];
  /** What can happen here. */
  faults: readonly Fault[];
  /** Whether what happens to a host happens to it in all sites at once. */
  together: boolean;
  /** Takes power or network from a host, and gives it back. */
  take(fault: Fault, host: number): Promise<void>;
  give(fault: Fault, host: number): Promise<void>;
  /** When a host could not be reached from outside. */
  away(host: number): readonly Span[];
  stop(): Promise<void>;
}

/** Seconds after which a host whose network was lost ends what waits for the other side. */
const LEASE = 10;
const ADDRESSES = Array.from({ length: HOSTS }, (_, n) => `127.0.0.${n + 1}`);
const nothing = async () => {};

/** @param lanes how many sites */
export async function loopback(lanes: number): Promise<World> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "tarlift-matrix-")));
  const sshds = await Promise.all(
    ADDRESSES.map((address, n) => {
      mkdirSync(join(directory, `sshd${n}`));
      return startSshdIn(join(directory, `sshd${n}`), { address });
    }),
  );
  const options = sshds.map(
    ({ key, knownHosts }): OpenOptions => ({
      key: { file: key },
      knownHosts: { text: knownHosts },
      userConfig: false,
      strict: true,
      lease: LEASE,
    }),
  );
  const sites: Site[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const hosts = await Promise.all(
      sshds.map(async ({ address, port, user }, n): Promise<SiteHost> => {
        const root = join(directory, `site${lane}`, `host${n}`, "srv");
        mkdirSync(root, { recursive: true });
        const serves = await servicePort();
        furnish(stepsDirectory(root), serves);
        return { root, address: { address, port, user }, options: options[n]!, port: serves, read: at, write: at };
      }),
    );
    sites.push({ name: `loopback ${lane + 1}`, hosts });
  }
  return {
    sites,
    faults: FAULTS.filter((fault) => !LAB_FAULTS.includes(fault)),
    together: false,
    take: nothing,
    give: nothing,
    away: () => [],
    async stop() {
      // The connections first: no run starts a service again then.
      await Promise.all(sshds.map((sshd) => sshd.stop()));
      for (const { hosts } of sites) for (const { root } of hosts) endService(stepsDirectory(root));
      spawnSync("chmod", ["-R", "u+rwX", directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const at = (path: string): string => path;

const ports = new Set<number>();

/** A port that no connection takes for its own end while the service is being started again: below the range of those. */
async function servicePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer().on("error", () => resolve(false));
      server.listen(port, () => server.close(() => resolve(true)));
    });
    if (!free || ports.has(port)) continue;
    ports.add(port);
    return port;
  }
}

function furnish(directory: string, port: number): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "port"), String(port));
}

function endService(directory: string): void {
  try {
    const pid = Number(readFileSync(join(directory, "pid"), "utf8"));
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(directory)) process.kill(pid);
  } catch {
    // It was never started, or has ended.
  }
}

/** What starts services when a host is switched on: a unit, as an operator has one for a daemon that brings none. */
const BOOT = `[Unit]
Description=services of the crash matrix
After=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
User=deploy
ExecStart=/bin/sh -c 'for root in /srv/*/app; do [ ! -L "$root/current" ] || (cd "$(readlink -f "$root/current")" && .tarlift/exec python3 -ES serve.py start "$root.steps"); done'
[Install]
WantedBy=multi-user.target
`;

/** Three hosts in network namespaces, with systemd. Needs root. */
export async function lab(lanes: number): Promise<World> {
  const world: Lab = await startLab({ hosts: HOSTS });
  const spans: [number, number][][] = world.hosts.map(() => []);
  const options: OpenOptions = {
    key: { file: world.key },
    knownHosts: { text: world.knownHosts },
    userConfig: false,
    lease: LEASE,
    connectTimeout: 2,
  };
  const sites: Site[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const hosts = world.hosts.map((host, n): SiteHost => {
      const { address, port, user } = host;
      return {
        root: `/srv/t-matrix-${lane}-${n}/app`,
        address: { address, port, user },
        options,
        port: 8000 + lane,
        read: (path) => host.onDisk(path),
        write: (path) => host.inUse(path),
      };
    });
    sites.push({ name: `lab ${lane + 1}`, hosts });
  }
  for (const [n, host] of world.hosts.entries()) {
    const roots = sites.map(({ hosts }) => hosts[n]!);
    await host.root("cat >/etc/systemd/system/matrix.service && systemctl enable --quiet matrix", BOOT);
    for (const { root, port } of roots)
      await host.root(
        `install -d -o ${host.user} ${root} ${stepsDirectory(root)} && echo ${port} >${stepsDirectory(root)}/port`,
      );
  }
  return {
    sites,
    faults: LAB_FAULTS,
    together: true,
    async take(fault, n) {
      spans[n]!.push([Date.now(), Number.POSITIVE_INFINITY]);
      const host = world.hosts[n]!;
      if (fault === "host killed") await host.powerOff();
      else await host.plugged(false);
    },
    async give(fault, n) {
      const host = world.hosts[n]!;
      if (fault === "host killed") await host.start();
      else await host.plugged(true);
      spans[n]!.at(-1)![1] = Date.now();
    },
    away: (n) => spans[n]!,
    stop: () => world.stop(),
  };
}

/** The processes of sshd by which programs are connected that have a session below a root, on a host that is this machine. */
export function connectionsOf(root: string): number[] {
  return namesIn(join(root, ".tarlift/sessions")).flatMap((name) => {
    try {
      const parent = parentOf(Number(name.split(".")[1]));
      // One whose connection has ended already is another process's child.
      return readFileSync(`/proc/${parent}/cmdline`, "utf8").startsWith("sshd: ") ? [parent] : [];
    } catch {
      return [];
    }
  });
}

export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** Ends a process and all of its descendants at once, as a session manager does: services that have made themselves daemons are none. */
export function endTree(pid: number): void {
  const family = new Set<number>();
  // They are stopped first: what one of them starts meanwhile is found the next time.
  for (let known = -1; family.size > known; ) {
    known = family.size;
    for (const one of descendantsOf(pid)) {
      family.add(one);
      send(one, "SIGSTOP");
    }
  }
  for (const one of family) send(one, "SIGKILL");
}

/** A process that has ended by itself meanwhile is none to end. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has.
  }
}

function descendantsOf(pid: number): number[] {
  const rows = sh("ps", ["-eo", "pid=,ppid="]).trim().split("\n");
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const family = [pid];
  for (const one of family) family.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child));
  return family;
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")[1]);
}
