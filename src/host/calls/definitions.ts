// Differences between the definitions of services on a host and tarlift.yml.

import { DEFINITIONS_PROGRAM } from "../../session/program.ts";
import type { Session } from "../../session/session.ts";
import { supervisorOfKind } from "../../supervisors/registry.ts";
import type { DefinitionsRequest } from "../host.ts";
import { serviceValues } from "../services.ts";

/** As `Host.definitions`. */
export async function definitions(session: Session, request: DefinitionsRequest): Promise<string[]> {
  const { layout, services, commands } = request;
  if (!session.layout) session.begin(layout, undefined);
  const texts = services.flatMap(({ name, kind }) => {
    const command = commands[name];
    if (command === undefined) return [];
    return [[`command.${name}`, `${supervisorOfKind(kind).definitionCommand(command)}\n`] as const];
  });
  const reply = await session.call("definitions", {
    values: serviceValues(services),
    texts: { program: DEFINITIONS_PROGRAM, ...Object.fromEntries(texts) },
  });
  return [...reply.all("warning")];
}
