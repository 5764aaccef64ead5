// Masks secret values in text that is shown, never in a structure that decides something.
import { CUT } from "./cut.ts";

const MASK = "***";
/** Shorter values (a `1`, a `}`) occur everywhere: masking them would hide nothing and make the text useless. */
export const SHORTEST_SECRET = 4;

/**
 * @param values secrets. Of a secret with several lines, each line is masked as well
 * @returns a function that replaces each secret by `***`, the longest first, in every form in which a log may contain
 *   it. It also replaces the part of a secret beside a cut (cut.ts). Values shorter than {@link SHORTEST_SECRET} are
 *   not masked: the code that reads secrets warns about them.
 */
export function maskSecrets(values: Iterable<string>): (text: string) => string {
  const forms = secretForms(values);
  if (forms.length === 0) return (text) => text;
  // Not one pattern of all forms: those of a certificate chain exceed the limit of V8, whose error would contain them.
  const first = new Set<number>();
  for (const form of forms) first.add(form.charCodeAt(0));
  const byStart = Map.groupBy(forms, (form) => form.slice(0, SHORTEST_SECRET));
  const byEnd = Map.groupBy(forms, (form) => form.slice(-SHORTEST_SECRET));
  const longest = forms[0]!.length;
  /** The start of the part of a form that ends here; not before `from`. */
  const beginOf = (text: string, end: number, from: number): number | undefined => {
    for (let at = Math.max(from, end - longest); at <= end - SHORTEST_SECRET; at++) {
      const part = first.has(text.charCodeAt(at)) ? byStart.get(text.slice(at, at + SHORTEST_SECRET)) : undefined;
      if (part?.some((form) => form.startsWith(text.slice(at, end)))) return at;
    }
    return undefined;
  };
  /** The end of the part of a form that starts here; not after `to`. */
  const endOf = (text: string, begin: number, to: number): number | undefined => {
    for (let at = Math.min(to, begin + longest); at >= begin + SHORTEST_SECRET; at--)
      if (byEnd.get(text.slice(at - SHORTEST_SECRET, at))?.some((form) => form.endsWith(text.slice(begin, at))))
        return at;
    return undefined;
  };
  const cutParts = (text: string): string => {
    let shown = "";
    let from = 0;
    const marks = [...text.matchAll(CUTS)];
    for (const [n, { index, 0: mark }] of marks.entries()) {
      const begin = beginOf(text, index, from);
      if (begin !== undefined) shown += text.slice(from, begin) + MASK + mark;
      else shown += text.slice(from, index) + mark;
      const after = index + mark.length;
      // No part reaches beyond the next mark, so that the cost of many marks is the sum of the costs of each.
      const end = endOf(text, after, marks[n + 1]?.index ?? text.length);
      if (end !== undefined) shown += MASK;
      from = end ?? after;
    }
    return shown + text.slice(from);
  };
  const whole = (text: string): string => {
    let shown = "";
    let from = 0;
    for (let at = 0; at <= text.length - SHORTEST_SECRET; at++) {
      if (!first.has(text.charCodeAt(at))) continue;
      const form = byStart.get(text.slice(at, at + SHORTEST_SECRET))?.find((one) => text.startsWith(one, at));
      if (form === undefined) continue;
      shown += text.slice(from, at) + MASK;
      from = at + form.length;
      at = from - 1;
    }
    return from === 0 ? text : shown + text.slice(from);
  };
  return (text) => (text.includes(CUT) ? cutParts(whole(text)) : whole(text));
}

/**
 * Matches a cut. If a character was cut in two, a replacement character is next to it. A row of them is matched once,
 * from its start.
 */
const CUTS = /(?:(?<!\ufffd)\ufffd+)?\[…\]\ufffd*/g;

/** All forms of the values that are masked, the longest first. */
export function secretForms(values: Iterable<string>): string[] {
  const forms = new Set<string>();
  for (const value of values)
    for (const part of [value, ...lines(value)])
      if (part.trim().length >= SHORTEST_SECRET) for (const form of formsOf(part)) forms.add(form);
  return [...forms].filter((form) => form.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
}

function lines(value: string): string[] {
  const all = value.split(/\r?\n|\r/).map((line) => line.trim());
  return all.length > 1 ? all : [value.trim()];
}

/** The forms in which programs write a text: plain, quoted, escaped, encoded, and JSON that is quoted in JSON again. */
function formsOf(text: string): string[] {
  const written = [text, ...quoted(text), json(text), asciiJson(text)];
  return [...written, ...written.map(json), ...inAddress(text), ...inMarkup(text), ...inBase64(text)];
}

const json = (text: string): string => JSON.stringify(text).slice(1, -1);
/** The form of Python's `json.dumps`, PHP and Ruby. */
const asciiJson = (text: string): string => json(text).replace(/[^\x00-\x7f]/g, (one) => escaped(one, "\\u", 4));

const escaped = (unit: string, mark: string, digits: number): string =>
  mark + unit.charCodeAt(0).toString(16).padStart(digits, "0");

/** The forms of shells, and of Python's `repr` of text and bytes. */
function quoted(text: string): string[] {
  const python = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
  const texts = [python, python.replaceAll("'", "\\'")];
  return [
    ...texts,
    ...texts.map(asciiBytes),
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/[\\"$`]/g, "\\$&"),
    text.replace(/[^A-Za-z0-9_%+,./:=@-]/g, "\\$&"),
  ];
}

/** Characters that are not ASCII as bytes of UTF-8: `\xc3\xb6`. */
const asciiBytes = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`))
    .join("");

/**
 * Percent encoding of everything but letters, digits and a few characters (which ones depends on the function), and the
 * encoding of forms.
 */
function inAddress(text: string): string[] {
  const whole = encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (one) => `%${escaped(one, "", 2).toUpperCase()}`,
  );
  const lax = encodeURIComponent(text.toWellFormed());
  const all = [whole, lax, encodeURI(text.toWellFormed()), whole.replaceAll("%2F", "/"), whole.replaceAll("%20", "+")];
  return [...all, ...all.map((one) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** HTML and XML. */
function inMarkup(text: string): string[] {
  const base = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const double = base.replaceAll('"', "&quot;");
  return [
    base,
    double,
    ...["&#x27;", "&#39;", "&apos;"].map((mark) => double.replaceAll("'", mark)),
    base.replaceAll('"', "&#34;").replaceAll("'", "&#39;"),
  ];
}

/**
 * Base64 of the value alone and as part of a longer text (`user:password`): the characters that are the same at every
 * offset.
 */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  const parts = [0, 1, 2].flatMap((shift) => {
    const inside = bytes.subarray(shift, shift + Math.floor((bytes.length - shift) / 3) * 3);
    // Shorter texts occur by chance.
    return inside.length >= 6 ? [inside.toString("base64"), inside.toString("base64url")] : [];
  });
  return [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"), ...parts];
}
