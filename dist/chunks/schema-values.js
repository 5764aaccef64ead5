import { S as NEVER, a as array, f as record, h as union, m as string, o as boolean, u as number } from "./npm-zod-schemas.js";
import { posix } from "node:path";

// src/schema/describe.ts
/** @param description one or two sentences in Markdown; they end with a full stop */
const describe = (type, description) => type.meta({ description });
/** @param endings by key; each starts with its punctuation: `: give the path in …` */
const withForeignKeys = (type, endings) => type.meta({
	...type.meta(),
	foreignKeys: endings
});

// src/text/shell-names.ts
const SHELL_NAMES = `BASHOPTS BASHPID BASH_ARGC BASH_ARGV BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO DIRSTACK EPOCHREALTIME
  EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTIND PPID RANDOM SECONDS SHELLOPTS SRANDOM UID _`.split(/\s+/);
/** Whether a shell would change a variable of this name or refuse to set it. */
const shellKeeps = (name) => SHELL_NAMES.includes(name);

// src/schema/duration.ts
/** The accepted forms. Every message that refuses another form uses this text. */
const DURATION_FORMS = "a time: seconds as a number, or with units as in 90s, 5m, 1h30m; at most 7 days";
/** Seconds. Timers of Node are limited to 24 days, and a typing error should not keep a lock for a month. */
const LONGEST_DURATION = 604800;
/**
* Seconds alone, or hours, minutes and seconds in this order, each at most once, with or without a space between them.
*/
const DURATION = /^(?:\d{1,7}(?:\.\d{1,6})?|(?=\d)(?:(\d{1,7}(?:\.\d{1,6})?) ?h)?(?: ?(\d{1,7}(?:\.\d{1,6})?) ?m)?(?: ?(\d{1,7}(?:\.\d{1,6})?) ?s)?)$/;
/** @returns seconds; undefined for a text that is no duration, or is longer than {@link LONGEST_DURATION} */
function parseDuration(text) {
	const found = DURATION.exec(text);
	if (!found) return void 0;
	const [, hours, minutes, seconds] = found;
	const total = hours === void 0 && minutes === void 0 && seconds === void 0 ? Number(text) : Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
	return total <= 604800 ? total : void 0;
}

