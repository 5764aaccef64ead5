// A stranger's first ten minutes: the commands of README.md, typed as they stand there, from an empty directory to a server, with the
// machine's own Node, which may be too old, and with Node 24. Three things differ from the reader's machine:
// the application's name (two tests may run on one machine), what `app1.example.org` and the address of the repository lead to, and that
// who types is root already.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { fences } from "../support/documents.ts";
import { write } from "../support/environments.ts";
import { commitAll } from "../support/example.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { publishedClone } from "../support/published.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const APP = `t-readme-${process.pid}`;
const application = `import os

GREETING = os.environ["GREETING"]


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{GREETING}, {WORD}".encode()]
`;

/** PATH without the Node of this repository. */
const MACHINE = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((directory) => !directory.includes("node_modules"))
  .join(delimiter);
/** How this machine reaches registries. */
const NETWORK = Object.fromEntries(Object.entries(process.env).filter(([name]) => /CERT|CA_BUNDLE|PROXY/i.test(name)));
const WITH_24 = [dirname(process.execPath), MACHINE].join(delimiter);
const isOld = (path: string) => {
  const { stdout } = spawnSync("sh", ["-c", "node --version"], {
    encoding: "utf8",
    env: { ...process.env, PATH: path },
  });
  return Number(/^v(\d+)/.exec(stdout)?.[1] ?? 24) < 24;
};
const READERS = [
  ["the machine's own Node", isOld(MACHINE) ? MACHINE : WITH_24] as const,
  ["Node 24", WITH_24] as const,
];

for (const [reader, path] of READERS)
  full("examples", needs(...LAB_NEEDS, "python3.11")).describe(
    `README.md, typed as it stands there, with ${reader}`,
    () => {
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
          // The repository's address leads to this one.
          ".gitconfig": `[url "file://${publishedClone()}"]\n  insteadOf = https://github.com/acme/tarlift\n[safe]\n  directory = *\n`,
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
            ...NETWORK,
            PATH: `${home}/bin:${home}/.local/bin:${path}`,
            HOME: home,
            USER: "root",
            LANG: "C.UTF-8",
          },
        });
        expect(ran.status, `${text}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
        return ran.stdout;
      };
      const served = () => lab.hosts[0]!.root("curl --silent http://127.0.0.1:8000/");

      it("makes a configuration, prepares a server, deploys, deploys again and rolls back", async () => {
        type(block("git clone"));
        if (isOld(path)) type(block("--prefix ~/tarlift/.node"));
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
    },
  );
