// What an artifact's own tarlift.yml decides where this machine is a host.
import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { deployConfig } from "../../src/pipeline/authoritative-config.ts";

const config = (host: string, more: string) => parseConfig(`app: shop\n${more}targets: { t: { hosts: [${host}] } }\n`);

it.each([
  ["shared: { directories: [.config/x] }\n", "shared paths"],
  ["hooks: { after-deploy: [{ run: 'true' }] }\nshared: { files: [a] }\n", "hooks and shared paths"],
])("on `local` an artifact with other %j is refused", async (own, what) => {
  const trusted = "shared: { directories: [media] }\n";
  await expect(deployConfig(config("local", own), config("local", trusted), "t")).rejects.toThrow(
    `the artifact has other ${what} than the tarlift.yml here`,
  );
  expect((await deployConfig(config("app1", own), config("app1", trusted), "t")).config.shared).toEqual(
    config("app1", own).shared,
  );
  expect((await deployConfig(config("local", trusted), config("local", trusted), "t")).warning).toBeUndefined();
});
