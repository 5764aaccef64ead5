import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TEXT_FILES } from "../../scripts/shell-text.ts";
import { Failure } from "../../src/failure.ts";
import { type Adapter, exactlyOneOf, lookup } from "../../src/schema/adapter.ts";

const adapter = <K extends string>(key: K) => ({ key, title: key, docs: "" }) as const satisfies Adapter;

test("an adapter is found by its key, and a mistyped key names the nearest", () => {
  const [slack, json] = [adapter("slack"), adapter("json")];
  const notifierOf = lookup("notifier", [slack, json]);
  expect(notifierOf("slack")).toBe(slack);
  const refused = (key: string) => {
    try {
      return notifierOf(key);
    } catch (error) {
      return error instanceof Failure ? { what: error.what, remedy: error.remedy, outcome: error.outcome } : error;
    }
  };
  expect(refused("slak")).toEqual({
    what: "there is no notifier slak; did you mean slack?",
    remedy: "There is slack or json.",
    outcome: "refused",
  });
  expect(refused("toString")).toMatchObject({ what: "there is no notifier toString" });
});

test("a choice of keys is said in words", () => {
  expect(exactlyOneOf(["systemd", "supervisord", "command"])).toBe("exactly one of systemd, supervisord and command");
  expect(exactlyOneOf(["haproxy", "command"])).toBe("exactly one of haproxy and command");
  expect(exactlyOneOf(["command"])).toBe("the key command");
});

test("every ending of a text file is declared for the compiler", () => {
  const declared = readFileSync(new URL("../../src/shell-text.d.ts", import.meta.url), "utf8");
  expect([...declared.matchAll(/^declare module "\*(\.\w+)"/gm)].map(([, ending]) => ending)).toEqual([...TEXT_FILES]);
});
