// Explains the end of an ssh process by the messages of ssh(1).
import { Failure } from "../../failure.ts";
import type { FailureCode } from "../../failure-codes.ts";
import { formatCommand } from "../../subprocess/command.ts";
import { Away, type ChannelEnd, type ConnectionEnd, printedAtEnd, programFailure } from "../transport.ts";

/** ssh names the machine whose key it looked for: the host, or a jump host. */
function scanRemedy(stderr: string): string {
  const [, bracketed, port, plain] = /No \S+ host key is known for (?:\[(\S+)\]:(\d+)|(\S+))/.exec(stderr) ?? [];
  const name = plain ?? bracketed ?? "HOST";
  const command = formatCommand(["ssh-keyscan", ...(port === undefined ? [] : ["-p", port]), name]);
  return `Add what \`${command}\` prints, run on a network that you trust, to the known hosts: ~/.ssh/known_hosts, the file of --ssh-known-hosts, or the input \`ssh-known-hosts\` of an action.`;
}

/** ssh's message when the jump host can be reached, and the host behind it cannot. */
const BEHIND_JUMP = /stdio forwarding (request )?failed/i;

interface Class {
  pattern: RegExp;
  code: FailureCode;
  what: string;
  remedy: string | ((stderr: string) => string);
  /** Whether there was no answer; left out: there was one. */
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
      "Put the public half of the key into the user's ~/.ssh/authorized_keys on the host, and look at `ssh-user` of the target.",
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

/** sshd closed a connection before its login, because there were too many at once; the next attempt may succeed. */
export function wasDropped(end: Pick<ChannelEnd, "code" | "stderr" | "opened">): boolean {
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

/** A sentence and a remedy for the end of a connection; {@link Away} if the host does not answer. */
export function connectionFailure(end: ConnectionEnd): Failure {
  const said = printedAtEnd(end);
  const where = { host: end.host, step: end.step };
  const known = CLASSES.find(({ pattern }) => pattern.test(end.stderr));
  if (!end.opened && end.code === 255 && known) {
    const remedy = typeof known.remedy === "string" ? known.remedy : known.remedy(end.stderr);
    const Kind = known.away?.(end.stderr) ? Away : Failure;
    return new Kind({ code: known.code, what: known.what, where, output: said, remedy, outcome: "refused" });
  }
  // ssh's own exit code, and no output of a shell.
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
  return programFailure(end);
}
