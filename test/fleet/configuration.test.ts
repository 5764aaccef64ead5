// What a target's variables and secrets become for everything that runs in a release: the very same bytes, under either supervisor.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { full } from "../support/full.ts";
import { type LabCommand, labCommand } from "../support/lab-command.ts";
import { needs, sh } from "../support/needs.ts";
import { repository } from "../support/repository.ts";

/** Values that some reader of environment files gets wrong. */
const VARIABLES: Record<string, string> = {
  SINGLE: "it's 'so', isn't it",
  DOUBLE: 'say "so"',
  DOLLAR: "$HOME ${PATH} $(id) $$ $",
  BACKTICK: "`id`",
  HASH: "# no comment #",
  SEMICOLON: "; exit 1; a && b | c & d",
  LINES: "\nline 1\n\n  line 3 \\\nline 4\n",
  WORDS: "ü € 日本語 āăĄąĆćĈĉ \u{1f600}",
  BLANKS: "  \t both ends \t ",
  BACKSLASHES: '\\ \\\\ \\n \\" \\$ end\\',
  PATTERNS: "* ? [a-z] ~ !x {a,b} %s %n %%",
  EQUALS: "=a=b=",
  CONTROL: "\ttab\rreturn\u001b[1m\u007f",
  EMPTY: "",
  LONG: "x'\"$`\\\n".repeat(3000),
  // Names that the shell of a wrapper might use itself.
  release: "mine",
  line: "mine",
};
const SECRETS: Record<string, string> = { DATABASE_URL: "postgres://u:p'a\"$s`s\\@db/x?y=1#z", TOKEN: "open sesame\n" };
const ALL = { ...VARIABLES, ...SECRETS };

const SERVER = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("X-Release", os.environ["TARLIFT_RELEASE"])
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode() if self.path == "/pid" else open("/proc/self/environ", "rb").read())
    def log_message(self, *rest):
        pass
