// Builds dist/ from nothing, so that no chunk of an earlier build stays behind: `node scripts/build.ts [directory]`.
import { rmSync } from "node:fs";
import { build } from "rolldown";
import config from "../rolldown.config.ts";

const dir = process.argv[2] ?? "dist";
rmSync(dir, { recursive: true, force: true });
await build({ ...config, output: { ...config.output, dir } });
