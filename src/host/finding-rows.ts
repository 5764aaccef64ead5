// Findings as a table: what a value of a host's reply means to a deploy.
import type { FailureCode } from "../failure-codes.ts";
import type { Reply } from "../protocol/call.ts";
import { type ManyOf, type OneOf, REPLIES } from "../protocol/replies.ts";
import type { Finding } from "./host.ts";

type FactsKey = OneOf<"facts"> | ManyOf<"facts">;

/** @typeParam C what texts and conditions know beside the value */
export interface FindingRow<C> {
  /** Key of the reply: each of its values is a finding. Of a key with one value, an empty one is none. */
  key: FactsKey;
  /** Default: always. */
  applies?: (context: C, value: string) => boolean;
  code: FailureCode;
  what: (value: string, context: C) => string;
  remedy: (value: string, context: C) => string;
}

/** The findings in the order of the table, and of the values of a key. */
export function findByRows<C>(rows: readonly FindingRow<C>[], reply: Reply<"facts">, context: C): Finding[] {
  return rows.flatMap(({ key, applies = () => true, code, what, remedy }) =>
    valuesOf(reply, key)
      .filter((value) => applies(context, value))
      .map((value) => ({ code, what: what(value, context), remedy: remedy(value, context) })),
  );
}

const isMany = (key: FactsKey): key is ManyOf<"facts"> => REPLIES.facts.values[key] === "many";

function valuesOf(reply: Reply<"facts">, key: FactsKey): readonly string[] {
  return isMany(key) ? reply.all(key) : [reply.value(key) ?? ""].filter((value) => value !== "");
}
