// What tests need and what is built once for a machine: built before the tests run, so that no test shares the processors with it, and no
// test's time depends on whether it came first. scripts/test.ts runs this file; what is there already costs nothing.
import { ACT_NEEDS, act } from "./act-program.ts";
import { builtDist } from "./built-dist.ts";
import { debianRoot } from "./debian-root.ts";
import { present } from "./needs.ts";

const parts: { name: string; needs: readonly string[]; build: () => string }[] = [
  { name: "the Debian 12 tree that lab hosts share", needs: ["root", "debootstrap"], build: debianRoot },
  { name: "dist/, from these sources", needs: [], build: builtDist },
  { name: "act, which runs workflows", needs: ACT_NEEDS, build: act },
];

for (const { name, needs, build } of parts) {
  // The tests that need it say themselves what is missing.
  if (!needs.every(present)) continue;
  const began = performance.now();
  build();
  console.log(`✓ ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}
