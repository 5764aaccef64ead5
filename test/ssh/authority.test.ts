// Whose tarlift.yml decides what: an artifact's says what runs on hosts, and nothing about the machine that deploys.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { tarlift } from "../support/command.ts";
import { needs, sh } from "../support/needs.ts";
import { commit, repository } from "../support/repository.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { temporary } from "../support/temporary.ts";

describe.runIf(needs("sshd", "git"))("an artifact whose tarlift.yml is another", () => {
  let sshd: Sshd;
  let knownHosts: string;
  beforeAll(async () => {
    sshd = await startSshd();
    knownHosts = join(temporary("known"), "hosts");
    writeFileSync(knownHosts, sshd.knownHosts);
  });

  /** An artifact of a commit with hooks, and the same repository after a commit that has none. */
  async function place(hosts: string, hooks: (directory: string) => string, later = "") {
    const above = temporary("authority");
    sh("chmod", ["755", above]);
    const root = join(above, "srv");
    mkdirSync(root);
    const env = { XDG_CACHE_HOME: join(above, "cache"), JOB_TOKEN: "of-the-job" };
    const rest = `app: shop\ntargets: { t: { root: ${root}, hosts: [${hosts}], keep: 2 } }\n`;
    const checkout = repository({ "tarlift.yml": `${rest}${hooks(above)}`, a: "1\n" });
    const run = (...args: string[]) =>
      tarlift([...args, "--ssh-key", sshd.key, "--ssh-known-hosts", knownHosts], { cwd: checkout, env });
    const artifact = join(above, "shop.tar");
    const made = await tarlift(["bundle", "--output", artifact], { cwd: checkout, env });
    expect([made.stderr, made.code]).toEqual([expect.any(String), 0]);
    commit(checkout, { "tarlift.yml": `${rest}${later}` });
    return { above, root, run, artifact, there: (name: string) => existsSync(join(above, name)) };
  }

  const HOOKS = (directory: string) =>
    `hooks: { after-deploy: [{ run: "touch ${directory}/of-the-artifact", on: runner }, { run: "touch ${directory}/on-the-host" }] }\n`;

  it("case 16: runs its hooks on hosts, and on this machine those of the checkout", async () => {
    const here = await place(
      `{ address: 127.0.0.1, port: ${sshd.port}, ssh-user: ${sshd.user} }`,
      HOOKS,
      "hooks: { after-deploy: [{ run: 'touch of-the-checkout', on: runner }] }\n",
    );
    const { code, stderr, stdout } = await here.run("deploy", "t", "--artifact", here.artifact);
    expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/DEPLOYED/i), expect.any(String)]);
    expect([here.there("on-the-host"), here.there("of-the-artifact")]).toEqual([true, false]);
    expect(stderr).toMatch(/hooks `on: runner` of the artifact's tarlift.yml are not run/);
  });

  it("case 16: is refused where this machine is a host, before anything of it runs", async () => {
    const here = await place("local", HOOKS);
    const { code, stderr } = await here.run("deploy", "t", "--artifact", here.artifact);
    expect(stderr).toMatch(/the artifact has other hooks than the tarlift.yml here[\s\S]*next: Deploy from a checkout/);
    expect(code).toBe(2);
    expect([here.there("on-the-host"), here.there("of-the-artifact"), here.there("srv/current")]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe.runIf(needs("root", "setpriv", "git"))("a `command` service of the host `local`", () => {
  it("case 16: is driven by the service's user, with nothing of the job's", async () => {
    const above = temporary("local-service");
    sh("chmod", ["755", above]);
    const root = join(above, "srv");
    mkdirSync(root);
    const checkout = repository({
      "tarlift.yml": `app: shop
shared: { directories: [media] }
services: { web: { command: { restart: "id -un >media/who; env >media/variables", status: "test -s media/who" }, stable-for: 0 } }
targets: { t: { root: ${root}, run-as: nobody, hosts: [local], secrets: [OWN] } }
`,
    });
    const env = { XDG_CACHE_HOME: join(above, "cache"), JOB_TOKEN: "of-the-job", OWN: "of-the-application" };
    const { stderr, stdout } = await tarlift(["deploy", "t"], { cwd: checkout, env });
    const said = (name: string) => readFileSync(join(root, "shared/media", name), "utf8");
    expect([stderr, stdout, existsSync(join(root, "shared/media/who"))]).toEqual([
      expect.any(String),
      expect.any(String),
      true,
    ]);
    expect(said("who")).toBe("nobody\n");
    expect(said("variables")).toMatch(/^OWN=of-the-application$/m);
    expect(said("variables")).not.toMatch(/JOB_TOKEN/);
  });
});
