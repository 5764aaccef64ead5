// All notifiers. This list is the only one that names them.
import { lookup } from "../schema/adapter.ts";
import { json } from "./json/index.ts";
import type { Notifier } from "./notifier.ts";
import { slack } from "./slack/index.ts";

export const NOTIFIERS = [json, slack] as const satisfies readonly Notifier[];

/** The notifier by its `format`; of the entry that chose it, it takes its own configuration. */
export const notifierOf = lookup<Notifier>("notifier", NOTIFIERS);

/** What writes a message whose entry names no format. */
export const DEFAULT_NOTIFIER = json;
