// tarlift.yml as a YAML document: its plain value, and the position of each part.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";

/** Both start at 1. Columns count UTF-16 units, like editors and annotations. */
export interface Position {
  line: number;
  column: number;
}

/** Keys and list positions from the top of the file: `["targets", "staging", "hosts", 0]`. */
export type ConfigPath = readonly (string | number)[];

/** An error in the file. */
export interface Problem extends Position {
  /** `targets.staging.hosts[0]`; empty for the file as a whole. */
  path: string;
  message: string;
}

export interface ConfigDocument {
  value: unknown;
  /** Errors of YAML itself. If there are any, `value` is undefined. */
  problems: Problem[];
  /** The position of a path: its key, its value, or the nearest part that exists. */
  locate(path: ConfigPath, part?: "key" | "value"): Position;
}

/** Maps whose values reach programs as text. They are read literally: `1.10` is not the number 1.1. */
const LITERAL = new Set(["env", "step-env", "headers"]);

/** Maps whose keys are names that the file's author chose: a service may be called `headers`. */
const NAMED = new Set(["environments", "services", "notify", "targets"]);

/** Parses YAML 1.2 with merge keys (`<<`). A byte order mark and Windows newlines are accepted. */
export function readDocument(text: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ""), {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    version: "1.2",
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    path: "",
    message: explain(error, text),
  }));
  const locate = (path: ConfigPath, part: "key" | "value" = "value") => at(offsetOf(document, path, part));
  if (problems.length > 0) return { value: undefined, problems, locate };
  try {
    keepLiterals(document);
    return { value: document.toJS(), problems, locate };
  } catch (error) {
    // An alias without its anchor, or aliases that multiply without limit.
    const message = error instanceof Error ? error.message : String(error);
    return { value: undefined, problems: [{ line: 1, column: 1, path: "", message }], locate };
  }
}

/** The position of `path` in the text of a tarlift.yml, for annotations. */
export function findPosition(text: string, path: ConfigPath, part?: "key" | "value"): Position {
  return readDocument(text).locate(path, part);
}

/** `targets.staging.hosts[0]` */
export function formatPath(path: ConfigPath): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

function keepLiterals(document: Document): void {
  // First, aliases to single values are replaced by copies: each copy is then read in its own way, as text or as a
  // number.
  visit(document, {
    Alias(_, alias) {
      const source = alias.resolve(document);
      return isScalar(source) ? Object.assign(withoutAnchor(source), { range: alias.range }) : undefined;
    },
  });
  const known = new Map<YAMLMap, YAMLMap>();
  visit(document, {
    Pair(_, pair, path) {
      const [above, ...more] = path.filter(isPair);
      const isName = more.length === 0 && isScalar(above?.key) && NAMED.has(String(above.key.value));
      if (!isName && isScalar(pair.key) && LITERAL.has(String(pair.key.value))) pair.value = literal(pair.value);
    },
  });

  /** A map from an alias is copied: where it is also used, numbers may be intended. */
  function literal(value: unknown): unknown {
    const source = isAlias(value) ? value.resolve(document) : value;
    if (!isMap(source)) return value;
    const before = known.get(source);
    if (before) return before;
    const map = isAlias(value) ? withoutAnchor(source) : source;
    known.set(source, map);
    for (const [index, pair] of map.items.entries()) {
      // An alias refers to an anchor before it, which only the alias in the document itself can resolve.
      if (isMerge(pair)) pair.value = literals(source.items[index]?.value);
      else if (isScalar(pair.value)) keepText(pair.value);
    }
    return map;
  }

  function literals(merged: unknown): unknown {
    return isSeq(merged) ? Object.assign(merged.clone(), { items: merged.items.map(literal) }) : literal(merged);
  }
}

function withoutAnchor<T extends Scalar | YAMLMap>(node: T): T {
  const copy = node.clone() as T;
  delete copy.anchor;
  return copy;
}

function keepText(scalar: Scalar): void {
  if (["number", "bigint", "boolean"].includes(typeof scalar.value) && scalar.source) scalar.value = scalar.source;
}

const isMerge = ({ key }: Pair) => isScalar(key) && key.source === "<<";

function offsetOf(document: Document, path: ConfigPath, part: "key" | "value"): number {
  let node: unknown = document.contents;
  let found = startOf(node);
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = pairOf(document, node.items, step);
      if (!pair) return found;
      node = pair.value;
      const atKey = (last && part === "key") || !isNode(node) || startOf(node) === undefined;
      found = (atKey ? startOf(pair.key) : startOf(node)) ?? startOf(pair.key) ?? found;
      // The value of a block mapping starts below its key, but a person looks for the key.
      if (isMap(node) && !node.flow) found = startOf(pair.key) ?? found;
    } else if (isSeq(node) && typeof step === "number" && node.items[step] !== undefined) {
      node = node.items[step];
      found = startOf(node) ?? found;
    } else {
      return found ?? 0;
    }
  }
  return found ?? 0;

  function startOf(value: unknown): number {
    return (isNode(value) ? (value as Node).range?.[0] : undefined) as number;
  }
}

function pairOf(document: Document, items: Pair[], step: string | number): Pair | undefined {
  const named = items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (named) return named;
  for (const { value } of items.filter(isMerge)) {
    for (const merged of isSeq(value) ? value.items : [value]) {
      const map = isAlias(merged) ? merged.resolve(document) : merged;
      const inherited = isMap(map) ? pairOf(document, map.items, step) : undefined;
      if (inherited) return inherited;
    }
  }
  return undefined;
}

function explain(error: { code: string; message: string; pos: [number, number] }, text: string): string {
  switch (error.code) {
    case "DUPLICATE_KEY":
      return `the key ${/^[^\s:]+/.exec(text.replace(/^\uFEFF/, "").slice(error.pos[0]))?.[0] ?? ""} stands here twice`;
    case "TAB_AS_INDENT":
      return "a tab: YAML is indented with spaces alone";
    case "MULTIPLE_DOCS":
      return "a second document starts here: the file holds one, without `---` between";
    default:
      return error.message;
  }
}
