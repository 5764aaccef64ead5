// A command that a signal ended, as the kernel does when memory runs out, is a failure that names it: everywhere where a user's command
// runs, here and on hosts. A shell around it makes 137 of it, which a user should not have to know.
import { describe, expect, it } from "vitest";
import { runnerCommands } from "../../src/balancers/command/on-runner.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { startSshd } from "../support/sshd.ts";

const KILLED = "killed by SIGKILL (out of memory?)";
const killItself = "kill -KILL $$";
/** Not the shell itself, but what it started. */
const killChild = "sh -c 'kill -KILL $$'; echo after";

const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });

/** A host that runs `one`, and a deploy of `two` to it. */
async function second(more: (root: string) => { services?: ServiceRequest[]; request?: Partial<DeployRequest> }) {
  const host = plainHost();
  await put([host.member({}, {}, [pageService(host.root)])], await artifactOf("one"));
  const live = host.live();
  const { services = [pageService(host.root)], request = {} } = more(host.root);
  const report = await put([host.member({}, {}, services)], await artifactOf("two"), request);
  expect(host.live()).toBe(live);
  return { outcome: report.outcome, said: JSON.stringify(report.errors) };
}

describe("on a host, a command that a signal kills", () => {
  it.each([killItself, killChild])("as migrations (%s)", async (apply) => {
    const migrations = { pending: "echo 0002", apply, policy: "apply" as const };
    const { outcome, said } = await second(() => ({ request: { migrations } }));
    expect([outcome, said]).toEqual(["reverted", expect.stringContaining(KILLED)]);
  });

  it("as the list of pending migrations: nothing has changed", async () => {
    const migrations = { pending: killChild, apply: "true", policy: "apply" as const };
    const { outcome, said } = await second(() => ({ request: { migrations } }));
    expect([outcome, said]).toEqual(["refused", expect.stringContaining(KILLED)]);
  });

  it("as a hook", async () => {
    const hook = { run: killChild, on: "all" as const, "on-failure": "fail" as const };
    const { outcome, said } = await second(() => ({ request: { hooks: { "after-activate": [hook] } } }) as never);
    expect([outcome, said]).toEqual(["reverted", expect.stringContaining(KILLED)]);
  });

  it("as the command that restarts a service", async () => {
    const broken = (root: string) => {
      const service = pageService(root);
      // Only the incoming release: a revert starts the old one.
      const restart = `! grep -q two page.txt || ${killItself}; ${service.commands!.restart}`;
      return { services: [{ ...service, commands: { ...service.commands!, restart } }] };
    };
    const { outcome, said } = await second(broken);
    expect([outcome, said]).toEqual(["reverted", expect.stringContaining(`could not be restarted (${KILLED})`)]);
  });

  it("as the command that looks after it", async () => {
    const broken = (root: string) => {
      const service = pageService(root);
      const status = `! grep -q two page.txt || ${killItself}; ${service.commands!.status}`;
      return { services: [{ ...service, commands: { ...service.commands!, status } }] };
    };
    const { outcome, said } = await second(broken);
    expect([outcome, said]).toEqual(["reverted", expect.stringContaining(`its status command fails (${KILLED})`)]);
  });

  it.runIf(needs("python3", "prlimit"))("because it has no more memory, as its own words and its end say", async () => {
    // A real limit: the interpreter cannot get what it asks for, and says so; nothing of it passes for a success.
    const apply = `prlimit --as=200000000 python3 -c 'x = bytearray(10**9)'`;
    const migrations = { pending: "echo 0002", apply, policy: "apply" as const };
    const { outcome, said } = await second(() => ({ request: { migrations } }));
    expect([outcome, said]).toEqual(["reverted", expect.stringContaining("MemoryError")]);
  });
});

describe("on the machine that deploys, a command that a signal kills", () => {
  it.each([killItself, killChild])("as a balancer's command (%s)", async (drain) => {
    const server = runnerCommands({ host: "a", server: "a", drain, restore: drain, deadline: 5, directory: "/" });
    await expect(server.drain({ previous: "in" })).rejects.toThrow(KILLED);
    await expect(server.restore("in")).rejects.toThrow(KILLED);
  });

  it.runIf(needs("sshd", "ssh"))("as ssh itself: the host is asked again, and reverted", async () => {
    const host = plainHost();
    const { port, user, key, knownHosts } = await startSshd({ address: "127.0.0.1" });
    const member = () =>
      host.member(
        { address: "127.0.0.1", port, user },
        { key: { file: key }, knownHosts: { text: knownHosts }, userConfig: false },
        [pageService(host.root)],
      );
    await put([member()], await artifactOf("one"));
    const live = host.live();
    const cut = member();
    const { activate } = cut.host;
    cut.host.activate = async (...request) => {
      const activated = activate.apply(cut.host, request);
      setTimeout(() => process.kill(cut.host.connection.pid!, "SIGKILL"), 50);
      return activated;
    };
    const service = cut.services[0]!;
    const restart = `sleep 1; ${service.commands!.restart}`;
    cut.services = [{ ...service, commands: { ...service.commands!, restart } }];
    const report = await put([cut], await artifactOf("two"));
    expect([report.outcome, JSON.stringify(report.errors)]).toEqual([
      "reverted",
      expect.stringContaining("killed by SIGKILL"),
    ]);
    expect(host.live()).toBe(live);
  });
});
