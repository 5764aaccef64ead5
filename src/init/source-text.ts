// Source files for `tarlift init`: without comments and other non-code, and the arguments of a call.

// No string starts with a quote after a backslash: otherwise, an unterminated string would be matched again from each
// of its quotes.
const PYTHON = /("""|''')[\s\S]*?\1|(?<!\\)"(?:\\.|[^"\\\n])*"|(?<!\\)'(?:\\.|[^'\\\n])*'|#[^\n]*/g;
const SCRIPT =
  /(?<!\\)"(?:\\.|[^"\\\n])*"|(?<!\\)'(?:\\.|[^'\\\n])*'|(?<!\\)`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const OPENING = "([{";
const CLOSING = ")]}";
/**
 * Maximum nesting of calls: an unclosed parenthesis is not followed to the end of the file for each parenthesis in it.
 */
const DEEPEST = 50;

/** Python without comments and triple-quoted strings (docstrings, SQL). */
export function pythonCode(text: string): string {
  return text.replace(PYTHON, (found, triple?: string) => (triple ? '""' : found.startsWith("#") ? "" : found));
}

/** JavaScript, TypeScript, or JSON with comments, without the comments. */
export function scriptCode(text: string): string {
  return text.replace(SCRIPT, (found) => (found.startsWith("/") ? " " : found));
}

/**
 * The arguments of a call, or the parameters of a definition, each as it is written.
 *
 * @param code without comments
 * @param start the index after the opening parenthesis
 */
export function argumentsAt(code: string, start: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = start;
  const token = /(?<!\\)"(?:\\.|[^"\\\n])*"|(?<!\\)'(?:\\.|[^'\\\n])*'|[([{}\]),]/g;
  token.lastIndex = start;
  for (let at = token.exec(code); at !== null; at = token.exec(code)) {
    const ends = depth === 0 && (at[0] === "," || at[0] === ")");
    if (ends) {
      found.push(code.slice(from, at.index).trim());
      from = token.lastIndex;
      if (at[0] === ")") break;
    } else if (OPENING.includes(at[0])) depth++;
    else if (CLOSING.includes(at[0])) depth--;
    if (depth < 0 || depth > DEEPEST) break;
  }
  return found.filter((argument) => argument !== "");
}
