// A web server in front of `current`: what a browser has from the release before is never called fresh, and what did not change is.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member, rollbackRequest } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";

const layout: AppLayout = { app: "shop", target: "lab", root: "/srv/shop", environmentsRoot: "/srv/shop/envs" };
const NGINX = "server { listen 80; root /srv/shop/current/static; }\n";

describe.runIf(needs(...LAB_NEEDS))("static files behind nginx", () => {
  let lab: Lab;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    const host = lab.hosts[0]!;
    const setup = { host: host.name, user: host.user, layout, services: [], shared: { directories: [], files: [] } };
    await host.root("cat >/root/setup && sh /root/setup", setupScript(setup));
    await host.root(
      "rm -f /etc/nginx/sites-enabled/*; cat >/etc/nginx/conf.d/shop.conf && systemctl start nginx",
      NGINX,
    );
  });
  afterAll(() => lab.stop());

  const members = () => {
    const { address, port, user } = lab.hosts[0]!;
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    return [member(openHost({ address, port, user, roles: undefined, forwards: [] }, ssh), { layout })];
  };

  /** A release whose page says `words`. All commits of this test have the same time: the second says nothing. */
  async function put(words: string): Promise<void> {
    const sources = [text("static/page.txt", words), text("static/same.txt", "always the same")];
    const artifact = await syntheticArtifact(sources, { version: words });
    const request = { members: members(), artifact, version: words, deployId: `t${count++}` };
    const report = await deploy(deployRequest([], request));
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
  }

  interface Seen {
    status: number;
    body: string;
    etag: string;
    modified: string;
  }

  /** Asks as a browser does that has this answer already. */
  async function get(file: string, has?: Seen): Promise<Seen> {
    const headers: Record<string, string> = has ? { "if-none-match": has.etag, "if-modified-since": has.modified } : {};
    const answer = await fetch(`http://${lab.hosts[0]!.address}/${file}`, { headers });
    const header = (name: string) => answer.headers.get(name) ?? "";
    return {
      status: answer.status,
      body: await answer.text(),
      etag: header("etag"),
      modified: header("last-modified"),
    };
  }

  it("are fresh after a deploy and after a rollback, although size and commit time are equal", async () => {
    await put("words-1");
    const seen = [await get("page.txt")];
    const same = await get("same.txt");
    expect(seen[0]).toMatchObject({ status: 200, body: "words-1" });
    expect((await get("page.txt", seen[0])).status).toBe(304);
    for (const words of ["words-2", "words-3"]) {
      await put(words);
      for (const old of seen) expect(await get("page.txt", old)).toMatchObject({ status: 200, body: words });
      expect((await get("same.txt", same)).status).toBe(304);
      seen.push(await get("page.txt"));
    }
    const report = await rollback(rollbackRequest([], { members: members(), to: "words-2", deployId: `t${count++}` }));
    expect(report.outcome).toBe("rolled-back");
    expect(await get("page.txt", seen[2])).toMatchObject({ status: 200, body: "words-2" });
    // Who still has that very file need not fetch it again.
    expect((await get("page.txt", seen[1])).status).toBe(304);
    expect((await get("same.txt", same)).status).toBe(304);
  });
});
