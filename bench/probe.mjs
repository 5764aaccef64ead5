// Loaded before a program: when it ends, what this one process has used stands in the file that BENCH_PROBE names.
import { writeFileSync } from "node:fs";

const file = process.env.BENCH_PROBE;
if (file)
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS * 1024 }));
  });
