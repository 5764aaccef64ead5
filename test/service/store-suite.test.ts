// Each store of the registry by the suite of all of them: GitHub's with the real clients, against a local service that speaks their
// protocol.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { storeOf } from "../../src/stores/registry.ts";
import { describeStore } from "../contract/adapters/store.ts";
import { type GithubService, startGithubService } from "../support/github-service/service.ts";
import { temporary } from "../support/temporary.ts";

let service: GithubService;
const outside = { ...process.env };

beforeAll(async () => {
  service = await startGithubService();
});
afterAll(() => service.close());
afterEach(() => {
  process.env = { ...outside };
  service.entries.length = service.artifacts.length = 0;
});

describeStore("directory", async () => {
  const store = storeOf("directory");
  const config = { path: join(temporary("store"), "new") };
  return {
    layers: () => store.layers(config, { env: {} }),
    artifacts: () => store.artifacts(config, { env: {} }),
    // No file can be made there, by root neither.
    denied: () => store.layers({ path: "/sys/kernel" }, { env: {} }),
  };
});

describeStore("github", async () => {
  const store = storeOf("github");
  const directory = temporary("runner");
  for (const name of ["workspace", "temp"]) mkdirSync(join(directory, name));
  const asRun = (run: Parameters<GithubService["env"]>[0] = {}): NodeJS.ProcessEnv => {
    process.env = {
      ...outside,
      ...service.env(run),
      GITHUB_WORKSPACE: join(directory, "workspace"),
      RUNNER_TEMP: join(directory, "temp"),
      RUNNER_TOOL_CACHE: join(directory, "temp"),
    };
    return process.env;
  };
  const config = store.detect(asRun());
  expect(config).toBeDefined();
  return {
    layers: () => store.layers(config, { env: asRun() }),
    artifacts: () => store.artifacts(config, { env: asRun() }),
    denied: () => store.layers(config, { env: asRun({ readOnly: true }) }),
  };
});