// src/schema/values.ts
/** Names that every JavaScript object has: a lookup by one of them finds something even if it was not set. */
const OF_OBJECTS = {
	when: (text) => !(text in Object.prototype),
	message: "another name: every object of JavaScript has something by this one (constructor, toString, …)"
};
/** A name that becomes part of paths, of names on hosts and of inputs. */
const name = string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, "a name: letters, digits, - and _, starting with a letter or digit").refine(OF_OBJECTS.when, OF_OBJECTS.message).meta({ title: "name" });
/** A path inside the application: relative, without `..`; `./a//b/` is read as `a/b`. */
const inside = string().min(1).refine((path) => !path.startsWith("/") && !path.split("/").includes("..") && !/[\x00-\x1f\x7f\\]/.test(path), { message: "a relative path inside the application, without `..`, control characters or backslashes" }).transform((path) => path.split("/").filter((part) => part !== "" && part !== ".").join("/") || ".").meta({ title: "path" });
/**
* The directory of an environment's own project: as {@link inside}, restricted to what works for projects beside each
* other.
*/
const projectDirectory = string().refine((path) => !path.split("/").includes(".."), { message: "a directory inside the application: let `source:` be a directory above all of them (left out, it is the repository), and let `directory:` of each environment lead to its own" }).pipe(inside);
/** A path inside the repository, relative to the application: as {@link inside}, and may start with `../`. */
const inRepository = string().min(1).refine((path) => !path.startsWith("/") && !/[\x00-\x1f\x7f\\]/.test(path), { message: "a path relative to the application, without control characters or backslashes" }).transform((path) => posix.normalize(path).replace(/(?<=.)\/$/, "")).meta({ title: "path" });
const absolute = string().regex(/^\/[^\x00-\x1f\x7f\\]*$/, "an absolute path, without control characters or backslashes").refine((path) => !path.split("/").includes(".."), { message: "an absolute path without `..`" }).transform((path) => `/${path.split("/").filter(Boolean).join("/")}`).meta({ title: "absolute path" });
/** Shell text, run by `sh -ec`. */
const command = string().regex(/\S/, "a command").refine((text) => !text.includes("\0"), { message: "a command without NUL" }).meta({ title: "command" });
const variableName = string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name: letters, digits and _, not starting with a digit").refine((name) => !shellKeeps(name), "another name: shells keep this one for themselves (UID, RANDOM, …)").refine(OF_OBJECTS.when, OF_OBJECTS.message).meta({ title: "variable name" });
/**
* A variable of the job that a build may see: not those that the runner passes only to actions, and none that names a
* configuration file of pip.
*/
const passedName = variableName.refine((name) => !/^(ACTIONS|INPUT|STATE)_/.test(name), "another name: the runner gives this one to actions alone").refine((name) => name !== "PIP_CONFIG_FILE", "names of pip's settings (PIP_INDEX_URL, PIP_CONSTRAINT, …): a file of them cannot be passed");
/** A value that is passed on as it is written: `1.10` stays `1.10` (src/config/document.ts). */
const literal = union([
	string(),
	number(),
	boolean()
]).transform(String);
const variables = record(variableName, literal.refine((value) => !value.includes("\0"), { message: "a value without NUL" }));
/** https://www.rfc-editor.org/rfc/rfc9110#section-5.1: a field name is a token. */
const headerName = string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a header's name: letters, digits and -, without spaces and without its colon").meta({ title: "header name" });
/** Which values Node sends and refuses: https://nodejs.org/api/http.html#httpvalidateheadervaluename-value */
const headers = record(headerName, literal.refine((value) => !/[^\t\x20-\x7e\x80-\xff]/.test(value), { message: "a header's value: one line (no `|` block), with no characters beyond Latin-1" }));
const roles = array(name).min(1);
/** A word that is passed to ssh: never an option, never two words. */
const word = string().regex(/^[^-\s\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*$/, "one word that does not start with -").meta({ title: "word" });
/** An address that ssh accepts as a destination; IPv6 with or without brackets. */
const address = string().regex(/^(?:[A-Za-z0-9_.][A-Za-z0-9_.-]*|(?=.*:.*:)[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)$/, "a host's name or address (an IPv6 one without brackets); its user and port have keys of their own").refine(OF_OBJECTS.when, OF_OBJECTS.message).meta({ title: "host" });
const user = string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/, "the name of a user").regex(/[^A-Z0-9_]|^[0-9_]/, "another name: sudoers takes one in capitals for an alias, and `ALL` for everybody").meta({ title: "user" });
const port = number().int().min(1).max(65535);
/** A number of hosts, or a percentage of them: `2`, `25%`. */
const share = union([number().int().nonnegative(), string().regex(/^(100|\d{1,2})%$/, "a number of hosts, or a part of them as in 25%")]).meta({ title: "hosts" });
/** Seconds as a number, or a text with units: `90`, `90s`, `5m`, `1h30m`. Parsed to seconds. */
const duration = union([number().nonnegative().max(LONGEST_DURATION), string().regex(DURATION, DURATION_FORMS)]).transform((value, context) => {
	const seconds = typeof value === "number" ? value : parseDuration(value);
	if (seconds !== void 0) return seconds;
	context.addIssue({
		code: "custom",
		message: DURATION_FORMS
	});
	return NEVER;
}).meta({ title: "duration" });
/** A time limit, greater than zero. Parsed to seconds. */
const timeLimit = duration.refine((seconds) => seconds > 0, { message: `${DURATION_FORMS}, and more than 0` }).meta({ title: "duration" });

export { shellKeeps as C, SHELL_NAMES as S, withForeignKeys as T, variableName as _, headerName as a, DURATION_FORMS as b, inside as c, port as d, projectDirectory as f, user as g, timeLimit as h, duration as i, name as l, share as m, address as n, headers as o, roles as p, command as r, inRepository as s, absolute as t, passedName as u, variables as v, describe as w, parseDuration as x, word as y };