// The service as a process: node test/support/github-service/main.ts [--port PORT] [--ref REF] [--run ID]
// Prints one line of JSON, the variables of a run, and serves until it gets SIGTERM or SIGINT.
import { parseArgs } from "node:util";
import { startGithubService } from "./service.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    ref: { type: "string", default: "refs/heads/main" },
    run: { type: "string", default: "1" },
  },
});
const service = await startGithubService(Number(values.port));
process.stdout.write(`${JSON.stringify(service.env({ ref: values.ref, id: values.run }))}\n`);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void service.close());
