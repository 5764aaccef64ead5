// The host that unit tests of the fleet use keeps to what real hosts keep to.
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { describeHost } from "../contract/adapters/host.ts";
import { memoryHost } from "../support/memory-host.ts";

describeHost("a host in memory", () => {
  const first = memoryHost("app1");
  const hosts = [first];
  return {
    layout: { app: "shop", target: "test", root: "/srv/shop", environmentsRoot: "/srv/shop/envs" },
    open() {
      const host = first.again();
      hosts.push(host);
      return host;
    },
    artifact: async (version) => ({ releaseDigest: `sha256:${version}` }) as Artifact,
    listing(pending) {
      for (const host of hosts) host.pending = [...pending];
      return "list";
    },
    edit() {
      for (const host of hosts) host.broken.add("files");
    },
  };
});
