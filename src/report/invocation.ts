// Commands that a text tells people to type. They are made to work as they are printed: with the target, and with those options of the
// call that they answer which the next command needs as well. Texts come from all over Tarlift, from hosts too; calls are known here.

/** The call that a text answers. */
export interface Call {
  /** The target that it was about; undefined: it had none. */
  target?: string | undefined;
  /** The artifact that it was given, quoted for a shell. */
  artifact?: string | undefined;
  /** Those of its options that this verb (`deploy`, `host setup`) needs as well, quoted for a shell. */
  optionsFor(verb: string): readonly string[];
}

/** Nothing is known of the call: commands are as short as can be. */
export const NO_CALL: Call = { optionsFor: () => [] };

/** Verbs about a target: it stands right after them. */
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
/** A name as tarlift.yml allows it; anything else is no target. */
const NAME = /^[A-Za-z0-9_-]+$/;

/**
 * Completes every `tarlift VERB` of a text.
 *
 * @param text after a verb it says TARGET, or the target's name, or leaves it out; `--artifact ARTIFACT` becomes the artifact that the
 *   call was given, and goes where it was given none. An option that it gives a command itself is not repeated from the call
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

/** The same value with the commands of every `remedy` and of every one of its `warnings` completed: for reports and failures. */
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
