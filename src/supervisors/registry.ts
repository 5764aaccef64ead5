// All supervisors. A new one needs a folder beside this file, and a line here.
import type { z } from "zod";
import { command } from "./command/index.ts";
import type { Supervisor } from "./supervisor.ts";
import { supervisord } from "./supervisord/index.ts";
import { systemd } from "./systemd/index.ts";

export const SUPERVISORS = [supervisord, systemd, command] as const;

/** The supervisor to show if a repository names none. */
export const SUGGESTED: Supervisor = systemd;

type Key = (typeof SUPERVISORS)[number]["key"];
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Keys = Intersection<(typeof SUPERVISORS)[number]["schema"]["shape"]>;
type ServiceKeys = { [K in keyof Keys]: K extends Key ? z.ZodOptional<Extract<Keys[K], z.ZodType>> : Keys[K] };

/** @returns the keys that supervisors add to a service; none of those that select a supervisor is required */
export function supervisorKeys(): ServiceKeys {
  const shapes = SUPERVISORS.map(({ key, schema }) => {
    const shape: z.ZodRawShape = schema.shape;
    return { ...shape, [key]: (shape[key] as z.ZodType).optional() };
  });
  return Object.assign({}, ...shapes);
}

/** @returns the supervisors that a service names */
export const supervisorsOf = (service: object): Supervisor[] =>
  all.filter(({ key }) => (service as Record<string, unknown>)[key] !== undefined);

/** @param service of a parsed configuration: it names exactly one */
export const supervisorOf = (service: object): Supervisor => supervisorsOf(service)[0] as Supervisor;

/** @param kind in the form of requests: `systemd-user` */
export function supervisorOfKind(kind: string): Supervisor {
  const found = all.find(({ kinds }) => kinds.includes(kind));
  if (!found) throw new Error(`no supervisor has services of kind ${kind}`);
  return found;
}

const all: readonly Supervisor[] = SUPERVISORS;
