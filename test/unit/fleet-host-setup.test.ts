import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SETUP_WORDS, setupScript, sudoLines } from "../../src/operations/host-setup.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { needs } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const FILE = join(temporary("words"), "words.sh");
writeFileSync(FILE, SETUP_WORDS);

const service = (more: Partial<ServiceRequest>): ServiceRequest => ({
  name: "web",
  kind: "supervisord",
  unit: "shop-web",
  action: "restart",
  settle: 5,
  ...more,
});
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA";
const root = "/srv/t-c-shop";
const input = (services: ServiceRequest[]) => ({
  host: "app1",
  user: "t-c-deploy",
  layout: { app: "shop", target: "production", root, environmentsRoot: `${root}/envs`, runAs: "t-c-services" },
  services,
  shared: { directories: ["media"], files: ["it's.key"] },
});
const services = [
  service({ unit: "shop-web:*" }),
  service({ name: "worker", kind: "systemd", unit: "shop-worker", action: "signal USR1" }),
];

describe("host setup", () => {
  it.runIf(needs("shellcheck"))("prints a script that shells and shellcheck accept", () => {
    const script = setupScript(input(services));
    for (const shell of ["sh", "bash"])
      expect(spawnSync(shell, ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
    expect(spawnSync("shellcheck", ["--shell=sh", "-"], { input: script, encoding: "utf8" }).stdout).toBe("");
  });

  it("says with `plan` what it would do, and what is left to a person, and does nothing", () => {
    const { stdout, stderr, status } = spawnSync("sh", ["-s", "plan"], {
      input: setupScript({ ...input(services), key: `${KEY} ana`, commands: { worker: ".venv/bin/work --all" } }),
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([3, ""]);
    expect(stdout).toMatch(/^\+ user t-c-services$/m);
    expect(stdout).toMatch(/^\+ t-c-deploy is in the group of t-c-services$/m);
    expect(stdout).toMatch(/^\+ a key of t-c-deploy: ssh-ed25519 ana$/m);
    expect(stdout).toMatch(/^\+ \/srv\/t-c-shop\/shared\/media \(t-c-deploy t-c-services 2775\)$/m);
    expect(stdout).toMatch(/^! \/srv\/t-c-shop\/shared\/it's\.key is missing/m);
    expect(stdout).toMatch(/^! \/etc\/supervis\S+ is missing, and its command is not known here/m);
    expect(existsSync("/srv/t-c-shop")).toBe(false);
  });

  it("takes no private key, no second line and no command that a supervisor would expand", () => {
    const key = (text: string) => () => setupScript({ ...input([]), key: text });
    expect(key("-----BEGIN OPENSSH PRIVATE KEY-----\n")).toThrow(/private key, which must not leave/);
    expect(key(`${KEY}\n${KEY}`)).toThrow(/no public key/);
    expect(key("$(id)")).toThrow(/no public key/);
    expect(() => setupScript({ ...input(services), commands: { web: "a\nuser=root" } })).toThrow(/one line, without %/);
  });

  it("refuses a command that its supervisor reads differently, and writes `$` for systemd as one", () => {
    const one = (kind: "systemd" | "supervisord", command: string) =>
      setupScript({ ...input([service({ kind, name: "web", unit: "shop" })]), commands: { web: command } });
    for (const command of ["serve ; rm", "serve #1", "serve\t;x"])
      expect(() => one("supervisord", command)).toThrow(/for a comment/);
    expect(() => one("systemd", "serve ; rm")).toThrow(/end of the command/);
    expect(() => one("systemd", "sh -c 'a ; b' ; rm")).toThrow(/end of the command/);
    expect(() => one("systemd", "serve \\' ; rm \\'")).toThrow(/end of the command/);
    expect(() => one("systemd", "serve \\")).toThrow(/joins a line/);
    for (const quoted of [
      "sh -c 'cd web ; exec node server.js'",
      String.raw`sh -c "echo \" ; b"`,
      String.raw`serve \; x`,
    ])
      expect(one("systemd", quoted)).toContain(`/.tarlift/exec ${quoted}\n`);
    const command = "sh -c 'exec serve -b :$PORT ${MORE};#'";
    expect(one("systemd", command)).toContain(
      "\nExecStart=/srv/t-c-shop/current/.tarlift/exec sh -c 'exec serve -b :$$PORT $${MORE};#'\n",
    );
    expect(one("supervisord", command)).toContain(`\ncommand=/srv/t-c-shop/current/.tarlift/exec ${command}\n`);
  });

  it.runIf(needs("visudo"))("gives sudoers lines that visudo accepts, and a group's `*` matches nothing else", () => {
    const lines = sudoLines(input(services));
    const file = join(temporary("sudoers"), "lines");
    writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o440 });
    const result = spawnSync("visudo", ["-cf", file], { encoding: "utf8" });
    expect([result.status, result.stdout + result.stderr]).toEqual([0, expect.stringContaining("parsed OK")]);
    expect(lines).toContain(
      String.raw`t-c-deploy ALL=(root) NOPASSWD: /usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart shop-web\:\*`,
    );
    expect(lines).toContain("t-c-deploy ALL=(t-c-services) NOPASSWD: /srv/t-c-shop/releases/*/.tarlift/exec");
  });

  it("takes a variable of the unit for one, where a definition is there", () => {
    const file = join(temporary("unit"), "shop.service");
    const differs = (has: string, wanted: string) => {
      writeFileSync(file, `[Service]\n${has}\n`);
      const text = '. "$1"; new_text=$3; definition_differs "$2" systemd shop';
      return execFileSync("sh", ["-c", text, "sh", FILE, file, `[Service]\n${wanted}`], { encoding: "utf8" });
    };
    for (const port of ["${PORT}", "$${PORT}"])
      expect(differs(`ExecStart=serve -b :${port}`, "ExecStart=serve -b :$${PORT}")).toBe(`= ${file} (as it is)\n`);
    expect(differs("ExecStart=serve -b :80", "ExecStart=serve -b :$${PORT}")).toContain(
      "would write:\n    ExecStart=serve -b :$${PORT}\n  If it",
    );
  });

  it("gives two applications two files of sudo, also where their names make the same words", () => {
    const file = (app: string, target: string) => {
      const layout = { ...input([]).layout, app, target };
      return /sudo_lines t-c-deploy (\S+)(?: (\S+) (\S+))? <</
        .exec(setupScript({ ...input(services), layout }))
        ?.slice(1);
    };
    const at = (name: string) => `/etc/sudoers.d/tarlift-${name}`;
    expect(file("shop", "production")).toEqual([at("shop-production"), undefined, undefined]);
    expect(file("shop-api", "production")).toEqual([at("shop--api-production"), at("shop-api-production"), root]);
    expect(file("shop", "api-production")).toEqual([at("shop-api--production"), at("shop-api-production"), root]);
  });

  it.runIf(needs("visudo"))("removes the file of an earlier setup of the application, and no other's", () => {
    const directory = temporary("sudoers");
    const [own, older] = [join(directory, "own"), join(directory, "older")];
    const of = (app: string, line = `/srv/${app}/releases/*/.tarlift/exec`) =>
      `t-c-deploy ALL=(t-c-services) NOPASSWD: ${line}\n`;
    const set = (lines: string, ...more: string[]) => {
      const text = '. "$0"; mode=apply; sudo_lines t-c-deploy "$@"';
      return execFileSync("sh", ["-ec", text, FILE, ...more], { input: lines, encoding: "utf8" });
    };
    const again = (lines: string) => set(lines, own, older, "/srv/shop-api");
    // As it was, with lines that are not needed any more, and of an application without a user of its own.
    const unit = of("", "/usr/bin/systemctl restart shop-api");
    for (const before of [of("shop-api"), unit + of("shop-api"), unit]) {
      set(before, older);
      expect(again(unit + of("shop-api"))).toContain(`+ ${older} is removed: ${own} takes its place`);
      expect([existsSync(own), existsSync(older)]).toEqual([true, false]);
    }
    // Another application's, and one that a person has edited.
    set(of("shop"), older);
    expect(again(of("shop-api"))).toContain(`~ ${older} stays`);
    rmSync(older);
    set(of("shop-api"), older);
    appendFileSync(older, "# mine\n");
    expect(again(of("shop-api"))).toContain(`~ ${older} stays`);
    expect(existsSync(older)).toBe(true);
  });

  it("prints the programs of a group as the names in tarlift.yml mean them", () => {
    const grouped = [
      service({ unit: "shop:web" }),
      service({ name: "mail", unit: "shop:mail" }),
      service({ name: "pool", unit: "pool:*" }),
    ];
    const script = setupScript({ ...input(grouped), commands: { web: "a", mail: "b", pool: "c" } });
    const text = (file: string) => script.split(`definition "$(supervisord_file ${file})"`)[1]?.split("\nPROGRAM\n")[0];
    expect(text("shop")).toMatch(/^\[group:shop\]\nprograms=web,mail\n\[program:web\]\n[^[]*\[program:mail\]\n[^[]*$/m);
    expect(text("shop")).not.toContain("numprocs");
    expect(text("pool")).toMatch(/^\[program:pool\]\n[^[]*numprocs=2/m);
    expect(script).not.toContain("[group:pool]");
  });

  it("adds .service to a unit's name unless that ends in a kind of unit", () => {
    const files = (unit: string) =>
      /definition (\S+) systemd (\S+)/.exec(setupScript(input([service({ kind: "systemd", unit })])))?.slice(1);
    const at = (name: string) => [`/etc/systemd/system/${name}`, name];
    expect(files("example.com")).toEqual(at("example.com.service"));
    expect(files("shop@1")).toEqual(at("shop@1.service"));
    expect(files(String.raw`shop@north\x2dwest`)).toEqual(
      at(String.raw`shop@north\x2dwest.service`).map((one) => `'${one}'`),
    );
    expect(files("shop.socket")).toEqual(at("shop.socket"));
  });

  it("case 58, case 1: prints definitions that kill after a stop-timeout, and keep no good release from starting", () => {
    const commands = { worker: "python3 work.py", web: "python3 web.py" };
    const [web, worker] = ["web", "worker"].map((name) => ({
      ...services.find((each) => each.name === name)!,
      stopTimeout: 30,
    }));
    const script = setupScript({ ...input([web!, worker!]), commands });
    for (const line of [
      "StartLimitIntervalSec=0",
      "RestartSec=2",
      "KillMode=mixed",
      "TimeoutStopSec=45",
      "stopwaitsecs=45",
      "startretries=100",
      "killasgroup=true",
    ])
      expect(script.split("\n")).toContain(line);
    expect(script.indexOf("StartLimitIntervalSec")).toBeLessThan(script.indexOf("[Service]"));
    const systemctl = (verb: string) => `t-c-deploy ALL=(root) NOPASSWD: /usr/bin/systemctl ${verb}`;
    const wanted = ["reset-failed shop-worker", "reset-failed shop-worker.socket", "start shop-worker.socket"];
    expect(sudoLines(input(services))).toEqual(expect.arrayContaining(wanted.map(systemctl)));
  });

  it("finds a member of a group whose name has a blank, and leaves a user that usermod does not know to a person", () => {
    const member = (groups: string, added: number) => {
      const text = `. "$1"; mode=apply; set -eu
        id() { case "$*" in '-g app') echo 500 ;; '-gn app') echo 'domain users' ;; '-nG deploy') echo 'deploy domain users' ;; '-G deploy') echo '${groups}' ;; *) echo 1 ;; esac; }
        usermod() { return 6; }; gpasswd() { echo "$*" >&2; return ${added}; }
        member deploy app; finish`;
      const { status, stdout } = spawnSync("sh", ["-c", text, "sh", FILE], { encoding: "utf8" });
      return [status, stdout.split("\n")[1] || stdout.trim()];
    };
    expect(member("7 500", 1)).toEqual([0, "= deploy is in the group of app"]);
    expect(member("7 50", 0)).toEqual([0, "+ deploy is in the group of app"]);
    expect(member("7", 1)).toEqual([
      3,
      expect.stringMatching(/^! deploy cannot be put into the group 'domain users' here/),
    ]);
  });

  describe("on a host that lacks something", () => {
    /** What its functions say there, with programs of the host by their names; `null`: it has no such program. */
    function said(text: string, programs: Record<string, string | null> = {}) {
      const tools = temporary("tools");
      for (const name of ["id", "sh", "grep", "tr", "awk", "cat", "useradd", "usermod"])
        if (!(name in programs)) symlinkSync(`/usr/bin/${name}`, join(tools, name));
      for (const [name, program] of Object.entries(programs))
        if (program !== null) writeFileSync(join(tools, name), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
      const words = `. "$1"; mode=apply; PATH=$2; set -eu; new_file=/etc/web.conf supervisord_program=supervisorctl supervisord_configuration=/etc/s.conf
        ${text}\nsay "and goes on"; finish`;
      const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", words, "sh", FILE, tools], { encoding: "utf8" });
      return [status, ...(stdout + stderr).trim().split("\n")];
    }

    it.each([
      ["echo unix:///var/run/supervisor.sock no such file; exit 7", "unix:///var/run/supervisor.sock no such file"],
      [
        "echo unix:///var/run/supervisor.sock refused connection; exit 0",
        "unix:///var/run/supervisor.sock refused connection",
      ],
      ["[ $3 = reread ] && exit 0; echo 'ERROR: no such group: web'", "ERROR: no such group: web"],
    ])("says what supervisorctl says that does not reach supervisord: %s", (supervisorctl, words) => {
      expect(said("supervisord_reads web", { supervisorctl })).toEqual([
        3,
        expect.stringMatching(
          `^! supervisord could not read /etc/web.conf. It says: ${words}. If it is not running, start it`,
        ),
        "and goes on",
      ]);
    });

    it("says nothing of a supervisord that reads it", () => {
      const supervisorctl = "echo web: available";
      expect(said("supervisord_reads web", { supervisorctl })).toEqual([0, "and goes on"]);
    });

    it("says what systemctl says", () => {
      expect(said("systemd_reads web.service", { systemctl: "echo 'not booted with systemd' >&2; exit 1" })).toEqual([
        3,
        expect.stringMatching(
          "^! systemd could not read /etc/web.conf. It says: not booted with systemd. When it runs: ",
        ),
        "and goes on",
      ]);
    });

    it("ends where a user cannot be made, since all that follows is about it", () => {
      const user = "user t-c-none --system";
      expect(said(user, { useradd: null })).toEqual([
        3,
        "+ user t-c-none",
        expect.stringMatching("^! t-c-none cannot be made: this host has no useradd. Install it: .*apk add shadow"),
      ]);
      expect(said(user, { useradd: "echo 'group t-c-none exists' >&2; exit 9" })).toEqual([
        3,
        "+ user t-c-none",
        expect.stringMatching("^! t-c-none cannot be made. useradd says: group t-c-none exists. "),
      ]);
    });

    it("leaves a membership to a person where usermod is missing", () => {
      const id = 'case "$*" in "-G "*) echo 7 ;; *) echo 8 ;; esac';
      expect(said("member deploy app", { usermod: null, id })).toEqual([
        3,
        "+ deploy is in the group of app",
        expect.stringMatching("^! deploy cannot be put into the group 8: this host has no usermod. Install it: "),
        "and goes on",
      ]);
    });

    it("makes users that an sshd without PAM takes a key of", () => {
      expect(setupScript(input([]))).toContain(
        "\nuser t-c-deploy --create-home --user-group --shell /bin/sh --password '*'\n",
      );
    });

    it("says who else is in the group that may read the configuration", () => {
      const [, ...names] = /^sys:x:(\d+):/m.exec(readFileSync("/etc/group", "utf8")) ?? [];
      const group = (...users: string[]) => said(`group_alone ${users.join(" ")}`, { id: `echo ${names[0]}` });
      expect(group("app", "deploy")).toEqual([
        0,
        expect.stringMatching(/^~ the group of app, \S+, has others in it \(sys\), who can read the configuration/),
        "and goes on",
      ]);
      expect(group("app", "sys")).toEqual([0, "and goes on"]);
    });
  });

  it("writes a program where supervisord's configuration includes it, and finds it there", () => {
    const directory = temporary("supervisor");
    const etc = join(directory, "etc");
    for (const name of ["supervisor.d", "more"]) mkdirSync(join(etc, name), { recursive: true });
    const file = (include: string, text = "supervisord_file web") => {
      writeFileSync(join(etc, "supervisord.conf"), `[supervisord]\nfiles=/no\n${include}`);
      const words = `. "$1"; set -eu; supervisord_configuration=$2/supervisord.conf; ${text}`;
      return execFileSync("sh", ["-c", words, "sh", FILE, etc], { encoding: "utf8" }).trim();
    };
    expect(file("[include]\nfiles = supervisor.d/*.ini ; Alpine's\n")).toBe(`${etc}/supervisor.d/web.ini`);
    expect(file("[include]\nfiles=/no/such/*.conf\n  %(here)s/more/*.conf\n")).toBe(`${etc}/more/web.conf`);
    expect(file("")).toMatch(/^\/etc\/supervis\S+\/web\.(conf|ini)$/);
    writeFileSync(join(etc, "more/all.conf"), "[program:web]\n");
    expect(file("[include]\nfiles=more/*.conf\n", "definition_of /etc/supervisor/conf.d/web.conf supervisord")).toBe(
      `${etc}/more/all.conf`,
    );
  });

  it("counts the links of one path, and not of all paths that it looks at", () => {
    const directory = temporary("links");
    symlinkSync("/etc/hostname", join(directory, "link"));
    const text =
      '. "$1"; alone_planned="|$2|/tmp|"; n=0; while [ $n -lt 45 ]; do alone "$2/link" || exit 9; n=$((n + 1)); done';
    expect(spawnSync("sh", ["-c", text, "sh", FILE, directory], { encoding: "utf8" })).toMatchObject({ status: 0 });
  });

  it.each([
    ["(root) NOPASSWD: /usr/bin/supervisorctl restart all", true],
    ["(ALL : ALL) ALL, NOPASSWD: /usr/bin/supervisorctl", true],
    ["(www-data, root) NOPASSWD: /bin/true, /usr/bin/supervisorctl", true],
    ["(app) NOPASSWD: /usr/bin/supervisorctl restart all", false],
    ["(ALL, !root) NOPASSWD: /usr/bin/supervisorctl", false],
    ["(app : root) NOPASSWD: /usr/bin/supervisorctl", false],
    ["(root) NOPASSWD: /bin/true\n    (app) NOPASSWD: /usr/bin/supervisorctl", false],
  ])("knows whether %j gives root away", (lines, root) => {
    const text = '. "$1"; id() { echo 0; }; sudo() { printf "%s\n" "$listing"; }; sudo_gives_root deploy; finish';
    const listing = `User deploy may run the following commands on web1:\n    ${lines}`;
    const env = { ...process.env, listing };
    const { stdout } = spawnSync("sh", ["-c", text, "sh", FILE], { encoding: "utf8", env });
    expect(stdout.includes("so anything as root")).toBe(root);
  });

  describe("lines of sudoers on a host", () => {
    /** What `sudo_lines` says, and what it leaves behind; programs of the host by their names. */
    function written(programs: Record<string, string>, lines: string, user = "deploy") {
      const directory = temporary("host");
      const tools = join(directory, "tools");
      mkdirSync(tools);
      for (const [name, text] of Object.entries(programs))
        writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      const file = join(directory, "sudoers");
      const text = `. "$1"; mode=apply; PATH=$2:/usr/bin:/bin; alone() { :; }; sudo_gives_root() { :; }
        supervisord_program=/opt/supervisorctl supervisord_configuration=/etc/s.conf
        set -eu; sudo_lines ${user} "$3" <<'SUDOERS'\n${lines}\nSUDOERS\nfinish`;
      const { status, stdout } = spawnSync("sh", ["-c", text, "sh", FILE, tools, file], { encoding: "utf8" });
      const left = readdirSync(directory).filter((name) => name !== "tools");
      const inside = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(1).join("\n") : undefined;
      return { status, stdout, left, inside };
    }
    const GOOD = { visudo: "exit 0", sudo: "echo Sudo version 1.9.13", systemctl: "", journalctl: "" };
    const lines = sudoLines(
      input([service({ unit: "shop:*" }), service({ kind: "systemd", unit: String.raw`a@\x2d` })]),
    );

    it("name the programs where they are on that host", () => {
      const { inside, status } = written(GOOD, lines.join("\n"));
      expect(status).toBe(0);
      expect(inside).toMatch(/NOPASSWD: \/opt\/supervisorctl -c \/etc\/s\.conf restart shop\\:\\\*$/m);
      expect(inside).toMatch(/NOPASSWD: \S+\/tools\/systemctl restart a@\\\\\\\\x2d$/m);
      expect(inside).toMatch(/NOPASSWD: \S+\/tools\/journalctl --unit/m);
      expect(inside).not.toContain("/usr/bin/");
    });

    it("name a program by the directory in which its user finds it, where root has another name for that", () => {
      const link = join(temporary("sbin"), "sbin");
      symlinkSync("/usr/bin", link);
      const text = '. "$1"; PATH=$2:/bin; for name in sed no-such-program; do program_here "$name"; done';
      expect(execFileSync("sh", ["-c", text, "sh", FILE, link], { encoding: "utf8" })).toBe(
        "/usr/bin/sed\n/usr/bin/no-such-program\n",
      );
    });

    it("are those that sudo-rs reads: to it arguments are words", () => {
      const { inside } = written({ ...GOOD, sudo: "echo sudo-rs 0.2.8 >&2" }, lines.join("\n"));
      expect(inside).toMatch(/restart shop\\:\*$/m);
      expect(inside).toMatch(/systemctl restart a@\\\\x2d$/m);
      expect(inside).toMatch(/\/releases\/\*\/\.tarlift\/exec$/m);
    });

    it("that visudo does not take are left to a person, with what it says, and leave no file", () => {
      const { status, stdout, left } = written(
        { ...GOOD, visudo: "echo 'sudoers:1:4: syntax error: expected host name' >&2; exit 1" },
        "_svc ALL=(root) NOPASSWD: /usr/bin/true",
      );
      expect([status, left]).toEqual([3, []]);
      expect(stdout).toMatch(
        /^! visudo does not take these lines[^\n]*\n {4}sudoers:1:4: syntax error: expected host name$/m,
      );
    });
  });

  it("asks for no sudo where the user is root", () => {
    expect(sudoLines({ ...input(services), user: "root" })).toEqual([]);
  });
});
