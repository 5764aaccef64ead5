// Secrets of a target, as the command handles them: found missing before any work, and never printed.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tarlift } from "../support/command.ts";
import { full } from "../support/full.ts";
import { needs } from "../support/needs.ts";
import { repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const SECRET = `s3cr'et"of&us`;

function shop(more: string, target = "") {
  const above = temporary("shop");
  const root = join(above, "srv");
  mkdirSync(root);
  const checkout = repository({
    "tarlift.yml": `app: shop
assets: [{ name: front end, run: "echo ran >>${above}/built; echo x >out", outputs: [out] }]
${more}
targets: { t: { root: ${root}, hosts: [local], secrets: [TOKEN, OTHER]${target} } }
`,
    ".gitignore": "out\n",
  });
  const run = (args: string[], env: NodeJS.ProcessEnv) =>
    tarlift(args, { cwd: checkout, env: { XDG_CACHE_HOME: join(above, "cache"), ...env } });
  const built = () => {
    try {
      return readFileSync(join(above, "built"), "utf8");
    } catch {
      return "";
    }
  };
  return { above, root, run, built };
}

describe.runIf(needs("git", "python3"))("secrets of a target", () => {
  it("case 5: that are empty or missing, keys and known hosts that are not there, are found at once, before anything is built", async () => {
    const { above, run, built } = shop("");
    const local = await run(["deploy", "t"], { TOKEN: "" });
    expect(local.stderr).toMatch(
      /needs a secret that was not given: OTHER; [\s\S]*secrets of target t are empty: TOKEN/,
    );
    expect(local.stderr).toMatch(/may-be-empty: \[TOKEN\]/);
    expect([local.code, built()]).toEqual([2, ""]);

    const other = repository({
      "tarlift.yml": "app: shop\ntargets: { t: { hosts: [app1.example.org], secrets: [TOKEN] } }\n",
    });
    const args = ["--ssh-key", join(above, "nothing"), "--ssh-known-hosts", join(above, "nowhere")];
    const unreachable = await tarlift(["deploy", "t", ...args], {
      cwd: other,
      env: { TOKEN: " ", XDG_CACHE_HOME: join(above, "cache") },
    });
    expect(unreachable.stderr).toMatch(
      /secrets of target t are empty: TOKEN; there is no file of known hosts .*nowhere; the SSH key .*nothing/,
    );
    expect(unreachable.code).toBe(2);
  });

  it("case 5: may be empty where tarlift.yml says so", async () => {
    const { root, run } = shop("", ", may-be-empty: [OTHER]");
    const { code, stdout } = await run(["deploy", "t"], { TOKEN: SECRET, OTHER: "" });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/DEPLOYED/)]);
    expect(readFileSync(join(root, "current/.tarlift/env"), "utf8")).toMatch(/^OTHER=""$/m);
  });

  it("case 57: are masked in everything that the command prints, in every form, and in --json", async () => {
    const hook = `python3 -c 'import json,os; v=os.environ["TOKEN"]; print(v, repr(v), json.dumps(v)); raise SystemExit("locals: %r" % {"v": v})'`;
    const { run } = shop(`hooks: { after-prepare: [{ run: ${JSON.stringify(hook)} }] }`, ", may-be-empty: [OTHER]");
    for (const args of [
      ["deploy", "t", "--verbose"],
      ["deploy", "t", "--json"],
    ]) {
      const { code, stdout, stderr } = await run(args, { TOKEN: SECRET, OTHER: "host" });
      expect(code).toBe(2);
      expect(stderr + stdout).toMatch(/locals: /);
      expect(stderr + stdout).toMatch(/\*\*\*/);
      expect(stderr + stdout).not.toMatch(/s3cr|et.{0,4}of/);
      if (args.includes("--json"))
        expect(JSON.parse(stdout)).toMatchObject({ outcome: "refused", hosts: [{ name: "local" }] });
    }
  });

  full("actions").it(
    "case 6: deploy though their values are words of a report, and one too short to be hidden is named",
    async () => {
      const { run } = shop("", "");
      for (const word of ["host", "name", "true", "deployed", "1"]) {
        const { code, stdout, stderr } = await run(["deploy", "t", "--json"], { TOKEN: word, OTHER: "local" });
        const said = JSON.parse(stdout);
        expect([code, said.outcome, said.hosts[0].name]).toEqual([0, expect.stringMatching(/deployed/), "local"]);
        if (word === "1") expect(stderr).toMatch(/TOKEN: a value of fewer than 4 characters cannot be hidden/);
      }
    },
  );
});
