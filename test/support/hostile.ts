// Inputs for parsers of outside bytes: valid samples that are cut, repeated and mixed with what grammars and limits trip over.
import fc from "fast-check";

/** Fragments that parsers have failed on: ends, separators, numbers at limits, names of prototypes, control characters. */
const FRAGMENTS = [
  "",
  "\n",
  "\r\n",
  "\0",
  " ",
  "\t",
  "\u2028",
  "\uFEFF",
  "\u001b[31m",
  "\u001b]",
  "\u009d".repeat(2000),
  "\ufffd".repeat(2000),
  "[…]",
  "%00",
  "-",
  "--",
  "..",
  "/",
  "\\",
  "'",
  '"',
  "`",
  "$(x)",
  "${X}",
  "::error::x",
  "0",
  "-1",
  "1e999",
  "NaN",
  "9007199254740993",
  "99999999999999999999",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "true",
  "[]",
  "{}",
  "[[[[",
  "{{{{",
  "&a [*a]",
  "<<: *a",
  "!!js/function",
  "#",
  ";",
  ":",
  "=",
  "==",
  "@",
  "~",
  "|",
  ">",
  "a".repeat(5000),
  "(".repeat(2000),
  "🂡",
  "\ud800",
] as const;

/**
 * A sample with pieces cut out, put in, repeated and moved.
 *
 * @param more further pieces to put in
 */
export function mutated(sample: string, more: readonly string[] = []): fc.Arbitrary<string> {
  const fragment = fc.oneof(
    fc.constantFrom(...FRAGMENTS, ...more),
    fc.string({ maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.nat({ max: 40 }),
    put: fragment,
    times: fc.constantFrom(1, 1, 1, 2, 50),
  });
  return fc.array(edit, { maxLength: 6 }).map((edits) =>
    edits.reduce((text, { at, cut, put, times }) => {
      const from = text.length === 0 ? 0 : at % (text.length + 1);
      return text.slice(0, from) + put.repeat(times) + text.slice(from + cut);
    }, sample),
  );
}

/** The same of bytes: flipped, cut, repeated, with numbers at their limits. */
export function mutatedBytes(sample: Uint8Array): fc.Arbitrary<Buffer> {
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.oneof(fc.constant(0), fc.nat({ max: 600 })),
    put: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...FRAGMENTS).map((text) => Buffer.from(text)),
    ),
  });
  return fc.array(edit, { maxLength: 6 }).map((edits) =>
    edits.reduce((bytes: Buffer, { at, cut, put }) => {
      const from = bytes.length === 0 ? 0 : at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
    }, Buffer.from(sample)),
  );
}
