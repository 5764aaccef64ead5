// The protocol's table of steps is the program's: a step that is in one of them alone, or that no cell of the crash matrix strikes, fails
// here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BESIDE, READING, STEPS } from "../../src/protocol/verbs.ts";
import { CELLS, FAULTS, HOSTS, ON_EACH } from "../matrix/cells.ts";

const source = new URL("../../src", import.meta.url).pathname;
const textOf = (name: string) => readFileSync(join(source, name), "utf8");
const files = readdirSync(source, { recursive: true, encoding: "utf8" });
const program = files
  .filter((name) => /^(remote|supervisors|balancers|host\/calls)\/.*\.sh$/.test(name))
  .map(textOf)
  .join("\n");
const verbs = [...Object.keys(STEPS), ...BESIDE, ...READING];

/** Every name that `step` is called with; those that are put together name the files and links that are written. */
const literal = [...program.matchAll(/(?:^|&&|\|\||;)\s*step ([a-z-]+)\s*(?:$|&&|\|\||;)/gm)].map(([, name]) => name!);
const written = [
  // begin_transaction PHASE, set_state RELEASE STATE, set_link LINK, journal_add STEP, write_file FILE [STEP], write_line FILE LINE [STEP]
  ...[...program.matchAll(/\bbegin_transaction ([a-z]+)/g)].map(([, phase]) => `write-${phase}`),
  ...[...program.matchAll(/\bset_state "[^"]*" ([a-z]+)/g)].map(([, state]) => `write-state-${state}`),
  ...[...program.matchAll(/\bset_link ([a-z]+)/g)].map(([, link]) => `link-${link}`),
  ...[...program.matchAll(/\bjournal_add ([a-z]+)/g)].map(([, step]) => `write-${step}`),
  ...[...program.matchAll(/\bwrite_file "[^"]*\/([a-z.]+)"(?! "\$)/g)].map(([, file]) => `write-${file}`),
  ...[...program.matchAll(/\bwrite_file "[^"]*" ([a-z-]+) </g)].map(([, step]) => `write-${step}`),
  ...[...program.matchAll(/\bwrite_line "[^"]*\/([a-z.]+)"/g)].map(([, file]) => `write-${file}`),
];

/**
 * Files that are written by verbs beside a transaction, by the auto-revert, or by a prune once in ten thousand deploys; a torn one is
 * swept, as all are.
 */
const ELSEWHERE = [
  "write-hold",
  "write-adopting",
  "write-stat",
  "write-log.jsonl",
  "write-taken",
  "write-returned",
  "write-transaction",
  "write-state",
];

describe("the table of steps", () => {
  const known = new Set<string>(Object.values(STEPS).flat());

  it("has every mark of the program, and no other", () => {
    const marks = new Set([...literal, ...written]);
    expect(literal.length).toBeGreaterThan(20);
    expect([...marks].filter((mark) => !known.has(mark) && !ELSEWHERE.includes(mark))).toEqual([]);
    expect([...known].filter((step) => !marks.has(step))).toEqual([]);
  });

  it("has every verb of the program, as one that changes something or not", () => {
    const main = textOf("remote/main.sh");
    const handled = [...main.matchAll(/^\t([a-z |]+)\) main_data=(?:yes)? ;;$/gm)].flatMap(([, names]) =>
      names!.split("|").map((name) => name.trim()),
    );
    expect(handled.sort()).toEqual([...verbs].sort());
    expect(new Set(verbs).size).toBe(verbs.length);
  });

  it("has every verb that the runner calls", () => {
    const callers = files.filter((name) => /^(host|session|balancers)\/.*\.ts$/.test(name));
    const calls = callers.flatMap((name) => {
      const text = textOf(name);
      return [...text.matchAll(/\bcall\(\s*\{?\s*(?:verb: )?"([a-z]+)"/g)].map(([, verb]) => verb!);
    });
    expect(new Set(calls)).toEqual(new Set(verbs));
  });
});

describe("the crash matrix", () => {
  const of = (verb: string) => CELLS.filter(({ at }) => at.verb === verb);
  const everywhere = (verb: string) => (verb === "task" ? 1 : HOSTS);

  it("strikes every step on every host, by every fault that must be survived there", () => {
    const missing = Object.entries(STEPS).flatMap(([verb, steps]) =>
      steps.flatMap((step) =>
        FAULTS.flatMap((fault) => {
          const cells = of(verb).filter(
            (cell) => cell.at.side === "host" && cell.at.step === step && cell.fault === fault,
          );
          const hosts = new Set(cells.map(({ host }) => host)).size;
          const wanted = ON_EACH.includes(fault) ? everywhere(verb) : 1;
          return hosts >= wanted ? [] : [`${verb} ${step}: ${fault} on ${hosts} of ${wanted}`];
        }),
      ),
    );
    expect(missing).toEqual([]);
  });

  it("strikes every call that changes something: before it, during it, after it, and within a transfer", () => {
    for (const verb of Object.keys(STEPS)) {
      const moments = new Set(of(verb).flatMap(({ at }) => (at.side === "runner" ? [at.when] : [])));
      expect([...moments].sort(), verb).toEqual(
        verb === "prepare" ? ["answered", "before", "sent", "within"] : ["answered", "before", "sent"],
      );
    }
  });
});
