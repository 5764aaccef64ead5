// What looks at services and restarts them, as far as it can be seen without a supervisor, under each shell that hosts have.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DEFINITIONS_PROGRAM, FUNCTIONS, PROGRAM } from "../../src/session/program.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const FILE = join(temporary("functions"), "functions.sh");
writeFileSync(FILE, FUNCTIONS + DEFINITIONS_PROGRAM);

/** Runs shell text after all functions of the program; `session` is a directory with these files. */
function inShell(shell: string, text: string, files: Record<string, string> = {}): string {
  const session = temporary("services");
  for (const [name, content] of Object.entries(files)) writeFileSync(join(session, name), content);
  const [command, ...args] = shell.split(" ") as [string, ...string[]];
  return sh(command, [
    ...args,
    "-c",
    `session=$1 v_root=$1 request=$1 verb=; . "$2"; ${text}`,
    "sh",
    session,
    FILE,
  ]).trim();
}

const LISTING = `Matching Defaults entries for deploy on app1:
    env_reset

User deploy may run the following commands on app1:
    (root) NOPASSWD: /usr/bin/supervisorctl restart web\\:\\*, /usr/bin/systemctl restart
        worker, PASSWD: /usr/bin/systemctl stop worker
    (shopper) /usr/bin/true
`;

it("no function of what runs on hosts has the name of another one", () => {
  const names = [
    ...gunzipSync(PROGRAM)
      .toString()
      .matchAll(/^(\w+)\(\)/gm),
  ].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});

