// Virtualenvs are packed with links to the hosts' interpreter: a local copy gets links to this machine's interpreter.
import type { EnvironmentRecord } from "../../artifact/format.ts";
import { findPython, type Python } from "../../python/interpreter.ts";
import type { Localize } from "../installer.ts";
import { isLinkedTo, linkInterpreter } from "./virtualenv.ts";

export const localizeWith =
  ({ executable, version }: Pick<Python, "executable" | "version">): Localize =>
  (directory) => {
    if (!isLinkedTo(directory, executable)) linkInterpreter(directory, executable, version);
  };

/** @param wanted an interpreter that the user chose @throws Failure as {@link findPython} does */
export async function localizeRecord({ requirements }: EnvironmentRecord, wanted?: string): Promise<Localize> {
  const { python } = requirements;
  return python ? localizeWith(await findPython(python, wanted)) : () => {};
}
