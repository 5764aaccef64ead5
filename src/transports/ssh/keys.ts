// Key material: in one private directory of this process, removed when it ends. The next run removes leftovers of a
// killed run.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEnd } from "../../exit-handlers.ts";
import { Failure } from "../../failure.ts";
import { hasEnded, processMark } from "../../subprocess/process-mark.ts";

/** The prefix of names of private directories. */
export const PRIVATE_PREFIX = "tarlift-ssh-";
/** With the mark of the process, and the suffix of mkdtemp. */
const PRIVATE_NAME = new RegExp(`^${PRIVATE_PREFIX}(\\d.*)-\\w{6}$`);

let directory: string | undefined;
let registered = false;
let made = 0;

/**
 * The private directory (0700) of this process for keys and sockets; made at its first use, removed at the process's
 * end.
 */
export function privateDirectory(): string {
  if (directory !== undefined && existsSync(directory)) return directory;
  removeLeftDirectories();
  const parent = parentDirectory();
  directory = mkdtempSync(join(parent, `${PRIVATE_PREFIX}${processMark()}-`));
  chmodSync(directory, 0o700);
  if (!registered) beforeEnd({ last: removePrivateDirectory });
  registered = true;
  return directory;
}

function parentDirectory(): string {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return runtime && existsSync(runtime) && statSync(runtime).uid === process.getuid?.() ? runtime : tmpdir();
}

/** The directory that holds the key and sockets of this process now, if it exists. */
export function privateDirectoryInUse(): string | undefined {
  return directory;
}

/** Removes it now; processes that still use a key or a socket in it lose them. */
export function removePrivateDirectory(): void {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  directory = undefined;
}

/** Removes the directories of processes that have ended: a SIGKILL leaves them. */
export function removeLeftDirectories(): void {
  const parent = parentDirectory();
  for (const name of readdirSync(parent)) {
    const mark = PRIVATE_NAME.exec(name)?.[1];
    if (mark === undefined) continue;
    const path = join(parent, name);
    try {
      const { uid, mtimeMs } = statSync(path);
      if (uid === process.getuid?.() && hasEnded(mark, mtimeMs)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another run was faster.
    }
  }
}

/** A file in the private directory that only this user can read. */
export function privateFile(name: string, content: string): string {
  const path = join(privateDirectory(), `${made++}-${name}`);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/**
 * A private key as OpenSSH accepts it: inputs of actions arrive trimmed and with Windows line ends.
 *
 * @throws Failure with a sentence for each kind of unusable key: empty, a public key, protected by a passphrase,
 * something else
 */
export function normaliseKey(text: string): string {
  const key = `${text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").trim()}\n`;
  if (key === "\n") {
    throw unusable(
      "the SSH key is empty",
      "Give the private key: `ssh-key: ${{ secrets.DEPLOY_KEY }}`. A secret of a GitHub environment is empty in a job that does not name " +
        "that environment, and can be empty in a reusable workflow of another owner. Runs for pull requests of forks are given none.",
    );
  }
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(key)) {
    throw unusable("this is a public key, and SSH needs the private one", "Give the file without `.pub`.");
  }
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]*\n-----END [A-Z ]*PRIVATE KEY-----\n$/.test(key)) {
    throw unusable(
      "the SSH key is not a private key in PEM or OpenSSH format",
      "It begins with `-----BEGIN OPENSSH PRIVATE KEY-----` and ends with the matching line; all lines between belong to it.",
    );
  }
  return key;
}

/**
 * Writes a key to a file that ssh can read.
 *
 * @param key the private key's text, or the path of its file
 * @returns the path of a private copy
 * @throws Failure as {@link normaliseKey} does, and for a key that a passphrase protects
 */
export function installKey(key: { text: string } | { file: string }): string {
  const path = privateFile("key", keyText(key));
  // Deriving the public key with an empty passphrase fails exactly when there is a passphrase, or when the key is
  // damaged.
  const result = spawnSync("ssh-keygen", ["-y", "-P", "", "-f", path], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.status === 0) {
    // ssh looks for a certificate (signed by a certificate authority) in a file beside the key.
    if ("file" in key && existsSync(`${key.file}-cert.pub`)) copyFileSync(`${key.file}-cert.pub`, `${path}-cert.pub`);
    return path;
  }
  rmSync(path, { force: true });
  if (/passphrase/i.test(result.stderr ?? "")) {
    throw unusable(
      "the SSH key is protected by a passphrase, which cannot be entered here",
      "Make a key of its own for deploys without one (ssh-keygen -t ed25519 -N ''), or load the key into an agent and give none.",
    );
  }
  if (result.error) throw unusable("ssh-keygen could not be started", "Install openssh-client.");
  throw unusable("the SSH key is damaged", "Copy the whole file, with its first and last line.");
}

/** @throws Failure as {@link normaliseKey}, and for a file that cannot be read */
export const keyText = (key: { text: string } | { file: string }): string =>
  normaliseKey("text" in key ? key.text : readKey(key.file));

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw unusable(`the SSH key ${file} cannot be read`, "Look at its path and its owner.");
  }
}

function unusable(what: string, remedy: string): Failure {
  return new Failure({ code: "ssh-key-invalid", what, remedy, outcome: "refused" });
}
