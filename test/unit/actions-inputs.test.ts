// From the texts that a runner hands over to values.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { artifactGiven, artifactOf, artifactWanted } from "../../src/actions/artifact-inputs.ts";
import { isForDeploys } from "../../src/actions/bundle-steps.ts";
import { AFTERWARDS, DECLARED, type Declared } from "../../src/actions/declared.ts";
import { readInputs, secretTexts } from "../../src/actions/inputs.ts";
import { isPathEntry, outputProblem } from "../../src/actions/outputs.ts";
import { nameByVersion } from "../../src/pipeline/artifact.ts";
import { parseSecrets } from "../../src/secrets/lines.ts";
import { directoryArtifactStore } from "../../src/stores/directory/directory.ts";
import { temporary } from "../support/temporary.ts";

const given = (inputs: Record<string, string>) =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
const deploy = (inputs: Record<string, string>, file = {}) =>
  readInputs(DECLARED.deploy, given({ target: "production", ...inputs }), file);

describe("inputs", () => {
  test.each(["true", "True", "yes", "on", "1", " YES "])("%j is yes", (text) => {
    expect(deploy({ "dry-run": text })["dry-run"]).toBe(true);
  });

  test.each(["false", "NO", "off", "0"])("%j is no", (text) => {
    expect(deploy({ "dry-run": text })["dry-run"]).toBe(false);
  });

  test("that are empty are not given, but for secrets, which GitHub did not hand over", () => {
    expect(deploy({ "dry-run": "", label: " ", "wait-for-lock": "", "ssh-key": "" })).toMatchObject({
      "dry-run": undefined,
      label: undefined,
      "wait-for-lock": undefined,
      "ssh-key": "",
    });
    expect(deploy({})["ssh-key"]).toBeUndefined();
  });

  test("that are secrets and that the step does not name have a default of their own, which is none", () => {
    expect(deploy({ "ssh-key": "agent" })["ssh-key"]).toBeUndefined();
    expect(readInputs(DECLARED.notify, given({ secret: "unsigned" })).secret).toBeUndefined();
    expect(readInputs(DECLARED.notify, given({ secret: "" })).secret).toBe("");
    expect(secretTexts(DECLARED.deploy, given({ "ssh-key": "agent" }))).toEqual([]);
  });

  test("that are times are seconds", () => {
    const waits = ["90", "90s", "1.5m", "2h", "1h30m"];
    expect(waits.map((text) => deploy({ "wait-for-lock": text })["wait-for-lock"])).toEqual([90, 90, 90, 7200, 5400]);
  });

  test("case 38: that are no times are refused, and a limit is more than 0", () => {
    for (const text of ["1e9", "-1", "NaN", "1h30"])
      expect(() => deploy({ "wait-for-lock": text })).toThrow(/the input wait-for-lock is .*90s, 5m, 1h30m/);
    const run = { target: "prod", command: "true", timeout: "0" };
    expect(() => readInputs(DECLARED.run, given(run))).toThrow(/the input timeout is "0".*more than 0/);
  });

  test("that are counts have the bounds of the command line and of tarlift.yml", () => {
    const history = (limit: string) => readInputs(DECLARED.history, given({ target: "prod", limit })).limit;
    expect([history("1"), history("99999")]).toEqual([1, 99_999]);
    for (const limit of ["0", "100000", "-1", "1e3"])
      expect(() => history(limit)).toThrow(/the input limit is .*a whole number from 1 to 99999/);
    for (const days of ["0", "401"])
      for (const reading of [
        () => readInputs(DECLARED.bundle, given({ "retention-days": days })),
        () => readInputs(DECLARED.pipeline, given({ target: "prod", "retention-days": days })),
      ])
        expect(reading).toThrow(/the input retention-days is .*a whole number from 1 to 400/);
    expect(readInputs(DECLARED.notify, given({ retries: "0" })).retries).toBe(0);
    expect(() => readInputs(DECLARED.notify, given({ retries: "6" }))).toThrow(/a whole number from 0 to 5/);
  });

  test("that are lists stand one a line or with commas", () => {
    const environments = (text: string) =>
      readInputs(DECLARED["build-env"], given({ environments: text })).environments;
    expect(environments("python, node\n\n  assets \n")).toEqual(["python", "node", "assets"]);
    expect(environments("")).toEqual([]);
  });

  test("of tarlift.yml are left to the action that has them", () => {
    const bundle = (value: string, upload = "") => readInputs(DECLARED.bundle, given({ upload }), { upload: value });
    const pipeline = (value: string) => readInputs(DECLARED.pipeline, given({ target: "prod" }), { upload: value });
    expect(pipeline("after-deploy").upload).toBe("after-deploy");
    expect(bundle("after-deploy").upload).toBeUndefined();
    expect(pipeline("unless-pull-request").upload).toBeUndefined();
    expect(bundle("never").upload).toBe("never");
    expect(() => bundle("never", "after-deploy")).toThrow(/should be one of unless-pull-request/);
  });

  test("of tarlift.yml count where the step gives none", () => {
    const file = { "wait-for-lock": 60, url: "https://shop.example.org" };
    expect(deploy({}, file)).toMatchObject({ "wait-for-lock": 60, url: "https://shop.example.org" });
    expect(deploy({ "wait-for-lock": "5m" }, file)["wait-for-lock"]).toBe(300);
    const { branches } = readInputs(DECLARED.verify, {}, { branches: ["main", "release/*"] });
    expect(branches).toEqual(["main", "release/*"]);
  });

  test.each([
    ["known_hosts", /called ssh-known-hosts here/],
    ["token", /called github-token here/],
    ["artifact", /called artifact-file, artifact-id or artifact-name here/],
    ["environment", /called target here/],
    ["wait-for-locks", /called wait-for-lock here/],
    ["username", /stands in tarlift\.yml/],
  ])("called %s have another name", (name, remedy) => {
    expect(() => deploy({ [name]: "x" })).toThrow(remedy);
  });

  test("of other actions are refused: a step that gives one counts on it", () => {
    const reading = (action: keyof typeof DECLARED, input: string) => () =>
      readInputs<Record<string, Declared>>(DECLARED[action], given({ target: "production", [input]: "true" }));
    for (const action of ["rollback", "converge", "lock"] as const)
      expect(reading(action, "dry-run")).toThrow(/there is no input dry-run[\s\S]*This action has no dry run/);
    expect(reading("rollback", "dry_run")).toThrow(/This action has no dry run/);
    expect(reading("rollback", "version")).toThrow(/there is no input version[\s\S]*It is called to here/);
    expect(reading("status", "version")).toThrow(
      /there is no input version[\s\S]*Its name is label now\. It is an input of/,
    );
    expect(reading("deploy", "verify-full")).toThrow(
      /there is no input verify-full[\s\S]*an input of actions\/rollback or actions\/status; this action has none like it/,
    );
    expect(reading("deploy", "release-digest")).toThrow(/an input of actions\/converge;/);
    expect(reading("unlock", "message")).toThrow(/there is no input message/);
    expect(reading("deploy", "check")).toThrow(/an input of actions\/bundle or the whole pipeline;/);
  });

  test.each(["verify", "notify", "bundle", "deploy", "pipeline"] as const)(
    "of %s that had another name are refused with the new one, also when they are empty",
    (action) => {
      const reading = (value: string) => () =>
        readInputs<Record<string, Declared>>(DECLARED[action], given({ version: value }));
      for (const value of ["v1.4.0", ""])
        expect(reading(value)).toThrow(/there is no input version[\s\S]*It is called label here/);
    },
  );

  test("that a step has are not strange to its `post` entry, which reads a part of them", () => {
    const { target } = readInputs(AFTERWARDS, given({ target: "production", label: "v1", "dry-run": "false" }));
    expect(target).toBe("production");
  });

  test("of something else entirely are GitHub's to warn of", () => {
    for (const name of ["node-options", "constructor", "__proto__"])
      expect(() => deploy({ [name]: "x" })).not.toThrow();
  });
});

