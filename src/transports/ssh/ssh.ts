// The options of ssh. OpenSSH's own client is the transport: its options are those of ssh(1).
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkAll, Failure } from "../../failure.ts";
import type { Forward, ForwardTarget, HostAddress, SshOptions } from "../types.ts";
import { installKey, privateDirectory, privateFile } from "./keys.ts";

/** {@link SshOptions} with its files written. */
export interface PreparedSsh {
  command: string;
  /** Options that are the same for every connection. */
  shared: string[];
  userConfig: boolean;
}

/**
 * Writes key and known hosts to the private directory and chooses the common options.
 *
 * @throws Failure for keys that cannot be used, and when no host's key could be known
 */
export function prepareSsh(options: SshOptions): PreparedSsh {
  const onRunner = process.env.GITHUB_ACTIONS === "true";
  const userConfig = options.userConfig ?? !onRunner;
  let known: string[] = [];
  let key: string[] = [];
  checkAll(
    () => {
      known = knownHosts(options, onRunner);
    },
    () => {
      key = keyOptions(options);
    },
  );
  const shared = [
    ...(userConfig ? [] : ["-F", "/dev/null"]),
    // Clients before 8.5 do not know LogVerbose. All options, because an IgnoreUnknown of the user's own configuration
    // (UseKeychain) does not apply in addition to this one.
    ...option("IgnoreUnknown", "*"),
    ...option("BatchMode", "yes"),
    ...known,
    ...option("ConnectTimeout", String(options.connectTimeout ?? 20)),
    ...option("ServerAliveInterval", "15"),
    ...option("ServerAliveCountMax", "4"),
    ...option("ForwardAgent", "no"),
    ...option("ForwardX11", "no"),
    ...option("PermitLocalCommand", "no"),
    ...option("RequestTTY", "no"),
    // Such options of the user's own configuration, meant for an interactive shell, would end this one.
    ...option("RemoteCommand", "none"),
    ...option("ClearAllForwardings", "no"),
    ...option("LogLevel", "ERROR"),
    ...key,
  ];
  return { command: options.command ?? "ssh", shared, userConfig };
}

function keyOptions({ key, needsKey }: SshOptions): string[] {
  if (key) return ["-i", installKey(key), ...option("IdentitiesOnly", "yes")];
  if (!needsKey || process.env.SSH_AUTH_SOCK) return [];
  throw new Failure({
    code: "ssh-key-invalid",
    what: "no SSH key is given, and no agent holds one",
    remedy: "Give the private key of the user that deploys: `ssh-key: ${{ secrets.DEPLOY_KEY }}`.",
    outcome: "refused",
  });
}

function option(name: string, value: string): string[] {
  return ["-o", `${name}=${value}`];
}

/** A path in an option: ssh treats a space as the end of a word, and `%` as the beginning of a token. */
const pathWord = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

function knownHosts(options: SshOptions, onRunner: boolean): string[] {
  if (options.insecureAcceptAnyHostKey) {
    return [...option("StrictHostKeyChecking", "no"), ...option("UserKnownHostsFile", "/dev/null")];
  }
  const strict = option("StrictHostKeyChecking", "yes");
  if (options.knownHosts === undefined) {
    if (!onRunner) return strict;
    throw new Failure({
      code: "known-hosts-missing",
      what: "no known hosts are given, so hosts cannot be verified",
      remedy:
        "Run `ssh-keyscan HOST` on a network that you trust, keep its output in a variable, and give it: " +
        "`ssh-known-hosts: ${{ vars.KNOWN_HOSTS }}`.",
      outcome: "refused",
    });
  }
  if ("file" in options.knownHosts) {
    if (!existsSync(options.knownHosts.file))
      throw new Failure({
        code: "known-hosts-missing",
        what: `there is no file of known hosts ${options.knownHosts.file}`,
        remedy: "Look at its path. `ssh-keyscan HOST`, on a network that you trust, prints what belongs in it.",
        outcome: "refused",
      });
    return [
      ...strict,
      ...option("UserKnownHostsFile", pathWord(options.knownHosts.file)),
      ...option("GlobalKnownHostsFile", "/dev/null"),
    ];
  }
  const text = `${options.knownHosts.text.replaceAll("\r\n", "\n").trim()}\n`;
  if (text === "\n") {
    throw new Failure({
      code: "known-hosts-missing",
      what: "the known hosts are empty",
      remedy:
        "Is the variable or secret of that name set in this repository, and in the GitHub environment of this job?",
      outcome: "refused",
    });
  }
  return [
    ...strict,
    ...option("UserKnownHostsFile", pathWord(privateFile("known_hosts", text))),
    ...option("GlobalKnownHostsFile", "/dev/null"),
  ];
}

