import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setupScript, sudoLines } from "../../src/fleet/host-setup.ts";
import type { ServiceRequest } from "../../src/host/types.ts";
import { needs } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const service = (more: Partial<ServiceRequest>): ServiceRequest => ({
  name: "web",
  kind: "supervisord",
  unit: "shop-web",
  action: "restart",
  settle: 5,
  ...more,
});
const input = (services: ServiceRequest[]) => ({
  host: "app1",
  user: "deploy",
  place: { app: "shop", target: "production", root: "/srv/shop", environmentsRoot: "/srv/shop/envs", runAs: "shop" },
  services,
  shared: { directories: ["media"], files: ["it's.key"] },
});
const services = [
  service({ unit: "shop-web:*" }),
  service({ name: "worker", kind: "systemd", unit: "shop-worker", action: "signal USR1" }),
];

describe("host setup", () => {
  it("prints a script that a shell accepts", () => {
    const script = setupScript(input(services));
    expect(spawnSync("sh", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
    expect(script).toContain("install -d -o deploy");
    expect(script).toContain("/srv/shop/shared/media");
  });

  it.runIf(needs("visudo"))("gives sudoers lines that visudo accepts, and a group's `*` matches nothing else", () => {
    const lines = sudoLines(input(services));
    const file = join(temporary("sudoers"), "lines");
    writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o440 });
    const result = spawnSync("visudo", ["-cf", file], { encoding: "utf8" });
    expect([result.status, result.stdout + result.stderr]).toEqual([0, expect.stringContaining("parsed OK")]);
    expect(lines).toContain(String.raw`deploy ALL=(root) NOPASSWD: /usr/bin/supervisorctl restart shop-web\:\*`);
    expect(lines).toContain("deploy ALL=(shop) NOPASSWD: /srv/shop/releases/*/.tarlift/exec");
  });

  it("asks for no sudo where the user is root", () => {
    expect(sudoLines({ ...input(services), user: "root" })).toEqual([]);
  });
});
