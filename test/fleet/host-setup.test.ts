// Hosts as they come: root sets them up over SSH with one command, and the first deploy of the user that it made just works. Then a host
// that ran the application before Tarlift: adopted while it serves, deployed over, returned to.
import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FleetStatus } from "../../src/operations/status.ts";
import type { SetupReport } from "../../src/pipeline/host-setup.ts";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { commitAll } from "../support/example.ts";
import { full } from "../support/full.ts";
import { type LabCommand, labCommand } from "../support/lab-command.ts";
import { needs, sh } from "../support/needs.ts";
import { place } from "../support/repository.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const APP = `t-setup-${process.pid}`;
const PORT = 8000;

const SERVER = `import http.server, os
WORD = "WORDS"
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        if "TARLIFT_RELEASE" in os.environ and WORD != "old":
            self.send_header("X-Release", os.environ["TARLIFT_RELEASE"])
        self.end_headers()
        self.wfile.write(f"{WORD} {os.environ.get('GREETING', '')} {open('media/upload').read() if os.path.exists('media/upload') else ''}".encode())
    def log_message(self, *rest):
        pass
http.server.HTTPServer(("127.0.0.1", ${PORT}), Handler).serve_forever()
`;

/** @param services lines of tarlift.yml */
const configuration = (lab: Lab, services: string) => `app: ${APP}
shared: { directories: [media] }
services:
${services}
targets:
  production:
    ssh-user: shipper
    run-as: shopper
    env: { GREETING: hello }
    hosts:
      - { address: ${lab.hosts[0]!.address}, roles: [web] }
      - { address: ${lab.hosts[1]!.address}, roles: [worker] }
  legacy:
    ssh-user: deploy
    root: /srv/legacy
    environments-root: /srv/legacy/envs
    env: { GREETING: hello }
    hosts: [{ address: ${lab.hosts[1]!.address}, roles: [legacy] }]
  web-server:
    ssh-user: deploy
    run-as: www-data
    root: /srv/web
    hosts: [{ address: ${lab.hosts[1]!.address}, roles: [legacy] }]
`;

const HEALTH = `health: { url: "http://127.0.0.1:${PORT}/", release-header: X-Release, retries: 10, interval: 0.5 }`;
const SERVICES = `  web: { supervisord: shop-web, roles: [web], stable-for: 1, ${HEALTH} }
  worker: { systemd: shop-worker, roles: [worker], stable-for: 1 }
  legacy: { systemd: legacy, roles: [legacy], stable-for: 1, ${HEALTH} }`;

