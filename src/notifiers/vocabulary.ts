// The words of messages: the moments that can be told, and what a template may name.

/** The moments that can be told, in the order in which they can come: `started`, and then one of the outcomes. */
export const EVENTS = [
  "started",
  "deployed",
  "unchanged",
  "superseded",
  "rolled-back",
  "refused",
  "reverted",
  "split",
  "failed",
] as const;
export type NotifyEvent = (typeof EVENTS)[number];

/** Told unless a message names its own: what changed something, or went wrong half-way. */
export const DEFAULT_EVENTS: readonly NotifyEvent[] = [
  "started",
  "deployed",
  "rolled-back",
  "reverted",
  "split",
  "failed",
];

/** A template's variables; each is a text, empty where nobody knows it. */
export const VARIABLES = {
  event: "`started`, or the outcome",
  outcome: "the same; `started` has none",
  summary: "one line: application, target, what happened, release",
  message: "the sentence of the event",
  app: "the application",
  target: "the target",
  release: "the release's name",
  "previous-release": "what was live before",
  version: "the release's label",
  commit: "40 digits",
  "short-commit": "12 digits",
  hosts: "each host with what is live there, with commas",
  trouble: "what went wrong, and what to do",
  next: "the next command",
  repository: "`owner/name` on GitHub",
  actor: "who began the run",
  "run-url": "the run's page",
  time: "when it was sent: ISO 8601, UTC",
} as const;
export type Variable = keyof typeof VARIABLES;
