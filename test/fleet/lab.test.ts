// The lab itself: what every other test of this layer takes for granted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LAB_NEEDS, LABS, type Lab, type LabHost, open, startLab, sweep } from "../lab/lab.ts";
import { network, remains } from "../lab/network.ts";
import { startTime } from "../lab/process.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

/** Runs a command on a host as its user, over SSH, with the host key checked. */
function ssh(lab: Lab, host: number, command: string): string {
  const known = join(temporary("known"), "known_hosts");
  writeFileSync(known, lab.knownHosts);
  const { user, address } = lab.hosts[host]!;
  const options = ["-F", "none", "-o", "BatchMode=yes", "-o", `UserKnownHostsFile=${known}`, "-i", lab.key];
  return sh("ssh", [...options, `${user}@${address}`, command]);
}

/** Whatever a lab of that network would leave on this machine. */
function leftovers(number: number): string[] {
  const { bridge } = network(number);
  const named = (directory: string) =>
    existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith(`${bridge}h`)) : [];
  return [
    ...remains(network(number)),
    ...["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"].flatMap(named),
    ...sh("ps", ["-eo", "pid=,args="])
      .split("\n")
      .filter((line) => line.includes(`--machine=${bridge}h`)),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(`netns/${bridge}h`)),
  ];
}

/** Shell text that connects from a host, sends bytes if there are any, and prints the beginning of the answer. */
const dial = (address: string, port: number, bytes = "()") =>
  `python3 -c 'import socket; s = socket.create_connection(("${address}", ${port}), 3); s.sendall(bytes(${bytes})); print(s.recv(20).decode())'`;

const numberOf = (lab: Lab) => Number(lab.address.split(".")[2]);

/** Of a lab that is gone, nothing is left; its number may be the next lab's already, which another process of the tests has started. */
function expectNothingLeft(number: number): void {
  const used = readdirSync(LABS)
    .flatMap((name) => open(name) ?? [])
    .map(numberOf);
  if (!used.includes(number)) expect(leftovers(number)).toEqual([]);
}

describe.runIf(needs(...LAB_NEEDS))("a lab of two hosts", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ hosts: 2 });
  });
  afterAll(() => lab.stop());

  test("has hosts with names and addresses of their own, which the key of deploy opens", () => {
    expect([0, 1].map((host) => ssh(lab, host, "hostname; id -un; id -Gn"))).toEqual([
      "app1\ndeploy\ndeploy accounting\n",
      "app2\ndeploy\ndeploy accounting\n",
    ]);
    expect(lab.hosts[0]!.address).not.toBe(lab.hosts[1]!.address);
  });

  test("runs systemd, supervisord and the Python of Debian 12, without libpq", async () => {
    expect(ssh(lab, 0, "systemctl is-system-running; systemctl is-active ssh supervisor")).toBe(
      "running\nactive\nactive\n",
    );
    expect(await lab.hosts[0]!.root("supervisorctl version; python3.11 --version")).toMatch(
      /^4\.\S+\nPython 3\.11\.\d+\n$/,
    );
    expect(await lab.hosts[0]!.root("ldconfig -p | grep -c libpq || true")).toBe("0\n");
  });

  test("gives deploy no rights of root", () => {
    expect(() => ssh(lab, 0, "sudo -n true")).toThrow(/password is required/);
    expect(() => ssh(lab, 0, "touch /srv/mine")).toThrow(/Permission denied/);
  });

  test("lets hosts reach this machine and each other, and nothing beyond", async () => {
    const [one, two] = lab.hosts as [LabHost, LabHost];
    expect(await one.root(dial(two.address, 22))).toMatch(/^SSH-2\.0/);
    expect(await one.root("ip route")).toBe(
      `10.213.${numberOf(lab)}.0/24 dev eth0 proto kernel scope link src ${one.address} \n`,
    );
  });

  test("keeps the disk of a host that lost its power, and nothing that ran", async () => {
    const host = lab.hosts[1]!;
    await host.root("echo kept >/srv/file; systemd-run --quiet --unit=lost sleep 600");
    await host.powerOff();
    expect(host.running).toBe(false);
    expect(() => ssh(lab, 1, "true")).toThrow();
    await host.start();
    expect(ssh(lab, 1, "cat /srv/file; systemctl is-active lost || true")).toBe("kept\ninactive\n");
  });

  test.runIf(needs("pg_ctlcluster", "psql"))("offers a PostgreSQL that hosts reach", async () => {
    const url = new URL(lab.postgres());
    expect(lab.postgres()).toBe(url.href);
    const query = sh("psql", [url.href, "--no-align", "--tuples-only", "--command", "SELECT current_user"]);
    expect(query).toBe("accounting\n");
    expect(await lab.hosts[0]!.root(`${dial(url.hostname, 5432, "(0,0,0,8,4,210,22,47)")}`)).toBe("N\n");
  });
});

describe.runIf(needs(...LAB_NEEDS))("the end of a lab", () => {
  test("leaves nothing", async () => {
    const lab = await startLab({ hosts: 2 });
    expect(leftovers(numberOf(lab)).length).toBeGreaterThan(0);
    await lab.stop();
    expect(open(lab.name)).toBeUndefined();
    expectNothingLeft(numberOf(lab));
  });

  full("services").it("is brought about by the next one when its process was killed", async () => {
    const script = `import { startLab } from ${JSON.stringify(join(import.meta.dirname, "../lab/lab.ts"))};
      const lab = await startLab({ hosts: 1 });
      console.log(JSON.stringify({ name: lab.name, address: lab.address }));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await Promise.race([once(child.stdout, "data"), once(child, "exit")])) as [Buffer];
    child.kill("SIGKILL");
    await once(child, "exit");
    const killed = JSON.parse(line.toString()) as { name: string; address: string };
    const lab = open(killed.name)!;
    expect(lab.hosts[0]!.running).toBe(true);
    // Another process of the tests that starts a lab just now may be the one that removes it.
    await sweep();
    await expect.poll(() => open(killed.name), { timeout: 60_000 }).toBeUndefined();
    expectNothingLeft(numberOf(lab));
  });

  test("of processes that find it at the same time, one removes it", async () => {
    const lab = await startLab({ hosts: 1 });
    try {
      const directory = join(LABS, lab.name);
      const owner = { pid: process.pid, started: "long ago" };
      writeFileSync(join(directory, "state.json"), JSON.stringify({ network: numberOf(lab), owner }));
      writeFileSync(join(directory, "remover.json"), JSON.stringify({ pid: 1, started: startTime(1) }));
      await sweep();
      expect(lab.hosts[0]!.running).toBe(true);
      // One that was killed while it did so is followed by another.
      writeFileSync(join(directory, "remover.json"), JSON.stringify(owner));
      await sweep();
      await expect.poll(() => open(lab.name), { timeout: 60_000 }).toBeUndefined();
    } finally {
      await lab.stop();
    }
  });
});