describe.runIf(needs(...LAB_NEEDS, "visudo"))("bare hosts", () => {
  let lab: Lab;
  let tarlift: LabCommand;
  let repository: string;
  let key: string;
  beforeAll(async () => {
    lab = await startLab({ hosts: 2 });
    atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
    key = `${lab.key}.pub`;
    for (const host of lab.hosts)
      await host.root("install -d -m 700 /root/.ssh; cat >/root/.ssh/authorized_keys", readFileSync(key, "utf8"));
    repository = temporary("shop");
    sh("git", ["init", "--quiet", "--initial-branch=main"], { cwd: repository });
    place(repository, {
      "server.py": SERVER.replace("WORDS", "one"),
      "tarlift.yml": configuration(lab, SERVICES),
    });
    commitAll(repository, "first");
    tarlift = labCommand(lab, repository);
  });
  afterAll(() => lab?.stop());

  const COMMANDS = ["--command", "web=python3 server.py", "--command", "worker=sleep 600"];
  const setup = (...args: string[]) => tarlift.run(["host", "setup", "production", ...args]);
  const apply = async (...args: string[]): Promise<SetupReport> =>
    JSON.parse(
      (await setup("--apply", "--as", "root", "--authorize", key, ...COMMANDS, "--json", ...args)).stdout,
    ) as SetupReport;
  const changed = ({ hosts }: SetupReport) =>
    hosts.flatMap(({ lines }) => lines.filter((line) => line.startsWith("+ ") || line.startsWith("! ")));
  /** Everything that a setup could change. */
  const state = () =>
    Promise.all(
      lab.hosts.map((host) =>
        host.root(
          "getent passwd; getent group; find /srv -path '*/.tarlift/sessions' -prune -o -printf '%p %u %g %m %T@\\n'; find /etc/sudoers.d /etc/supervisor /etc/systemd/system /home -printf '%p %u %g %m %T@\\n' 2>/dev/null",
        ),
      ),
    );
  const served = (n: number) => lab.hosts[n]!.root(`curl --silent http://127.0.0.1:${PORT}/`);

  it("are looked at all at once, set up by root, and take the first deploy of the user that was made", async () => {
    const [one, two] = lab.hosts.map(({ address }) => address);
    const printed = await setup("--host", two!);
    expect(printed.stdout).toMatch(new RegExp(`^# ${APP} on ${two}: run as root`));
    expect(printed.stdout).not.toContain(one);
    expect(printed.stdout).not.toContain("shop-web");
    const missing = await setup("--check");
    expect(missing.code).toBe(1);
    for (const { address } of lab.hosts)
      expect(missing.stdout).toMatch(new RegExp(`^${address}: .*does not accept`, "m"));

    const before = await state();
    const plan = await apply("--dry-run");
    expect(plan).toMatchObject({ outcome: "planned", errors: [] });
    expect(changed(plan)).toContain("+ user shipper");
    expect(await state()).toEqual(before);

    const done = await apply();
    expect(done).toMatchObject({ outcome: "done", errors: [] });
    const checked = await setup("--check");
    expect(checked.stdout).toBe("production: every host has what it needs\n");

    const after = await state();
    const again = await apply();
    expect([again.outcome, changed(again)]).toEqual(["done", []]);
    expect(await state()).toEqual(after);
    for (const host of lab.hosts) await host.root("visudo -c");

    const deployed = await tarlift.transact(["deploy", "production"]);
    expect(deployed.errors).toEqual([]);
    expect(deployed.outcome).toBe("deployed");
    expect(await served(0)).toBe("one hello ");
    expect(await lab.hosts[0]!.root("ps -o user= -p $(pgrep -f server.py | head -n 1)")).toBe("shopper\n");
    expect(await lab.hosts[1]!.root("systemctl is-active shop-worker")).toBe("active\n");
  });

  full("privileges").it("keep what was edited by hand, and report it", async () => {
    const file = `/etc/sudoers.d/tarlift-${APP.replaceAll("-", "--")}-production`;
    await lab.hosts[0]!.root(
      `echo '# mine' >>${file}; sed -i s/autorestart=true/autorestart=false/ /etc/supervisor/conf.d/shop-web.conf`,
    );
    await lab.hosts[1]!.root(`rm ${file}; chmod 700 /srv/${APP}/releases`);
    // A user with sudo does as well as root.
    for (const host of lab.hosts)
      await host.root(
        "useradd --create-home admin; echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin; cp -r /root/.ssh /home/admin; chown -R admin: /home/admin/.ssh",
      );
    const ended = await setup("--apply", "--as", "admin", ...COMMANDS);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(`! ${file} was edited since it was written`);
    expect(ended.stdout).toContain(`+ /srv/${APP}/releases (shipper shopper 755; it is shipper shopper 700)`);
    expect(await lab.hosts[0]!.root(`tail -n 1 ${file}; grep autorestart /etc/supervisor/conf.d/shop-web.conf`)).toBe(
      "# mine\nautorestart=false\n",
    );
    expect(await lab.hosts[1]!.root(`stat -c %a /srv/${APP}/releases; test -e ${file}`)).toBe("755\n");
    await lab.hosts[0]!.root(`rm ${file}`);
    expect((await apply()).outcome).toBe("done");
  });

  full("privileges").it(
    "case 48: say which definition of a service differs from tarlift.yml and from a command, and what makes it the same",
    async () => {
      const file = "/etc/systemd/system/shop-worker.service";
      const checked = async (...args: string[]) => (await setup("--check", ...args)).stdout.split("\n");
      const [one, two] = lab.hosts.map(({ address }) => address);
      expect(await checked(...COMMANDS)).toEqual(["production: every host has what it needs", ""]);
      const exec = `/srv/${APP}/current/.tarlift/exec`;
      const differ = (host: string, where: string, has: string, who: string, wants: string, reads: string) =>
        `${host}: warning: service ${where} has ${has}, and ${who} says ${wants}. Tarlift changes no definition that is there: edit it as root, then run: ${reads}`;
      const worker = "systemctl daemon-reload && systemctl restart shop-worker.service";
      const web = "worker: /etc/systemd/system/shop-worker.service";
      expect(await checked("--command", "web=python3 server.py --fast", "--command", "worker=sleep 700")).toEqual([
        differ(
          one!,
          "web: /etc/supervisor/conf.d/shop-web.conf",
          `command=${exec} python3 server.py`,
          "--command",
          `${exec} python3 server.py --fast`,
          "supervisorctl update shop-web",
        ),
        differ(two!, web, `ExecStart=${exec} sleep 600`, "--command", `${exec} sleep 700`, worker),
        "production: every host has what it needs",
        "",
      ]);
      // What tarlift.yml says needs no option; what adds to a unit counts.
      const drop =
        "install -d /etc/systemd/system/shop-worker.service.d; cat >/etc/systemd/system/shop-worker.service.d/own.conf";
      await lab.hosts[1]!.root(drop, "[Service]\nUser=shipper\nWorkingDirectory=/srv/before/current\n");
      await lab.hosts[0]!.root("sed -i s/^user=shopper/user=shipper/ /etc/supervisor/conf.d/shop-web.conf");
      const unread = `${two}: warning: service worker: ${file} was changed, and systemd still goes by what it read before. Run: ${worker}`;
      expect(await checked()).toContain(unread);
      await lab.hosts[1]!.root("systemctl daemon-reload");
      expect(await checked()).toEqual([
        differ(
          one!,
          "web: /etc/supervisor/conf.d/shop-web.conf",
          "user=shipper",
          "tarlift.yml (run-as)",
          "shopper",
          "supervisorctl update shop-web",
        ),
        differ(two!, web, "User=shipper", "tarlift.yml (run-as)", "shopper", worker),
        differ(two!, web, "WorkingDirectory=/srv/before/current", "tarlift.yml (root)", `/srv/${APP}/current`, worker),
        "production: every host has what it needs",
        "",
      ]);
      await lab.hosts[0]!.root("sed -i s/^user=shipper/user=shopper/ /etc/supervisor/conf.d/shop-web.conf");
      await lab.hosts[1]!.root("rm -r /etc/systemd/system/shop-worker.service.d; systemctl daemon-reload");
      // The setup itself leaves it, and says what to do.
      const plan = await setup("--apply", "--dry-run", "--as", "root", "--command", "worker=sleep 700");
      expect(plan.stdout).toContain(
        `~ ${file} stays as it is. It does not have these lines, which this script would write:\n      ExecStart=${exec} sleep 700\n    If it is to have them: edit it as root, then run: ${worker}\n`,
      );
      // As the sentence says.
      await lab.hosts[1]!.root(`sed -i 's/sleep 600/sleep 700/' ${file}; ${worker}`);
      expect(await checked("--command", "worker=sleep 700")).toEqual(["production: every host has what it needs", ""]);
      await lab.hosts[1]!.root(`sed -i 's/sleep 700/sleep 600/' ${file}; ${worker}`);
    },
  );

  it("are refused without a change when who logs in may not be root", async () => {
    const before = await state();
    const report = JSON.parse((await setup("--apply", "--json", ...COMMANDS)).stdout) as SetupReport;
    expect(report.outcome).toBe("failed");
    expect(report.errors.map(({ what }) => what)).toEqual([
      expect.stringMatching(/shipper is not root, and sudo asks/),
      expect.stringMatching(/shipper is not root, and sudo asks/),
    ]);
    expect(await state()).toEqual(before);
  });

  full("privileges").it("that run it already are adopted while it serves, deployed over, and returned to", async () => {
    const host = lab.hosts[1]!;
    // The `git pull` way: a clone, uploads in it, a unit that runs it by its old path, as the user that pulls.
    await host.root("install -d -o deploy -g deploy /srv/legacy /srv/legacy/current /srv/legacy/current/media");
    await host.root("cat >/srv/legacy/current/server.py", SERVER.replace("WORDS", "old"));
    await host.root(
      `cd /srv/legacy/current; echo picture >media/upload; echo "GREETING='bon jour'" >.env; chown -R deploy:deploy /srv/legacy
      cat >/etc/systemd/system/legacy.service; systemctl daemon-reload; systemctl start legacy
      printf 'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl %s legacy\\n' restart stop >/etc/sudoers.d/legacy`,
      "[Service]\nWorkingDirectory=/srv/legacy/current\nUser=deploy\nExecStart=sh -c '[ ! -x .tarlift/exec ] || exec .tarlift/exec python3 server.py; exec python3 server.py'\n",
    );
    await host.root(`for n in 1 2 3 4 5 6 7 8 9; do curl --silent http://127.0.0.1:${PORT}/ && break; sleep 0.5; done`);
    expect(await served(1)).toBe("old  picture\n");
    const pid = await host.root("systemctl show --property=MainPID legacy");

    await host.root("install -d -o deploy /srv/web");
    const refused = await tarlift.run(["adopt", "web-server", "--from", "/srv/legacy/current", "--apply"]);
    expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining("usermod -aG www-data deploy")]);

    const adopted = await tarlift.run(["adopt", "legacy", "--dotenv", ".env", "--apply"]);
    expect(adopted.stderr + adopted.stdout).toContain("every host has it as a good release; no service was restarted");
    expect(await host.root("systemctl show --property=MainPID legacy")).toBe(pid);
    expect(await served(1)).toBe("old  picture\n");

    const deployed = await tarlift.transact(["deploy", "legacy"]);
    expect(deployed.errors).toEqual([]);
    expect(deployed).toMatchObject({ outcome: "deployed", hosts: [{ services: [{ evidence: "release-header" }] }] });
    expect(await served(1)).toBe("one hello picture\n");

    const back = await tarlift.transact(["rollback", "legacy"]);
    expect(back.errors).toEqual([]);
    expect(back).toMatchObject({ outcome: "rolled-back", hosts: [{ services: [{ evidence: "directory" }] }] });
    expect(await served(1)).toBe("old bon jour picture\n");
    const status = JSON.parse((await tarlift.run(["status", "legacy", "--json"])).stdout) as FleetStatus;
    expect(status).toMatchObject({ uniform: true, healthy: true });
  });
});
