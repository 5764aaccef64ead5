import { defineConfig } from "vitest/config";
import { shellText } from "./scripts/shell-text.ts";

// One project a layer (CONTRIBUTING.md says what each may use). Layers that start servers run their files one after the other.
const layer = (name: string, options: { timeout: number; parallel: boolean }) => ({
  plugins: [shellText()],
  // Warnings are all about source maps that @actions packages name and do not bring.
  logLevel: "error" as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeout,
    hookTimeout: options.timeout,
    fileParallelism: options.parallel,
    server: { deps: { inline: [/@actions\//] } },
  },
});

export default defineConfig({
  test: {
    projects: [
      layer("unit", { timeout: 20_000, parallel: true }),
      layer("contract", { timeout: 120_000, parallel: true }),
      layer("service", { timeout: 300_000, parallel: false }),
      layer("ssh", { timeout: 180_000, parallel: false }),
      layer("fleet", { timeout: 600_000, parallel: false }),
    ],
  },
});
