// The call that a step is, for the commands that its log and summary name: a person types them in a checkout, without files of a runner.
import { formatCommand } from "../command/run.ts";
import type { Call } from "../report/next-command.ts";
import { inputText } from "./inputs.ts";

/** @param env the step's environment */
export function callOfStep(env: NodeJS.ProcessEnv): Call {
  const given = (name: string) => inputText(env, name)?.trim() || undefined;
  // An absolute path is one of the runner.
  const inCheckout = (flag: string, path: string | undefined) =>
    path === undefined || path.startsWith("/") || path === "." ? [] : [formatCommand([flag, path])];
  const place = [...inCheckout("-C", given("directory")), ...inCheckout("--config", given("config"))];
  return { target: given("target"), optionsFor: () => place };
}
