// A host over a connection keeps to what every host keeps to: the program on the host is a real shell below a root of the test's own.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { describeHost } from "../contract/adapters/host.ts";
import { artifactOf, text } from "../support/layers.ts";
import { layoutOf } from "../support/plain-member.ts";
import { atEnd, temporary } from "../support/temporary.ts";

describeHost("a host over a connection", () => {
  const root = join(temporary("host"), "srv");
  mkdirSync(root);
  return {
    layout: layoutOf(root),
    open() {
      const host = openHost({ address: "local", roles: undefined, forwards: [] }, {});
      atEnd(() => host.close());
      return host;
    },
    async artifact(version) {
      const { file } = await artifactOf(temporary("artifact"), [text("page.txt", version)], { version });
      return openArtifact(file);
    },
    listing: (pending) => `printf '%s\\n' ${pending.join(" ")}`,
    edit(release) {
      const file = join(root, "releases", release, "page.txt");
      chmodSync(file, 0o644);
      writeFileSync(file, "edited by hand");
      chmodSync(file, 0o444);
    },
  };
});
