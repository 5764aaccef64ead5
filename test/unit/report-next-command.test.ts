// Commands that are printed to be typed next: they work as printed, in whichever file the text is that names them.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callOfStep } from "../../src/actions/invocation.ts";
import { reportErrors } from "../../src/actions/problems.ts";
import { callOf, checkCommand } from "../../src/cli/invocation.ts";
import { buildProgram } from "../../src/cli/program.ts";
import type { HostOutcome, Outcome } from "../../src/fleet/report.ts";
import { type Call, completeCommands, withCommands } from "../../src/report/invocation.ts";
import { nextCommand, nextOnGithub } from "../../src/report/outcome-text.ts";
import { temporary } from "../support/temporary.ts";

/** The call that these words are. */
async function called(...words: string[]): Promise<Call> {
  const program = buildProgram();
  const find = (names: string[]) =>
    names.reduce((at, name) => at.commands.find((command) => command.name() === name)!, program);
  const verb = find(
    words.includes("setup")
      ? ["host", "setup"]
      : [program.commands.map((command) => command.name()).find((name) => words.includes(name))!],
  );
  let call: Call | undefined;
  verb.action(() => {
    call = callOf(verb);
  });
  await program.parseAsync(words, { from: "user" });
  return call!;
}

describe("case 40: a command to type next", () => {
  it("repeats how hosts are reached and where the application is, quoted for a shell", async () => {
    const call = await called(
      "deploy",
      "prod",
      "--ssh-key",
      "my key",
      "--ssh-known-hosts",
      "known",
      "-C",
      "it's",
      "--config",
      "a.yml",
    );
    expect(completeCommands("tarlift status TARGET", call)).toBe(
      "tarlift status prod --ssh-key 'my key' --ssh-known-hosts known -C 'it'\\''s' --config a.yml",
    );
  });

  it("is the same call again, without what was asked for once, where it is the same verb", async () => {
    const call = await called(
      "deploy",
      "prod",
      "--artifact",
      "shop.tar",
      "--allow-older",
      "--label",
      "v1",
      "--wait-for-lock",
      "10m",
      "--dry-run",
      "--json",
      "-v",
    );
    const next = nextCommand({ outcome: "planned", target: "prod" });
    expect(completeCommands(next, call)).toBe(
      "tarlift deploy prod --wait-for-lock 600 --artifact shop.tar --label v1 --allow-older",
    );
    expect(completeCommands("tarlift rollback TARGET --to v0", call)).toBe("tarlift rollback prod --to v0");
    const adopting = await called("adopt", "prod", "--from", "/srv/shop app", "--dotenv", ".env");
    expect(completeCommands("next: tarlift adopt TARGET --apply", adopting)).toBe(
      "next: tarlift adopt prod --from '/srv/shop app' --dotenv .env --apply",
    );
    const setup = await called("host", "setup", "prod", "--command", "web=gunicorn a b", "--as", "root", "--apply");
    expect(completeCommands("tarlift host setup prints it", setup)).toBe(
      "tarlift host setup prod --command 'web=gunicorn a b' prints it",
    );
  });

  it("leads back to where the text says, and not to where the call led", async () => {
    const call = await called("rollback", "prod", "--to", "v1", "--allow-schema-ahead", "--ssh-key", "k");
    const back = (way: { to?: string; crosses: boolean }) =>
      completeCommands(nextCommand({ outcome: "rolled-back", target: "prod", back: way }), call);
    expect(back({ to: "v2-aaaa", crosses: false })).toBe(
      "tarlift status prod --ssh-key k   (to roll back: tarlift rollback prod --ssh-key k --to v2-aaaa)",
    );
    expect(back({ crosses: true })).toContain("(to roll back: tarlift rollback prod --ssh-key k --allow-schema-ahead)");
  });

  it("has an option once where the text gives it and the call had it", async () => {
    const digest = await called("converge", "prod", "--release-digest", "old", "--ssh-key", "k");
    expect(completeCommands("tarlift converge prod --release-digest new", digest)).toBe(
      "tarlift converge prod --ssh-key k --release-digest new",
    );
    expect(
      completeCommands("tarlift status TARGET --verify-full.", await called("status", "prod", "--verify-full")),
    ).toBe("tarlift status prod --verify-full.");
    const artifact = await called("converge", "prod", "--artifact", "x");
    expect(completeCommands("tarlift converge TARGET --artifact ARTIFACT", artifact)).toBe(
      "tarlift converge prod --artifact x",
    );
    // No pattern of a replacement.
    const odd = await called("converge", "prod", "--artifact", "a$&b$1");
    expect(completeCommands("tarlift converge TARGET --artifact ARTIFACT", odd)).toBe(
      "tarlift converge prod --artifact 'a$&b$1'",
    );
  });

  it("checks what host setup did as the user that deploys, with the key that was authorized", async () => {
    const known = ["--ssh-known-hosts", "known"];
    const by = [
      "--as",
      "root",
      "--ssh-key",
      "admin",
      "--authorize",
      "my keys/deploy.pub",
      "--command",
      "web=gunicorn a b",
    ];
    const options = { as: "root", authorize: "my keys/deploy.pub", host: "app2" };
    const call = await called("-C", "app", "host", "setup", "prod", "--apply", ...by, ...known, "--host", "app2");
    expect(checkCommand(call, "prod", options)).toBe(
      "tarlift host setup prod -C app --ssh-known-hosts known --check --host app2 --ssh-key 'my keys/deploy'",
    );
    const alone = await called("host", "setup", "prod", "--apply", "--ssh-key", "deploy");
    expect(checkCommand(alone, "prod", {})).toBe("tarlift host setup prod --ssh-key deploy --check");
    const another = await called("host", "setup", "prod", "--apply", "--as", "root", "--ssh-key", "admin");
    expect(checkCommand(another, "prod", { as: "root" })).toBe("tarlift host setup prod --check");
  });

  it("has the artifact that was deployed only where it is meant", async () => {
    const behind = [{ name: "app2", unknown: true }] as HostOutcome[];
    const next = nextCommand({ outcome: "deployed", target: "prod", hosts: behind });
    expect(completeCommands(next, await called("deploy", "prod", "--artifact", "my shop.tar"))).toMatch(
      /^tarlift converge prod --artifact 'my shop\.tar' {3}\(/,
    );
    expect(completeCommands(next, await called("deploy", "prod"))).toMatch(/^tarlift converge prod {3}\(/);
    const split = nextCommand({ outcome: "split", target: "prod" });
    expect(completeCommands(split, await called("deploy", "prod", "--artifact", "x"))).toMatch(
      /^tarlift converge prod {3}/,
    );
  });

  it("names the target where a text says TARGET, its name or nothing, and never twice", async () => {
    const call = await called("-C", "app", "status", "prod");
    for (const text of ["tarlift unlock TARGET", "tarlift unlock prod", "tarlift unlock"])
      expect(completeCommands(`When it is over: ${text}`, call)).toBe("When it is over: tarlift unlock prod -C app");
    expect(completeCommands("(tarlift host setup prints a snippet)", call)).toBe(
      "(tarlift host setup prod -C app prints a snippet)",
    );
    expect(completeCommands("tarlift run TARGET '<command>'", call)).toBe("tarlift run prod -C app '<command>'");
    expect(completeCommands("`tarlift bundle` makes one", call)).toBe("`tarlift bundle -C app` makes one");
    for (const text of ["tarlift.yml", "src/tarlift status", "tarlift statuses", "tarlift needs Node 24"])
      expect(completeCommands(text, call)).toBe(text);
  });

  it("is completed in every remedy and warning of a report, and nowhere else", async () => {
    const call = await called("deploy", "prod", "--ssh-key", "k");
    const reported = {
      release: "tarlift status",
      errors: [{ what: "tarlift status", output: "tarlift status TARGET", remedy: "tarlift status TARGET" }],
      warnings: ["app2 is left out; tarlift converge prod brings it along"],
    };
    expect(withCommands(reported, call)).toEqual({
      release: "tarlift status",
      errors: [{ what: "tarlift status", output: "tarlift status TARGET", remedy: "tarlift status prod --ssh-key k" }],
      warnings: ["app2 is left out; tarlift converge prod --ssh-key k brings it along"],
    });
  });

  describe("of a step is typed at the root of a clone", () => {
    /** The command of a step, whose job has checked repositories out at these paths. */
    const typed = (inputs: { directory?: string; config?: string }, checkouts = ["."]) => {
      const workspace = temporary("workspace");
      for (const path of checkouts) mkdirSync(join(workspace, path, ".git"), { recursive: true });
      const given = Object.entries({ target: "prod", ...inputs }).map(([name, value]) => [
        `INPUT_${name.toUpperCase()}`,
        value.replace("WORKSPACE", workspace),
      ]);
      const call = callOfStep({ ...Object.fromEntries(given), GITHUB_WORKSPACE: workspace });
      return completeCommands("tarlift status TARGET", call);
    };

    it.each([
      [{}, "tarlift status prod"],
      [{ directory: "." }, "tarlift status prod"],
      [{ directory: "back end/" }, "tarlift status prod -C 'back end'"],
      [{ directory: "WORKSPACE/backend" }, "tarlift status prod -C backend"],
      [{ directory: "WORKSPACE" }, "tarlift status prod"],
      [{ config: "deploy/shop.yml" }, "tarlift status prod --config deploy/shop.yml"],
      [{ config: "WORKSPACE/deploy/shop.yml" }, "tarlift status prod --config deploy/shop.yml"],
      [{ config: "./tarlift.yml" }, "tarlift status prod"],
      [{ directory: "backend", config: "../shop.yml" }, "tarlift status prod -C backend --config ../shop.yml"],
    ])("from %j of a checkout in the workspace", (inputs, command) => {
      expect(typed(inputs)).toBe(command);
    });

    it.each([
      [{ directory: "app" }, "tarlift status prod"],
      [{ directory: "WORKSPACE/app/backend" }, "tarlift status prod -C backend"],
      [{ config: "app/tarlift.yml" }, "tarlift status prod"],
      [{ config: "app/deploy/shop.yml" }, "tarlift status prod --config deploy/shop.yml"],
      [{ directory: "app/backend", config: "shop.yml" }, "tarlift status prod -C backend --config shop.yml"],
    ])("from %j of a checkout below it", (inputs, command) => {
      expect(typed(inputs, ["app"])).toBe(command);
    });

    it("in the annotations of every host's error", () => {
      const reported: unknown[] = [];
      const env = { INPUT_TARGET: "prod", INPUT_DIRECTORY: "backend", GITHUB_WORKSPACE: temporary("workspace") };
      const errors = [
        { host: "app1", code: "not-writable" as const, what: "no", remedy: "tarlift host setup makes it ready" },
      ];
      reportErrors({ failure: (error) => void reported.push(error) }, errors, env);
      expect(reported).toEqual([{ ...errors[0], remedy: "tarlift host setup prod -C backend makes it ready" }]);
    });

    it("and is about the configuration's repository where there are two", () => {
      expect(typed({ config: "deploy/shop.yml" }, [".", "deploy"])).toBe("tarlift status prod --config shop.yml");
      expect(typed({ config: "/no-such-place/shop.yml" }, [])).toBe("tarlift status prod");
    });
  });

  it("on GitHub is what one does there, and every command beside it is between backticks and without files of a runner", () => {
    const outcomes: Outcome[] = [
      "deployed",
      "unchanged",
      "superseded",
      "rolled-back",
      "planned",
      "refused",
      "reverted",
      "split",
      "failed",
    ];
    for (const outcome of outcomes) {
      const next = nextOnGithub({ outcome, target: "prod" });
      const plain = next.replaceAll(/`[^`]*`/g, "");
      expect(plain).not.toContain("tarlift");
      expect(next).not.toContain("ARTIFACT");
      expect(next).not.toContain("TARGET");
    }
    expect(nextOnGithub({ outcome: "planned", target: "prod" })).toBe("run it without `dry-run`");
  });

  it.each(["deployed", "rolled-back", "unchanged", "superseded"] as const)(
    "after %s on some hosts alone brings the others along",
    (outcome) => {
      const of = (unknown: boolean) => ({ outcome, target: "prod", hosts: [{ unknown } as HostOutcome] });
      expect(nextCommand(of(true))).toMatch(/^tarlift converge prod/);
      expect(nextOnGithub(of(true))).toMatch(
        /^when the hosts that were left out answer again.*`tarlift converge prod`/,
      );
      expect(nextCommand(of(false))).toBe("tarlift status prod");
      expect(nextOnGithub(of(false))).not.toContain("converge");
    },
  );
});