describe("secrets", () => {
  test("stand one a line, whatever the value holds", () => {
    const text = "# of the shop\nURL=postgres://a:b=c@host/db?x=1\n\nEMPTY=\nQUOTED=\"a 'b' $c\"\r\nSPACES= x \n";
    expect(parseSecrets(text, "test")).toEqual({
      URL: "postgres://a:b=c@host/db?x=1",
      EMPTY: "",
      QUOTED: "\"a 'b' $c\"",
      SPACES: " x ",
    });
  });

  test("of several lines stand between two lines of a word", () => {
    const key = "-----BEGIN KEY-----\nAbCd==\n\n# no comment\nNAME=VALUE\n-----END KEY-----";
    expect(parseSecrets(`BEFORE=1\nKEY<<END\n${key}\nEND\nAFTER=2`, "test")).toEqual({
      BEFORE: "1",
      KEY: key,
      AFTER: "2",
    });
    expect(parseSecrets("NONE<<X\nX", "test")).toEqual({ NONE: "" });
  });

  test.each([
    ["KEY=-----BEGIN KEY-----\nMII+abc/\n", /line: 2[\s\S]*NAME<<END/],
    ["A=1\nA=2", /the secret A is given twice[\s\S]*line: 2/],
    ["KEY<<END\nabc", /the value of KEY has no end[\s\S]*a line `END`/],
    ["KEY<<\nabc", /the value of KEY has no end/],
  ])("%j are refused, and no value is shown", (text, message) => {
    expect(() => parseSecrets(text, "test")).toThrow(message);
    expect(() => parseSecrets(text, "test")).not.toThrow(/MII|abc/);
  });

  test("are hidden, those that cannot be read too", () => {
    const hidden = (secrets: string) => secretTexts(DECLARED.deploy, given({ secrets, "ssh-key": "PRIVATE" }));
    expect(hidden("A=value=1\nB<<E\ntwo\nlines\nE")).toEqual(
      expect.arrayContaining(["PRIVATE", "value=1", "two\nlines"]),
    );
    expect(hidden("A=abcdef\nMIIx+/y")).toEqual(expect.arrayContaining(["abcdef", "MIIx+/y"]));
  });
});

