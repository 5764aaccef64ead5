// Messages of tarlift.yml: which of them an event causes, and their delivery, which never changes the outcome of the
// deploy.
import type { Config, NotifyConfig } from "../config/schema.ts";
import type { MessageContext } from "../notifiers/notifier.ts";
import { overTheNetwork, type Post } from "../notifiers/post.ts";
import { notifierOf } from "../notifiers/registry.ts";
import { DEFAULT_EVENTS, type NotifyEvent } from "../notifiers/vocabulary.ts";
import type { Progress } from "../progress.ts";
import { variablesOf } from "./message-context.ts";

export interface Notifications {
  /**
   * Sends the messages for an event, in the order of the calls.
   *
   * @returns resolves when they have been delivered or given up; never rejects: failures are warnings
   */
  send(event: NotifyEvent, context: MessageContext): Promise<void>;
}

/**
 * @param values of the variables with addresses and secrets: from the environment, and from given secrets
 * @param env the run's variables
 */
export function notifications(
  config: Pick<Config, "notify">,
  { values, env, progress, post = overTheNetwork }: NotificationOptions,
): Notifications {
  let last: Promise<unknown> = Promise.resolve();
  const memory = new Map<string, Map<string, unknown>>(Object.keys(config.notify).map((name) => [name, new Map()]));
  const sendOne = async (name: string, entry: NotifyConfig, event: NotifyEvent, context: MessageContext) => {
    const message = { event, context, variables: variablesOf(event, context, env, post.now()) };
    const io = { values, post, memory: memory.get(name) as Map<string, unknown> };
    const problem = await notifierOf(entry.format).send(message, entry, io);
    if (problem) progress.warning(`notify ${name}: ${problem}; the deploy itself is not concerned`);
  };
  return {
    send(event, context) {
      const wanted = Object.entries(config.notify).filter(
        ([, { events = DEFAULT_EVENTS, targets }]) =>
          events.includes(event) && (targets?.includes(context.target) ?? true),
      );
      const before = last;
      const done = before.then(() => Promise.all(wanted.map(([name, one]) => sendOne(name, one, event, context))));
      last = done;
      return done.then(
        () => {},
        (error) => progress.warning(`notify: ${error instanceof Error ? error.message : error}`),
      );
    },
  };
}

export interface NotificationOptions {
  values: Readonly<Record<string, string | undefined>>;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  post?: Post | undefined;
}
