// What ssh is told, and what its errors mean. OpenSSH's own client is the transport: its options and messages are those of ssh(1).
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkAll, Failure } from "../../failure.ts";
import type { FailureCode } from "../../failure-codes.ts";
import { formatCommand, formatEnd } from "../../subprocess/command.ts";
import { cutStart } from "../../text/cut.ts";
import type { ForwardTarget, HostAddress } from "../types.ts";
import { installKey, privateDirectory, privateFile } from "./keys.ts";

/** How hosts are reached and known. One for all hosts of a run. */
export interface SshOptions {
  /** The private key; left out: the agent, and the user's own keys on a terminal. */
  key?: { text: string } | { file: string } | undefined;
  /** Refuses to go on without a key where no agent holds one: on a runner there are no keys of a user's own. */
  needsKey?: boolean | undefined;
  /** Text in the format of known_hosts; left out: the user's own known_hosts, which exists on a terminal and not on a runner. */
  knownHosts?: { text: string } | { file: string } | undefined;
  /** The one way around known hosts. */
  insecureAcceptAnyHostKey?: boolean | undefined;
  /** Whether `~/.ssh/config` counts: jump hosts and aliases of a person. Default: outside of a runner. */
  userConfig?: boolean | undefined;
  /** Seconds until a host that does not answer counts as unreachable. Default 20. */
  connectTimeout?: number | undefined;
  /** Instead of `ssh`, for tests. */
  command?: string | undefined;
}

/** {@link SshOptions} with its files in place. */
export interface PreparedSsh {
  command: string;
  /** Options that are the same for every connection. */
  shared: string[];
  userConfig: boolean;
}

/**
 * Puts key and known hosts into the private directory and decides the common options.
 *
 * @throws Failure for keys that cannot be used, and when no host could be known
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
    // Clients before 8.5 do not know LogVerbose. All, because a person's own IgnoreUnknown (UseKeychain) does not count beside this one.
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
    // What a person's own configuration says for a shell of theirs would end ours.
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

/** A path in an option: ssh takes a space for the end of a word, and `%` for the beginning of a token. */
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
      what: "no known hosts are given, so no host can be told from an impostor",
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
 * @param jumpSocket control socket of the master that leads through `proxyJump`
 * @param forwards sockets on this machine and what each leads to, as the host itself reaches it
 */
export function sshArguments(
  ssh: PreparedSsh,
  host: HostAddress,
  jumpSocket: string | undefined,
  forwards: ({ socket: string } & ForwardTarget)[],
): string[] {
  return [
    "-T",
    ...ssh.shared,
    ...option("ControlMaster", "no"),
    ...option("ControlPath", "none"),
    ...option("ExitOnForwardFailure", "no"),
    // One line when sshd refuses a forward, whatever the LogLevel.
    ...(forwards.length === 0 ? [] : option("LogVerbose", "*:channel_input_open_failure():*")),
    ...forwards.flatMap((forward) => ["-L", `${forward.socket}:${forwardTarget(forward)}`]),
    ...(host.port === undefined ? [] : ["-p", String(host.port)]),
    ...(host.user === undefined ? [] : ["-l", host.user]),
    // Our own words only: a socket in the private directory, and a jump host that the schema has checked. ssh hands it to a shell.
    ...(jumpSocket === undefined ? [] : option("ProxyCommand", throughJump(ssh, jumpSocket, host.proxyJump!))),
    "--",
    host.address,
  ];
}

/** The master alone leads there: where it has ended, ssh would connect by itself, with a user, a key and known hosts that are not ours. */
function throughJump(ssh: PreparedSsh, socket: string, jump: string): string {
  const only = ["BatchMode=yes", "StrictHostKeyChecking=yes", "PreferredAuthentications=none", "ControlMaster=no"];
  // The outer ssh reads `%`, then a shell reads quotes.
  const path = `'${pathWord(socket).replaceAll("'", "'\\''").replaceAll("%", "%%")}'`;
  const options = only.map((one) => `-o ${one}`).join(" ");
  return `${ssh.command} -F /dev/null ${options} -o ControlPath=${path} -W [%h]:%p ${jumpDestination(jump).host}`;
}

/** What connections share on their way, so that too many at once would be dropped there: see ramp.ts. */
export function doorOf(host: HostAddress, ssh: PreparedSsh): string {
  // Where ~/.ssh/config leads through, nobody knows.
  if (host.proxyJump === undefined && ssh.userConfig) return "by ssh_config";
  return host.proxyJump ?? `${host.address} ${host.port ?? 22}`;
}

function forwardTarget(to: ForwardTarget): string {
  if ("path" in to) return to.path;
  return `${to.host.includes(":") ? `[${to.host}]` : to.host}:${to.port}`;
}

/** `user@host:port`, as `ssh -J` has it. */
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
  // Of its own for each start: a master that was killed leaves its socket behind.
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

/** ssh names the machine whose key it looked for: the host, or one on the way to it. */
function scanRemedy(stderr: string): string {
  const [, bracketed, port, plain] = /No \S+ host key is known for (?:\[(\S+)\]:(\d+)|(\S+))/.exec(stderr) ?? [];
  const name = plain ?? bracketed ?? "HOST";
  const command = formatCommand(["ssh-keyscan", ...(port === undefined ? [] : ["-p", port]), name]);
  return `Add what \`${command}\` prints, run on a network that you trust, to the known hosts: ~/.ssh/known_hosts, the file of --ssh-known-hosts, or the input \`ssh-known-hosts\` of an action.`;
}

/** What ssh says where a jump host is reached, and the host behind it is not. */
const BEHIND_JUMP = /stdio forwarding (request )?failed/i;

