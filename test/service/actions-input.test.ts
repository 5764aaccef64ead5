// What a user can get wrong about a step: each is a sentence that names it and a next step, before anything is done.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Job, manifestOf, startJob } from "../support/job.ts";
import { artifactOf, text } from "../support/layers.ts";
import { sh } from "../support/needs.ts";
import { repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const HOSTS = "{ hosts: [host.example.org], secrets: [TOKEN] }";

interface Wrong {
  title: string;
  action: string;
  inputs?: Record<string, string>;
  env?: NodeJS.ProcessEnv;
  /** What the one annotation says. */
  says: RegExp;
  next: RegExp;
}

describe("a step that was given something wrong", () => {
  let job: Job;
  let key: string;

  beforeAll(() => {
    const workspace = repository({
      "tarlift.yml": `app: t-inputs\nenvironments:\n  python: { installer: pip }\ntargets:\n  production: ${HOSTS}\n`,
      "broken.yml": "app: t-inputs\ntargets:\n  production:\n    hots: [a.example.org]\n",
      "requirements.txt": "",
    });
    job = startJob({ workspace });
    const directory = temporary("key");
    sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, "open")]);
    sh("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret words", "-f", join(directory, "closed")]);
    key = sh("cat", [join(directory, "open")]);
    keys.open = key;
    keys.crlf = key.replaceAll("\n", "\r\n").trim();
    keys.closed = sh("cat", [join(directory, "closed")]);
    keys.public = sh("cat", [join(directory, "open.pub")]);
  });

  const keys: Record<string, string> = {};
  const artifact = { "artifact-file": "none.tar" };
  const target = { target: "production" };

  const wrongs: Wrong[] = [
    {
      action: "build-env",
      title: "an environment that is not there",
      inputs: { environments: "pyton" },
      says: /tarlift\.yml has no environment pyton/,
      next: /Did you mean python\?/,
    },
    {
      action: "build-env",
      title: "a word that is neither yes nor no",
      inputs: { rebuild: "maybe" },
      says: /the input rebuild is "maybe", and should be `true` or `false`/,
      next: /README/,
    },
    {
      action: "build-env",
      title: "two inputs that contradict each other",
      inputs: { unpack: "false", "add-to-path": "true" },
      says: /`add-to-path` needs the environments where they run, and `unpack` is false/,
      next: /Leave one of the two out/,
    },
    {
      action: "bundle",
      title: "a choice by its old name",
      inputs: { upload: "auto" },
      says: /the input upload is "auto", and should be one of unless-pull-request, always, never/,
      next: /auto is now called unless-pull-request/,
    },
    {
      action: "bundle",
      title: "a misspelled choice",
      inputs: { upload: "allways" },
      says: /the input upload is "allways", and should be one of unless-pull-request, always, never/,
      next: /Did you mean always\?/,
    },
    {
      action: "bundle",
      title: "a time that is no number of days",
      inputs: { "retention-days": "a week" },
      says: /the input retention-days is "a week", and should be a whole number/,
      next: /README/,
    },
    {
      action: "bundle",
      title: "a label that cannot be a directory",
      inputs: { label: "web/v1", save: "never" },
      says: /"?web\/v1"? cannot be a label/,
      next: /Give another/,
    },
    {
      action: "deploy",
      title: "no target",
      inputs: artifact,
      says: /the input target is missing or empty/,
      next: /with: \{ target: … \}/,
    },
    {
      action: "deploy",
      title: "a target whose expression gave nothing",
      inputs: { target: "", ...artifact },
      says: /the input target is missing or empty/,
      next: /is the variable, secret or output that it names set/,
    },
    {
      action: "deploy",
      title: "an input by the name that other actions have for it",
      inputs: { ...target, "private-key": "x" },
      says: /there is no input private-key/,
      next: /It is called ssh-key here/,
    },
    {
      action: "deploy",
      title: "an input that stands in tarlift.yml",
      inputs: { ...target, host: "a.example.org" },
      says: /there is no input host/,
      next: /It stands in tarlift\.yml, with its target/,
    },
    {
      action: "deploy",
      title: "two artifacts",
      inputs: { ...target, "artifact-id": "7", "artifact-name": "shop" },
      says: /artifact-id and artifact-name are given/,
      next: /Give one of them/,
    },
    {
      action: "deploy",
      title: "no artifact",
      inputs: target,
      says: /no artifact is given/,
      next: /Give artifact-id/,
    },
    {
      action: "deploy",
      title: "another run without its artifact",
      inputs: { ...target, "run-id": "12" },
      says: /run-id is given, and neither artifact-id nor artifact-name/,
      next: /Say which/,
    },
    {
      action: "deploy",
      title: "a line of secrets that is none",
      inputs: { ...target, secrets: "TOKEN" },
      says: /a line of the secrets is not NAME=VALUE/,
      next: /NAME<<END/,
    },
    {
      action: "rollback",
      title: "a target that is not there",
      inputs: { target: "prodution", "ssh-key": "open" },
      says: /tarlift\.yml has no target prodution/,
      next: /Did you mean production\?/,
    },
    {
      action: "rollback",
      title: "an empty key",
      inputs: { ...target, "ssh-key": "", "ssh-known-hosts": "x" },
      says: /the SSH key is empty/,
      next: /A secret of a GitHub environment .* reusable workflow of another owner.* forks/,
    },
    {
      action: "rollback",
      title: "no key",
      inputs: { ...target, "ssh-known-hosts": "x" },
      says: /no SSH key is given, and no agent holds one/,
      next: /ssh-key: \$\{\{ secrets\.DEPLOY_KEY \}\}/,
    },
    {
      action: "rollback",
      title: "the public half of the key",
      inputs: { ...target, "ssh-key": "public", "ssh-known-hosts": "x" },
      says: /this is a public key/,
      next: /without `\.pub`/,
    },
    {
      action: "status",
      title: "a key with a passphrase",
      inputs: { ...target, "ssh-key": "closed", "ssh-known-hosts": "x" },
      says: /protected by a passphrase/,
      next: /without one/,
    },
    {
      action: "status",
      title: "hosts without known keys, and a key with Windows line ends, which is none of the error",
      inputs: { ...target, "ssh-key": "crlf" },
      says: /no known hosts are given/,
      next: /ssh-keyscan/,
    },
    {
      action: "run",
      title: "no command",
      inputs: { ...target, "ssh-key": "open" },
      says: /the input command is missing or empty/,
      next: /with: \{ command/,
    },
    {
      action: "run",
      title: "a role and all hosts at once",
      inputs: { ...target, command: "true", role: "web", all: "1" },
      says: /role and all are given/,
      next: /Give one of them/,
    },
    {
      action: "run",
      title: "a time that is none",
      inputs: { ...target, command: "true", timeout: "five minutes" },
      says: /the input timeout is "five minutes", and should be a time/,
      next: /README/,
    },
    {
      action: "pipeline",
      title: "a configuration that is not there",
      inputs: { ...target, config: "deploy/tarlift.yml" },
      says: /there is no .*deploy\/tarlift\.yml/,
      next: /tarlift init/,
    },
    {
      action: "pipeline",
      title: "a directory that is not there",
      inputs: { ...target, directory: "web" },
      says: /there is no directory .*\/web/,
      next: /actions\/checkout/,
    },
    {
      action: "notify",
      title: "an event that there is not",
      inputs: { event: "deplyed", url: "https://chat.example.org/" },
      says: /the input event is "deplyed", and should be one of /,
      next: /Did you mean deployed\?/,
    },
    {
      action: "notify",
      title: "a number that is none",
      inputs: { retries: "often", url: "https://chat.example.org/" },
      says: /the input retries is "often", and should be a whole number/,
      next: /README/,
    },
    {
      action: "pipeline",
      title: "a key that is none, before anything is built",
      inputs: { ...target, verify: "no", secrets: "TOKEN=x", "ssh-key": "public", "ssh-known-hosts": "x" },
      says: /this is a public key/,
      next: /without `\.pub`/,
    },
    {
      action: "pipeline",
      title: "a secret that the target lists and that is missing, before anything is built",
      inputs: { ...target, "ssh-key": "open", "ssh-known-hosts": "x" },
      says: /needs a secret that was not given: TOKEN/,
      next: /Give them to the step/,
    },
    {
      action: "verify",
      title: "a token that is empty",
      inputs: { "github-token": "" },
      says: /there is no token/,
      next: /github-token/,
    },
    {
      action: "verify",
      title: "a wait that is no time",
      inputs: { wait: "long" },
      says: /the input wait is "long"/,
      next: /README/,
    },
  ];

  it.each(wrongs)("$action: $title", async ({ action, inputs = {}, env, says, next }) => {
    const given = inputs["ssh-key"] && keys[inputs["ssh-key"]];
    const ended = await job.run(action, given ? { ...inputs, "ssh-key": given } : inputs, env);
    const errors = ended.annotations.filter(({ type }) => type === "error");
    expect(errors, ended.log).toHaveLength(1);
    const [what = "", ...remedy] = errors[0]!.message.split("\nnext: ");
    expect(what).toMatch(says);
    expect(remedy.join("")).toMatch(next);
    expect(ended.code).toBe(2);
    if ("outcome" in (manifestOf(action).outputs ?? {})) expect(ended.outputs.outcome).toBe("refused");
    // The summary alone says it too.
    expect(ended.summary).not.toBe("");
    expect(ended.log).not.toMatch(/^\s+at .*\.js/m);
  });

  it("deploy: a secret that the target lists and that is missing", async () => {
    const { file } = await artifactOf(temporary("artifact"), [text("a", "")], { app: "t-inputs" });
    const given = { "artifact-file": file, "ssh-key": keys.crlf!, "ssh-known-hosts": "x" };
    const ended = await job.run("deploy", { ...target, ...given });
    expect([ended.code, ended.outputs.outcome], ended.log).toEqual([2, "refused"]);
    expect(ended.annotations[0]?.message).toMatch(
      /needs a secret that was not given: TOKEN\nnext: Give them to the step/,
    );
  });

  it("an error of tarlift.yml stands at its line", async () => {
    const ended = await job.run("build-env", { config: "broken.yml" });
    expect(ended.annotations).toContainEqual({
      type: "error",
      properties: expect.stringMatching(/file=broken\.yml,line=4/),
      message: expect.stringMatching(/unknown key; did you mean hosts\?/),
    });
  });

  it("an input wins over tarlift.yml, which wins over the default", async () => {
    const workspace = repository({ "tarlift.yml": "app: t-inputs\ndefaults: { upload: never, label: x }\n" });
    const refused = await startJob({ workspace }).run("bundle");
    expect(refused.annotations[0]?.message).toMatch(/defaults\.label: unknown key/);
    const known = repository({ "tarlift.yml": "app: t-inputs\ndefaults: { upload: never }\n" });
    const store = { XDG_CACHE_HOME: temporary("cache") };
    const never = await startJob({ workspace: known, env: store }).run("bundle");
    expect([never.code, never.outputs["artifact-id"]], never.log).toEqual([0, undefined]);
    const always = await startJob({ workspace: known, env: store }).run("bundle", { upload: "always" });
    expect(always.outputs["artifact-id"], always.log).toBeDefined();
  });
});
