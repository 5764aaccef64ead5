// Evaluates directories that Python settings compute from `__file__`. Plain expressions are evaluated, all others are
// unknown.

/** A module of the application: its path relative to the application's directory, and its text. */
export interface Module {
  path: string;
  text: string;
}

/** Parts of a path below the application's directory. */
type Parts = readonly string[];

/** Calls that return their argument, a directory or a file. */
const SAME = /^(?:(?:pathlib\.)?Path|str|(?:os\.path\.|path\.)?(?:abspath|realpath|normpath)|os\.fspath)$/;
const DIRNAME = /^(?:os\.path\.|path\.)?dirname$/;
const JOIN = /^(?:os\.path\.|path\.)?join$/;
/** Maximum number of variables that are followed from one to the next. */
const DEPTH = 10;
/** Maximum number of tokens in a path; each parenthesis is a recursive call. */
const LONGEST = 1000;

/**
 * The directory in a setting: `BASE_DIR / "var" / "static"`, `os.path.join(PROJECT_DIR, "static")`, with a `BASE_DIR`
 * that comes from `__file__`.
 *
 * @param modules the settings module first, then those that it imports from, nearest first
 * @returns relative to the application's directory; undefined if it is not set, is set under a condition, is computed
 *   in another way, or leads out of the application
 */
export function pathSetting(modules: readonly Module[], name: string): string | undefined {
  const parts = variable(modules, name, 0);
  return parts === undefined || parts.length === 0 ? undefined : parts.join("/");
}

function variable(modules: readonly Module[], name: string, depth: number): Parts | undefined {
  if (depth > DEPTH) return undefined;
  for (const [index, module] of modules.entries()) {
    const assignments = [
      ...module.text.matchAll(new RegExp(`^([ \\t]*)${name}[ \\t]*(?::[^=\\n]+)?([+/-]?=)(?!=)`, "gm")),
    ];
    if (assignments.length === 0) continue;
    const [only] = assignments;
    // Set under a condition, changed later, or set twice: only Python can evaluate it.
    if (!only || assignments.length > 1 || only[1] !== "" || only[2] !== "=") return undefined;
    const after = module.text.slice(only.index + only[0].length);
    // A later import overrides it.
    const later = /^from[ \t]+\S+[ \t]+import[ \t]+\*/m.test(after) ? modules.slice(index + 1) : [];
    if (later.some(({ text }) => new RegExp(`^[ \\t]*${name}[ \\t]*=(?!=)`, "m").test(text))) return undefined;
    const tokens = tokenize(after);
    return tokens && new Expression(tokens, module, modules.slice(index), depth).whole();
  }
  return undefined;
}

