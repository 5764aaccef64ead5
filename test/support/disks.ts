// Disks whose power can be cut: ext4 on a loop device that writes past this machine's page cache, so that a copy of its backing file
// holds what a power loss would leave at that moment.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sh } from "./needs.ts";
import { atEnd, temporary } from "./temporary.ts";

/** What the machine must have for them. */
export const DISK_NEEDS = ["root", "losetup", "mkfs.ext4", "mount"];

/** What a power loss at one moment would leave of all disks. */
export interface Moment {
  /** Number, chapter and name: `1012-third-activate-swapped`. */
  name: string;
  /** What was under way. */
  chapter: string;
  /** A copy of each disk, in the order of {@link Disks.mounts}. */
  copies: string[];
}

export interface Disks {
  mounts: string[];
  /** Shell text: the function `power_cut NAME` keeps what a power loss at this moment would leave. */
  functions: string;
  /** Keeps one from here, in any case. */
  cut(name: string): void;
  /** Names what is under way from now on: a word. */
  begin(chapter: string): void;
  /** The names of all moments, each once. */
  names(): string[];
  /** What was kept, in order; where nothing was written since, the one before stands for it. */
  moments(): Moment[];
  /** Takes the disks away; from then on copies can be mounted in their places. */
  remove(): void;
  /** Mounts copies where the disks were while `work` runs. The file systems put themselves in order first, as after a boot. */
  within<T>(moment: Moment, work: () => Promise<T>): Promise<T>;
}

/**
 * Makes disks of 192 MB (what they do not hold takes no room), mounted below a directory of their own.
 *
 * @param options.hurried the file system writes its journal down before each moment, as it does whenever another process asks for its own
 *   data: names are then on the disk before the data of files that were not synced
 */
export function makeDisks(names: readonly string[], options: { hurried: boolean }): Disks {
  const directory = temporary("disks");
  const file = (...words: string[]) => join(directory, ...words);
  const mounts = names.map((name) => file(name));
  const devices: string[] = [];
  mkdirSync(file("moments"));
  for (const [n, name] of names.entries()) {
    mkdirSync(mounts[n]!);
    sh("truncate", ["--size", "192M", file(`${name}.img`)]);
    sh("mkfs.ext4", [
      "-q",
      "-N",
      "8192",
      "-J",
      "size=4",
      "-E",
      "lazy_itable_init=0,lazy_journal_init=0",
      file(`${name}.img`),
    ]);
    devices.push(sh("losetup", ["--direct-io=on", "--show", "--find", file(`${name}.img`)]).trim());
    // It writes nothing down by itself.
    sh("mount", ["-o", "commit=300", devices[n]!, mounts[n]!]);
  }
  let mounted = true;
  const remove = () => {
    if (!mounted) return;
    mounted = false;
    for (const mount of mounts) sh("umount", [mount]);
    for (const device of devices) sh("losetup", ["--detach", device]);
  };
  atEnd(remove);
  // Nothing is copied where nothing was written since: field 7 of a device's statistics counts the sectors.
  writeFileSync(
    file("cut"),
    [
      "name=$1",
      `cd '${directory}'`,
      'echo "$name" >>names',
      ...names.map((name) => (options.hurried ? `echo >>${name}/.other && sync ${name}/.other` : ":")),
      "now=",
      ...devices.map(
        (device) =>
          `read -r a b c d e f written rest <${device.replace("/dev", "/sys/block")}/stat; now="$now $written"`,
      ),
      'before=; [ ! -f written ] || IFS= read -r before <written; [ "$now" != "$before" ] || [ "$2" = here ] || exit 0',
      'echo "$now" >written',
      'number=1000; [ ! -f number ] || read -r number <number; echo "$((number + 1))" >number',
      "read -r chapter <chapter",
      'kept=moments/$number-$chapter-$name; mkdir "$kept"',
      ...names.map((name) => `cp --sparse=always ${name}.img "$kept/"`),
      "",
    ].join("\n"),
  );
  return {
    mounts,
    functions: `power_cut() { sh -e '${file("cut")}' "$1" there </dev/null >/dev/null 2>&1 3>&- 4<&- 9>&-; }\n`,
    cut(name) {
      sh("sh", ["-e", file("cut"), name, "here"]);
    },
    begin: (chapter) => writeFileSync(file("chapter"), `${chapter}\n`),
    names: () => [...new Set(readFileSync(file("names"), "utf8").trim().split("\n"))],
    moments: () =>
      readdirSync(file("moments"))
        .sort()
        .map((name) => ({
          name,
          chapter: name.split("-")[1]!,
          copies: names.map((disk) => file("moments", name, `${disk}.img`)),
        })),
    remove,
    async within({ copies }, work) {
      const there: string[] = [];
      try {
        for (const [n, copy] of copies.entries()) {
          if (!existsSync(copy)) throw new Error(`there is no ${copy}`);
          sh("mount", ["-o", "loop", copy, mounts[n]!]);
          there.push(mounts[n]!);
        }
        return await work();
      } finally {
        for (const mount of there.reverse()) sh("umount", [mount]);
      }
    },
  };
}
