// Finds variables that Python code reads without a default.
import { shellKeeps } from "../text/shell-names.ts";
import { argumentsAt } from "./source-text.ts";

const NAME = `["']([A-Z][A-Z0-9_]*)["']`;
const READ = new RegExp(
  `\\benviron\\[\\s*${NAME}\\s*\\](?!\\s*=(?!=))|\\benv(?:\\.(?!prefixed\\b|read_env\\b)\\w+)?\\(\\s*${NAME}\\s*\\)`,
  "g",
);
/** Variables read with python-decouple. */
const DECOUPLE = new RegExp(`\\bconfig\\(\\s*${NAME}\\s*\\)`, "g");
/** The code sets the variable itself, or first checks whether it exists. */
const GIVEN = [
  new RegExp(`\\benviron\\[\\s*${NAME}\\s*\\]\\s*=(?!=)`, "g"),
  new RegExp(`\\benviron\\.setdefault\\(\\s*${NAME}`, "g"),
  new RegExp(`${NAME}\\s+(?:not\\s+)?in\\s+(?:os\\.)?environ\\b`, "g"),
  new RegExp(`\\bif\\s+(?:not\\s+)?(?:os\\.)?(?:environ\\.get|getenv)\\(\\s*${NAME}`, "g"),
];
const SETTINGS = /^class[ \t]+\w+\((?=[^()]*\bBaseSettings\b)[^()]*\):[^\n]*\n((?:[ \t][^\n]*\n|\n)*)/gm;
/**
 * `try: … except KeyError:` is another form of a default. A line is either code or blank, so there is only one way to
 * match it.
 */
const TRIED = /^([ \t]*)try:[ \t]*\n(?:(?:\1[ \t]+[^ \t\n][^\n]*|[ \t]*)\n)*?\1except\b[^\n]*KeyError/gm;
/** Variables that every process has, or that Django's own section of the file covers. */
const PRESENT = /^(HOME|PATH|USER|LOGNAME|SHELL|PWD|LANG|TMPDIR|DJANGO_SETTINGS_MODULE|TARLIFT_\w*)$/;

/**
 * `os.environ["NAME"]`, django-environ's `env("NAME")`, python-decouple's `config("NAME")` without a default.
 *
 * @param text Python without comments
 */
export function demanded(text: string): string[] {
  const code = text.replace(TRIED, "");
  const given = new Set([
    ...GIVEN.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name)),
    ...defaults(code),
  ]);
  // A prefix is part of each name that is read below it.
  const prefixed = /\benv\.prefixed\(/.test(code);
  const reads = [READ, ...(/^[ \t]*from[ \t]+decouple[ \t]+import\b/m.test(code) ? [DECOUPLE] : [])];
  const names = reads
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .flatMap(([, indexed, called]) => indexed ?? (prefixed ? [] : called!));
  return [...new Set([...names, ...settingsFields(code)])].filter(
    (name) => !given.has(name) && !PRESENT.test(name) && !shellKeeps(name),
  );
}

/** Fields without a default of pydantic's settings: https://docs.pydantic.dev/latest/concepts/pydantic_settings/ */
function settingsFields(code: string): string[] {
  const own = new Set([...code.matchAll(/^class[ \t]+(\w+)/gm)].map(([, name]) => name));
  return [...`${code}\n`.matchAll(SETTINGS)].flatMap(([, body = ""]) => {
    const [, prefix = ""] = /\benv_prefix\s*=\s*["'](\w*)["']/.exec(body) ?? [];
    const [indent = ""] = /^[ \t]+/.exec(body) ?? [];
    // `url: str` on a single line. A field whose type is a class of the application is filled from several variables.
    const fields = body.matchAll(
      new RegExp(`^${indent}([a-zA-Z]\\w*)[ \\t]*:[ \\t]*(\\w+)\\b([^=\\n]*[^=\\n[(,\\\\])?$`, "gm"),
    );
    return [...fields]
      .filter(([, , type]) => type !== "ClassVar" && !own.has(type))
      .map(([, name]) => `${prefix}${name}`.toUpperCase());
  });
}

/** Names with a default in `environ.Env(DEBUG=(bool, False))`; `DEBUG=bool` has none. */
function defaults(code: string): string[] {
  return [...code.matchAll(/\bEnv\(/g)].flatMap((call) =>
    argumentsAt(code, call.index + call[0].length).flatMap((argument) => {
      const [opening, name] = /^([A-Z][A-Z0-9_]*)\s*=\s*\(/.exec(argument) ?? [];
      return opening !== undefined && argumentsAt(argument, opening.length).length > 1 ? [name!] : [];
    }),
  );
}
