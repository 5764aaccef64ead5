// For processes of tests that are plain Node: text files as modules, as scripts/shell-text.ts makes them elsewhere; steps of shell programs
// can be waited at (step-program.ts).
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { isTextFile, textModule } from "../../scripts/shell-text.ts";
import { withWaitingSteps } from "./step-program.ts";

registerHooks({
  load(url, context, next) {
    if (!isTextFile(url)) return next(url, context);
    const text = withWaitingSteps(readFileSync(fileURLToPath(url), "utf8"));
    return { format: "module", source: textModule(text), shortCircuit: true };
  },
});
