// Restores a server in HAProxy automatically, on HAProxy's machine (auto-restore.sh).
import { createHash } from "node:crypto";
import { withoutComments } from "../../session/program.ts";
import type { Tunnel } from "../../session/tunnel.ts";
import type { AutoRestore } from "../auto-restore.ts";
import program from "./auto-restore.sh";

/** The program that is sent to the machine of HAProxy with the call. */
export const AUTO_RESTORE_PROGRAM: string = withoutComments(program);

export interface HaproxyAutoRestoreOptions {
  /** The runtime API as that machine reaches it: an absolute path, or `host:port`. */
  socket: string;
  backend: string;
  server: string;
  /** Whole seconds from the end of the run to the server's return. */
  after: number;
}

/** What that machine can lack, by the words of auto-restore.sh. */
const LACKS: Record<string, { what: string; remedy: string }> = {
  way: {
    what: "the balancer's machine ends the processes of a session with the session (KillUserProcesses)",
    remedy: "As root on the balancer's machine: loginctl enable-linger USER, for the SSH user.",
  },
  home: {
    what: "the SSH user has no directory of its own on the balancer's machine",
    remedy: "Give it a home directory there that it can write.",
  },
  flock: { what: "the balancer's machine has no flock", remedy: "Install util-linux on it." },
  client: {
    what: "nothing on the balancer's machine can talk to HAProxy's socket",
    remedy: "Install perl, python3, socat or a netcat with -U on it.",
  },
};

/** @param tunnel the connection to the balancer's machine: while it lasts, the run is not lost */
export function haproxyAutoRestore(
  tunnel: Tunnel,
  { socket, backend, server, after }: HaproxyAutoRestoreOptions,
): AutoRestore {
  const path = `${backend}/${server}`;
  const key = createHash("sha256").update(`${socket} ${path}`).digest("hex").slice(0, 16);
  const ask = (action: "probe" | "arm" | "disarm") =>
    tunnel.call({
      verb: "pool",
      values: { do: action, key, socket, server: path, after: Math.ceil(after) },
      texts: { program: AUTO_RESTORE_PROGRAM },
    });
  const arm = () => ask("arm");
  let probed: ReturnType<AutoRestore["lacks"]> | undefined;
  return {
    lacks() {
      probed ??= ask("probe").then(({ value }) => LACKS[value("lacks") ?? ""]);
      return probed;
    },
    async arm() {
      await arm();
      // The process waits for the end of the program that armed it.
      tunnel.onReconnect.add(arm);
    },
    async disarm() {
      tunnel.onReconnect.delete(arm);
      return (await ask("disarm")).value("given") === "yes";
    },
  };
}
