// Completes commands in texts, so that people can type them as printed: with the target, and with those options of the
// current call that the next command needs as well. Texts come from all parts of Tarlift, and from hosts; calls are
// known here.

/** The call that a text answers. */
export interface Call {
  /** Its target; undefined if it had none. */
  target?: string | undefined;
  /** Its artifact, quoted for a shell. */
  artifact?: string | undefined;
  /** Those of its options that this verb (`deploy`, `host setup`) needs as well, quoted for a shell. */
  optionsFor(verb: string): readonly string[];
}

/** An unknown call: commands are as short as possible. */
export const NO_CALL: Call = { optionsFor: () => [] };

/** Verbs that are followed by a target. */
const TARGETED = [
  "adopt",
  "compatible",
  "converge",
  "deploy",
  "history",
  "host setup",
  "lock",
  "rollback",
  "run",
  "status",
  "unlock",
];
const OTHERS = ["build-env", "bundle", "init", "inspect diff", "inspect"];
/** A name that tarlift.yml allows; anything else is no target. */
const NAME = /^[A-Za-z0-9_-]+$/;

/**
 * Completes every `tarlift VERB` of a text.
 *
 * @param text after a verb it has TARGET, the target's name, or neither. `--artifact ARTIFACT` becomes the artifact of
 *   the call, and is removed if the call had none. An option that the text has already is not added again
 */
export function completeCommands(text: string, { target, artifact, optionsFor }: Call): string {
  const about = target !== undefined && NAME.test(target) ? target : undefined;
  return text
    .replaceAll(commandFor(about), (_found, verb: string, named = "", own = "") => {
      const subject = about !== undefined && TARGETED.includes(verb) ? ` ${about}` : named;
      const flags = own.match(/(?<= )--[\w-]+/g) ?? [];
      const more = optionsFor(verb).filter((option) => !flags.includes(option.split(" ")[0]!));
      return [`tarlift ${verb}${subject}`, ...more].join(" ");
    })
    .replaceAll(" --artifact ARTIFACT", () => (artifact === undefined ? "" : ` --artifact ${artifact}`));
}

const commandFor = (target = "TARGET") =>
  new RegExp(
    `(?<![\\w./-])tarlift (${[...TARGETED, ...OTHERS].join("|")})(?![\\w.-])( (?:TARGET|${target})(?![\\w-]))?(?=((?: --[\\w-]+(?: [^\\s-]\\S*)?)*))`,
    "g",
  );

/** Completes the commands in every `remedy` and in all `warnings` of a value: for reports and failures. */
export function withCommands<T>(value: T, call: Call): T {
  if (Array.isArray(value)) return value.map((one) => withCommands(one, call)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (name === "remedy" && typeof one === "string") return [name, completeCommands(one, call)];
      if (name === "warnings" && Array.isArray(one))
        return [name, one.map((text) => (typeof text === "string" ? completeCommands(text, call) : text))];
      return [name, withCommands(one, call)];
    }),
  ) as T;
}
