// Runs one verb that changes hosts, and notifies the recipients in tarlift.yml of its begin and its result.
import { Failure } from "../failure.ts";
import type { Report } from "../fleet/report.ts";
import type { MessageContext } from "../notifiers/notifier.ts";
import type { NotifyEvent } from "../notifiers/vocabulary.ts";
import { contextOf, isEvent } from "../notify/message-context.ts";
import { notifications } from "../notify/notify.ts";
import { hiding } from "../report/hidden.ts";
import type { Context } from "./context.ts";
import type { FleetOptions } from "./fleet-request.ts";
import { publicNames, secretValues } from "./secret-values.ts";

/**
 * Called when hosts are about to be contacted, with what is known by then. The run does not wait for it.
 *
 * @param message if something else than a deploy begins
 */
export type Started = (known: Pick<MessageContext, "label" | "commit" | "release">, message?: string) => void;

/**
 * @param work the verb; what it returns or throws is returned and thrown, whatever happens to the messages
 * @param options `dryRun`: no notifications are sent
 */
export async function notifying(
  { config, progress }: Pick<Context, "config" | "progress">,
  options: Pick<FleetOptions, "target" | "secrets"> & { dryRun?: boolean | undefined },
  work: (started: Started) => Promise<Report>,
): Promise<Report> {
  if (options.dryRun || Object.keys(config.notify).length === 0) return work(() => {});
  const { env } = process;
  const values = { ...env, ...options.secrets };
  const sender = notifications(config, { values, env, progress });
  const hidden = hiding();
  hidden.keep(publicNames(config));
  hidden.hide([...Object.values(secretValues(config, env)), ...Object.values(options.secrets ?? {})]);
  // A host's error output may contain its input.
  const send = (event: NotifyEvent, facts: MessageContext) => sender.send(event, hidden.maskValues(facts));
  const place = { app: config.app, target: options.target };
  let known: Parameters<Started>[0] = {};
  try {
    const report = await work((facts, message) => {
      known = facts;
      void send("started", { ...place, ...known, message });
    });
    if (isEvent(report.outcome)) await send(report.outcome, { ...known, ...contextOf(report) });
    return report;
  } catch (error) {
    const { what, remedy, outcome } =
      error instanceof Failure ? error : { what: String(error), remedy: undefined, outcome: "failed" as const };
    await send(outcome, { ...place, ...known, error: `${what}${remedy ? `\nnext: ${remedy}` : ""}` });
    throw error;
  }
}