/**
 * A host that does not answer: it is away, or the way to it is. One that answers with anything else (another key, a refusal, another
 * program than ours) is there.
 */
export class Away extends Failure {}

interface Class {
  pattern: RegExp;
  code: FailureCode;
  what: string;
  remedy: string | ((stderr: string) => string);
  /** Whether nothing has answered; left out: something has. */
  away?: (stderr: string) => boolean;
}

const CLASSES: Class[] = [
  {
    pattern: BEHIND_JUMP,
    code: "host-unreachable",
    what: "the jump host does not get through to the host",
    remedy:
      "Is the host up, and its sshd at this port? Does the jump host reach it, and does its sshd allow that (AllowTcpForwarding, PermitOpen)?",
    away: (stderr) => !/administratively prohibited/.test(stderr),
  },
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    code: "host-key-changed",
    what: "the host shows another key than the known one",
    remedy:
      "If the host was installed again, replace its line in the known hosts. If not, another machine may stand in between: do not go on.",
  },
  {
    pattern: /No .* host key is known|Host key verification failed/,
    code: "host-key-unknown",
    what: "the host's key is not among the known hosts",
    remedy: scanRemedy,
  },
  {
    pattern: /Could not resolve hostname|Name or service not known|Temporary failure in name resolution/,
    code: "host-unresolved",
    what: "the host's name cannot be resolved",
    remedy: "Look at its spelling in tarlift.yml, and at the DNS of the machine that deploys.",
    away: () => true,
  },
  {
    pattern: /Permission denied \(|Too many authentication failures|no mutual signature/,
    code: "login-refused",
    what: "the host does not accept this key for this user",
    remedy:
      "Put the public half of the key into the user's ~/.ssh/authorized_keys on the host, and look at `user` of the target.",
  },
  {
    pattern: /Connection timed out|Operation timed out|timed out/,
    code: "host-unreachable",
    what: "the host does not answer",
    remedy: "Is it up, and does a firewall let this machine reach its SSH port?",
    away: () => true,
  },
  {
    pattern: /Connection refused|No route to host|Network is unreachable/,
    code: "host-unreachable",
    what: "the host cannot be reached",
    remedy: "Is its sshd running, at this port, and does the network lead there?",
    away: () => true,
  },
  {
    pattern: /Connection (closed|reset) by|kex_exchange_identification|Connection to .* closed/,
    code: "connection-dropped",
    what: "the host closed the connection before anything was said",
    remedy:
      "Its sshd may limit new connections (MaxStartups) or refuse this address (hosts.deny, fail2ban): look at its log.",
  },
];

/** What it was doing when the connection ended. */
export interface ConnectionEnd {
  host: string;
  /** Exit code of ssh or sh. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
  /** What came before our program spoke. */
  noise: string;
  /** The program on the host had answered. */
  opened: boolean;
  /** The exchange that was under way. */
  step: string;
}

/** sshd closed a connection before it had logged in: there were too many at once, and the next attempt may be let in. */
export function wasDropped(end: Pick<ConnectionEnd, "code" | "stderr" | "opened">): boolean {
  if (end.opened || end.code !== 255 || BEHIND_JUMP.test(end.stderr)) return false;
  return /kex_exchange_identification|Connection (closed|reset) by/.test(end.stderr);
}

/** ssh, or the shell of this machine, could not be started. @param output why */
export function notStarted(host: string, command: string, output: string): Failure {
  return new Failure({
    code: "ssh-missing",
    what: `${command} could not be started on the machine that deploys`,
    where: { host, step: "connect" },
    output,
    remedy: `Install ${command === "ssh" ? "OpenSSH's client (openssh-client)" : command}, or put it on PATH.`,
    outcome: "refused",
  });
}

/** A sentence and a remedy for the end of a connection; {@link Away} where the host is silent. */
export function connectionFailure(end: ConnectionEnd): Failure {
  const said = cutStart([end.stderr.trim(), end.noise.trim()].filter(Boolean).join("\n"), 2000);
  const where = { host: end.host, step: end.step };
  const known = CLASSES.find(({ pattern }) => pattern.test(end.stderr));
  if (!end.opened && end.code === 255 && known) {
    const remedy = typeof known.remedy === "string" ? known.remedy : known.remedy(end.stderr);
    const Kind = known.away?.(end.stderr) ? Away : Failure;
    return new Kind({ code: known.code, what: known.what, where, output: said, remedy, outcome: "refused" });
  }
  // ssh's own code, and nothing came from a shell.
  if (!end.opened && end.code === 255 && end.noise === "" && end.stderr.trim() !== "") {
    return new Failure({
      code: "host-unreachable",
      what: "ssh could not connect to the host",
      where,
      output: said,
      remedy: "What ssh says is above. Try: ssh HOST true",
      outcome: "refused",
    });
  }
  if (!end.opened) {
    return new Failure({
      code: "login-shell",
      what: "the login shell of the host does not start our program",
      where: { ...where, ended: formatEnd({ code: end.code, signal: end.signal, timedOut: false }) },
      output: said,
      remedy:
        "The user needs a login shell that runs commands, sh and dd on its PATH, and start-up files (.bashrc) that neither read standard " +
        "input nor end the shell. Try: ssh HOST 'exec sh -c \"echo ok\"'",
      outcome: "refused",
    });
  }
  return new Away({
    code: "connection-lost",
    what: "the connection to the host was lost",
    where: { ...where, ended: formatEnd({ code: end.code, signal: end.signal, timedOut: false }) },
    output: said,
    remedy:
      "What the host did until then is recorded there: run the same command again, it finishes or takes back what is half-done.",
  });
}
