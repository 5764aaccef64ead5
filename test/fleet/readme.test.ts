// A stranger's first ten minutes: the commands of README.md, typed as they stand there, from an application's repository to a server.
// Three things differ from the reader's machine: the application's name (two tests may run on one machine), what `app1.example.org`
// leads to, and that who types is root already.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { bundledCommand } from "../support/command.ts";
import { fences } from "../support/documents.ts";
import { write } from "../support/environments.ts";
import { commitAll } from "../support/example.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const APP = `t-readme-${process.pid}`;
const application = `import os

GREETING = os.environ["GREETING"]


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{GREETING}, {WORD}".encode()]
`;

describe.runIf(needs(...LAB_NEEDS, "python3.11"))("README.md, typed as it stands there", () => {
  let lab: Lab;
  let home: string;
  let repository: string;

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
    home = temporary("home");
    repository = join(home, "shop");
    // A server as it comes: root lets a key in, and there are no users of ours.
    await lab.hosts[0]!.root(
      "userdel --remove deploy; userdel accounting; install -d -m 700 /root/.ssh; cat >/root/.ssh/authorized_keys",
      readFileSync(`${lab.key}.pub`, "utf8"),
    );
    write(home, {
      ".ssh/known_hosts": lab.knownHosts.replaceAll(lab.hosts[0]!.address, "app1.example.org"),
      ".ssh/config": `Host app1.example.org\n  HostName ${lab.hosts[0]!.address}\n  HostKeyAlias app1.example.org\n  UserKnownHostsFile ${home}/.ssh/known_hosts\nMatch user root\n  IdentityFile ${lab.key}\n`,
      // ssh takes the home directory from the password file; this is the reader's.
      "bin/ssh": `#!/bin/sh\nexec /usr/bin/ssh -F ${home}/.ssh/config "$@"\n`,
      "bin/tarlift": `#!/bin/sh\nexec ${process.execPath} ${bundledCommand()} "$@"\n`,
      "bin/less": "#!/bin/sh\nexec cat\n",
      "bin/sudo": '#!/bin/sh\nexec "$@"\n',
    });
    sh("chmod", ["-R", "755", join(home, "bin")]);
    sh("chmod", ["-R", "go-rwx", join(home, ".ssh")]);
    write(repository, {
      "app.py": `WORD = "first"\n${application}`,
      "requirements.txt": "gunicorn==23.0.0\n",
      ".gitignore": ".venv\n",
    });
    sh("git", ["init", "--quiet", "--initial-branch=main"], { cwd: repository });
  });
  afterAll(() => lab?.stop());

  const readme = (text: string) => text.replaceAll("shop", APP);
  /** The fenced block that has this text. */
  const block = (part: string) => readme(fences("README.md").find(({ text }) => text.includes(part))!.text);
  /** Types a block into a shell that stops at the first failure. */
  const type = (text: string) => {
    const ran = spawnSync("sh", ["-eu"], {
      input: text,
      cwd: repository,
      encoding: "utf8",
      env: {
        PATH: `${home}/bin:${dirname(process.execPath)}:${process.env.PATH}`,
        HOME: home,
        USER: "root",
        LANG: "C.UTF-8",
      },
    });
    expect(ran.status, `${text}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
    return ran.stdout;
  };
  const served = () => lab.hosts[0]!.root("curl --silent http://127.0.0.1:8000/");

  it("makes a configuration, prepares a server, deploys, deploys again and goes back", async () => {
    expect(type(block("tarlift init"))).toMatch(/Written: tarlift\.yml/);
    write(repository, { "tarlift.yml": block("interpreter: /usr/bin/python3.11") });
    commitAll(repository, "The first commit");

    expect(type(block("| less"))).toContain("sudo");
    expect(await lab.hosts[0]!.tryRoot(`id ${APP}`)).toMatchObject({ code: 1 });
    expect(type(block("ssh-keygen"))).toContain("every host has what it needs");

    const first = type(block("--dry-run"));
    expect(first).toContain("PLANNED");
    expect(first).toContain("DEPLOYED");
    expect(await served()).toBe("Hello, first");

    commitAll(repository, "A change", { "app.py": (text) => text.replace("first", "second") });
    const [deploy, rollback] = block("tarlift rollback production").trim().split("\n");
    type(`export SECRET_KEY=change-me\n${deploy}`);
    expect(await served()).toBe("Hello, second");
    type(rollback!);
    expect(await served()).toBe("Hello, first");
  });
});
