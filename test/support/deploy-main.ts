// Deploys in a process of its own, which ends itself at a chosen step of the protocol, as a runner does that is lost.
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { DeployRequest, Migrations } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { WaveRules } from "../../src/fleet/waves.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import type { HostAddress } from "../../src/transports/types.ts";
import { type Moment, onCall, setGate } from "./call-gate.ts";
import { deployRequest, rollbackRequest } from "./fleet.ts";
import { pageService, plainMember } from "./plain-member.ts";

/** Where the process ends. */
export interface Step {
  /** Position of the host. */
  host: number;
  verb: string;
  when: Moment;
}

export interface DeployMain {
  hosts: {
    root: string;
    address?: Partial<HostAddress>;
    options?: OpenOptions;
    services?: ServiceRequest[];
    /** What else is not as {@link plainMember} has it. */
    more?: Pick<Member, "layout" | "shared">;
  }[];
  artifact: string;
  deployId: string;
  /** Default: deploy. */
  verb?: "deploy" | "rollback";
  migrations?: Migrations | undefined;
  waves?: WaveRules | undefined;
  autoRevert?: DeployRequest["autoRevert"];
  keep?: number;
  allowOlder?: boolean;
  /** Seconds for which the service is watched, where `services` does not say. */
  settle: number;
  signal?: { step: Step; name: NodeJS.Signals } | undefined;
}

/** What it prints: the calls in their order, and the outcome. */
export interface DeployMainResult {
  calls: { host: number; verb: string }[];
  outcome: string;
}

const request = JSON.parse(process.argv[2]!) as DeployMain;
const members = request.hosts.map(({ root, address, options, services, more }) => ({
  ...plainMember(root, address, options, services ?? [pageService(root, request.settle)]),
  ...more,
}));
const calls: DeployMainResult["calls"] = [];
onCall((connection, verb) => {
  calls.push({ host: members.findIndex(({ host }) => host.connection === connection), verb });
});
if (request.signal) {
  const { step, name } = request.signal;
  setGate({ ...step, host: members[step.host]!.host, reached: () => process.kill(process.pid, name) });
}

const artifact = await openArtifact(request.artifact);
const run = {
  members,
  deployId: request.deployId,
  owner: "a run that will be lost",
  ...(request.keep === undefined ? {} : { keep: request.keep }),
  ...(request.waves ? { waves: request.waves } : {}),
  ...(request.autoRevert ? { autoRevert: request.autoRevert } : {}),
  ...(request.allowOlder ? { allowOlder: true } : {}),
};
const report =
  request.verb === "rollback"
    ? await rollback(rollbackRequest([], { ...run, allowSchemaAhead: true }))
    : await deploy(deployRequest([], { ...run, artifact, version: artifact.version, migrations: request.migrations }));
process.stdout.write(JSON.stringify({ calls, outcome: report.outcome } satisfies DeployMainResult));