/**
 * The arguments for one host's connection, without its remote command.
 *
 * @param jumpSocket control socket of the master for `proxyJump`
 * @param forwards sockets on this machine and the target of each, as the host itself reaches it
 */
export function sshArguments(
  ssh: PreparedSsh,
  host: HostAddress,
  jumpSocket: string | undefined,
  forwards: readonly Forward[],
): string[] {
  return [
    "-T",
    ...ssh.shared,
    ...option("ControlMaster", "no"),
    ...option("ControlPath", "none"),
    ...option("ExitOnForwardFailure", "no"),
    // Makes ssh print one line when sshd refuses a forward, whatever the LogLevel.
    ...(forwards.length === 0 ? [] : option("LogVerbose", "*:channel_input_open_failure():*")),
    ...forwards.flatMap((forward) => ["-L", `${forward.socket}:${forwardTarget(forward)}`]),
    ...(host.port === undefined ? [] : ["-p", String(host.port)]),
    ...(host.user === undefined ? [] : ["-l", host.user]),
    // Contains only trusted words, since ssh passes it to a shell: a socket in the private directory, and a jump host
    // that the schema has validated.
    ...(jumpSocket === undefined ? [] : option("ProxyCommand", throughJump(ssh, jumpSocket, host.proxyJump!))),
    "--",
    host.address,
  ];
}

/**
 * Only the master may connect to the jump host: if it has ended, ssh would connect by itself, with a user, a key and
 * known hosts that are not the run's.
 */
function throughJump(ssh: PreparedSsh, socket: string, jump: string): string {
  const only = ["BatchMode=yes", "StrictHostKeyChecking=yes", "PreferredAuthentications=none", "ControlMaster=no"];
  // The outer ssh interprets `%`, then a shell interprets quotes.
  const path = `'${pathWord(socket).replaceAll("'", "'\\''").replaceAll("%", "%%")}'`;
  const options = only.map((one) => `-o ${one}`).join(" ");
  return `${ssh.command} -F /dev/null ${options} -o ControlPath=${path} -W [%h]:%p ${jumpDestination(jump).host}`;
}

/**
 * The key of connections that share a jump host or an sshd, which drops some if there are too many at once: see
 * connection-limiter.ts.
 */
export function limiterKeyOf(host: HostAddress, ssh: PreparedSsh): string {
  // The jump hosts of ~/.ssh/config are unknown here.
  if (host.proxyJump === undefined && ssh.userConfig) return "by ssh_config";
  return host.proxyJump ?? `${host.address} ${host.port ?? 22}`;
}

function forwardTarget(to: ForwardTarget): string {
  if ("path" in to) return to.path;
  return `${to.host.includes(":") ? `[${to.host}]` : to.host}:${to.port}`;
}

/** `user@host:port`, as `ssh -J` takes it. */
export function jumpDestination(text: string): { host: string; arguments: string[] } {
  const match = /^(?:([\w.-]+)@)?([\w.-]+|\[[0-9a-fA-F:]+\])(?::(\d+))?$/.exec(text);
  if (!match) {
    throw new Failure({
      code: "input-invalid",
      what: `\`${text}\` is no jump host`,
      remedy: "Write `user@host:port`, as for ssh -J.",
      outcome: "refused",
    });
  }
  const [, user, host, port] = match;
  return {
    host: host!.replace(/^\[|\]$/g, ""),
    arguments: [...(user ? ["-l", user] : []), ...(port ? ["-p", port] : [])],
  };
}

let masters = 0;

/** The arguments of the one master that all hosts behind a jump host share. */
export function jumpArguments(ssh: PreparedSsh, jump: string): { socket: string; arguments: string[] } {
  const { host, arguments: more } = jumpDestination(jump);
  // A new name for each start: a master that was killed leaves its socket behind.
  const name = createHash("sha256").update(jump).digest("hex").slice(0, 12);
  const socket = join(privateDirectory(), `jump-${name}-${masters++}`);
  return {
    socket,
    arguments: [
      "-T",
      "-N",
      "-M",
      ...ssh.shared,
      ...option("ControlPath", pathWord(socket)),
      ...option("ControlPersist", "no"),
      ...more,
      "--",
      host,
    ],
  };
}
