// Many hosts on this machine: an sshd each on an address of its own, in a mount namespace of its own where `root` is a file system in
// memory, so that hosts share the processors with the runner but no disk. As root.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sshd, startSshdIn } from "../test/support/sshd-process.ts";
import { childrenOf } from "./measure.ts";

export interface Hosts {
  all: Sshd[];
  /** A way to all of them, with the `MaxStartups` of sshd_config(5). */
  bastion: Sshd;
  key: string;
  knownHosts: string;
  /** Options of any ssh. */
  sshOptions: string[];
  /** What stands at a path on one host, as seen from outside. */
  at(host: Sshd, path: string): string;
  /** Processor seconds of all sessions that have ended on the hosts and the bastion. */
  cpu(): number;
  stop(): Promise<void>;
}

/** @param root the directory, there on this machine too, that each host has for itself */
export async function startHosts(work: string, count: number, root: string): Promise<Hosts> {
  mkdirSync(root, { recursive: true });
  const own = 'mount -t tmpfs -o mode=755 tmpfs "$1" && shift && exec "$@"';
  const within = ["unshare", "--mount", "--propagation", "private", "sh", "-c", own, "sh", root];
  const start = async (n: number, extra: Parameters<typeof startSshdIn>[1]): Promise<Sshd> => {
    const directory = join(work, `sshd-${n}`);
    mkdirSync(directory, { recursive: true });
    const sshd = await startSshdIn(directory, { address: `127.77.0.${n + 1}`, maxStartups: "10:30:100", ...extra });
    // One key for all of them: the first one's.
    writeFileSync(join(directory, "public/authorized_keys"), readFileSync(join(work, "sshd-0/id.pub")));
    return sshd;
  };
  const bastion = await start(0, {});
  const all: Sshd[] = [];
  const stop = async () => {
    for (const sshd of [...all, bastion]) await sshd.stop();
  };
  try {
    for (let n = 1; n <= count; n++) all.push(await start(n, { within }));
  } catch (error) {
    await stop();
    throw error;
  }
  const knownHosts = join(work, "known_hosts");
  writeFileSync(knownHosts, [bastion, ...all].map((sshd) => sshd.knownHosts).join(""));
  return {
    all,
    bastion,
    key: bastion.key,
    knownHosts,
    sshOptions: [
      ...["-F", "/dev/null", "-i", bastion.key],
      ...["-o", "IdentitiesOnly=yes", "-o", `UserKnownHostsFile=${knownHosts}`, "-o", "BatchMode=yes"],
    ],
    at: (host, path) => `/proc/${host.pid}/root${path}`,
    cpu: () => [bastion, ...all].reduce((sum, { pid }) => sum + childrenOf(`/proc/${pid}/stat`), 0),
    async stop() {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
