// For processes of tests that are plain Node: `.sh` files as modules, as scripts/shell-text.ts makes them elsewhere; their steps can be
// waited at (step-program.ts).
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { withWaitingSteps } from "./step-program.ts";

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(".sh")) return next(url, context);
    const text = withWaitingSteps(readFileSync(fileURLToPath(url), "utf8"));
    return { format: "module", source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
  },
});
