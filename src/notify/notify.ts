// Messages of tarlift.yml: which of them a moment concerns, and their delivery, which never changes what came of the deploy.
import type { Config, NotifyConfig } from "../config/schema.ts";
import { bodyOf } from "../notifiers/body.ts";
import type { MessageContext } from "../notifiers/notifier.ts";
import { deliver, overTheNetwork, type Post } from "../notifiers/post.ts";
import { DEFAULT_EVENTS, type NotifyEvent } from "../notifiers/vocabulary.ts";
import type { Progress } from "../progress.ts";
import { variablesOf } from "./message-context.ts";

export interface Notifier {
  /**
   * Tells everybody who wants to know. Messages leave in the order of the calls.
   *
   * @returns resolves when they have been delivered or given up; never rejects: what fails is a warning
   */
  tell(event: NotifyEvent, told: MessageContext): Promise<void>;
}

/**
 * @param values of the variables that hold addresses and secrets: the environment, and what was given as secrets
 * @param env the run's variables
 */
export function notifier(
  config: Pick<Config, "notify">,
  { values, env, progress, post = overTheNetwork }: NotifierOptions,
): Notifier {
  let last: Promise<unknown> = Promise.resolve();
  const tellOne = async (name: string, message: NotifyConfig, event: NotifyEvent, told: MessageContext) => {
    const warn = (what: string) => progress.warning(`notify ${name}: ${what}; the deploy itself is not concerned`);
    const url = values[message["url-variable"]];
    const secret = message["secret-variable"];
    if (!url) return warn(`${message["url-variable"]} is not set: the message "${event}" went nowhere`);
    if (secret !== undefined && !values[secret])
      return warn(`${secret} is not set: the message "${event}" is not sent unsigned`);
    const body = bodyOf(message, variablesOf(event, told, env, post.now()), told);
    const { timeout, retries } = message;
    const problem = await deliver({ url, event, body, secret: secret && values[secret], timeout, retries }, post);
    if (problem) warn(`the message "${event}" was not delivered: ${problem}`);
  };
  return {
    tell(event, told) {
      const wanted = Object.entries(config.notify).filter(
        ([, { events = DEFAULT_EVENTS, targets }]) =>
          events.includes(event) && (targets?.includes(told.target) ?? true),
      );
      const before = last;
      const done = before.then(() => Promise.all(wanted.map(([name, one]) => tellOne(name, one, event, told))));
      last = done;
      return done.then(
        () => {},
        (error) => progress.warning(`notify: ${error instanceof Error ? error.message : error}`),
      );
    },
  };
}

export interface NotifierOptions {
  values: Readonly<Record<string, string | undefined>>;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  post?: Post | undefined;
}
