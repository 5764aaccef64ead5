// SSH: every host except this machine.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { withoutActions } from "../../subprocess/command.ts";
import type { Transport } from "../transport.ts";
import docs from "./docs.md";
import { connectionFailure, notStarted, wasDropped } from "./explain.ts";
import { jumpMaster } from "./jump-master.ts";
import { privateDirectory } from "./keys.ts";
import { limiterKeyOf, prepareSsh, sshArguments } from "./ssh.ts";

export const ssh: Transport & { key: "ssh" } = {
  key: "ssh",
  title: "SSH",
  docs,
  reaches: () => true,
  local: false,
  prepare(options) {
    const prepared = prepareSsh(options);
    return {
      limiterKey: (address) => limiterKeyOf(address, prepared),
      forwardsOf: ({ forwards }) =>
        forwards.map((to) => ({ ...to, socket: join(privateDirectory(), `f${randomBytes(6).toString("hex")}`) })),
      async start(address, forwards, { bootstrap }) {
        const jump = address.proxyJump === undefined ? undefined : await jumpMaster(prepared, address.proxyJump);
        // In a process group of its own: Ctrl+C at the terminal is for Tarlift, which reverts; ssh must live until
        // then.
        return spawn(prepared.command, [...sshArguments(prepared, address, jump, forwards), bootstrap], {
          stdio: ["pipe", "pipe", "pipe"],
          env: withoutActions(process.env),
          detached: true,
        });
      },
      wasDropped,
      failureOf: connectionFailure,
      notStarted,
    };
  },
};
