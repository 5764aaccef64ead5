// The types of values in tarlift.yml. Each message says what was expected: it follows the word "expected".
import { posix } from "node:path";
import { z } from "zod";
import { shellKeeps } from "../text/shell-names.ts";
import { DURATION, DURATION_FORMS, LONGEST_DURATION, parseDuration } from "./duration.ts";

/** Names that every JavaScript object has: a lookup by one of them finds something even if it was not set. */
const OF_OBJECTS = {
  when: (text: string) => !(text in Object.prototype),
  message: "another name: every object of JavaScript has something by this one (constructor, toString, …)",
};

/** A name that becomes part of paths, of names on hosts and of inputs. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, "a name: letters, digits, - and _, starting with a letter or digit")
  .refine(OF_OBJECTS.when, OF_OBJECTS.message)
  .meta({ title: "name" });

/** A path inside the application: relative, without `..`; `./a//b/` is read as `a/b`. */
export const inside = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith("/") && !path.split("/").includes("..") && !/[\x00-\x1f\x7f\\]/.test(path), {
    message: "a relative path inside the application, without `..`, control characters or backslashes",
  })
  .transform(
    (path) =>
      path
        .split("/")
        .filter((part) => part !== "" && part !== ".")
        .join("/") || ".",
  )
  .meta({ title: "path" });

/**
 * The directory of an environment's own project: as {@link inside}, restricted to what works for projects beside each
 * other.
 */
export const projectDirectory = z
  .string()
  .refine((path) => !path.split("/").includes(".."), {
    message:
      "a directory inside the application: let `source:` be a directory above all of them (left out, it is the repository), and let `directory:` of each environment lead to its own",
  })
  .pipe(inside);

/** A path inside the repository, relative to the application: as {@link inside}, and may start with `../`. */
export const inRepository = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith("/") && !/[\x00-\x1f\x7f\\]/.test(path), {
    message: "a path relative to the application, without control characters or backslashes",
  })
  .transform((path) => posix.normalize(path).replace(/(?<=.)\/$/, ""))
  .meta({ title: "path" });

export const absolute = z
  .string()
  .regex(/^\/[^\x00-\x1f\x7f\\]*$/, "an absolute path, without control characters or backslashes")
  .refine((path) => !path.split("/").includes(".."), { message: "an absolute path without `..`" })
  .transform((path) => `/${path.split("/").filter(Boolean).join("/")}`)
  .meta({ title: "absolute path" });

/** Shell text, run by `sh -ec`. */
export const command = z
  .string()
  .regex(/\S/, "a command")
  .refine((text) => !text.includes("\0"), { message: "a command without NUL" })
  .meta({ title: "command" });

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name: letters, digits and _, not starting with a digit")
  .refine((name) => !shellKeeps(name), "another name: shells keep this one for themselves (UID, RANDOM, …)")
  .refine(OF_OBJECTS.when, OF_OBJECTS.message)
  .meta({ title: "variable name" });

/**
 * A variable of the job that a build may see: not those that the runner passes only to actions, and none that names a
 * configuration file of pip.
 */
export const passedName = variableName
  .refine((name) => !/^(ACTIONS|INPUT|STATE)_/.test(name), "another name: the runner gives this one to actions alone")
  .refine(
    (name) => name !== "PIP_CONFIG_FILE",
    "names of pip's settings (PIP_INDEX_URL, PIP_CONSTRAINT, …): a file of them cannot be passed",
  );

/** A value that is passed on as it is written: `1.10` stays `1.10` (src/config/document.ts). */
const literal = z.union([z.string(), z.number(), z.boolean()]).transform(String);

export const variables = z.record(
  variableName,
  literal.refine((value) => !value.includes("\0"), { message: "a value without NUL" }),
);

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.1: a field name is a token. */
export const headerName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "a header's name: letters, digits and -, without spaces and without its colon",
  )
  .meta({ title: "header name" });

/** Which values Node sends and refuses: https://nodejs.org/api/http.html#httpvalidateheadervaluename-value */
export const headers = z.record(
  headerName,
  literal.refine((value) => !/[^\t\x20-\x7e\x80-\xff]/.test(value), {
    message: "a header's value: one line (no `|` block), with no characters beyond Latin-1",
  }),
);

export const roles = z.array(name).min(1);

/** A word that is passed to ssh: never an option, never two words. */
export const word = z
  .string()
  .regex(/^[^-\s\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*$/, "one word that does not start with -")
  .meta({ title: "word" });

/** An address that ssh accepts as a destination; IPv6 with or without brackets. */
export const address = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9_.][A-Za-z0-9_.-]*|(?=.*:.*:)[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)$/,
    "a host's name or address (an IPv6 one without brackets); its user and port have keys of their own",
  )
  .refine(OF_OBJECTS.when, OF_OBJECTS.message)
  .meta({ title: "host" });

export const user = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/, "the name of a user")
  .regex(/[^A-Z0-9_]|^[0-9_]/, "another name: sudoers takes one in capitals for an alias, and `ALL` for everybody")
  .meta({ title: "user" });

export const port = z.number().int().min(1).max(65535);

/** A number of hosts, or a percentage of them: `2`, `25%`. */
export const share = z
  .union([
    z.number().int().nonnegative(),
    z.string().regex(/^(100|\d{1,2})%$/, "a number of hosts, or a part of them as in 25%"),
  ])
  .meta({ title: "hosts" });

/** Seconds as a number, or a text with units: `90`, `90s`, `5m`, `1h30m`. Parsed to seconds. */
export const duration = z
  .union([z.number().nonnegative().max(LONGEST_DURATION), z.string().regex(DURATION, DURATION_FORMS)])
  .transform((value, context) => {
    const seconds = typeof value === "number" ? value : parseDuration(value);
    if (seconds !== undefined) return seconds;
    context.addIssue({ code: "custom", message: DURATION_FORMS });
    return z.NEVER;
  })
  .meta({ title: "duration" });

/** A time limit, greater than zero. Parsed to seconds. */
export const timeLimit = duration
  .refine((seconds) => seconds > 0, { message: `${DURATION_FORMS}, and more than 0` })
  .meta({ title: "duration" });
