// All notifiers. No other file lists them.
import { lookup } from "../schema/adapter.ts";
import { json } from "./json/index.ts";
import type { Notifier } from "./notifier.ts";
import { slack } from "./slack/index.ts";

export const NOTIFIERS = [json, slack] as const satisfies readonly Notifier[];

/** Finds a notifier by its `format`. It reads its own configuration from the entry that selected it. */
export const notifierOf = lookup<Notifier>("notifier", NOTIFIERS);

/** The notifier for entries without a format. */
export const DEFAULT_NOTIFIER = json;
