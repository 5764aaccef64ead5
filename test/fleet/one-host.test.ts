// docs/recipes/one-host.md, as it stands there: a socket that systemd holds, gunicorn behind it, nginx in front; deploys and rollbacks
// under load that no client notices.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { tarlift } from "../support/command.ts";
import { fences } from "../support/documents.ts";
import { write } from "../support/environments.ts";
import { commitAll } from "../support/example.ts";
import { type LabCommand, labCommand } from "../support/lab-command.ts";
import { startLoad } from "../support/load.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const APP = `t-one-host-${process.pid}`;
/** Rounds of a deploy and a rollback; more by hand: TARLIFT_LOAD_ROUNDS=10. */
const ROUNDS = Number(process.env.TARLIFT_LOAD_ROUNDS ?? 1);

/** It takes a moment, so that there is always a request under way. */
const APPLICATION = `import os
import time


def application(environ, start_response):
    time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Release", os.environ["TARLIFT_RELEASE"])])
    return [VERSION.encode()]
`;

const recipe = (part: string) => {
  const fence = fences("docs/recipes/one-host.md").find(({ text }) => text.includes(part));
  return fence!.text.replaceAll("accounting", APP).replaceAll(`User=${APP}`, "User=accounting");
};

describe.runIf(needs(...LAB_NEEDS, "python3.11"))("one host with a socket that systemd holds", () => {
  let lab: Lab;
  let host: LabHost;
  let command: LabCommand;
  let repository: string;

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
    repository = temporary("repository");
    write(repository, {
      "config/wsgi.py": `VERSION = "v1"\n${APPLICATION}`,
      "requirements.txt": "gunicorn==23.0.0\n",
      ".gitignore": ".venv\n",
      "tarlift.yml": recipe("stop-timeout")
        .replace("run-as: ".concat(APP), "run-as: accounting")
        .replace("app1.example.org", host.address)
        .replace("health:", "settle: 2\n    health:")
        .replace(
          "services:",
          "environments:\n  python: { installer: pip, interpreter: /usr/bin/python3.11 }\nservices:",
        ),
    });
    sh("git", ["init", "--quiet", "--initial-branch=main"], { cwd: repository });
    commitAll(repository, "The first");
    command = labCommand(lab, repository);
    const setup = await command.run(["host", "setup", "production", "--command", "web=.venv/bin/gunicorn config.wsgi"]);
    await host.root("cat >/root/setup && sh /root/setup", setup.stdout);
    const unit = `/etc/systemd/system/${APP}-web`;
    await host.root(`cat >${unit}.socket`, recipe("[Socket]"));
    await host.root(`cat >${unit}.service`, recipe("[Service]"));
    await host.root(recipe("systemctl daemon-reload"));
    await host.root("cat >/etc/nginx/sites-enabled/default && systemctl start nginx", recipe("proxy_pass"));
  });
  afterAll(() => lab?.stop());

  /** One artifact of the version that the application is given. */
  async function bundle(version: string): Promise<string> {
    commitAll(repository, version, { "config/wsgi.py": `VERSION = "${version}"\n${APPLICATION}` });
    const file = join(temporary("artifact"), `${version}.tar`);
    const env = { XDG_CACHE_HOME: join(command.home, "cache") };
    const ended = await tarlift(["bundle", "--version", version, "--output", file], { cwd: repository, env });
    expect(ended.code, ended.stderr).toBe(0);
    return file;
  }

  it("takes requests without a pause while it is deployed and rolled back: none fails, and each release is seen", async () => {
    const [first, second] = [await bundle("v1"), await bundle("v2")];
    const started = await command.transact(["deploy", "production", "--artifact", first]);
    expect([started.troubles, started.outcome]).toEqual([[], "deployed"]);
    const main = () => host.root(`systemctl show -p MainPID --value ${APP}-web`);
    const before = await main();

    const url = `http://${host.address}/`;
    const load = startLoad([true, false].map((keepAlive) => ({ url, clients: 4, keepAlive })));
    for (let round = 0; round < ROUNDS; round++) {
      const next = await command.transact(["deploy", "production", "--artifact", second]);
      expect([next.troubles, next.outcome]).toEqual([[], "deployed"]);
      expect(await main()).not.toBe(before);
      const back = await command.transact(["rollback", "production"]);
      expect([back.troubles, back.outcome]).toEqual([[], "rolled-back"]);
    }
    await load.stop();
    expect(load.seen.failures).toEqual([]);
    expect([...load.seen.pages.keys()].sort()).toEqual(["v1", "v2"]);
    expect(await host.root("grep -c -v ' 200 ' /var/log/nginx/access.log || true")).toBe("0\n");
    expect(await host.root("cat /var/log/nginx/error.log")).toBe("");
  });

  it("holds the address when the service is stopped: who comes waits until it runs again", async () => {
    await host.root(`systemctl stop ${APP}-web.service`);
    const answer = await fetch(`http://${host.address}/`);
    expect([answer.status, await answer.text()]).toEqual([200, "v1"]);
  });
});
