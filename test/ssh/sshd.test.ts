// The sshd that other tests lean on.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { needs, sh } from "../support/needs.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { temporary } from "../support/temporary.ts";

describe.runIf(needs("sshd", "ssh"))("a loopback sshd", () => {
  const options = (sshd: Sshd) => {
    const known = join(temporary("known"), "known_hosts");
    writeFileSync(known, sshd.knownHosts);
    const strict = [
      "-F",
      "none",
      "-o",
      "BatchMode=yes",
      "-o",
      `UserKnownHostsFile=${known}`,
      "-o",
      "StrictHostKeyChecking=yes",
    ];
    return [...strict, "-i", sshd.key, "-p", String(sshd.port), `${sshd.user}@${sshd.address}`];
  };
  const over = (sshd: Sshd, command: string) => sh("ssh", [...options(sshd), command]);

  test("lets its key in, under a host key that known_hosts can check", async () => {
    const sshd = await startSshd();
    expect(over(sshd, "id -un")).toBe(`${sshd.user}\n`);
  });

  test("puts another login shell in the user's place, and noise before the command", async () => {
    const sshd = await startSshd({ loginShell: "/bin/bash", bashrc: "echo Welcome" });
    expect(over(sshd, 'echo "$BASH_VERSION" | grep -c .')).toBe("Welcome\n1\n");
  });

  test("ends its sessions when it is stopped", async () => {
    const sshd = await startSshd();
    const session = spawn("ssh", [...options(sshd), "echo here; exec sleep 300"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(session.stdout, "data");
    const ended = once(session, "exit");
    await sshd.stop();
    expect(await ended).toEqual([255, null]);
    expect(() => over(sshd, "true")).toThrow(/refused/);
  });
});
