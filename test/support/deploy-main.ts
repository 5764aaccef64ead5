// Deploys in a process of its own, which ends itself at a chosen step of the protocol, as a runner does that is lost.
import { openArtifact } from "../../src/bundle/read.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { Migrations } from "../../src/fleet/types.ts";
import type { Call } from "../../src/host/connection.ts";
import { Connection } from "../../src/host/connection.ts";
import type { OpenOptions } from "../../src/host/open.ts";
import type { HostAddress } from "../../src/host/types.ts";
import { deployRequest, rollbackRequest } from "./fleet.ts";
import { pageService, plainMember } from "./plain-member.ts";

/** Where the process ends. */
export interface Step {
  /** Position of the host. */
  host: number;
  verb: string;
  /** Before the exchange; when its call is on its way; when its child said `restarted`; when its answer is there. */
  when: "before" | "sent" | "restarted" | "answered";
}

export interface DeployMain {
  hosts: { root: string; address?: Partial<HostAddress>; options?: OpenOptions }[];
  artifact: string;
  deployId: string;
  /** Default: deploy. */
  verb?: "deploy" | "rollback";
  migrations?: Migrations | undefined;
  /** Seconds for which the service is watched. */
  settle: number;
  signal?: { step: Step; name: NodeJS.Signals } | undefined;
}

/** What it prints: the exchanges in the order in which they were called, and what came of it. */
export interface DeployMainResult {
  calls: { host: number; verb: string }[];
  outcome: string;
}

const request = JSON.parse(process.argv[2]!) as DeployMain;
const members = request.hosts.map(({ root, address, options }) =>
  plainMember(root, address, options, [pageService(root, request.settle)]),
);
const calls: DeployMainResult["calls"] = [];
const original = Connection.prototype.call;
const soon = () => new Promise((resolve) => setTimeout(resolve, 2));

Connection.prototype.call = async function (this: Connection, call: Call) {
  const host = members.findIndex((member) => member.host.connection === this);
  calls.push({ host, verb: call.verb });
  const { step, name } = request.signal ?? {};
  const here = step && step.host === host && step.verb === call.verb ? step.when : undefined;
  const end = () => process.kill(process.pid, name!);
  if (here === "before") end();
  const { onOutput } = call;
  const sent = this.sent;
  const answer = original.call(this, {
    ...call,
    onOutput: (bytes) => {
      if (here === "restarted" && bytes.includes("restarted")) end();
      onOutput?.(bytes);
    },
  });
  if (here === "sent") {
    while (this.sent === sent) await soon();
    await soon();
    end();
  }
  const reply = await answer;
  if (here === "answered") end();
  return reply;
};

const artifact = await openArtifact(request.artifact);
const run = { members, deployId: request.deployId, owner: "a run that will be lost" };
const report =
  request.verb === "rollback"
    ? await rollback(rollbackRequest([], run))
    : await deploy(deployRequest([], { ...run, artifact, version: artifact.version, migrations: request.migrations }));
process.stdout.write(JSON.stringify({ calls, outcome: report.outcome } satisfies DeployMainResult));
