// For processes of tests that are plain Node: text files as modules, as scripts/shell-text.ts makes them elsewhere; steps of shell programs
// can be waited at (step-program.ts).
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { isTextFile, textModule, textOf } from "../../scripts/shell-text.ts";
import { withWaitingSteps } from "./step-program.ts";

registerHooks({
  load(url, context, next) {
    if (!isTextFile(url)) return next(url, context);
    const text = withWaitingSteps(textOf(fileURLToPath(url)));
    return { format: "module", source: textModule(text), shortCircuit: true };
  },
});
