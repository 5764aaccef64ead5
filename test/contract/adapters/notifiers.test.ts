import { expect, test } from "vitest";
import { json } from "../../../src/notifiers/json/index.ts";
import { NOTIFIERS } from "../../../src/notifiers/registry.ts";
import { slack } from "../../../src/notifiers/slack/index.ts";
import { describeNotifier, type NotifierFixture } from "./notifier.ts";

const FIXTURES: Record<string, NotifierFixture> = {
  [json.key]: { shown: (body) => JSON.parse(body).summary },
  [slack.key]: { shown: (body) => JSON.parse(body).text },
};

test("every notifier runs the suite", () => {
  expect(Object.keys(FIXTURES).sort()).toEqual(NOTIFIERS.map(({ key }) => key).sort());
});

for (const notifier of NOTIFIERS) describeNotifier(notifier, FIXTURES[notifier.key] as NotifierFixture);
