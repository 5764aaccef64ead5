// A user that may do everything, and services that have a user of their own all the same.
import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { openHost } from "../../src/host/open.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

describe.runIf(needs("root", "setpriv"))("a deploy as root for a service of another user", () => {
  it("runs hooks and migrations as that user, who reads the configuration and writes what is shared", async () => {
    expect(userInfo().username).toBe("root");
    const above = temporary("run-as");
    chmodSync(above, 0o755);
    const root = join(above, "srv");
    mkdirSync(root);
    const place = { app: "shop", target: "test", root, environmentsRoot: join(root, "envs"), runAs: "nobody" };
    const shared = { directories: ["media"], files: [] };
    const host = openHost({ address: "local", roles: undefined, forwards: [] }, {});
    const say = (file: string) => `echo "$(id -un) $(id -Gn) $COLOUR" >media/${file}`;
    const report = await deploy(
      deployRequest([], {
        members: [member(host, { place, shared, configuration: { COLOUR: "red" } })],
        artifact: await syntheticArtifact([text("a", "1")]),
        hooks: { "after-deploy": [{ run: say("hook"), on: "hosts", "on-failure": "fail" }] },
        migrations: { pending: `${say("pending")}; echo 0001`, apply: say("applied"), policy: "apply" },
      }),
    );
    expect([report.troubles, report.outcome]).toEqual([[], "deployed"]);
    const groups = sh("id", ["-Gn", "nobody"]).trim();
    for (const file of ["hook", "pending", "applied"])
      expect(readFileSync(join(root, "shared/media", file), "utf8")).toBe(`nobody ${groups} red\n`);
    expect(statSync(join(root, "current/.tarlift/env")).mode & 0o777).toBe(0o640);
  });
});