/** The tokens of one expression, up to the end of its logical line; undefined for an unknown token, or too many. */
function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  const token = /[ \t\r\\]+|#[^\n]*|\n|"[^"\\\n{]*"|'[^'\\\n{]*'|[A-Za-z_][\w.]*|\.[A-Za-z_]\w*|\d+|[()[\],/=]/y;
  let open = 0;
  while (token.lastIndex < text.length) {
    const [found] = token.exec(text) ?? [];
    if (found === undefined) return undefined;
    if (found === "\n" && open === 0) break;
    if (/^[\s\\#]/.test(found)) continue;
    if (found === "(" || found === "[") open++;
    if (found === ")" || found === "]") open--;
    tokens.push(found);
    if (tokens.length > LONGEST) return undefined;
  }
  return tokens;
}

/**
 * Parses tokens from left to right. Each method returns undefined for an unknown expression, which ends the parsing.
 */
class Expression {
  #at = 0;
  readonly #tokens: readonly string[];
  readonly #module: Module;
  readonly #modules: readonly Module[];
  readonly #depth: number;

  constructor(tokens: readonly string[], module: Module, modules: readonly Module[], depth: number) {
    this.#tokens = tokens;
    this.#module = module;
    this.#modules = modules;
    this.#depth = depth;
  }

  whole(): Parts | undefined {
    const value = this.#sum();
    return this.#at === this.#tokens.length ? value : undefined;
  }

  #next(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  /** `directory / "a" / "b"`. */
  #sum(): Parts | undefined {
    let value = this.#postfix();
    while (value && this.#next("/")) value = join(value, this.#text());
    return value;
  }

  /** An operand with all of its `.parent`, `.parents[1]`, `.resolve()` and `.joinpath("a")`. */
  #postfix(): Parts | undefined {
    let value = this.#atom();
    while (value && this.#tokens[this.#at]?.startsWith(".")) {
      for (const name of this.#tokens[this.#at++]!.slice(1).split(".")) value = value && this.#attribute(value, name);
    }
    return value;
  }

  #attribute(value: Parts, name: string): Parts | undefined {
    if (name === "parent") return parent(value, 1);
    if (name === "parents" && this.#next("[")) {
      const up = Number(this.#tokens[this.#at++]);
      return this.#next("]") && Number.isInteger(up) ? parent(value, up + 1) : undefined;
    }
    if (!this.#next("(")) return undefined;
    if (name === "joinpath") return this.#joined(value);
    if (name !== "resolve" && name !== "absolute") return undefined;
    if (this.#next("strict") && !(this.#next("=") && (this.#next("True") || this.#next("False")))) return undefined;
    return this.#next(")") ? value : undefined;
  }

  #atom(): Parts | undefined {
    if (this.#next("(")) {
      const value = this.#sum();
      return this.#next(")") ? value : undefined;
    }
    const name = this.#tokens[this.#at++];
    if (name === undefined || !/^[A-Za-z_]/.test(name)) return undefined;
    if (this.#next("(")) return this.#call(name);
    const [first, ...attributes] = name.split(".") as [string, ...string[]];
    let value = first === "__file__" ? join([], this.#module.path) : variable(this.#modules, first, this.#depth + 1);
    for (const attribute of attributes) value = value && this.#attribute(value, attribute);
    return value;
  }

  /** A call by its name; a variable's method (`BASE_DIR.joinpath("a")`) is one too. */
  #call(name: string): Parts | undefined {
    if (SAME.test(name) || DIRNAME.test(name)) {
      const value = this.#sum();
      if (!value || !this.#next(")")) return undefined;
      return DIRNAME.test(name) ? parent(value, 1) : value;
    }
    if (JOIN.test(name)) {
      const value = this.#sum();
      if (!value) return undefined;
      return this.#next(",") ? this.#joined(value) : this.#next(")") ? value : undefined;
    }
    const [first, ...attributes] = name.split(".") as [string, ...string[]];
    const method = attributes.pop();
    let value = method === undefined ? undefined : variable(this.#modules, first, this.#depth + 1);
    for (const attribute of attributes) value = value && this.#attribute(value, attribute);
    if (!value) return undefined;
    this.#at--; // The parenthesis belongs to the method.
    return this.#attribute(value, method!);
  }

  /** `"a", "b")`. */
  #joined(value: Parts): Parts | undefined {
    let joined: Parts | undefined = value;
    while (joined && !this.#next(")")) {
      joined = join(joined, this.#text());
      if (!this.#next(",") && this.#tokens[this.#at] !== ")") return undefined;
    }
    return joined;
  }

  #text(): string | undefined {
    const token = this.#tokens[this.#at++];
    if (token === "os.pardir") return "..";
    return token !== undefined && /^["']/.test(token) ? token.slice(1, -1) : undefined;
  }
}

function parent(value: Parts, steps: number): Parts | undefined {
  return steps > value.length ? undefined : value.slice(0, value.length - steps);
}

function join(base: Parts, path: string | undefined): Parts | undefined {
  if (path === undefined || path.startsWith("/")) return undefined;
  let joined: Parts | undefined = base;
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    joined = joined && (part === ".." ? parent(joined, 1) : [...joined, part]);
  }
  return joined;
}
