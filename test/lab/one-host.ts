// docs/recipes/one-host.md, as it stands there, on a host of a lab: a socket that systemd holds, gunicorn behind it, nginx in front.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitAll } from "../support/commits.ts";
import { fences } from "../support/documents.ts";
import { sh } from "../support/needs.ts";
import { commandOn, type LabCommand } from "./command.ts";
import { type Lab, type LabHost, startLab } from "./lab.ts";

/** It takes a moment, so that there is always a request under way. */
const APPLICATION = `import os
import time


def application(environ, start_response):
    time.sleep(0.002)
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Release", os.environ["TARLIFT_RELEASE"])])
    return [VERSION.encode()]
`;

export interface OneHostLab {
  lab: Lab;
  host: LabHost;
  command: LabCommand;
  /** The name of the application: its service is `<app>-web`. */
  app: string;
  /** What nginx answers at. */
  url: string;
  /** Bundles a release whose page says its version. @returns the artifact's file */
  release(version: string): Promise<string>;
  /** Process id of the service's main process. */
  mainProcess(): Promise<string>;
  /** What nginx wrote of anything else than a request that it answered with 200. */
  complaints(): Promise<string>;
}

/**
 * @param places.work an empty directory of the caller's own
 * @param places.cli the bundled command's file
 * @param places.app the application is built below /srv/<app> on this machine
 */
export async function startOneHost(places: { work: string; cli: string; app: string }): Promise<OneHostLab> {
  const lab = await startLab({ hosts: 1 });
  try {
    return await setUp(lab, places);
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

async function setUp(lab: Lab, { work, cli, app }: { work: string; cli: string; app: string }): Promise<OneHostLab> {
  const host = lab.hosts[0]!;
  const recipe = (part: string) => {
    const fence = fences("docs/recipes/one-host.md").find(({ text }) => text.includes(part));
    return fence!.text.replaceAll("accounting", app).replaceAll(`User=${app}`, "User=accounting");
  };
  const [repository, home] = [join(work, "repository"), join(work, "home")];
  const files = {
    "config/wsgi.py": `VERSION = "v0"\n${APPLICATION}`,
    "requirements.txt": "gunicorn==23.0.0\n",
    ".gitignore": ".venv\n",
    "tarlift.yml": recipe("stop-timeout")
      .replace(`run-as: ${app}`, "run-as: accounting")
      .replace("app1.example.org", host.address)
      .replace("health:", "stable-for: 2\n    health:")
      .replace("services:", "environments:\n  python: { installer: pip, interpreter: /usr/bin/python3.11 }\nservices:"),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  mkdirSync(home, { recursive: true });
  sh("git", ["init", "--quiet", "--initial-branch=main"], { cwd: repository });
  commitAll(repository, "The first");
  const command = commandOn(lab, { repository, home, cli });
  const setup = await command.run(["host", "setup", "production", "--command", "web=.venv/bin/gunicorn config.wsgi"]);
  await host.root("cat >/root/setup && sh /root/setup", setup.stdout);
  const unit = `/etc/systemd/system/${app}-web`;
  await host.root(`cat >${unit}.socket`, recipe("[Socket]"));
  await host.root(`cat >${unit}.service`, recipe("[Service]"));
  await host.root(recipe("systemctl daemon-reload"));
  await host.root("cat >/etc/nginx/sites-enabled/default && systemctl start nginx", recipe("proxy_pass"));
  return {
    lab,
    host,
    command,
    app,
    url: `http://${host.address}/`,
    release(version) {
      commitAll(repository, version, { "config/wsgi.py": `VERSION = "${version}"\n${APPLICATION}` });
      return command.bundle(version);
    },
    mainProcess: () => host.root(`systemctl show -p MainPID --value ${app}-web`),
    complaints: () => host.root("grep -v ' 200 ' /var/log/nginx/access.log || :; cat /var/log/nginx/error.log"),
  };
}
