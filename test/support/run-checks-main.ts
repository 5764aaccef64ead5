// Tries a release out and prints what held: a process of its own, so that a test can run it as another user.
import { runChecks } from "../../src/bundle/isolated-root.ts";
import { silent } from "../../src/progress.ts";

const lines: string[] = [];
const progress = {
  ...silent,
  task: () => ({ update() {}, line: (text: string) => lines.push(text), end() {}, fail() {} }),
};
const report = await runChecks({
  app: "t-checks",
  release: process.argv[2] ?? "",
  environments: [],
  checks: [{ run: process.argv[3] ?? "pwd; cat manage.py", network: false }],
  variables: {},
  path: [],
  progress,
});
process.stdout.write(JSON.stringify({ ...report, lines }));
