// A Debian 12 root file system, made once a machine with debootstrap and then only read: tests mount an overlay over it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { sh } from "./needs.ts";

/** Where trees that outlive one test run are kept. */
export const STATE_DIRECTORY = "/var/tmp/tarlift-lab";

/**
 * What a small server has, and no more. `libpq5` is absent on purpose: an environment that needs it must be found out before a deploy
 * (the recipe refuses to finish when some package brings it).
 */
const PACKAGES = [
  "ca-certificates",
  "curl",
  "dbus",
  "haproxy",
  "iproute2",
  "libpam-systemd",
  "nginx-light",
  "openssh-server",
  "procps",
  "python3.11",
  "sudo",
  "supervisor",
  "systemd",
  "systemd-sysv",
  "zstd",
];

const RECIPE = `
set -eu
directory=$1 packages=$2
[ ! -e "$directory.finished" ] || exit 0
rm -rf "$directory"
debootstrap --variant=minbase --include="$packages" bookworm "$directory" >"$directory.log" 2>&1 || {
  tail -n 20 "$directory.log" >&2
  exit 1
}
[ -z "$(find "$directory/usr/lib" -name 'libpq.so*')" ] || { echo "the recipe must not bring libpq" >&2; exit 1; }
chroot "$directory" systemctl disable --quiet nginx.service haproxy.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \\
  e2scrub_all.timer fstrim.timer systemd-timesyncd.service >/dev/null 2>&1 || true
chroot "$directory" systemctl mask --quiet systemd-resolved.service getty.target console-getty.service >/dev/null 2>&1 || true
# Every host draws its own identity when it is made, and knows no name server: its traffic goes nowhere.
rm -f "$directory"/etc/ssh/ssh_host_* "$directory/etc/machine-id" "$directory/etc/resolv.conf" "$directory/etc/hostname"
rm -rf "$directory"/var/cache/apt/archives/*.deb "$directory"/var/lib/apt/lists/*
: >"$directory/etc/machine-id"
: >"$directory/etc/resolv.conf"
: >"$directory.finished"
`;

/**
 * The tree with systemd, sshd, supervisord, nginx and /usr/bin/python3.11. Made in about 75 s when this machine has none yet; other
 * processes that ask meanwhile wait for it. Needs root and `debootstrap`.
 *
 * @returns its absolute path. Never write into it: use it read-only or below an overlay
 * @throws Error with the last lines of debootstrap
 */
export function debianRoot(): string {
  const packages = PACKAGES.join(",");
  const recipe = createHash("sha256").update(`${packages}\n${RECIPE}`).digest("hex").slice(0, 12);
  const directory = join(STATE_DIRECTORY, `base-${recipe}`);
  if (existsSync(`${directory}.finished`)) return directory;
  mkdirSync(STATE_DIRECTORY, { recursive: true });
  sh("flock", [`${directory}.lock`, "sh", "-c", RECIPE, "sh", directory, packages]);
  return directory;
}
