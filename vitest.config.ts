import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { shellText } from "./scripts/shell-text.ts";
import { LEFT_OUT, PARTS } from "./test/support/parts.ts";

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

/**
 * Starts what takes longest first, over all layers, so that no long file is left for the end: by test/durations.json
 * (scripts/durations.ts); a file that is not there yet goes first.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = JSON.parse(readFileSync("test/durations.json", "utf8")) as Record<string, number>;
    const of = ({ moduleId }: TestSpecification) =>
      seconds[relative(import.meta.dirname, moduleId)] ?? Number.POSITIVE_INFINITY;
    return files.toSorted((a, b) => Number(of(a) < of(b)) - Number(of(a) > of(b)));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    tags: [
      ...Object.entries(PARTS).map(([name, { about }]) => ({ name, description: about })),
      { name: LEFT_OUT, description: "not played in this run" },
    ],
    // Tests of services, hosts and fleets wait more than they work: a file of the fleet keeps a sixth of a core busy, one over SSH a third.
    // Each has ports, roots and networks of its own. More labs than this at once would want more memory than such machines have.
    maxWorkers: Math.min(16, Math.max(4, 4 * availableParallelism())),
    // Limits are for what hangs: a busy machine takes ten times as long as a quiet one, and its tests say the same.
    projects: [
      layer("unit", { timeout: 120_000 }),
      layer("contract", { timeout: 120_000 }),
      layer("service", { timeout: 900_000 }),
      layer("ssh", { timeout: 900_000 }),
      layer("fleet", { timeout: 1_800_000 }),
    ],
  },
});