describe("outputs", () => {
  test("are words that a workflow can put into shell text, and directories are one entry of PATH", () => {
    expect(outputProblem("release", "v1.4.0-3fa9c1d2-2")).toBeUndefined();
    for (const name of ["v1$(touch x)", "v1`x`", "v1;x", "v1\nother=1", "v 1"])
      expect(outputProblem("previous-release", name)).toMatch(/it holds/);
    expect(outputProblem("environments", '{"python":{"hit":true}}')).toBeUndefined();
    expect(outputProblem("environment-path", "/srv/a\nb")).toMatch(/control characters/);
    expect(outputProblem("output", "two\nlines $(x)")).toBeUndefined();
    expect(["/srv/envs/1/bin", "relative/bin", "/a:/b", "/a\n/b"].map(isPathEntry)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("an artifact", () => {
  const env = { GITHUB_REPOSITORY: "acme/shop" };
  const wanted = (inputs: Record<string, string>, more: NodeJS.ProcessEnv = {}) =>
    artifactWanted(deploy(inputs), { ...env, ...more });

  test("is a file, what this job bundled, or one of this run", () => {
    expect(wanted({ "artifact-file": "a.tar" }, { TARLIFT_ARTIFACT: "/b.tar" })).toEqual({ file: "a.tar" });
    expect(wanted({}, { TARLIFT_ARTIFACT: "/b.tar" })).toEqual({ file: "/b.tar" });
    expect(wanted({ "artifact-id": "7" }, { TARLIFT_ARTIFACT: "/b.tar" })).toEqual({ id: "7" });
    expect(wanted({ "artifact-name": "shop-v1" })).toEqual({ name: "shop-v1" });
  });

  test("that is a file begins at the step's directory, as in the pipeline behind it", async () => {
    const at = (file: string) => {
      const inputs = deploy({ "artifact-file": file });
      const step = { inputs, context: { directory: "/checkout/app" } } as unknown as Parameters<typeof artifactOf>[0];
      return Promise.all([artifactOf(step, wanted({ "artifact-file": file })), artifactGiven(step)]);
    };
    expect(await at("a.tar")).toEqual(["/checkout/app/a.tar", "/checkout/app/a.tar"]);
    expect(await at("/b.tar")).toEqual(["/b.tar", "/b.tar"]);
  });

  test("is found by the ids of both stores", async () => {
    const id = "20260722101112123-abcdef12";
    expect(wanted({ "artifact-id": id })).toEqual({ id });
    const file = join(temporary("artifact"), "shop.tar");
    writeFileSync(file, "content");
    const kept = await directoryArtifactStore(temporary("store")).upload("shop", file, {});
    expect(wanted({ "artifact-id": kept.id })).toEqual({ id: kept.id });
  });

  test("of another run needs a token", () => {
    const other = { "artifact-name": "shop-v1", "run-id": "12" };
    expect(wanted({ ...other, "github-token": "t" })).toEqual({
      name: "shop-v1",
      run: { id: "12", repository: "acme/shop", token: "t" },
    });
    expect(wanted({ ...other, "github-token": "t", repository: "acme/base" })).toMatchObject({
      run: { repository: "acme/base" },
    });
    expect(() => wanted({ ...other, "github-token": "" })).toThrow(/actions: read/);
    expect(() => wanted({ ...other, "github-token": "t", repository: "base" })).toThrow(/owner\/name/);
  });

  test("has numbers for ids, and its repository a run", () => {
    expect(() => wanted({ "artifact-id": "shop" })).toThrow(/artifact-id is "shop", and should be the output/);
    for (const name of ["7-shop", "20260722101112123-abcdef1", "7\n-abcdef12"])
      expect(() => wanted({ "artifact-id": name })).toThrow(/should be the output artifact-id of actions\/bundle/);
    expect(() => wanted({ "artifact-id": "7", "run-id": "20260722101112123-abcdef12" })).toThrow(/should be a number/);
    expect(() => wanted({ "artifact-id": "1", repository: "acme/base" })).toThrow(/repository is given without run-id/);
  });

  test("has a name that a second attempt of the run does not take again", () => {
    expect(nameByVersion("shop", "v1", "1")).toBe("shop-v1");
    expect(nameByVersion("shop", "v1", "3")).toBe("shop-v1-attempt-3");
  });

  test("of a pull request is for no deploy", () => {
    const events = ["push", "workflow_dispatch", "pull_request", "pull_request_target", "merge_group"];
    expect(events.filter((event) => isForDeploys({ GITHUB_EVENT_NAME: event }))).toEqual(["push", "workflow_dispatch"]);
  });
});
