import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../src/app.ts";

test("greets by name, and names its version", async () => {
  const answer = await createApp({ version: "v1.4.0" }).inject("/api/greeting?name=Ada");
  assert.deepEqual(answer.json(), { text: "Hello, Ada!", version: "v1.4.0" });
});

test("greets whoever it may be", async () => {
  const answer = await createApp().inject("/api/greeting");
  assert.equal(answer.json().text, "Hello, stranger!");
});

test("is healthy, and says which release answers", async () => {
  const answer = await createApp({ release: "sha256:0123" }).inject("/healthz");
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["x-release"], "sha256:0123");
});
