import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { linksOut } from "../../src/installers/npm/workspace-links.ts";
import { temporary } from "../support/temporary.ts";

test("links to workspaces are distinguished from links between packages", () => {
  const root = temporary("workspace-links");
  const link = (path: string, target: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  };
  link("node_modules/@shop/ui", "../../packages/ui");
  link("node_modules/left-pad", ".store/left-pad@1.3.0/node_modules/left-pad");
  link("packages/ui/node_modules/core", "../../core");
  link("packages/ui/node_modules/left-pad", "../../../node_modules/left-pad");
  mkdirSync(join(root, "node_modules/plain"));
  expect(linksOut(root, ["node_modules", "packages/ui/node_modules"])).toEqual([
    { path: "node_modules/@shop/ui", target: "../../packages/ui" },
    { path: "packages/ui/node_modules/core", target: "../../core" },
  ]);
});
