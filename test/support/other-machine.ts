// The two machines of an environment's life, where they differ: a builder whose Python is elsewhere, and a host that has only its own.
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { debianRoot } from "./debian-root.ts";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

/** Makes a copy of an interpreter answer as another patch version of its minor version would, to everything that asks it. */
const OTHER_PATCH = (patch: number) => `import collections, sys
fields = collections.namedtuple("version_info", "major minor micro releaselevel serial")
sys.version = sys.version.replace("%d.%d.%d" % sys.version_info[:3], "%d.%d.${patch}" % sys.version_info[:2])
sys.version_info = sys.implementation.version = fields(*sys.version_info[:2], ${patch}, "final", 0)
`;

/**
 * A Python in a prefix of its own, as a hosted runner has it in its tool cache: the system's, copied with its library and headers.
 *
 * @param patch the patch version that it says it has; left out: the system's
 * @returns the interpreter
 */
export function pythonElsewhere(patch?: number): string {
  const prefix = temporary("python");
  for (const path of ["bin/python3.11", "lib/python3.11", "include/python3.11"]) {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    cpSync(join("/usr", path), join(prefix, path), { recursive: true, verbatimSymlinks: true });
  }
  if (patch !== undefined) {
    const file = join(prefix, "lib/python3.11/sitecustomize.py");
    rmSync(file, { force: true });
    writeFileSync(file, OTHER_PATCH(patch));
  }
  return join(prefix, "bin/python3.11");
}

/** A Debian 12 host as a directory: what is written into `files` stands there, over the system's own. */
export interface DebianHost {
  files: string;
  /** Runs a command on it as root, without its network; no mount outlives the command. @throws Error with both streams when it fails */
  run(command: string): string;
}

/** @param interpreter where this host has its /usr/bin/python3.11 under a second name */
export function debianHost(interpreter: string): DebianHost {
  const directory = temporary("host");
  const files = join(directory, "upper");
  for (const name of ["upper", "work", "root"]) mkdirSync(join(directory, name));
  mkdirSync(join(files, dirname(interpreter)), { recursive: true });
  symlinkSync("/usr/bin/python3.11", join(files, interpreter));
  const base = debianRoot();
  return {
    files,
    run: (command) =>
      sh("unshare", [
        "--mount",
        "--net",
        "sh",
        "-euc",
        'cd "$1"; mount -t overlay overlay -o "lowerdir=$2,upperdir=upper,workdir=work" root; exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot root sh -euc "$3"',
        "sh",
        directory,
        base,
        command,
      ]),
  };
}
