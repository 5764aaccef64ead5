import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { shellText } from "./scripts/shell-text.ts";

// One project a layer (CONTRIBUTING.md says what each may use).
const layer = (name: string, options: { timeout: number }) => ({
  plugins: [shellText()],
  // Warnings are all about source maps that @actions packages name and do not bring.
  logLevel: "error" as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeout,
    hookTimeout: options.timeout,
    server: { deps: { inline: [/@actions\//] } },
  },
});

/** On a fresh clone the longest text goes first. These are short texts and take long: a matrix is one call. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const long = ({ moduleId }: TestSpecification) =>
      /\/(matrix|matrix-dying|deploy|balancers|django)\.test\.ts$/.test(moduleId);
    return [...sorted.filter(long), ...sorted.filter((file) => !long(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Tests of services, hosts and fleets wait more than they work: four files at once, also on two cores. Each has ports, roots and
    // networks of its own.
    maxWorkers: 4,
    // Limits are for what hangs: a busy machine takes ten times as long as a quiet one, and its tests say the same.
    projects: [
      layer("unit", { timeout: 20_000 }),
      layer("contract", { timeout: 120_000 }),
      layer("service", { timeout: 900_000 }),
      layer("ssh", { timeout: 900_000 }),
      layer("fleet", { timeout: 1_800_000 }),
    ],
  },
});
