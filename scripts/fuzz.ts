// `npm run fuzz -- --minutes 60`: the property-based tests of everything that reads outside bytes, for longer than `npm test` does.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } } });
if (!(Number(values.minutes) > 0)) {
  console.log("--minutes takes a number above 0");
  process.exit(1);
}
const { status } = spawnSync("vitest", ["run", "--project", "unit", "test/unit/outside-"], {
  stdio: "inherit",
  env: {
    ...process.env,
    TARLIFT_FUZZ_MINUTES: values.minutes,
    ...(values.seed === undefined ? {} : { TARLIFT_FUZZ_SEED: values.seed }),
  },
});
process.exitCode = status ?? 1;
