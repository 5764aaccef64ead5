// An OCI registry of a test's own: own configuration, directory and port, on loopback.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./sshd.ts";
import { atEnd, temporary } from "./temporary.ts";

/** Starts Debian's docker-registry; it ends with the test file. @returns `127.0.0.1:<port>` */
export async function startRegistry(): Promise<string> {
  const directory = temporary("registry");
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(directory, "config.yml");
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: join(directory, "data") } },
      http: { addr: address },
    }),
  );
  const registry = spawn("docker-registry", ["serve", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  registry.stderr.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const ended = new Promise<void>((resolve) => registry.on("close", () => resolve()));
  atEnd(async () => {
    registry.kill("SIGTERM");
    await ended;
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if (registry.exitCode !== null) break;
    const ready = await fetch(`http://${address}/v2/`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return address;
    await sleep(50);
  }
  throw new Error(`docker-registry did not start: ${said}`);
}