for (const shell of ["dash", "bash", "busybox ash"]) {
  describe.runIf(needs(shell.split(" ")[0]!))(`what looks at services, under ${shell}`, () => {
    const allowed = (line: string) =>
      inShell(shell, `sudo_listing_read=1; if sudo_allows '${line}'; then echo yes; else echo no; fi`, {
        sudo: LISTING,
      });

    it("finds exact lines under NOPASSWD in the full listing of sudo, wrapped and escaped as it prints them", () => {
      expect(allowed("/usr/bin/supervisorctl restart web:*")).toBe("yes");
      expect(allowed("/usr/bin/systemctl restart worker")).toBe("yes");
    });

    it.each([
      ["of another user", "(app) NOPASSWD: ALL", "no"],
      ["of a group", "(deploy : root) NOPASSWD: ALL", "no"],
      ["of any user but root", "(ALL, !root) NOPASSWD: ALL", "no"],
      ["of root by another name", "(app, #0 : adm) NOPASSWD: ALL", "yes"],
      ["of all", "(ALL : ALL) NOPASSWD: ALL", "yes"],
      ["before one that asks", "(root) NOPASSWD: /usr/bin/systemctl restart web\n    (ALL : ALL) ALL", "no"],
      ["after one that asks", "(ALL : ALL) ALL\n    (root) NOPASSWD: /usr/bin/systemctl restart web", "yes"],
      ["before one that asks about another user", "(root) NOPASSWD: ALL\n    (app) PASSWD: ALL", "yes"],
      ["before one that refuses", "(root) NOPASSWD: ALL, !/usr/bin/systemctl restart web", "no"],
      ["of the program with any arguments", "(root) NOPASSWD: /usr/bin/systemctl", "yes"],
      ["of a comma in an argument", "(root) NOPASSWD: /bin/echo a\\, ALL", "no"],
    ])("a line of sudo's listing %s (%s): %s", (_, lines, allowed) => {
      const sudo = `User deploy may run the following commands on app1:\n    ${lines}\n`;
      const text =
        "sudo_listing_read=1; if sudo_allows '/usr/bin/systemctl restart web'; then echo yes; else echo no; fi";
      expect(inShell(shell, text, { sudo })).toBe(allowed);
    });

    it("reads the listing of sudo-rs, which has no backslashes but those of the words themselves", () => {
      const sudo =
        "User deploy may run the following commands on app1:\n    (root) NOPASSWD: /usr/bin/systemctl restart a@\\x2d\n";
      const text = `sudo_listing_read=1 sudo_plain=yes; if sudo_allows '/usr/bin/systemctl restart a@\\x2d'; then echo yes; fi`;
      expect(inShell(shell, text, { sudo })).toBe("yes");
    });

    it("case 56: files are their owner's to write only where no service, hook or migration runs as that owner", () => {
      // The SSH user is deploy (1000); `app` is another user, `alias` the same one by another name.
      const modes = (runAs: string, service: Record<string, string>, more = "") =>
        inShell(
          shell,
          `user_name=deploy user_id=1000 v_run_as='${runAs}'
          id() { case $2 in alias) echo 1000 ;; root) echo 0 ;; *) echo 2000 ;; esac; }
          stat() { echo 2000; }
          systemd_show() { :; }
          s_name=web s_kind='${service.kind}' s_run_as='${service.runAs ?? runAs}' s_commands_as='${service.commandsAs ?? ""}' s_pids=4711
          ${more}
          modes_service; modes_choose; echo "$modes \${modes_why-}"`,
        );
      for (const kind of ["supervisord", "systemd"]) expect(modes("app", { kind })).toBe("open");
      expect(modes("app", { kind: "command", commandsAs: "app" })).toBe("open");
      for (const runAs of ["", "deploy", "alias"])
        expect(modes(runAs, { kind: "supervisord", runAs: "app" })).toMatch(
          /^closed hooks and migrations run as deploy/,
        );
      expect(modes("app", { kind: "command" })).toBe("closed service web runs as deploy, who owns them");
      expect(modes("app", { kind: "systemd-user" })).toMatch(/^closed service web/);
      expect(modes("app", { kind: "systemd", runAs: "alias" })).toMatch(/^closed service web/);
      // What the supervisor and the processes say counts, whatever tarlift.yml says.
      expect(modes("app", { kind: "systemd" }, "systemd_show() { [ $1 != User ] || echo deploy; }")).toMatch(/^closed/);
      expect(modes("app", { kind: "supervisord" }, "stat() { echo 1000; }")).toMatch(/^closed/);
    });

    /** Where sudo's listing is closed, `sudo` is what it does, and `systemctl` what the unit's manager does without it. */
    const closed = (
      text: string,
      sudo: string,
      systemctl = "echo denied; return 4",
      said = "sudo: a password is required",
    ) =>
      inShell(
        shell,
        `id() { echo 1000; }; systemctl() { case $1 in --no-ask-password) ${systemctl} ;; *) echo "by sudo: $*" ;; esac; }
        journalctl() { echo "journal of $2"; }; sudo() { case $2 in -l) echo "${said}" >&2; return 1 ;; *) shift; ${sudo} ;; esac; }
        user_id=1000 s_kind=systemd s_name=web s_unit=web s_files=$1/web; exec 2>&1; ${text}`,
        { reply: "" },
      ).split("\n");

    it("asks sudo where its listing is closed, and systemd itself where sudo refuses", () => {
      const restart = "systemd_call restart web; echo $?";
      const refuses = "echo 'sudo: a password is required' >&2; return 1";
      expect(closed(restart, '"$@"')).toEqual(["by sudo: restart web", "0"]);
      expect(closed(restart, refuses)).toEqual(["sudo: a password is required", "denied", "4"]);
      expect(closed(restart, refuses, "echo by rule")).toEqual(["sudo: a password is required", "by rule", "0"]);
      // What sudo ran and what failed there is not run once more.
      const fails = "echo 'sudo: unable to resolve host app1' >&2; echo 'Job for web failed.' >&2; return 1";
      expect(closed(restart, fails)).toEqual(["sudo: unable to resolve host app1", "Job for web failed.", "1"]);
      const none = "Sorry, user deploy may not run sudo on app1.";
      expect(closed(restart, "echo asked", "echo by rule", none)).toEqual(["by rule", "0"]);
    });

    it("reads the journal through sudo where its listing is closed, and else as itself", () => {
      expect(closed("journal_log", 'echo by sudo; "$@"')).toEqual(["by sudo", "journal of web"]);
      expect(closed("journal_log", "return 1")).toEqual(["journal of web"]);
    });

    it("quotes sudo where its listing is closed, and says where there is none", () => {
      const unproven = (why: string) => [
        `warning service web: unproven that sudo lets 1000 run \`systemctl restart web\` (${why})`,
      ];
      const look = 'service_sudo "systemctl restart web"; cat "$1/reply"';
      expect(closed(look, "return 1")).toEqual(unproven("sudo says: sudo: a password is required"));
      expect(closed(`command() { [ "$2" != sudo ]; }; ${look}`, "return 127")).toEqual(
        unproven("this host has no sudo"),
      );
    });

    it("knows that a start limit can be lifted since it was, where sudo's listing is closed", () => {
      const text =
        "systemd_restart; systemd_may reset-failed web && echo may; systemd_may start web.socket || echo unknown";
      const [systemd_show, verb] = ["systemd_show() { :; }", "verb=revert"];
      expect(closed(`${systemd_show}; ${verb}; ${text}`, '"$@" >/dev/null')).toEqual(["may", "unknown"]);
      expect(closed("systemd_may reset-failed web || echo unknown", "return 1")).toEqual(["unknown"]);
    });

    /** Mode of the configuration, and warnings, after a look at one service. The SSH user is deploy (1000), in the group users (100). */
    const configured = (runAs: string, service: { kind: string; runAs?: string }, more = "") => {
      const text = `user_name=deploy user_id=1000 v_run_as='${runAs}'
        printf '%s\n' 'services web' 'service.web.kind ${service.kind}' ${service.runAs ? `'service.web.run-as ${service.runAs}'` : ""} >"$1/values"
        mkdir "$1/.tarlift"; : >"$1/.tarlift/env"; cd "$1/.tarlift"
        id() { case $* in -un) echo deploy ;; '-u deploy') echo 1000 ;; '-gn app') echo app ;; *) echo 2000 ;; esac; }
        stat() { case $2 in '%u %U') echo "$process owner" ;; %g) echo 100 ;; %G) echo users ;; *) command stat "$@" ;; esac; }
        chgrp() { :; }; can() { :; }; process=1000
        timeout() { shift; case $* in 'getent passwd') echo "$passwd" ;; *) echo "$group" ;; esac; }
        passwd='deploy:x:1000:100::/:/bin/sh' group='users:x:100:'
        systemd_show() { [ "$1" != User ] || echo "$unit"; }; supervisord_setting() { echo "$unit"; }; unit=deploy
        ${more}
        service_load web; s_pids=4711; readers_service; readers_note; let_read_configuration
        command stat -c %a env; cat "$1/reply"`;
      return inShell(shell, text, { reply: "" }).split("\n");
    };

    it("keeps the configuration to the SSH user where its supervisor starts each service as that user", () => {
      for (const kind of ["systemd", "supervisord", "systemd-user"])
        for (const runAs of ["", "deploy"]) expect(configured(runAs, { kind })).toEqual(["600"]);
    });

    it.each([
      ["a unit has another user", "", { kind: "systemd" }, "unit=app"],
      ["a unit has none, which is root", "", { kind: "systemd" }, "unit="],
      ["a program has another user", "", { kind: "supervisord" }, "unit=app"],
      ["the program's user cannot be read", "", { kind: "supervisord" }, "unit="],
      ["its process is another user's", "", { kind: "systemd" }, "process=33"],
      ["nothing says what a command starts", "", { kind: "command" }, ""],
      ["the target has a run-as", "app", { kind: "systemd" }, ""],
      ["the service has a run-as", "", { kind: "systemd", runAs: "app" }, ""],
      ["a task has another user", "", { kind: "systemd" }, "v_commands_as='deploy app'"],
    ])("lets the group read it where %s", (_, runAs, service, more) => {
      expect(configured(runAs, service, more)).toEqual(["640"]);
    });

    it("names others in the group that reads it, and not the services' own users", () => {
      const more =
        "unit=app; passwd=$(printf '%s\\n' deploy:x:1000:100:: ana:x:1001:100:: toor:x:0:100:: ben:x:1002:7::) group=users:x:100:app,web,ana,cleo";
      expect(configured("app", { kind: "systemd", runAs: "web" }, more)).toEqual([
        "640",
        "warning the configuration of the release, with its secrets, can be read by all of the group users, and others are in it: ana cleo. Give app a group of its own on the host (groupadd, usermod --gid), and deploy again",
      ]);
    });

    it("does not name the user that a service is seen to have", () => {
      const group = "unit=app; passwd=app:x:2000:7:: group=users:x:100:app";
      expect(configured("", { kind: "systemd" }, group)).toEqual(["640"]);
      const of =
        "stat() { case $2 in '%u %U') echo 2000 app ;; %g) echo 100 ;; %G) echo users ;; *) command stat \"$@\" ;; esac; }";
      expect(configured("", { kind: "systemd" }, `passwd= group=users:x:100:app; ${of}`)).toEqual(["640"]);
    });

    it("takes no line that asks for a password, and no other program of a group, for a right", () => {
      expect(allowed("/usr/bin/systemctl stop worker")).toBe("no");
      expect(allowed("/usr/bin/supervisorctl restart web:x")).toBe("no");
      expect(allowed("/usr/bin/true")).toBe("no");
    });

    it("reads what supervisorctl says: running, starting, crashing, stopped, not known", () => {
      const look = (status: string) =>
        inShell(
          shell,
          'supervisord_by=supervisorctl; supervisorctl() { cat "$session/says"; }; s_unit=web; s_files=$session/web; supervisord_look; echo "$s_state $s_pids"',
          { says: status },
        );
      expect(look("web  RUNNING   pid 47, uptime 0:00:09\n")).toBe("running 47");
      expect(look("web:a  RUNNING   pid 47, uptime 1 day, 0:00:09\nweb:b  BACKOFF   Exited too quickly\n")).toBe(
        "crashing 47",
      );
      expect(look("web  STARTING\n")).toBe("starting");
      expect(look("web  FATAL   Exited too quickly (process log may have details)\n")).toBe("stopped");
      expect(look("web: ERROR (no such process)\n")).toBe("missing");
    });

    it("finds how long supervisord waits before it kills a program: as it is written, or its default", () => {
      const conf = `[program:web]\ncommand=x ; stopwaitsecs=1\nstopwaitsecs = 120 ; jobs\n[program:other]\nstopwaitsecs=3\n[program:plain]\n[group:shop]\nprograms=worker\n[program:worker]\nstopwaitsecs=7\n[program:shop]\nstopwaitsecs=9\n`;
      const waits = (unit: string) =>
        inShell(shell, `SUPERVISORD_FILES="$session/*.conf"; s_unit='${unit}'; supervisord_setting stopwaitsecs 10`, {
          "web.conf": conf,
        });
      expect(["web", "web:*", "web:web_00", "plain", "unknown"].map(waits)).toEqual(["120", "120", "120", "10", ""]);
      expect(["shop:worker", "shop:*"].map(waits)).toEqual(["7", "9"]);
    });

    it("asks supervisord for the log of a program whose log is its standard output, and does not read its own", () => {
      const text = `supervisord_by=supervisorctl; supervisorctl() { echo "the end of $3"; }; supervisord_worst() { echo web; }
        SUPERVISORD_FILES="$session/web.conf"; s_kind=supervisord s_unit=web s_files=$session/web; service_log`;
      const conf = "[program:web]\nstdout_logfile=/dev/stdout\n";
      expect(inShell(`timeout 10 ${shell}`, text, { "web.conf": conf })).toBe("the end of stderr");
    });

    it("records no size of a log that is a pipe, whose end it would wait for", () => {
      const text = `mkfifo "$session/pipe"; : >"$session/file"; s_files=$session/web
        supervisord_log_sizes "$session/pipe" "$session/file"; ls "$session" | grep log-`;
      expect(inShell(`timeout 10 ${shell}`, text)).toBe("web.log-stdout");
    });

    it("reads time spans of systemd, and warns where a stop-timeout is longer than what the supervisor allows", () => {
      const seconds = (span: string) => inShell(shell, `echo '${span}' | seconds_of_span`);
      expect(["1min 30s", "5s", "1h 2min", "1.200s", "infinity", "0", "2d"].map(seconds)).toEqual([
        "90",
        "5",
        "3720",
        "2",
        "",
        "0",
        "172800",
      ]);
      const warned = (limit: string, kills: string) =>
        inShell(
          shell,
          `reply() { echo "$*"; }; s_name=web; s_stop_limit=${limit}; service_kills_after '${kills}' TimeoutStopSec`,
        );
      expect(warned("60", "10")).toContain("kills it 10 s after the request to stop (TimeoutStopSec)");
      // At the same moment is too early as well.
      expect(warned("60", "60")).toContain("Give TimeoutStopSec 75 s");
      expect([warned("60", "90"), warned("60", ""), warned("", "10")]).toEqual(["", "", ""]);
    });

    it("waits for a process that was asked to stop, no longer than it was given, and never ends it itself", () => {
      const replace = (restart: string, limit: number) =>
        inShell(
          shell,
          `sleep 20 >/dev/null 2>&1 & old=$!
          s_kind=command s_files=$session/job s_stop_limit=${limit} s_pids=$old
          echo "$old:$(process_start "$old")" >"$s_files.before"
          command_text() { ${restart}; }
          code=0; (exec >/dev/null 2>&1; service_replace) || code=$?
          if service_lingers; then echo "$code lingers"; else echo "$code gone"; fi
          kill "$old" 2>/dev/null || :`,
        );
      expect(replace("sleep 10 >/dev/null", 0)).toBe("124 lingers");
      expect(replace('kill "$old"; while service_lingers; do sleep 0.1; done; return 0', 60)).toBe("0 gone");
      expect(replace("return 7", 60)).toBe("7 lingers");
    });

    it("case 58: only time tells of a kill by supervisord whose log cannot be read, and a promise that it breaks fails", () => {
      const cut = (took: number, promise: string) =>
        inShell(
          shell,
          `reply() { echo "$*"; }; service_failed() { echo "failed $*"; }
          SUPERVISORD_FILES="$session/web.conf"; verb=activate s_kind=supervisord s_unit=web s_name=web s_pids=7
          s_files=$session/web s_stop_limit=${promise}; echo ${took} >"$s_files.stopped"; service_cut`,
          { "web.conf": "[program:web]\nstopwaitsecs=20\n" },
        );
      expect(cut(19, "60")).toBe("");
      expect(cut(20, "")).toMatch(/^warning service web: its supervisor probably killed it 20 s after/);
      expect(cut(20, "60")).toMatch(
        /^failed service-cut service web was cut: its supervisor probably killed .*promises 60 s/,
      );
    });

    it("case 58: no cut is claimed of a unit that was not active, or of which systemd says nothing", () => {
      const cut = (before: string, shows: string) =>
        inShell(
          shell,
          `reply() { echo "$*"; }; verb=revert s_kind=systemd s_unit=web s_name=web s_pids=7 s_files=$session/web s_stop_limit=
          systemd_shows() { printf '%b' '${shows}'; }; echo '${before}' >"$s_files.exited"; service_cut; echo goes on`,
        );
      const times = (exit: string, enter: string) =>
        `TimeoutStopUSec=2s\\nSendSIGKILL=yes\\nActiveExitTimestampMonotonic=${exit}\\nInactiveEnterTimestampMonotonic=${enter}\\n`;
      expect(cut("100", times("5000000", "7000001"))).toContain("its supervisor killed it 2 s after");
      for (const said of ["", times("", ""), times("0", "7000001"), times("100", "7000001")])
        expect(cut(said.includes("=0") ? "0" : "100", said)).toBe("goes on");
    });

    it("case 58: takes a time of 0, which is systemd's word before 229 for none, for no limit of a stop", () => {
      const show = (text: string) => `reply() { echo "$*"; }; systemd_show() { case $1 in ${text} esac; }
        verb=revert s_kind=systemd s_unit=web s_name=web s_pids=7 s_files=$session/web s_stop_limit=60`;
      const shows =
        "TimeoutStopUSec=0\\nSendSIGKILL=yes\\nActiveExitTimestampMonotonic=5000000\\nInactiveEnterTimestampMonotonic=7000001\\n";
      const cut = `systemd_shows() { printf '${shows}'; }; echo 100 >"$s_files.exited"; service_cut; echo goes on`;
      expect(inShell(shell, `${show("")}; ${cut}`)).toBe("goes on");
      const kills =
        'service_kills_after "$(systemd_show TimeoutStopUSec | seconds_of_limit)" TimeoutStopSec; echo goes on';
      expect(inShell(shell, `${show("TimeoutStopUSec) echo 0 ;;")}; ${kills}`)).toBe("goes on");
      expect(inShell(shell, `${show("TimeoutStopUSec) echo 30s ;;")}; ${kills}`)).toContain("kills it 30 s after");
    });

    it.each([
      ["StartLimitIntervalUSec) echo 10s ;;", "10"],
      ["StartLimitIntervalUSec) echo 0 ;;", "0"],
      ["StartLimitIntervalUSec) echo infinity ;;", ""],
      ["StartLimitInterval) echo 10000000 ;;", "10"],
      ["StartLimitInterval) echo 0 ;;", "0"],
      ["*) ;;", ""],
    ])("reads for how long a start limit lasts, of any systemd (%s): %s", (shows, seconds) => {
      expect(inShell(shell, `systemd_show() { case $1 in ${shows} esac; }; start_limit`)).toBe(seconds);
    });

    it("needs no cmp to see whether processes are the same", () => {
      const left = (now: string) =>
        inShell(
          shell,
          `cmp() { return 127; }; process_start() { echo 5; }; verb=revert s_action=reload s_state=running s_pids=7 s_files=$session/web
          service_left_alone; echo "$s_method"`,
          { "web.before": "7:5\n8:6\n", "web.now": now },
        );
      expect(left("7:5\n8:6\n")).toBe("none");
      expect(left("7:5\n9:6\n")).toBe("restart");
    });

    it("refuses nothing that an ACL may give, which it does not read", () => {
      const can = (listed: string) =>
        inShell(
          shell,
          `user_id=1000; id() { echo 2000; }; stat() { echo 750 0 0; }; ls() { echo '${listed} 2 root root 6 Jan 1 12:00 /srv/media'; }
          can app w /srv/media && can app w /srv/media && can app x /srv/media && echo can; cat "$1/reply"`,
          { reply: "" },
        ).split("\n");
      expect(can("drwxr-x---")).toEqual([""]);
      expect(can("drwxr-x---.")).toEqual([""]);
      expect(can("drwxr-x---+")).toEqual([
        "can",
        expect.stringMatching(
          /^warning unproven that app may write \/srv\/media: its modes do not let it, and it has an ACL/,
        ),
        expect.stringMatching(/^warning unproven that app may enter \/srv\/media: /),
      ]);
    });

    it("says with any failure that the root is mounted read-only", () => {
      const text = `has_room() { :; }; session_full() { return 1; }; reply_say() { echo "$3"; }
        mounted() { mount_point=/srv; [ ro = "$2" ]; }; fail not-writable "it cannot be written" "Look at owners."`;
      expect(inShell(shell, `(${text}) || :`)).toMatch(
        /^code read-only\nwhat \/srv is mounted read-only: it cannot be written\nremedy Look why .*remount,rw \/srv$/,
      );
    });

    it("case 59: shows what the program wrote into its own log, not what supervisord did into its", () => {
      const log = inShell(
        shell,
        `SUPERVISORD_FILES="$session/*.conf"; s_kind=supervisord s_unit=web s_files=$session/web
        printf '[supervisord]\nlogfile=%s/main.log\n[program:web]\nstderr_logfile=%s/web.log\n' "$session" "$session" >"$session/web.conf"
        echo "INFO exited: web" >"$session/main.log"; echo "ValueError: no" >"$session/web.log"; service_log; supervisord_log_size`,
      );
      expect(log).toBe("ValueError: no\n17");
    });

    it("case 59: shows of a log that only supervisord may read what came since the restart", () => {
      /** @param after what stands in the log then, of which supervisord gives the last 40 bytes */
      const shown = (before: string, after: string) =>
        inShell(
          shell,
          `s_kind=supervisord s_unit=web s_files=$session/web supervisord_by=supervisorctl; : >"$s_files.now"
          supervisord_log_file() { :; }; supervisord_worst() { echo web; }
          supervisord_call() { case $3 in stderr) printf '%s\n' "$(tail -c 40 "$session/text")" ;; *) echo 'web: ERROR (no log file)' ;; esac; }
          printf '%b' '${before}' >"$session/text"; service_log_mark; printf '%b' '${after}' >>"$session/text"; service_log`,
        ).trim();
      expect(shown("old start\\nold request\\n", "old end\\nValueError: no\\n")).toBe("old end\nValueError: no");
      const long = "an old line that is longer than 40 bytes, by some\\n";
      expect(shown(long, "ValueError: no\\n")).toBe("ValueError: no");
      expect(shown(long, `ValueError: ${"x".repeat(50)}\\n`)).toBe("x".repeat(39));
      expect(shown("", "ValueError: no\\n")).toBe("ValueError: no");
      expect(shown("old start\\n", "")).toBe("");
    });

    it("knows a service of a release by its name, or by its unit under whichever of its names", () => {
      const record =
        "services web jobs\\nservice here web supervisord shop:web -\\nservice elsewhere jobs systemd jobs -";
      const had = (name: string, kind: string, unit: string, text = record) =>
        inShell(
          shell,
          `mkdir -p "$1/.tarlift/releases/v1"; printf '${text}\\n' >"$1/.tarlift/releases/v1/record"
          s_name=${name} s_kind=${kind} s_unit='${unit}'; if service_recorded v1; then echo yes; else echo no; fi`,
        );
      expect(had("web", "command", "")).toBe("yes");
      expect(had("page", "supervisord", "shop:web")).toBe("yes");
      expect(had("page", "supervisord", "shop:*")).toBe("yes");
      expect(had("page", "supervisord", "shop:worker")).toBe("no");
      expect(had("page", "systemd", "shop:web")).toBe("no");
      expect(had("page", "command", "")).toBe("no");
      expect(had("worker", "systemd", "jobs.service")).toBe("yes");
      expect(had("worker", "systemd", "worker")).toBe("no");
      // A release without services; one that an older Tarlift brought.
      expect(had("worker", "systemd", "worker", "services")).toBe("no");
      expect(had("worker", "systemd", "worker", "digest sha256:1")).toBe("yes");
    });

    /** What is reported of services that run v2. @param asked the request's: kind and unit @param processes of each kind and unit */
    const dropped = (
      records: Record<string, string[]>,
      asked: Record<string, string>,
      processes: Record<string, string>,
      more = "",
    ) => {
      const written = Object.entries(records).map(
        ([release, lines]) =>
          `mkdir -p "$1/.tarlift/releases/${release}" "$1/releases/${release}"; printf '%s\\n' services ${lines.map((line) => `'service here ${line} -'`).join(" ")} >"$1/.tarlift/releases/${release}/record"`,
      );
      const values = Object.entries(asked).flatMap(([name, is]) => {
        const [kind, unit = ""] = is.split(" ");
        return [`service.${name}.kind ${kind}`, `service.${name}.unit ${unit}`];
      });
      const scans = Object.entries(processes).map(([unit, ids]) => `'${unit}') seen='${ids}' ;;`);
      const text = `${written.join("; ")}; facts_live=v2; user_name=deploy
        printf '%s\\n' 'services ${Object.keys(asked).join(" ")}' ${values.map((line) => `'${line}'`).join(" ")} >"$1/values"
        for name in ${Object.keys(asked).join(" ")}; do echo 'sudo restart-all' >"$1/service.$name.restart"; done
        service_look() { s_pids= s_state=running s_detail=; }; systemd_show() { :; }; whole=yes
        service_scan() { case "$s_kind $s_unit" in ${scans.join(" ")} *) seen= ;; esac; s_whole=$whole; : >"$s_files.scan"; for process in $seen; do echo "$process - -"; done >"$s_files.scan"; }
        service_directories() { sed "s|^\\([0-9]*\\).*|\\1 $v_root/releases/v2|" "$s_files.scan" >"$s_files.directories"; }
        ${more}
        services_dropped; grep '^dropped' "$1/reply" || echo none`;
      return inShell(shell, text, { reply: "" });
    };
    const shop = { "systemd shop": "7 8", "supervisord web": "9", "systemd supervisor": "4 9" };

    it("tells what runs on without being named, with the release that it runs", () => {
      expect(dropped({ v2: ["web systemd shop"] }, { page: "systemd other" }, shop)).toBe("dropped web v2");
      expect(dropped({ v2: ["web systemd shop"] }, { page: "supervisord web" }, shop)).toBe("dropped web v2");
      // A command that was there beside it is another service.
      const beside = { v2: ["web systemd shop", "proxy command -"] };
      expect(dropped(beside, { proxy: "command" }, shop)).toBe("dropped web v2");
    });

    it("tells nothing of a unit that a service of the request may live in, whatever its name and kind are now", () => {
      const v2 = ["web systemd shop"];
      for (const name of ["web", "page"]) expect(dropped({ v2 }, { [name]: "command" }, shop)).toBe("none");
      // What is live was deployed with the name as another kind: the unit of before runs it.
      expect(dropped({ v1: v2, v2: ["web command -"] }, { web: "command" }, shop)).toBe("none");
      expect(dropped({ v1: v2, v2: ["web supervisord web"] }, { web: "supervisord web" }, shop)).toBe("none");
      const beside = { v2: [...v2, "proxy command -"] };
      const names = `echo 'systemctl restart shop' >"$1/service.proxy.restart"`;
      expect(dropped(beside, { proxy: "command" }, shop, names)).toBe("none");
      // supervisord's own unit.
      const supervisor = { v2: ["web systemd supervisor"] };
      expect(dropped(supervisor, { web: "supervisord web" }, shop)).toBe("none");
      expect(dropped({ v2: ["web supervisord web"] }, { web: "systemd supervisor" }, shop)).toBe("none");
      // What is not seen may be there.
      expect(dropped({ v2 }, { page: "supervisord web" }, { "systemd shop": "7" })).toBe("none");
      expect(dropped({ v2 }, { page: "supervisord web" }, shop, "whole=no")).toBe("none");
      const alias = `systemd_show() { case $1:\${2:-$s_unit} in Id:shop | Id:page) echo shop.service ;; esac; }`;
      expect(dropped({ v2 }, { web: "systemd page" }, shop, alias)).toBe("none");
    });

    it("starts what a release has before it waits for the end of what it has not", () => {
      /** @param codes of the restarts of web */
      const order = (verb: string, codes: number[]) =>
        inShell(
          shell,
          `verb=${verb}; mkdir -p "$1/.tarlift/releases/v1"; printf '%s\\n' 'services web' 'service here web systemd web -' >"$1/.tarlift/releases/v1/record"
          printf '%s\\n' 'services worker web' 'service.worker.kind command' 'service.web.kind systemd' 'service.web.unit web' 'service.web.action restart' >"$1/values"
          : >"$1/service.worker.stop"; : >"$1/service.worker.status"; : >"$1/count"
          command_text() { [ "$1" = status ] || echo "worker $1 in $service_in" >>"$session/told"; }
          service_replace() { echo "web restarts" >>"$session/told"; echo >>"$session/count"; case $(wc -l <"$session/count" | tr -d ' ') in ${codes.map((code, n) => `${n + 1}) return ${code} ;;`).join(" ")} esac; }
          command_look() { s_state=running; }; systemd_look() { s_state=running s_detail=detail; [ "$(tail -n 1 "$session/told" 2>/dev/null)" != "web restarts" ] || [ -f "$session/left" ] || s_state=${codes[0] ? "stopped" : "running"}; }
          child_run() { shift; child_timed_out=0; "$@"; }; sleep() { :; }; alive() { :; }; systemd_show() { :; }; service_log() { :; }
          service_scan() { : >"$s_files.scan"; s_whole=no; }; evidence_begins() { :; }; service_log_mark() { :; }; service_limit() { echo 5; }
          services_observe() { :; }; services_restored() { :; }; service_cut() { :; }; default_returned() { :; }; systemd_returned() { :; }
          reply() { [ "$1" != service ] || echo "$*" >>"$session/told"; [ "$2" != worker ] || : >"$session/left"; }; fail() { echo "failed: $2" >>"$session/told"; cat "$session/told"; exit 0; }
          services_restart v1 v2; cat "$session/told"`,
        ).split("\n");
      const left = ["worker stop in v2", "service worker absent -- release v1 has no such service: it was stopped"];
      for (const verb of ["revert", "activate"]) {
        expect(order(verb, [0])).toEqual(["web restarts", ...left]);
        // What was left may have been in its way.
        expect(order(verb, [1, 0])).toEqual(["web restarts", ...left, "web restarts"]);
      }
      const failed = order("activate", [1, 1]);
      expect(failed.slice(0, 4)).toEqual(["web restarts", ...left, "web restarts"]);
      expect(failed[4]).toMatch(/^failed: service web could not be restarted/);
    });

    it("reads what is open, also where nothing was live before, and as an older Tarlift wrote it", () => {
      const read = (line: string) =>
        inShell(
          shell,
          `mkdir "$1/.tarlift"; printf '%s\\n' '${line}' >"$1/.tarlift/transaction"; transaction_read
          echo "$open_id/$open_phase/$open_release/$open_previous/$open_kind/$open_ran"`,
        );
      expect(read("t1 activated v2 v1 deploy ,a,b,")).toBe("t1/activated/v2/v1/deploy/,a,b,");
      expect(read("t1 activated v2  rollback")).toBe("t1/activated/v2//rollback/");
      expect(read("t1 activated v2 v1")).toBe("t1/activated/v2/v1//");
      expect(read("t1 activated v2 ")).toBe("t1/activated/v2///");
    });

    it.each(["supervisord", "systemd", "command"])(
      "case 1: on the way back, one whose first start failed is waited for, or tried once more, and only then down (%s)",
      (kind) => {
        /** @param restarts what each restart does, and its code; @param states what each look says; @returns tries, and what is told */
        const back = (restarts: string[], states: string[]) =>
          inShell(
            shell,
            `verb=revert s_code=0; nth() { count=$(($(cat "$session/$1" 2>/dev/null || echo 0) + 1)); echo "$count" >"$session/$1"; }
          value() { case $1 in services) echo web ;; *.kind) echo ${kind} ;; *.action) echo restart ;; esac; }
          service_replace() { nth tries; case $count in ${restarts.map((code, n) => `${n + 1}) return ${code} ;;`).join(" ")} *) return 1 ;; esac; }
          service_look() { nth looks; s_pids= s_detail=detail; case $count in ${states.map((state, n) => `${n + 1}) s_state=${state} ;;`).join(" ")} *) s_state=${states.at(-1)} ;; esac; }
          reply() { :; }; reply_frame() { :; }; sleep() { :; }; alive() { :; }; supervisord_reach() { :; }; systemd_show() { :; }; service_log() { :; }
          service_scan() { : >"$s_files.scan"; s_whole=no; }; evidence_begins() { :; }; service_log_mark() { :; }
          services_observe() { :; }; services_restored() { :; }; service_since() { :; }; service_cut() { :; }; default_returned() { :; }; systemd_returned() { :; }
          child_run() { shift; child_timed_out=0; "$@"; }
          services_restart v1 v2 >/dev/null; cat "$session/tries"; cat "$session/service-web.down" 2>/dev/null || echo up`,
          );
        // What a status command says is no proof of a restart.
        if (kind === "command") return expect(back(["1", "0"], ["running"])).toBe("2\nup");
        // The first look comes before the restart.
        expect(back(["7"], ["running", "crashing", "crashing", "running"])).toBe("1\nup");
        expect(back(["1", "0"], ["stopped", "stopped", "running"])).toBe("2\nup");
        expect(back([], ["stopped"])).toBe("2\ncould not be restarted (exit code 1), and is down");
        expect(back([], ["missing"])).toBe("1\ncould not be restarted (exit code 1): detail");
      },
    );

    it("says that a service is down only where its supervisor does", () => {
      const failed = (state: string, action: string) =>
        inShell(
          shell,
          `verb=activate s_name=web s_kind=systemd s_unit=web s_files=$session/web user_name=deploy s_action='${action}'
          service_may_reload() { :; }; service_since() { :; }; child_run() { child_timed_out=0; return 1; }; service_log() { :; }
          service_look() { s_state=${state} s_detail=detail; }; fail() { echo "$2"; }; service_act v2 v1`,
        );
      expect(failed("running", "restart")).toBe("service web could not be restarted (exit code 1); its state: detail");
      expect(failed("running", "reload")).toBe("service web could not be reloaded (exit code 1); its state: detail");
      expect(failed("running", "signal HUP")).toMatch(/^service web could not be sent HUP/);
      expect(failed("stopped", "restart")).toBe("service web could not be restarted (exit code 1), and is down");
    });

    it("case 4: a container client whose name only the services' user may read is no evidence of what runs inside", () => {
      const level = (name: string) =>
        inShell(
          shell,
          `mkdir -p "$v_root/releases/v1"; s_kind=systemd s_action=restart s_pids=999999999 s_method=none s_detail=runs s_files=$session/web
          echo "999999999 - -" >"$s_files.scan"; evidence_least() { s_level=supervisor; }
          service_asks() { echo "d 999999999 $v_root/releases/v1"; [ -z '${name}' ] || echo "n 999999999 ${name}"; }
          evidence_of v1; echo "$s_level $s_detail"`,
        );
      expect(level("tmux: server")).toBe("directory runs");
      expect(level("podman")).toBe(
        "supervisor runs; it runs a container by podman, and what is inside of it cannot be seen",
      );
      expect(level("")).toBe("supervisor runs");
    });

    it("says when a service's own user does not exist, or cannot read the configuration", () => {
      const known = (user: string) =>
        inShell(
          shell,
          `finding() { echo "$2"; }; reply() { echo "$*"; }; s_name=job; s_run_as=${user}; v_run_as=root; service_user_known`,
        );
      expect(known("no-such-user")).toBe("service job: this host has no user no-such-user");
      expect(known("nobody")).toContain("usermod -aG root nobody");
      expect(known("root")).toBe("");
      // A directory's groups: `domain users` is the run-as user's, and job's user is in it, or is not.
      const directory = (groups: string) =>
        inShell(
          shell,
          `id() { case "$*" in '-g app') echo 500 ;; '-gn app') echo 'domain users' ;; '-Gn job') echo 'job domain users' ;; '-G job') echo '${groups}' ;; *) echo 1 ;; esac; }
           finding() { echo "$2"; }; reply() { echo "$*"; }; s_name=job; s_run_as=job; v_run_as=app; service_user_known`,
        );
      expect(directory("7 500")).toBe("");
      expect(directory("7 50")).toContain("usermod -aG 'domain users' job ");
    });

    it("takes a variable of a unit for one of the shell, and the other way round, and warns of any other command", () => {
      const reported = (has: string, wanted: string) =>
        inShell(
          shell,
          `s_kind=systemd s_name=web definition_command='${wanted}'
          systemd_shows() { echo LoadState=loaded; }; shown() { sed -n "s/^$1=//p" "$s_files.show"; }; s_files=$session/web
          definition_compare() { [ "$1" != ExecStart ] || echo "$2 | $3"; }; definition_text() { echo 'ExecStart=${has}'; }; systemd_definition`,
        );
      for (const port of ["${PORT}", "$${PORT}"]) expect(reported(`serve :${port}`, "serve :$${PORT}")).toBe("");
      expect(reported("serve :$PORT", "serve :$$OTHER")).toBe("serve :$PORT | serve :$$OTHER");
    });

    it.each([
      ["web", "[program:web]\ncommand=x\nnumprocs = 2 ; two", 'it calls that program web:*|supervisord: "web:*"'],
      ["web", "[group:shop]\nprograms=mail, web\n[program:web]\ncommand=x", 'shop:web|supervisord: "shop:web"'],
      ["web", "[program:web]\nnumprocs=4\n[group:shop]\nprograms=web", 'shop:*|supervisord: "shop:*"'],
      [
        "web",
        "[group:shop]\nprograms=web,worker\n[program:web]\nnumprocs=2",
        'in the group shop|other programs along|remove web from programs= of [group:shop]|supervisord: "web:*"',
      ],
      ["shop:web", "[program:web]\ncommand=x", 'calls that program web|supervisord: "web"'],
      ["web", "[program:web]\nnumprocs=1", "has not read the program web|supervisorctl update web"],
      ["web:*", "[program:web]\nnumprocs=2", "has not read the program web:*|supervisorctl update web"],
      ["web", "[program:mail]\nnumprocs=2\n[group:shop]\nprograms=mail,webs", "no program web|Add it"],
    ])("of a program that supervisord does not know as %s (%s) says what is so", (unit, configuration, said) => {
      const text = `SUPERVISORD_FILES=$session/conf; supervisorctl() { :; }; service_look() { s_state=missing; }
        finding() { echo "$2|$3"; }; s_name=web s_unit='${unit}'; supervisord_known`;
      const found = inShell(shell, text, { conf: `${configuration}\n` });
      for (const words of said.split("|")) expect(found).toContain(words);
    });

    it("reads programs where supervisord's configuration includes them", () => {
      const setting = (include: string) =>
        inShell(
          shell,
          `mkdir "$session/supervisor.d" "$session/more"; SUPERVISORD_FILES="$session/supervisord.conf $session/none.conf"; s_unit=web
          printf '[program:web]\\nstopwaitsecs=20\\n' >"$session/supervisor.d/a.ini"; printf '[program:web]\\nstopwaitsecs=30\\n' >"$session/more/b.conf"
          supervisord_setting stopwaitsecs 10`,
          { "supervisord.conf": `[supervisord]\nfiles=more/*.conf\n${include}` },
        );
      expect(setting("")).toBe("");
      expect(setting("[include]\nfiles = supervisor.d/*.ini ; Alpine's\n")).toBe("20");
      expect(setting("[include]\nfiles=none/*.conf\n  %(here)s/more/*.conf\n")).toBe("30");
    });

    it("tells a unit that systemd cannot load from one that it does not know", () => {
      const look = (shows: string) =>
        inShell(
          shell,
          `systemctl() { printf '%s\\n' ${shows}; }; finding() { echo "$2|$3"; }; s_kind=systemd s_name=web s_unit=web s_files=$session/web
          systemd_known; echo "$s_state: $s_detail"`,
        ).split("\n");
      const error = `'LoadError=org.freedesktop.systemd1.BadUnitSetting "Unit web.service has a bad unit file setting."'`;
      expect(look(`LoadState=bad-setting ${error}`)).toEqual([
        "service web: systemd cannot load the unit web: Unit web.service has a bad unit file setting.|On the host, this names the line: systemd-analyze verify web   Correct it, then: systemctl daemon-reload",
        "missing: systemd cannot load web: Unit web.service has a bad unit file setting.",
      ]);
      expect(look("LoadState=error LoadError=")[0]).toMatch(/^service web: systemd cannot load the unit web: error\|/);
      expect(look("LoadState=not-found")[0]).toMatch(/^service web: systemd does not know the unit web\|/);
    });

    it("shows what was logged since a restart, also where the clock was set meanwhile", () => {
      // `clock` seconds are added to the time after the restart.
      const shown = (clock: number) =>
        inShell(
          shell,
          `s_files=$session/web s_kind=systemd; : >"$s_files.now"; later=0
           date() { echo "$((1000000 + later))"; }
           uptime_now() { uptime=$((50000 + (later > 0 || later < 0) * 300)); }
           service_log_mark; later=$((3 + ${clock}))
           at() { echo "$((1000000 + $1)).5 app1 web[$2]: $3"; }
           { at -30 11 before; at $((1 + ${clock})) 12 "why it fails"; } | journal_text`,
        );
      for (const clock of [0, 1, -1, 3600, -20]) expect([clock, shown(clock)]).toEqual([clock, "why it fails"]);
      // No more than what lies between is shown besides.
      expect(shown(-3600)).toBe("before\nwhy it fails");
    });

    it("asks for the log of the member of a group that does not run", () => {
      const worst = (text: string) => inShell(shell, "s_files=$session/pool; supervisord_worst", { "pool.look": text });
      expect(worst("pool:a RUNNING pid 1\npool:b FATAL Exited\n")).toBe("pool:b");
      expect(worst("pool:a RUNNING pid 1\npool:b RUNNING pid 2\n")).toBe("pool:a");
      expect(worst("web STOPPED\n")).toBe("web");
    });
  });
}
