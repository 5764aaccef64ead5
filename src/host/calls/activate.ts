// Activates or reverts a release: the swap, the services, and the evidence about them.
import type { Task } from "../../progress.ts";
import { checkedRelease } from "../../protocol/recorded-names.ts";
import { Output } from "../../session/child-output.ts";
import type { Session } from "../../session/session.ts";
import type { Activated, ActivateRequest, ObserveRequest, Reverted, RevertRequest, ServiceEvidence } from "../host.ts";
import { parseEvidence, serviceTexts, serviceValues } from "../services.ts";
import { NO_AUTO_REVERT } from "../state-findings.ts";

/** As `Host.activate`. @throws Failure as the host replied */
export async function activate(session: Session, request: ActivateRequest, task: Task): Promise<Activated> {
  session.transaction = request.transaction;
  const output = new Output(task);
  const reply = await session.call("activate", {
    values: {
      release: request.release,
      expected: request.expected ?? "",
      restart: request.restart,
      kind: request.converge ? "converge" : request.rollback ? "rollback" : undefined,
      switch: request.autoRevert === undefined ? undefined : Math.ceil(request.autoRevert),
      ...serviceValues(request.services),
    },
    texts: serviceTexts(request.services),
    onOutput: (bytes) => output.push(bytes),
  });
  return {
    previous: named(reply.value("previous")),
    services: parseEvidence(reply, request.services),
    settling: Number(reply.value("settling") ?? 0) / 100,
    warnings: [...(reply.value("switch") === "none" ? [NO_AUTO_REVERT] : []), ...reply.all("warning")],
  };
}

const named = (release: string | undefined) => (release ? checkedRelease(release, "live before") : undefined);

/** As `Host.observe`; without services no call is made. @throws Failure as the host replied */
export async function observe(session: Session, request: ObserveRequest): Promise<ServiceEvidence[]> {
  if (request.services.length === 0) return [];
  const reply = await session.call("observe", {
    values: {
      settle: request.settle ? 1 : 0,
      log: request.log ? "yes" : undefined,
      ...serviceValues(request.services),
    },
    texts: serviceTexts(request.services),
  });
  return parseEvidence(reply, request.services);
}

/** As `Host.revert`. @throws Failure as the host replied */
export async function revert(session: Session, request: RevertRequest, task: Task): Promise<Reverted> {
  session.transaction = request.transaction;
  const output = new Output(task);
  const reply = await session.call("revert", {
    values: {
      from: request.from,
      to: request.to ?? "",
      remember: request.remember ? "yes" : undefined,
      ...serviceValues(request.services),
    },
    texts: serviceTexts(request.services),
    onOutput: (bytes) => output.push(bytes),
  });
  return {
    release: named(reply.value("release")),
    services: parseEvidence(reply, request.services),
    warnings: [...reply.all("warning")],
  };
}
