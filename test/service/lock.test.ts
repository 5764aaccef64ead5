// Which process has the host's lock, as the kernel shows it: src/remote/lock.sh.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../src/session/program.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const FILE = join(temporary("functions"), "functions.sh");
writeFileSync(FILE, FUNCTIONS);

describe("a hold", () => {
  it.each(["dash", "bash"])("that cannot be taken away is said to stay, under %s", (shell) => {
    const directory = temporary("holds");
    const text = `v_root=$1; . "$2"
      fail() { echo "$2"; exit 1; }
      log_event() { echo "$1"; }
      mkdir -p "$1/.tarlift/hold/in-the-way"; (verb_unhold)
      rm -r "$1/.tarlift/hold"; : >"$1/.tarlift/hold"; (verb_unhold); (verb_unhold)`;
    const said = sh(shell, ["-c", text, "sh", directory, FILE]);
    expect(said.trim().split("\n")).toEqual(["deploys stay held", "unhold", "unhold"]);
  });
});

describe.runIf(needs("root", "mount", "unshare", "flock"))("the lock of a host", () => {
  full("transactions").eachAfterFirst(["dash", "bash", "busybox sh"])("under %s", (shell) => {
    it.each(["tmpfs", "overlay"])("on %s is not another file with its number on another file system", (type) => {
      const directory = temporary("locks");
      const make =
        type === "tmpfs"
          ? "mount -t tmpfs x here"
          : "mount -t tmpfs x below; mkdir below/1 below/2 below/3; mount -t overlay -o lowerdir=below/1,upperdir=below/2,workdir=below/3 x here";
      const text = `cd "$1"; mkdir here there below; ${make}; mount -t tmpfs y there
        v_root=$1/here session=$1; . "$2"
        mkdir here/.tarlift; : >here/.tarlift/lock; lock=$1/here/.tarlift/lock
        number=$(stat -c %i "$lock"); n=0; other=
        while [ "$n" -lt 200 ]; do n=$((n + 1)); : >there/$n; [ "$(stat -c %i there/$n)" != "$number" ] || other=there/$n; done
        held() { if lock_held; then echo held; else echo free; fi; }
        : "\${other:=there/1}"
        flock "$other" sleep 2 & sleep 0.3; held; kill "$!"
        flock "$lock" sleep 2 & sleep 0.3; held
        lock_ours "$lock" && echo ours; lock_stranger "$lock" | grep -c "^process [0-9]"; kill "$!"`;
      const [command, ...args] = shell.split(" ") as [string, ...string[]];
      const said = sh("unshare", [
        "--mount",
        "--propagation",
        "private",
        command,
        ...args,
        "-c",
        text,
        "sh",
        directory,
        FILE,
      ]);
      expect(said.trim().split("\n")).toEqual(["free", "held", "ours", "1"]);
    });
  });
});

describe.each(["dash", "bash", "busybox sh"])(
  "files of more processes than an argument list takes, under %s",
  (shell) => {
    const [command, ...args] = shell.split(" ") as [string, ...string[]];
    /** Another process has 9000 files open; an argument list takes 128 KB (execve(2)). */
    const crowded = (text: string) => {
      const directory = temporary("crowd");
      const open =
        'for (let n = 0; n < 9000; n++) require("fs").openSync("/dev/null"); console.log(); setTimeout(() => {}, 60000)';
      const crowd = `ulimit -n 9500; mkfifo "$1/ready"; "$2" -e '${open}' >"$1/ready" & crowd=$!; read -r _ <"$1/ready"
      ulimit -s 512; session=$1; . "$3"`;
      const words = [directory, process.execPath, FILE];
      return sh(command, [...args, "-c", `${crowd}\n${text}\nkill "$crowd"`, "sh", ...words])
        .trim()
        .split("\n");
    };

    it.runIf(needs("flock"))("has the lock where one of them has it", () => {
      const text = `: >"$1/lock"; lock_ours "$1/lock" || echo free
      exec 8>>"$1/lock"; flock 8; lock_ours "$1/lock" && echo ours
      echo /proc/[0-9]*/fdinfo/* | wc -c | awk '{ print ($1 > 131072) }'`;
      expect(crowded(text)).toEqual(["free", "ours", "1"]);
    });

    it("counts as running where they cannot be asked", () => {
      const text = `prune_runs "$1/none" || echo none
      : >"$1/one"; tail -f "$1/one" >/dev/null & sleep 0.2; prune_runs "$1/one" && echo one
      (grep() { busybox grep "$@"; }; prune_runs "$1/one" && echo "one for busybox"); kill "$!"
      xargs() { return 126; }; prune_runs "$1/none" && echo unknown; lock_ours "$1/lock" && echo ours`;
      expect(crowded(text)).toEqual(["none", "one", "one for busybox", "unknown", "ours"]);
    });

    it("has all of them in its table", () => {
      expect(crowded('process_table | grep -c "^$crowd $$ "; child_tree "$$" | grep -cx "$crowd"')).toEqual(["1", "1"]);
    });
  },
);
