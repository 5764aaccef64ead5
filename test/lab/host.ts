// One host of the lab: a Debian 12 with systemd, sshd and supervisord, an address of its own, and users as on a real server.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { CommandResult } from "../../src/subprocess/command.ts";
import { run, tryRun } from "../../src/subprocess/run.ts";
import { debianRoot } from "../support/debian-root.ts";
import { sh } from "../support/needs.ts";
import { type Network, plug, plugIn, switchCable, unplug } from "./network.ts";
import { children, end, runs, until } from "./process.ts";

const BOOT = 60_000;
/** A clean environment: what root has on a server. */
const ROOT_ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
};

export class LabHost {
  /** `app1`, `app2`, …; its hostname as well. */
  readonly name: string;
  /** An IPv4 address that only this machine reaches. */
  readonly address: string;
  readonly port = 22;
  /** The user that the lab's key admits: no root, no sudo, in the group of `accounting`, the services' user. */
  readonly user = "deploy";
  private readonly lab: Network;
  private readonly number: number;
  private readonly directory: string;

  /** @param directory where the lab keeps this host's files: its disk is `upper` in it */
  constructor(lab: Network, number: number, directory: string) {
    this.lab = lab;
    this.number = number;
    this.directory = directory;
    this.name = `app${number}`;
    this.address = plug(lab, number).address;
  }

  /** The line for known_hosts. */
  get knownHosts(): string {
    const [type, key] = readFileSync(join(this.directory, "ssh_host_key.pub"), "utf8").split(" ");
    return `${this.address} ${type} ${key}\n`;
  }

  /** Whether it is switched on. */
  get running(): boolean {
    return runs(this.pid, this.directory);
  }

  /** Makes its identity and its network, once. */
  create(): void {
    mkdirSync(this.directory, { recursive: true });
    sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", this.name, "-f", join(this.directory, "ssh_host_key")]);
    plugIn(this.lab, this.number);
  }

  /**
   * Switches it on and waits until systemd has started everything.
   *
   * @throws Error with the end of its console when that takes longer than a minute
   */
  async start(): Promise<void> {
    const console = openSync(join(this.directory, "console.log"), "a");
    const script = join(import.meta.dirname, "host.sh");
    const { namespace } = plug(this.lab, this.number);
    const host = spawn(
      "unshare",
      ["--mount", "sh", script, debianRoot(), this.directory, namespace, this.name, namespace],
      { detached: true, stdio: ["ignore", console, console], env: ROOT_ENVIRONMENT },
    );
    closeSync(console);
    host.unref();
    writeFileSync(join(this.directory, "pid"), `${host.pid}\n`);
    try {
      await until(`${this.name} has started`, BOOT, async () => {
        if (host.exitCode !== null || host.signalCode !== null) throw new Error(`${this.name} has ended`);
        return (await answers(this.address, this.port)) && (await this.started());
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.console().split("\n").slice(-30).join("\n")}`);
    }
  }

  /** What it has written on its console. */
  console(): string {
    const file = join(this.directory, "console.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /**
   * Runs shell text on it as root, beside SSH.
   *
   * @param input its standard input
   * @returns its standard output
   * @throws Failure with its last lines when it exits other than 0
   */
  async root(command: string, input?: string): Promise<string> {
    const result = await run(this.inside(command), {
      what: `the command failed on ${this.name}`,
      env: ROOT_ENVIRONMENT,
      ...(input === undefined ? {} : { input }),
    });
    return result.stdout;
  }

  /** The same, and returns how it ended, whatever that was. */
  tryRoot(command: string, input?: string): Promise<CommandResult> {
    return tryRun(this.inside(command), { env: ROOT_ENVIRONMENT, ...(input === undefined ? {} : { input }) });
  }

  /**
   * Pulls the plug: every process dies at once. Its disk keeps what was written, synced or not, since this machine's page cache lives on.
   * {@link start} switches it on again.
   */
  async powerOff(): Promise<void> {
    await end(this.pid, this.directory, "SIGKILL");
    await this.removeControlGroups();
  }

  /** Pulls its network cable out of the bridge, or puts it back. */
  async plugged(whether: boolean): Promise<void> {
    switchCable(this.lab, this.number, whether);
    // Neighbours that were asked in vain are not asked again at once.
    if (whether) await until(`${this.name} answers again`, 60_000, () => answers(this.address, this.port));
  }

  /** A file of it as its disk has it, switched on or off: for reading alone. */
  onDisk(path: string): string {
    return join(this.directory, "upper", path);
  }

  /** The same as its processes see it, while it is on. */
  inUse(path: string): string {
    return join(`/proc/${children(this.pid)[0]}/root`, path);
  }

  /** Takes it away: power, network. Its files are the lab's to remove. */
  async remove(): Promise<void> {
    await this.powerOff();
    unplug(this.lab, this.number);
  }

  private get pid(): number {
    const file = join(this.directory, "pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  }

  private inside(command: string): [string, ...string[]] {
    const [init] = children(this.pid);
    if (init === undefined) throw new Error(`${this.name} is not running`);
    return ["nsenter", "--target", String(init), "--all", "--root", "--wd", "sh", "-ec", command];
  }

  private async started(): Promise<boolean> {
    if (children(this.pid).length === 0) return false;
    const { stdout } = await this.tryRoot("systemctl is-system-running; supervisorctl pid");
    return /^(running|degraded)\n\d+$/m.test(stdout);
  }

  /** What nspawn ran dies with it, but not in the same moment. */
  private async removeControlGroups(): Promise<void> {
    const { namespace } = plug(this.lab, this.number);
    const groups = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"].map((hierarchy) =>
      join(hierarchy, namespace),
    );
    await until(`the processes of ${this.name} end`, 20_000, () => groups.map(removeControlGroup).every(Boolean));
  }
}

/** Removes a control group from its leaves up. @returns whether it is gone: one that has a process stays, and the process is killed */
function removeControlGroup(directory: string): boolean {
  let inner: string[];
  let pids: string[];
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
    pids = readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
  } catch {
    // The manager of this machine takes emptied groups away too; ENODEV is a group that went while it was read.
    return !existsSync(directory);
  }
  const empty = inner.map(removeControlGroup).every(Boolean);
  for (const pid of pids) spawnSync("kill", ["-KILL", pid]);
  if (empty) spawnSync("rmdir", [directory]);
  return !existsSync(directory);
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const say = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => say(true));
    socket.on("timeout", () => say(false));
    socket.on("error", () => say(false));
  });
}
