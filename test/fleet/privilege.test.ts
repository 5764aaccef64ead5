// What `host setup` gives is what it says and no more. The user that deploys, the services' user and another local user try to become root,
// each other, or to stand in each other's way, with every sudoers rule, directory and file that the printed script makes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { type SetupInput, setupScript } from "../../src/operations/host-setup.ts";
import { silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";

const layout: AppLayout = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};
const services: ServiceRequest[] = [
  { name: "web", kind: "supervisord", unit: "shop-web", action: "reload", settle: 1 },
  { name: "site", kind: "systemd", unit: "shop-site", action: "signal USR1", settle: 1 },
];
const SUDOERS = "/etc/sudoers.d/tarlift-shop-lab";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA ana";

/** A directory of the attacker's: whatever runs something that lies here, or is named by it, leaves /root/taken. */
const TRAP = `
rm -rf /tmp/trap
mkdir -p /tmp/trap/etc
cd /tmp/trap
printf '#!/bin/sh\\n[ ! -w /root ] || touch /root/taken\\n' >run
printf 'import os\\nif os.access("/root", os.W_OK): open("/root/taken", "w")\\n' >sitecustomize.py
cp sitecustomize.py usercustomize.py
chmod -R a+rX,a+x run
for name in less more pager vi editor nano systemctl supervisorctl python3 sh systemd-tty-ask-password-agent; do ln -s run $name; done
cat >supervisord.conf <<'CONF'
[supervisorctl]
serverurl=unix:///tmp/trap/socket
history_file=/root/taken
[ctlplugin:trap]
supervisor.ctl_factory = code:interact
CONF
cp supervisord.conf etc/
`;
/** The input of \`code:interact\`. */
const SAYS = `open("/root/taken", "w")`;

const VARIABLES = [
  "PYTHONPATH",
  "PYTHONHOME",
  "PYTHONSTARTUP",
  "PYTHONINSPECT",
  "PYTHONUSERBASE",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "PATH",
  "HOME",
  "ENV",
  "BASH_ENV",
  "PAGER",
  "SYSTEMD_PAGER",
  "SYSTEMD_PAGERSECURE",
  "LESSOPEN",
  "LESS",
  "EDITOR",
  "SYSTEMD_EDITOR",
  "SYSTEMD_UNIT_PATH",
  "INPUTRC",
  "TERMINFO",
  "XDG_CONFIG_HOME",
  "TMPDIR",
];

