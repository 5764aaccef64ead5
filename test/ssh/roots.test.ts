// What several deploys share on one host: an environments-root, the order in which releases became good, and the record of all that.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rollback } from "../../src/fleet/rollback.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { history } from "../support/operations.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { pageService } from "../support/plain-member.ts";
import { temporary } from "../support/temporary.ts";

const VENV = "0123456789ab-00000001";

describe("two targets on one host with one environments-root", () => {
  const base = temporary("roots");
  const environmentsRoot = join(base, "envs");
  const at = (name: string) => {
    const root = join(base, name);
    mkdirSync(root, { recursive: true });
    const host = plainHost(root);
    const member = () => {
      const one = host.member();
      return { ...one, layout: { ...one.layout, environmentsRoot } };
    };
    return { ...host, member };
  };
  const withEnvironment = (words: string) =>
    syntheticArtifact([text("page.txt", words)], {
      version: words,
      environments: [
        { id: VENV, sources: [text("bin/tool", "tool", true)], path: { root: environmentsRoot, link: ".venv" } },
      ],
    });

  full("transactions").it(
    "share an environment: it is sent once, and stays until the last of them has pruned it",
    async () => {
      const [staging, production] = [at("staging"), at("production")];
      const first = await put([staging.member()], await withEnvironment("one"));
      expect(first.errors).toEqual([]);
      expect(first.hosts[0]?.files?.sent).toBe(2);
      const second = await put([production.member()], await withEnvironment("one"));
      expect(second).toMatchObject({ outcome: "deployed", hosts: [{ files: { sent: 1 } }] });
      const users = () =>
        readFileSync(join(environmentsRoot, `${VENV}.users`), "utf8")
          .trim()
          .split("\n")
          .sort();
      expect(users()).toEqual([production.root, staging.root]);

      const without = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
      for (const words of ["two", "three"]) await put([staging.member()], await without(words), { keep: 1 });
      expect(users()).toEqual([production.root]);
      expect(existsSync(join(environmentsRoot, VENV, "bin/tool"))).toBe(true);
      expect(readFileSync(join(production.root, "current/.venv/bin/tool"), "utf8")).toBe("tool");
      for (const words of ["two", "three"]) await put([production.member()], await without(words), { keep: 1 });
      expect(existsSync(join(environmentsRoot, VENV))).toBe(false);
    },
  );
});

describe("the order of good releases", () => {
  it("is that of the deploys, within one second and with a clock that was set back", async () => {
    const host = plainHost();
    for (const words of ["one", "two", "three"]) {
      const artifact = await syntheticArtifact([text("page.txt", words)], { version: words });
      expect((await put([host.member()], artifact)).outcome).toBe("deployed");
    }
    // As if the deploys before had happened while the clock was a day ahead.
    for (const name of host.names(".tarlift/releases")) {
      const file = join(host.root, ".tarlift/releases", name, "good");
      const [time, transaction] = readFileSync(file, "utf8").trim().split(" ");
      writeFileSync(file, `${Number(time) + 86_400} ${transaction}\n`);
    }
    const artifact = await syntheticArtifact([text("page.txt", "four")], { version: "four" });
    expect((await put([host.member()], artifact)).outcome).toBe("deployed");
    const went: (string | undefined)[] = [];
    for (let n = 0; n < 3; n++) {
      const report = await rollback(rollbackRequest([], { members: [host.member()], deployId: `back-${n}` }));
      expect(report.outcome).toBe("rolled-back");
      went.push(report.version);
    }
    expect(went).toEqual(["three", "two", "one"]);
  });
});

describe("the history of a host", () => {
  it("is what happened there, transaction by transaction", async () => {
    const host = plainHost();
    const page = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });
    // Ids of real runs begin with their time, which distinguishes them within one second.
    await put([host.member()], await page("one"), { deployId: "d1" });
    await put([host.member()], await page("two"), { deployId: "d2" });
    const broken = host.member({}, {}, [pageService(host.root)]);
    writeFileSync(join(host.root, "broken-three"), "");
    expect((await put([broken], await page("three"), { deployId: "d3" })).outcome).toBe("reverted");
    await rollback(rollbackRequest([], { members: [host.member()], deployId: "d4", owner: "ana" }));
    const found = await history({ app: "shop", target: "test", members: [host.member()] }, 3);
    expect(found.errors).toEqual([]);
    expect(found.transactions.map(({ release, hosts }) => [release.slice(0, 3), hosts[0]?.course])).toEqual([
      ["one", "rolled-back"],
      ["thr", "reverted"],
      ["two", "deployed"],
    ]);
    expect(found.transactions[0]).toMatchObject({ id: "d4", by: "ana" });
  });

  it("reaches back as far as asked, however much was pruned, through a log of megabytes whose end was cut off", async () => {
    const host = plainHost();
    const log = join(host.root, ".tarlift/log.jsonl");
    const line = (time: number, event: string, deploy: string) =>
      `${JSON.stringify({ time, event, release: `v${deploy}`, deploy, by: "ana" })}\n`;
    mkdirSync(join(host.root, ".tarlift"));
    const deploys = Array.from({ length: 40_000 }, (_, n) => line(1000 + n, "good", `d${n}`)).join("");
    const prunes = Array.from({ length: 500 }, () => line(50_000, "pruned", "d39999")).join("");
    writeFileSync(log, `${deploys}${prunes}{"time":60000,"eve`);
    const page = await syntheticArtifact([text("page.txt", "one")], { version: "one" });
    expect((await put([host.member()], page, { deployId: "last" })).outcome).toBe("deployed");
    const { transactions } = await history({ app: "shop", target: "test", members: [host.member()] }, 20_000);
    expect(transactions).toHaveLength(20_000);
    expect(transactions.slice(0, 2).map(({ id }) => id)).toEqual(["last", "d39999"]);
    expect(transactions[0]?.hosts[0]?.course).toBe("deployed");
    expect(transactions.at(-1)?.id).toBe("d20001");
  });
});
