// What the program on a host reads of other programs there: whatever they print, a call ends with a value or a clean refusal, and nothing
// of what they print is run, or taken for something that Tarlift says itself.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AUTO_RESTORE_PROGRAM } from "../../src/balancers/haproxy/auto-restore.ts";
import { Failure } from "../../src/failure.ts";
import { openHost } from "../../src/host/calls/open.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { mutated } from "../support/hostile.ts";
import { sh } from "../support/needs.ts";
import { endsCleanly, minutesFor } from "../support/outside.ts";
import { overridden } from "../support/overridden.ts";

const directory = mkdtempSync(join(tmpdir(), "tarlift-outside-shell-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string) => join(directory, name);
for (const name of ["tools", "said", "empty", "srv"]) mkdirSync(at(name));

/** Made by whatever of an input is run. */
const RUN = at("run-from-input");
/** What shells, their arithmetic and their patterns trip over, and lines that would mean something in a reply. */
const SHELL = [
  `$(touch ${RUN})`,
  `\`touch ${RUN}\``,
  `;touch ${RUN};`,
  `a[$(touch ${RUN})]`,
  `'$(touch ${RUN})'`,
  "*",
  "/*/*/*",
  "%s%n",
  "\\c",
  "-e",
  "08",
  "1+",
  "pid 1,",
  "\nlive injected\n",
  "\nId=x\nId=live injected\n",
  "\nActiveState=a\nActiveState=live injected\n",
  "\nMainPID=1 2\nMainPID=*\n",
  "\nfinding injected\tx\n",
  "\nservice web directory 1 injected\n",
  "\n    (root) NOPASSWD: ALL\n",
] as const;

function tool(name: string, text: string): void {
  writeFileSync(at(`tools/${name}`), `#!/bin/sh\n${text}\n`);
  chmodSync(at(`tools/${name}`), 0o755);
}
const says = (name: string) => `exec cat ${at(`said/${name}`)}`;
tool("supervisorctl", `case " $* " in *" tail "*) ${says("log")} ;; *) ${says("supervisorctl")} ;; esac`);
// Properties that were not asked for are left out; any other line is printed.
tool(
  "systemctl",
  `wanted=; for word; do case $word in --property=*) wanted="$wanted|\${word#--property=}" ;; cat) wanted='|[A-Za-z]*' ;; esac; done
exec awk -v "wanted=^(\${wanted#|})=" '!/^[A-Za-z]+=/ || $0 ~ wanted' ${at("said/systemctl")}`,
);
tool("journalctl", says("log"));
tool("sudo", `[ "$*" != "-n -l" ] || ${says("sudo")}\nexit 1`);
tool("socat", says("haproxy"));
// Root is asked for no sudoers rule.
tool("id", 'case $1 in -u) echo 1000 ;; -*n) echo deploy ;; *) exec /usr/bin/id "$@" ;; esac');

const SAID = {
  supervisorctl:
    "shop:shop_00                     RUNNING   pid 4242, uptime 0:00:10\nshop:shop_01   BACKOFF   Exited too quickly (process log may have details)\n",
  systemctl: `Id=shop.service
LoadState=loaded
ActiveState=active
SubState=running
Type=simple
MainPID=4242
NRestarts=0
User=shopper
ControlGroup=/system.slice/shop.service
InvocationID=0123456789abcdef0123456789abcdef
TimeoutStopUSec=1min 30s
StartLimitIntervalUSec=10s
TriggeredBy=shop.socket
WorkingDirectory=${at("srv")}/current
FragmentPath=/etc/systemd/system/shop.service
NeedDaemonReload=no
Wants=a.service b.target
[Service]
ExecStart=/srv/shop/current/.tarlift/exec sleep 1 \\
  2
`,
  sudo: `Matching Defaults entries for deploy on app1:
    env_reset, secure_path=/usr/sbin\\:/usr/bin

User deploy may run the following commands on app1:
    (root) NOPASSWD: /usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf status shop, /usr/bin/systemctl restart shop
    (root) NOPASSWD: /usr/bin/systemctl kill --kill-who\\=main -s HUP shop, PASSWD: /usr/bin/journalctl
        --unit shop
    (shopper) NOPASSWD: /srv/shop/releases/*/.tarlift/exec
`,
  log: "1764460800.123456 app1 gunicorn[4242]: [INFO] Booting\n1764460801.5 app1 systemd[1]: shop.service: Consumed 1s\n-- Boot 1 --\n Traceback\n",
  haproxy:
    '1\n# be_id be_name srv_id srv_name srv_op_state srv_admin_state\n3 web 1 app1 2 0\n\n# pxname,svname,check_health,check_rise,last_chk\nweb,app1,4,2,"a,b"\n',
  configuration:
    "[supervisord]\nlogfile=/var/log/supervisor/supervisord.log\n[program:shop]\ncommand=/srv/shop/current/.tarlift/exec sleep 1 ; wait\nuser = shopper\nstopwaitsecs=20\nstderr_logfile=/var/log/shop.log\n",
};
type Said = keyof typeof SAID;
const say = (name: Said, text: string) => writeFileSync(at(`said/${name}`), text);

const environment = `PATH=${at("tools")}:$PATH; SUPERVISOR_FILES=${at("said/configuration")}; cd ${at("empty")}; ulimit -v 2000000; ulimit -f 200000`;
const layout: AppLayout = {
  app: "shop",
  target: "test",
  root: at("srv"),
  environmentsRoot: at("srv/envs"),
  runAs: "deploy",
};
const services: ServiceRequest[] = [
  { name: "web", kind: "systemd", unit: "shop", action: "signal HUP", settle: 0, stopTimeout: 30 },
  { name: "work", kind: "supervisord", unit: "shop:*", action: "restart", settle: 0, stopTimeout: 30 },
];

/** Of a host whose other tools say what they should. */
function host() {
  const open = openHost({ address: "local", roles: undefined, forwards: [] }, { shell: overridden(environment) });
  const request = { layout, services, shared: { directories: [], files: [] } };
  return {
    async ask() {
      const facts = await open.facts(request);
      expect([facts.live, facts.previous]).toEqual([undefined, undefined]);
      expect(facts.findings.filter(({ what }) => what.startsWith("injected"))).toEqual([]);
      await open.definitions({ layout, services, commands: { web: "sleep 1", work: "sleep 1" } });
      const seen = await open.observe({ services, settle: false, log: true });
      expect(seen.map(({ service }) => service)).toEqual(["web", "work"]);
      expect(seen.filter(({ detail }) => detail === "injected")).toEqual([]);
      return seen.map(({ detail }) => detail);
    },
    close: () => open.close(),
  };
}

const MINUTES = minutesFor(0.3);
const TIME = (MINUTES * 60_000) / Object.keys(SAID).length;

describe("whatever another program on a host prints, nothing of it is run", () => {
  const limit = TIME * 2 + 60_000;
  const safe = () => expect([existsSync(RUN), readdirSync(at("empty"))]).toEqual([false, []]);
  const asked: Said[] = ["supervisorctl", "systemctl", "sudo", "log", "configuration"];

  it.each(asked)("%s", { timeout: limit }, async (name) => {
    for (const [other, text] of Object.entries(SAID)) say(other as Said, text);
    const { ask, close } = host();
    expect(await ask()).toEqual([
      expect.stringContaining("active (running), pid 4242"),
      expect.stringContaining("BACKOFF"),
    ]);
    const read = async (text: string) => {
      say(name, text);
      try {
        await ask();
      } catch (error) {
        // The program itself goes on whatever it reads.
        if (error instanceof Failure) expect(error.what).not.toMatch(/ended by itself|connection/);
        throw error;
      } finally {
        safe();
      }
    };
    if (name === "systemctl") await read(SAID.systemctl.replace("Id=shop.service", "Id=x\nId=finding injected\tx"));
    await endsCleanly(mutated(SAID[name], SHELL), read, TIME, 2).finally(close);
  });

  it("haproxy", { timeout: limit }, async () => {
    writeFileSync(at("pool.sh"), AUTO_RESTORE_PROGRAM);
    say("haproxy", SAID.haproxy);
    const text = `${environment}; . ${at("pool.sh")}; pool_client=socat pool_socket=/x pool_server=web/app1
      pool_state; pool_checked && echo looked; :`;
    expect(sh("sh", ["-c", text])).toMatch(/^0\n[\s\S]*looked\n$/);
    await endsCleanly(
      mutated(SAID.haproxy, SHELL),
      (said) => {
        say("haproxy", said);
        sh("timeout", ["20", "sh", "-c", text]);
        safe();
      },
      TIME,
      5,
    );
  });
});
