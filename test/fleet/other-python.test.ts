// The builder's Python has another patch version than the hosts': a package that one version needs and another does not, from a requirement
// file to a page that a host serves.
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../../src/fleet/report.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { git } from "../support/commits.ts";
import { PYTHON, write } from "../support/environments.ts";
import { commitAll } from "../support/example.ts";
import { full } from "../support/full.ts";
import { type LabCommand, labCommand } from "../support/lab-command.ts";
import { needs, sh } from "../support/needs.ts";
import { pythonElsewhere } from "../support/other-machine.ts";
import { atEnd, temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

/** Its environment is built at this machine's /srv/<app>, so two runs must not share a name. */
const APP = `t-other-python-${process.pid}`;
/** Where hosts have an interpreter that this machine has not. */
const OPT = `/opt/${APP}`;

const SERVER = `import importlib.metadata, http.server, platform

NAMES = sorted(one.metadata["Name"].replace("_", "-") for one in importlib.metadata.distributions())


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join([platform.python_version(), *NAMES]).encode())


if __name__ == "__main__":
    http.server.HTTPServer(("0.0.0.0", 8000), Page).serve_forever()
`;

full("environments", needs(...LAB_NEEDS, "python3.11")).describe(
  "case 51: hosts whose Python has another patch version",
  () => {
    let lab: Lab;
    let command: LabCommand;
    let repository: string;
    /** An older Python than this machine's: `3.11.1`. */
    let elsewhere: string;
    let [theirs, older] = ["", ""];
    let marker: string;

    const configuration = (interpreter: string, hosts: number) => `app: ${APP}
environments:
  python: { installer: pip, requirements: [requirements.txt], interpreter: ${interpreter} }
services:
  web: { systemd: ${APP}, stable-for: 1, health: { url: "http://127.0.0.1:8000/" } }
targets:
  lab:
    ssh-user: deploy
    run-as: accounting
    hosts: [${lab.hosts
      .slice(0, hosts)
      .map(({ address }) => address)
      .join(", ")}]
`;

    beforeAll(async () => {
      lab = await startLab({ hosts: 2 });
      atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
      const patch = Number(sh(PYTHON, ["-c", "import sys; print(sys.version_info[2])"]));
      [theirs, older] = [`3.11.${patch}`, `3.11.${patch - 1}`];
      marker = `python_full_version >= "${theirs}"`;
      elsewhere = pythonElsewhere(patch - 1);
      // At one path, the first host has the older version and the second this machine's.
      const prefix = dirname(dirname(elsewhere));
      sh("sh", ["-ec", 'mkdir -p "$2"; cp -a "$1"/. "$2"', "sh", prefix, lab.hosts[0]!.inUse(OPT)]);
      await lab.hosts[0]!.root(`chown -R root: ${OPT}; chmod -R go+rX ${OPT}`);
      await lab.hosts[1]!.root(`mkdir -p ${OPT}/bin; ln -s ${PYTHON} ${OPT}/bin/python3.11`);

      repository = temporary("repository");
      git(repository, ["init", "--quiet", "--initial-branch=main"]);
      write(repository, {
        "server.py": SERVER,
        "requirements.txt": `--no-index\n--find-links wheels\nredis==5.0.1\nasync-timeout==4.0.3; ${marker}\n`,
        "tarlift.yml": configuration(PYTHON, 2),
      });
      const wheels = `${repository}/wheels`;
      mkdirSync(wheels);
      wheel(wheels, "redis", "5.0.1", { "redis.py": "" }, [`Requires-Dist: async-timeout (>=4) ; ${marker}`]);
      wheel(wheels, "async_timeout", "4.0.3", { "async_timeout.py": "" });
      commitAll(repository, "The first commit");
      command = labCommand(lab, repository);
      const { stdout } = await command.run(["host", "setup", "lab", "--command", "web=.venv/bin/python server.py"]);
      const scripts = stdout.split(new RegExp(`^(?=# ${APP} on )`, "m"));
      await Promise.all(lab.hosts.map((host, n) => host.root("cat >/root/setup && sh /root/setup", scripts[n]!)));
      commitAll(repository, "One host", { "tarlift.yml": configuration(PYTHON, 1) });
    });
    afterAll(() => lab?.stop());

    const page = ({ address }: LabHost) => fetch(`http://${address}:8000/`).then((answer) => answer.text());
    const deploy = (more: string[] = [], env: NodeJS.ProcessEnv = {}) =>
      command.transact(["deploy", "lab", ...more], env);
    const expectDeployed = (report: Report) =>
      expect(report, JSON.stringify(report)).toMatchObject({ outcome: "deployed", errors: [] });

    it("get what their own interpreter needs, whatever is first on the builder's PATH", async () => {
      const report = await deploy([], { PATH: `${dirname(elsewhere)}:${process.env.PATH}` });
      expectDeployed(report);
      expect(await page(lab.hosts[0]!)).toBe(`${theirs} async-timeout redis`);
    });

    it("are refused with package and marker where the builder answers otherwise, and deploy with a Python like theirs", async () => {
      commitAll(repository, "The hosts' own interpreter", { "tarlift.yml": configuration(`${OPT}/bin/python3.11`, 1) });
      const before = await page(lab.hosts[0]!);
      const refused = await deploy([], { PATH: `${dirname(PYTHON)}:${process.env.PATH}` });
      expect(refused.outcome).toBe("refused");
      expect(refused.errors.map(({ what }) => what)).toEqual(
        ["requirements.txt", "redis 5.0.1"].map(
          (by) =>
            `${by} requires async-timeout if ${marker}: true where the release was built, with Python ${theirs}, and false on the host (python_full_version ${older})`,
        ),
      );
      expect(await page(lab.hosts[0]!)).toBe(before);
      expectDeployed(await deploy(["--python", elsewhere]));
      expect(await page(lab.hosts[0]!)).toBe(`${older} redis`);
    });

    it("of two versions are refused by the one that lacks a package, before either changes; listed without a marker, it deploys", async () => {
      const release = () => lab.hosts[0]!.root(`readlink /srv/${APP}/current`);
      const before = await release();
      commitAll(repository, "Two hosts", { "tarlift.yml": configuration(`${OPT}/bin/python3.11`, 2) });
      const refused = await deploy(["--python", elsewhere]);
      expect(refused.outcome).toBe("refused");
      expect(refused.errors.map(({ host }) => host)).toEqual([lab.hosts[1]!.address, lab.hosts[1]!.address]);
      expect(refused.errors[0]!.what).toMatch(/: true on the host .*, so that the release lacks async-timeout$/);
      expect(refused.errors[0]!.remedy).toMatch(/Or list async-timeout in your own requirements, without a marker/);
      expect(await release()).toBe(before);
      expect((await lab.hosts[1]!.root(`ls -A /srv/${APP}/releases`)).trim()).toBe("");

      commitAll(repository, "As the remedy says", {
        "requirements.txt": (text) => text.replace(/(async-timeout==4.0.3);.*/, "$1"),
      });
      expectDeployed(await deploy(["--python", elsewhere]));
      expect(await Promise.all(lab.hosts.map(page))).toEqual([
        `${older} async-timeout redis`,
        `${theirs} async-timeout redis`,
      ]);
    });
  },
);