http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
`;

/** What a machine does that runs out of memory: the service dies, and its supervisor starts it again. */
const CRASH = `
old=$(curl -s http://127.0.0.1:8000/pid) || exit 0
kill -KILL "$old"
new=$old
while [ -z "$new" ] || [ "$new" = "$old" ]; do
  sleep 0.1
  new=$(curl -s http://127.0.0.1:8000/pid) || new=
done
curl -s http://127.0.0.1:8000/ >state/after-crash
`;

const health = "health: { url: 'http://127.0.0.1:8000/', release-header: X-Release, interval: 0.3 }";
const configuration = (lab: Lab) => `
app: shop
shared: { directories: [state] }
services:
  web: { supervisord: shop-web, roles: [web], stable-for: 1, ${health} }
  api: { systemd: shop-api, roles: [api], stable-for: 1, ${health} }
migrations: { pending: "echo 0001_initial", apply: "cat /proc/self/environ >state/migration" }
hooks:
  after-prepare: ["cat /proc/self/environ >state/hook", "sh crash.sh"]
targets:
  lab:
    ssh-user: deploy
    run-as: shopper
    secrets: [${Object.keys(SECRETS)}]
    env: ${JSON.stringify(VARIABLES)}
    hosts:
      - { address: ${lab.hosts[0]!.address}, roles: [web] }
      - { address: ${lab.hosts[1]!.address}, roles: [api], env: { line: "the host's own" } }
`;

/** As the recipes have it: the file is systemd's to read, and no wrapper of ours comes between. */
const UNIT = `[Service]
User=shopper
WorkingDirectory=/srv/shop/current
EnvironmentFile=/srv/shop/current/.tarlift/env
ExecStart=/usr/bin/python3.11 server.py
Restart=on-failure
`;

const layout: AppLayout = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};

/** The variables of `/proc/<pid>/environ`, those of the test alone. */
function ours(environ: string): Record<string, string> {
  const all = environ
    .split("\0")
    .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]);
  return Object.fromEntries(all.filter(([name]) => name! in ALL));
}
const variable = (environ: string, name: string) =>
  environ
    .split("\0")
    .find((entry) => entry.startsWith(`${name}=`))
    ?.slice(name.length + 1);

describe.runIf(needs(...LAB_NEEDS))("the configuration of a release", () => {
  let lab: Lab;
  let command: LabCommand;
  let hosts: [LabHost, LabHost];
  beforeAll(async () => {
    lab = await startLab({ hosts: 2 });
    hosts = lab.hosts as [LabHost, LabHost];
    const kinds = ["supervisord", "systemd"] as const;
    const units = ["shop-web", "shop-api"];
    await hosts[1].root("cat >/etc/systemd/system/shop-api.service", UNIT);
    await Promise.all(
      hosts.map((host, n) => {
        const services = [{ name: "x", kind: kinds[n]!, unit: units[n]!, action: "restart", settle: 1 }];
        const script = setupScript({
          host: host.name,
          user: host.user,
          layout,
          services,
          shared: { directories: ["state"], files: [] },
        });
        return host.root(
          "cat >/root/setup && sh /root/setup",
          script.replaceAll(/exec CHANGE .*/g, "exec python3 server.py"),
        );
      }),
    );
    const files = { "tarlift.yml": configuration(lab), "server.py": SERVER, "crash.sh": CRASH };
    command = labCommand(lab, repository(files));
  });
  afterAll(() => lab.stop());

  const environ = (host: LabHost) => host.root("curl -s http://127.0.0.1:8000/");
  const inode = (host: LabHost, release: string) => host.root(`stat -c %i /srv/shop/releases/${release}/server.py`);

  it("reaches services under supervisord and systemd, migrations, hooks and `tarlift run` byte for byte", async () => {
    const report = await command.transact(["deploy", "lab", "--label", "v1"], SECRETS);
    expect(report.errors).toEqual([]);
    expect(report.outcome).toBe("deployed");
    const [web, api] = hosts;
    // The second host has a value of its own.
    const own = { ...ALL, line: "the host's own" };
    expect(ours(await environ(web))).toEqual(ALL);
    expect(ours(await environ(api))).toEqual(own);
    expect(ours(await web.root("cat /srv/shop/shared/state/migration"))).toEqual(ALL);
    expect(ours(await api.root("cat /srv/shop/shared/state/hook"))).toEqual(own);
    const ran = await command.run(["run", "lab", "base64 -w0 /proc/self/environ; echo", "--all"]);
    const reported = ran.stdout
      .trim()
      .split("\n")
      .sort()
      .map((line) => ours(Buffer.from(line.split(": ")[1]!, "base64").toString()));
    expect(reported).toEqual([ALL, own]);
  });

  full("transactions").it(
    "changes alone: a second release of hard links; a service that crashes before the swap still has the old one",
    async () => {
      const report = await command.transact(["deploy", "lab", "--label", "v1"], { ...SECRETS, TOKEN: "second" });
      expect(report.errors).toEqual([]);
      const old = report.previousRelease!;
      expect(report).toMatchObject({ outcome: "deployed", release: `${old}-2` });
      for (const host of hosts) {
        const crashed = await host.root("cat /srv/shop/shared/state/after-crash");
        expect([variable(crashed, "TOKEN"), variable(crashed, "TARLIFT_RELEASE")]).toEqual(["open sesame\n", old]);
        const now = await environ(host);
        expect([variable(now, "TOKEN"), variable(now, "TARLIFT_RELEASE")]).toEqual(["second", `${old}-2`]);
        expect(await inode(host, `${old}-2`)).toBe(await inode(host, old));
      }
      expect(report.hosts.map(({ files }) => files?.sent)).toEqual([0, 0]);

      expect(await command.transact(["rollback", "lab"])).toMatchObject({ outcome: "rolled-back", release: old });
      for (const host of hosts) expect(variable(await environ(host), "TOKEN")).toBe("open sesame\n");
    },
  );

  it("finds the release's own programs, whatever names the configuration has", async () => {
    const path = variable(await environ(hosts[0]), "PATH");
    const release = (await hosts[0].root("readlink -f /srv/shop/current")).trim();
    expect(path?.split(":")[0]).toBe(`${release}/.tarlift/bin`);
  });

  it("is for the deploy user and the service's group to read, and stands nowhere else", async () => {
    const stat = "stat -c '%a %U %G' /srv/shop/current/.tarlift/env";
    expect(await hosts[0].root(stat)).toBe("640 deploy shopper\n");
    const found = await hosts[0].root("grep -rl 'open sesame' /srv /tmp /home /var/log /var/tmp /run || true");
    // The hooks of this test wrote what they saw.
    expect(
      found
        .trim()
        .split("\n")
        .filter((file) => !file.startsWith("/srv/shop/shared/state/")),
    ).toEqual((await hosts[0].root("grep -l 'open sesame' /srv/shop/releases/*/.tarlift/env")).trim().split("\n"));
    expect(sh("sh", ["-c", 'grep -rl "open sesame" "$1" || true', "sh", command.home])).toBe("");
  });
});