describe.runIf(needs(...LAB_NEEDS, "visudo"))("what host setup gives", () => {
  let lab: Lab;
  let host: LabHost;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    await host.root("useradd --create-home mallory");
    expect(await setUp()).not.toMatch(/^!/m);
  });
  afterAll(() => lab?.stop());

  const script = (more: Partial<SetupInput> = {}) =>
    setupScript({
      host: host.name,
      user: host.user,
      layout,
      services,
      shared: { directories: ["media"], files: [] },
      key: KEY,
      commands: { web: "sleep 1000", site: "sleep 1000" },
      ...more,
    });
  /** Root runs the script. @returns what it said */
  const setUp = async (more: Partial<SetupInput> = {}) =>
    (await host.tryRoot("cat >/root/setup; timeout 120 sh /root/setup 2>&1; echo code $?", script(more))).stdout;
  const as = (user: string, command: string, input = "") =>
    host.tryRoot(`exec runuser -u ${user} -- sh -c "$(cat)"`, `${command} <<'INPUT' 2>&1\n${input}\nINPUT\n`);
  /** The commands that sudo lets this user run as root, as shell text. */
  const rootLines = async () =>
    (await host.root(`cat ${SUDOERS}`))
      .split("\n")
      .filter((line) => line.includes("(root) NOPASSWD"))
      .map((line) => line.replace(/^.*NOPASSWD: /, "").replaceAll("\\", ""));
  const taken = async () => {
    const { code } = await host.tryRoot("test -e /root/taken && rm -f /root/taken");
    return code === 0;
  };

  it("case 14: no sudoers rule gives root by the directory that it is run in", async () => {
    await as("deploy", TRAP);
    for (const line of await rootLines()) await as("deploy", `cd /tmp/trap; timeout 20 sudo -n ${line}`, SAYS);
    expect(await taken()).toBe(false);
    // The line of older setups does, so that the attempt is worth something.
    await host.root("echo 'deploy ALL=(root) NOPASSWD: /usr/bin/supervisorctl status shop-web' >/etc/sudoers.d/old");
    await as("deploy", "cd /tmp/trap; timeout 20 sudo -n /usr/bin/supervisorctl status shop-web", SAYS);
    await host.root("rm /etc/sudoers.d/old");
    expect(await taken()).toBe(true);
  });

  it("case 14: no sudoers rule gives root by variables, whether sudo is asked to keep or to set them", async () => {
    await as("deploy", TRAP);
    for (const line of await rootLines()) {
      const tries = VARIABLES.flatMap((name) => [
        `timeout 20 sudo -n ${name}=/tmp/trap/run ${line}`,
        `${name === "PATH" ? "" : `export ${name}=/tmp/trap`}`,
      ]);
      await as(
        "deploy",
        `cd /tmp/trap\n{ ${tries.join("\n")}\ntimeout 20 sudo -n -E ${line}; timeout 20 sudo -n ${line}; }`,
        SAYS,
      );
    }
    expect(await taken()).toBe(false);
  });

  full("privileges").it(
    "case 14: no sudoers rule takes other arguments, another configuration, user, group or directory",
    async () => {
      await as("deploy", TRAP);
      const lines = await rootLines();
      const tries = lines.flatMap((line) => {
        const [program, ...rest] = line.split(" ");
        const verb = rest.indexOf("-c") === 0 ? rest.slice(2) : rest;
        return [
          `${line} --help`,
          `${line} all`,
          `${program} -c /tmp/trap/supervisord.conf ${verb.join(" ")}`,
          `${program} -c /etc/supervisor/../../tmp/trap/supervisord.conf ${verb.join(" ")}`,
          `${program} ${verb.join(" ")}`,
          `${program} ${rest.slice(0, -1).join(" ")} ssh`,
          `${program}`,
          `-D /etc ${line}`,
          `-R /tmp/trap ${line}`,
          `-g root ${line}`,
          `-u shopper ${line}`,
        ].filter((one) => !lines.includes(one));
      });
      tries.push(
        "/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf fg shop-web",
        "/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf shutdown",
        "/usr/bin/systemctl edit --full shop-site",
        "/usr/bin/systemctl enable /tmp/trap/evil.service",
        "/usr/bin/systemctl status shop-site",
        "/usr/bin/journalctl --unit shop-site",
        "-e /etc/supervisor/supervisord.conf",
        "-s",
        "-i",
      );
      for (const one of tries) {
        const { stdout, code } = await as("deploy", `cd /tmp/trap; timeout 20 sudo -n ${one}`, SAYS);
        expect([one, code, stdout]).toEqual([
          one,
          1,
          expect.stringMatching(/not allowed|not permitted|password is required/),
        ]);
      }
      expect(await taken()).toBe(false);
    },
  );

  it("case 14: the line for the services' user gives that user, whatever a release is, and no other", async () => {
    await as(
      "deploy",
      `${TRAP}
mkdir -p /srv/shop/releases/x/.tarlift /tmp/trap/.tarlift
printf '#!/bin/sh\\nid -un\\ncat /etc/shadow\\n' >/tmp/trap/.tarlift/exec
chmod +x /tmp/trap/.tarlift/exec; cp /tmp/trap/.tarlift/exec /srv/shop/releases/x/.tarlift/
ln -s /tmp/trap /srv/shop/releases/link`,
    );
    const exec = "/srv/shop/releases/x/.tarlift/exec";
    // Who may write a release may have this user run anything; so a way around the name of the directory gives no more.
    for (const one of [exec, "/srv/shop/releases/../../../tmp/trap/.tarlift/exec"]) {
      const { stdout } = await as("deploy", `sudo -n -u shopper ${one}`);
      expect(stdout).toMatch(/^shopper\ncat: \/etc\/shadow: Permission denied/);
    }
    for (const one of [
      exec,
      `-u root ${exec}`,
      `-u '#0' ${exec}`,
      `-u '#-1' ${exec}`,
      `-u mallory ${exec}`,
      `-g root ${exec}`,
      `-u shopper -g root ${exec}`,
      "-u shopper /bin/sh",
    ]) {
      const tried = await as("deploy", `sudo -n ${one}`);
      expect([one, tried.code, tried.stdout]).toEqual([
        one,
        1,
        expect.stringMatching(/not allowed|password is required|unknown user/),
      ]);
    }
    // Nor does that user, or any other, get further.
    for (const user of ["shopper", "mallory"]) {
      expect((await as(user, "sudo -n -l")).stdout).toMatch(/password is required/);
      expect((await as(user, `sudo -n -u shopper ${exec}`)).code).toBe(1);
      expect((await as(user, "supervisorctl -c /etc/supervisor/supervisord.conf status")).stdout).toMatch(
        /permission denied/i,
      );
    }
    await host.root("rm -rf /srv/shop/releases/x /srv/shop/releases/link");
  });

  full("privileges").it(
    "case 14: lines of older setups are replaced; edited ones, and those of other files, are named as what gives root",
    async () => {
      const old = "deploy ALL=(root) NOPASSWD: /usr/bin/supervisorctl status shop-web";
      const write = (text: string) =>
        host.root(
          `cat >/root/lines; { echo "# Written by tarlift host setup; sum $(sha256sum </root/lines | cut -d' ' -f1)"; cat /root/lines; } >${SUDOERS}`,
          text,
        );
      const facts = async () => {
        const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
        const open = openHost({ address: host.address, user: "deploy", roles: undefined, forwards: [] }, ssh);
        const { warnings } = await open.facts({
          layout,
          services: services.slice(0, 1),
          shared: { directories: [], files: [] },
        });
        await open.close();
        return warnings;
      };
      expect(await facts()).toEqual([]);
      await write(`${old}\n${old.replace("status", "restart")}\n`);
      expect(await facts()).toContainEqual(
        expect.stringMatching(
          /^sudo lets deploy run `\/usr\/bin\/supervisorctl status shop-web`, and so anything as root/,
        ),
      );
      expect(await setUp()).not.toMatch(/^!/m);
      expect(await rootLines()).toContain("/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf status shop-web");
      expect(await facts()).toEqual([]);

      await host.root(`echo '${old}' >>${SUDOERS}`);
      expect(await setUp()).toMatch(
        /^! .* was edited.*\n(.*\n)*! sudo lets deploy run these, and so anything as root[^\n]*\n {4}\/usr\/bin\/supervisorctl status shop-web$/m,
      );
      await host.root(`rm ${SUDOERS}; echo '${old}' >/etc/sudoers.d/mine`);
      expect(await setUp()).toMatch(/^! sudo lets deploy run these, and so anything as root/m);
      expect(await facts()).toContainEqual(expect.stringMatching(/and so anything as root/));
      await host.root("rm /etc/sudoers.d/mine");
      expect(await setUp()).not.toMatch(/^!/m);
    },
  );

  it("case 14: a configuration that others than root can write gets no sudoers rule", async () => {
    const file = "/etc/supervisor/supervisord.conf";
    for (const [make, unmake] of [
      [`chgrp deploy ${file}; chmod g+w ${file}`, `chgrp root ${file}; chmod g-w ${file}`],
      ["chown deploy /etc/supervisor", "chown root /etc/supervisor"],
      [`mv ${file} /home/deploy/c; ln -s /home/deploy/c ${file}`, `mv /home/deploy/c ${file}`],
    ] as const) {
      await host.root(`rm ${SUDOERS}; ${make}`);
      const said = await setUp();
      expect(said).toMatch(/^! \/etc\/supervisor\/supervisord.conf can be written by others than root/m);
      expect((await rootLines()).filter((line) => line.includes("supervisorctl"))).toEqual([]);
      await host.root(unmake);
    }
    expect(await setUp()).not.toMatch(/^!/m);
    expect((await rootLines()).filter((line) => line.includes("supervisorctl"))).toHaveLength(5);
  });

  it("case 14: root that runs the script in a directory of another user runs nothing of that user's", async () => {
    await as("deploy", TRAP);
    await host.root("rm /etc/supervisor/conf.d/shop-web.conf");
    await host.tryRoot(`cat >/root/setup; cd /tmp/trap; echo '${SAYS}' | PATH=.:$PATH /bin/sh /root/setup`, script());
    expect(await taken()).toBe(false);
  });

  // --- root runs the script again, in what others prepared --------------------------------------------------------------------------

  const VICTIMS =
    "/etc /etc/shadow /etc/passwd /etc/victim /root /root/.ssh /home/deploy /home/deploy/.ssh /home/mallory /srv /tmp";
  /** Owner, group, mode and content of what no user but root may change, and whether anything was made in it. */
  const victims = () =>
    host.root(
      `mkdir -p /etc/victim /root/.ssh; stat -c '%n %u %g %a' ${VICTIMS}; find /etc/victim /root/.ssh /home/mallory | sort; sha256sum /etc/shadow; find /etc -xdev ! -uid 0 -o -xdev -perm -2`,
    );

  full("privileges").it(
    "case 15: links in place of directories, and of files in them, are not followed by root",
    async () => {
      const before = await victims();
      for (const [prepare, undo] of [
        ["mv .tarlift t; ln -s /etc/victim .tarlift", "rm .tarlift; mv t .tarlift"],
        ["mv releases t; ln -s /root releases", "rm releases; mv t releases"],
        ["mv releases t; ln -s /root/none releases", "rm -f releases; mv t releases"],
        ["mv envs t; ln -s /etc envs", "rm envs; mv t envs"],
        ["mv shared t; ln -s /etc/victim shared", "rm shared; mv t shared"],
        ["mv shared/media t; ln -s /root/none shared/media", "rm -f shared/media; mv t shared/media"],
        ["mv shared t; ln -s /home/mallory/none shared", "rm -f shared; mv t shared"],
      ] as const) {
        await as("deploy", `cd /srv/shop; ${prepare}`);
        const said = await setUp();
        expect([prepare, await victims()]).toEqual([prepare, before]);
        expect([prepare, said]).toEqual([prepare, expect.stringMatching(/^(! |= .*as it is)/m)]);
        await as("deploy", `cd /srv/shop; ${undo}`);
      }
      for (const [prepare, undo] of [
        ["mv .ssh t; ln -s /root/.ssh .ssh", "rm .ssh; mv t .ssh"],
        [
          "mv .ssh/authorized_keys t; ln -s /etc/shadow .ssh/authorized_keys",
          "rm -f .ssh/authorized_keys; mv t .ssh/authorized_keys",
        ],
        [
          "mv .ssh/authorized_keys t; ln -s /root/.ssh/authorized_keys .ssh/authorized_keys",
          "rm -f .ssh/authorized_keys; mv t .ssh/authorized_keys",
        ],
        [
          "mv .ssh/authorized_keys t; mkfifo .ssh/authorized_keys",
          "rm -f .ssh/authorized_keys; mv t .ssh/authorized_keys",
        ],
      ] as const) {
        await as("deploy", `cd; ${prepare}`);
        const said = await setUp();
        expect([prepare, said]).toEqual([
          prepare,
          expect.stringMatching(
            /^! \/home\/deploy\/.ssh\/authorized_keys cannot be written by deploy\. Add this line/m,
          ),
        ]);
        await as("deploy", `cd; ${undo}`);
        expect([prepare, await victims()]).toEqual([prepare, before]);
      }
      // What it makes itself is right again.
      await as("deploy", "cd /srv/shop; rmdir .tarlift/* .tarlift releases envs");
      expect(await setUp()).toMatch(/code 0$/m);
      expect(await host.root("stat -c '%U %G %a' /srv/shop/.tarlift /srv/shop/releases")).toBe(
        "deploy shopper 750\ndeploy shopper 755\n",
      );
    },
  );

  it("case 15: the services' user does not become the deploying one by a link in what both may write", async () => {
    const shared = { directories: ["media", "media/deep/er"], files: [] };
    const before = await victims();
    await as("shopper", "cd /srv/shop/shared; rm -rf media; ln -s /home/deploy/.ssh media");
    expect(await setUp({ shared })).toMatch(
      /^! \/srv\/shop\/shared\/media\/deep\/er cannot be made by deploy: something on its way is a link/m,
    );
    expect(await victims()).toBe(before);
    await as("shopper", "cd /srv/shop/shared; rm media; ln -s ../.tarlift media");
    await setUp({ shared });
    expect(await host.root("find /srv/shop/.tarlift -name deep")).toBe("");
    await as("shopper", "cd /srv/shop/shared; rm media");
    expect(await setUp({ shared })).toMatch(/code 0$/m);
    expect(await host.root("stat -c '%U %G %a' /srv/shop/shared/media /srv/shop/shared/media/deep/er")).toBe(
      "deploy shopper 2775\ndeploy shopper 2775\n",
    );
  });

  /** Swaps a directory for a link as fast as it can, on and on. */
  const swapping = (user: string, directory: string, name: string, victim: string) =>
    host.root(
      `cat >/tmp/swap-${user}; chmod 755 /tmp/swap-${user}; runuser -u ${user} -- python3 /tmp/swap-${user} >/tmp/swaps-${user} 2>&1 &`,
      `import os, shutil
os.chdir(${JSON.stringify(directory)})
swaps = 0
while not os.path.exists("/tmp/enough"):
    for make in (lambda: os.mkdir(${JSON.stringify(name)}), lambda: os.symlink(${JSON.stringify(victim)}, ${JSON.stringify(name)})):
        try:
            if os.path.islink(${JSON.stringify(name)}): os.unlink(${JSON.stringify(name)})
            elif os.path.exists(${JSON.stringify(name)}): shutil.rmtree(${JSON.stringify(name)})
            make()
            swaps += 1
        except OSError: pass
print(swaps)
`,
    );

  full("privileges").it("case 15: nor by one that is put there while the script runs", async () => {
    const shared = { directories: ["media", "media/deep", "media/deep/er"], files: [] };
    const before = await victims();
    await host.root("rm -rf /srv/shop/shared/media /srv/shop/releases /tmp/enough");
    await swapping("deploy", "/srv/shop", "releases", "/etc/victim");
    await swapping("shopper", "/srv/shop/shared", "media", "/home/deploy/.ssh");
    await host.root("cat >/root/setup", script({ shared }));
    const tried = await host.root(
      "for n in $(seq 12); do timeout 60 sh /root/setup >/dev/null 2>&1 || :; done; touch /tmp/enough; sleep 2; cat /tmp/swaps-*",
    );
    expect(tried.split("\n").map(Number)).toEqual([
      expect.toSatisfy((swaps: number) => swaps > 100),
      expect.toSatisfy((swaps: number) => swaps > 100),
      0,
    ]);
    expect(await victims()).toBe(before);
    await host.root("rm -rf /tmp/enough /srv/shop/shared/media /srv/shop/releases");
    expect(await setUp({ shared })).toMatch(/code 0$/m);
  });

  full("privileges").each(["deploy", "root"])(
    "case 15: nor by one that is put there while %s deploys",
    async (user) => {
      await host.root(
        `rm -rf /srv/shop/shared/media /tmp/enough /tmp/swaps-*; install -d -m 700 /root/.ssh; cp /home/deploy/.ssh/authorized_keys /root/.ssh/`,
      );
      const look = async () => [await victims(), await host.root("find /home/deploy/.ssh | sort")];
      const before = await look();
      const shared = { directories: ["media/deep/er"], files: [] };
      const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
      /** @returns what it was refused for */
      const attempt = async (version: string) => {
        const artifact = await syntheticArtifact([text("page", version)], { version });
        const open = openHost({ address: host.address, user, roles: undefined, forwards: [] }, ssh);
        try {
          const lock = { owner: "a test", wait: 5 };
          await open.facts({ layout, artifact, lock, services: [], shared, configuration: {} });
          await open.prepare({ artifact, configuration: {}, shared }, silent.task("prepare"));
          return undefined;
        } catch (error) {
          return (error as Error).message;
        } finally {
          await open.close();
        }
      };
      await swapping("shopper", "/srv/shop/shared", "media", user === "root" ? "/root/.ssh" : "/home/deploy/.ssh");
      const refused: (string | undefined)[] = [];
      for (let n = 0; n < 8; n++) {
        // What was made would be in the way of the swapping.
        await host.root("rm -rf /srv/shop/shared/media || :");
        refused.push(await attempt(`${user}-${n}`));
      }
      const swaps = await host.root("touch /tmp/enough; sleep 2; cat /tmp/swaps-shopper");
      expect(Number(swaps)).toBeGreaterThan(100);
      expect(await look()).toEqual(before);
      expect(refused.filter((what) => what !== undefined && !/shared directory|Permission/.test(what))).toEqual([]);
      await host.root("rm -rf /srv/shop/shared/media");
      expect(await attempt(`${user}-last`)).toBeUndefined();
      expect(await host.root("stat -c '%U %G %a' /srv/shop/shared/media/deep/er")).toBe(
        user === "root" ? "shopper shopper 2775\n" : "deploy shopper 2775\n",
      );
      // What root made is root's.
      await host.root(
        "chown -R deploy:shopper /srv/shop; rm -rf /tmp/enough /srv/shop/shared/media /srv/shop/releases/* /srv/shop/.tarlift/* /root/.ssh/authorized_keys",
      );
    },
  );

  it("case 15: a root below a directory that another user can write is refused, and one in the user's own home is that user's to make", async () => {
    await host.root("rm -rf /srv/open /srv/theirs; install -d -m 777 /srv/open; install -d -o mallory /srv/theirs");
    const at = (root: string) => ({
      layout: { ...layout, target: "other", root, environmentsRoot: `${root}/envs` },
      services: [],
    });
    for (const root of ["/srv/open/shop", "/srv/theirs/shop", "/tmp/shop", "/srv/theirs/a/b"]) {
      expect(await setUp(at(root))).toMatch(
        /^! \S+ \(deploy shopper 755\) is not made: \S+, or a directory above it, can be written by others than root and deploy/m,
      );
      expect((await host.tryRoot(`ls ${root}`)).code).not.toBe(0);
    }
    expect(await setUp(at("/home/deploy/apps/shop"))).toMatch(/code 0$/m);
    expect(await host.root("stat -c '%U %G %a' /home/deploy/apps/shop/releases")).toBe("deploy shopper 755\n");
    await host.root("rm -rf /home/deploy/apps /srv/open /srv/theirs /etc/sudoers.d/tarlift-shop-other");
  });

  it("case 15: a directory of root's below the deploying user's stays root's", async () => {
    await host.root(
      "mv /srv/shop/.tarlift /srv/shop/t; install -d -m 700 /srv/shop/backup; touch /srv/shop/backup/secret",
    );
    await as("deploy", "cd /srv/shop; mv backup .tarlift");
    expect(await setUp()).toMatch(
      /^! \/srv\/shop\/.tarlift belongs to root, and deploy could put anything in its place/m,
    );
    expect(await host.root("stat -c %U:%a /srv/shop/.tarlift")).toBe("root:700\n");
    await host.root("rm -rf /srv/shop/.tarlift; mv /srv/shop/t /srv/shop/.tarlift");
    expect(await setUp()).toMatch(/code 0$/m);
  });

  it("case 15: root that comes by SSH keeps nothing in directories of the deploying user", async () => {
    await as(
      "deploy",
      "mkdir -p /srv/shop/.tarlift; rm -rf /srv/shop/.tarlift/sessions; ln -s /etc/victim /srv/shop/.tarlift/sessions",
    );
    await host.root("install -d -m 700 /root/.ssh; cp /home/deploy/.ssh/authorized_keys /root/.ssh/");
    const before = await victims();
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    const open = openHost({ address: host.address, user: "root", roles: undefined, forwards: [] }, ssh);
    // No room where sessions are kept else.
    await host.root("mount -t tmpfs -o size=1m,mode=1777 tmpfs /dev/shm");
    const said = open.setUp({ layout, script: `readlink -f "$0"; ls -l /etc/victim`, apply: true });
    const lines = await said.finally(() => host.root("umount /dev/shm"));
    expect(lines[0]).toMatch(/^\/tmp\/tarlift\./);
    expect(await victims()).toBe(before);
    await open.close();
    expect(await victims()).toBe(before);
    await host.root("rm /srv/shop/.tarlift/sessions /root/.ssh/authorized_keys");
  });

  it("case 48: a service that a package, a template or another file defines is not defined again, and one that differs is named", async () => {
    const job: ServiceRequest = { name: "job", kind: "systemd", unit: "shop-job@1", action: "restart", settle: 1 };
    await host.root(
      `cd /etc/systemd/system; mv shop-site.service /usr/lib/systemd/system/; sed 's/1000/2000/' /usr/lib/systemd/system/shop-site.service >shop-job@.service
      cd /etc/supervisor/conf.d; mv shop-web.conf all.conf`,
    );
    const commands = { web: "sleep 1000", site: "sleep 1000", job: "sleep 1000" };
    const said = await setUp({ services: [...services, job], commands });
    expect(said).toContain("= /usr/lib/systemd/system/shop-site.service (as it is; it defines shop-site.service)");
    expect(said).toContain("= /etc/systemd/system/shop-job@.service (as it is; it defines shop-job@1.service)");
    expect(said).toContain("= /etc/supervisor/conf.d/all.conf (as it is; it defines shop-web.conf)");
    await host.root(
      "cd /etc/supervisor/conf.d; mv all.conf shop-web.conf; mv /usr/lib/systemd/system/shop-site.service /etc/systemd/system/",
    );
    const other = await setUp({ commands: { web: "sleep 3000", site: "sleep 1000" } });
    expect(other).toContain(
      "~ /etc/supervisor/conf.d/shop-web.conf stays as it is. It does not have these lines, which this script would write:\n    command=/srv/shop/current/.tarlift/exec sleep 3000\n",
    );
    expect(other).toContain("= /etc/systemd/system/shop-site.service (as it is)");
  });

  // --- what does not end -----------------------------------------------------------------------------------------------------------

  full("privileges").it("a command of the services' user ends at its limit, and an import with its run", async () => {
    await host.root("chown -R deploy:shopper /srv/shop/.tarlift /srv/shop/releases");
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    const enter = async (artifact: Artifact) => {
      const open = openHost({ address: host.address, user: "deploy", roles: undefined, forwards: [] }, ssh);
      const lock = { owner: "a test", wait: 0 };
      const shared = { directories: [], files: [] };
      const { lockedBy } = await open.facts({ layout, artifact, lock, services: [], shared, configuration: {} });
      expect(lockedBy).toBeUndefined();
      return { open, prepared: () => open.prepare({ artifact, configuration: {}, shared }, silent.task("prepare")) };
    };
    const running = async (of: string) => (await host.tryRoot(`pgrep -u shopper -f "^${of}"`)).stdout.trim() !== "";

    const plain = await enter(await syntheticArtifact([text("page", "plain")], { version: "plain" }));
    const { release } = await plain.prepared();
    const run = "trap '' TERM; sleep 4711";
    const ended = await plain.open.task({ release, run, timeout: 1, lock: "closed" }, silent.task("hook"));
    expect([ended.timedOut, ended.runsOn, await running("sleep 4711")]).toEqual([true, undefined, false]);
    await plain.open.close();

    const python = { version: "3.11", abi: "cpython-311", interpreter: "/usr/bin/python3", imports: ["x"] };
    const environment = {
      id: "0123456789ab-00000001",
      sources: [text("bin/python", "#!/bin/sh\nsleep 4712\n", true)],
      path: { root: layout.environmentsRoot, link: ".venv" },
      requirements: { python },
    };
    const artifact = await syntheticArtifact([text("page", "blocks")], {
      version: "blocks",
      environments: [environment],
    });
    const blocked = await enter(artifact);
    const refused = blocked.prepared().catch((error: Error) => error.message);
    while (!(await running("sleep 4712"))) await new Promise((resolve) => setTimeout(resolve, 200));
    await blocked.open.close();
    await refused;
    for (let n = 0; n < 100 && (await running("sleep 4712")); n++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await running("sleep 4712")).toBe(false);
    // And the lock is free.
    await (await enter(artifact)).open.close();
    await host.root("rm -rf /srv/shop/releases/* /srv/shop/.tarlift/* /srv/shop/envs/*");
  });

  // --- standing in the way ---------------------------------------------------------------------------------------------------------

  const LOCK = "/srv/shop/.tarlift/lock";
  /** What a run of the deploying user hears of the lock. */
  const lockAsked = async () => {
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    const open = openHost({ address: host.address, user: "deploy", roles: undefined, forwards: [] }, ssh);
    const lock = { owner: "a test", wait: 0 };
    const { lockedBy, lockedByStranger } = await open.facts({
      layout,
      services: [],
      shared: { directories: [], files: [] },
      lock,
    });
    await open.close();
    return [lockedBy, lockedByStranger];
  };
  /** A process of the user that holds the lock until it is ended. */
  const holding = async (user: string) => {
    await host.root(
      `runuser -u ${user} -- setsid flock ${LOCK} sleep 300 >/dev/null 2>&1 & for n in $(seq 50); do grep -q "FLOCK.*:$(stat -c %i ${LOCK}) " /proc/locks && exit; sleep 0.1; done; exit 1`,
    );
    return () => host.root(`pkill -u ${user} -x sleep; pkill -u ${user} -x flock || :`);
  };

  it("case 18: no other user can hold the lock of a host, whatever it is made with or was opened before", async () => {
    await host.root(`rm -rf ${LOCK}; chmod 755 /srv/shop/.tarlift`);
    expect(await lockAsked()).toEqual([undefined, false]);
    expect(await host.root(`stat -c '%U %a' ${LOCK}`)).toBe("deploy 600\n");
    for (const user of ["shopper", "mallory"])
      expect((await as(user, `flock -n ${LOCK} true`)).stdout).toMatch(/Permission denied/);
    // As older versions made it.
    await host.root(`chmod 644 ${LOCK}`);
    const leave = await holding("mallory");
    expect(await lockAsked()).toEqual([undefined, false]);
    expect(await host.root(`stat -c '%U %a' ${LOCK}`)).toBe("deploy 600\n");
    expect(await lockAsked()).toEqual([undefined, false]);
    await leave();
  });

  it("case 18: a lock that an older version's run holds is waited for, and a lock that does not belong to a run is reported as such", async () => {
    await host.root(`chmod 644 ${LOCK}; echo 'run 7 of acme/shop' >/srv/shop/.tarlift/owner`);
    const before = await host.root(`stat -c %i ${LOCK}`);
    const end = await holding("deploy");
    expect(await lockAsked()).toEqual(["run 7 of acme/shop", false]);
    expect(await host.root(`stat -c %i ${LOCK}`)).toBe(before);
    await end();
    expect(await lockAsked()).toEqual([undefined, false]);
    expect(await host.root(`stat -c %a ${LOCK}`)).toBe("600\n");
    await host.root("echo 'run 7 of acme/shop' >/srv/shop/.tarlift/owner");
    const leave = await holding("root");
    expect(await lockAsked()).toEqual([expect.stringMatching(/^process \d+ of root$/), true]);
    await leave();
  });

  it("case 19: what another has written into the records of a host is not taken for the name of a release", async () => {
    const facts = () => {
      const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
      const open = openHost({ address: host.address, user: "deploy", roles: undefined, forwards: [] }, ssh);
      return open.facts({ layout, services: [], shared: { directories: [], files: [] } }).finally(() => open.close());
    };
    const name = "v1$(touch taken)";
    await as(
      "deploy",
      `cd /srv/shop; mkdir -p '.tarlift/releases/${name}'; echo good >'.tarlift/releases/${name}/state'`,
    );
    const { releases, warnings } = await facts();
    expect(releases).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/has "v1\$\(touch taken\)", which cannot be the name of a release: it is left out/),
    ]);
    await as("deploy", `cd /srv/shop; mkdir -p 'releases/${name}'; ln -s 'releases/${name}' current`);
    await expect(facts()).rejects.toThrow(
      /the host names "v1\$\(touch taken\)" as live, which cannot be the name of a release/,
    );
    await as("deploy", `cd /srv/shop; rm -r current 'releases/${name}' '.tarlift/releases/${name}'`);
  });
});
