// Hosts of a lab behind a HAProxy on one more, an application that needs nothing but Python, and the command: what a rolling deploy is
// tried on.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Report } from "../../src/fleet/report.ts";
import { commitAll, type Edits } from "../support/commits.ts";
import { sh } from "../support/needs.ts";
import { commandOn, type LabCommand } from "./command.ts";
import { type LabHaproxy, startLabHaproxy } from "./haproxy.ts";
import { type Lab, type LabHost, startLab } from "./lab.ts";

/**
 * It answers with the text of its release, on connections that are kept. `/slow` takes as many seconds as the request says. What it does wrong
 * is in fault.txt: `app2 500` (that status on that host), or nothing.
 */
const SERVER = `import http.server, os, socket, time

text = open("text.txt").read().encode()
host, _, status = open("fault.txt").read().strip().partition(" ")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/slow"):
            time.sleep(float(self.path.rpartition("=")[2]))
        self.send_response(int(status) if host == socket.gethostname() else 200)
        self.send_header("X-Release", os.environ["TARLIFT_RELEASE"])
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *rest):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8000), Handler).serve_forever()
`;

export interface RollingLab {
  lab: Lab;
  /** The hosts that serve: `app1`, … */
  apps: LabHost[];
  balancer: LabHaproxy;
  command: LabCommand;
  repository: string;
  /** The target's `balancers` as they stand in tarlift.yml at first: the backends of {@link balancer}, by its socket and by its port. */
  balancers: Record<string, unknown>[];
  /** tarlift.yml with other settings of its one target, `production`. */
  config(settings?: Record<string, unknown>): string;
  /** Commits a release whose page says `words`, and bundles it. @returns the artifact's file */
  release(words: string, more?: { fault?: string; settings?: Record<string, unknown> }): Promise<string>;
  deploy(artifact: string): Promise<Report>;
  rollback(): Promise<Report>;
  /** What each backend wants of its servers. */
  wanted(): Promise<Record<string, Record<string, string>>>;
}

/**
 * Starts three hosts and a balancer with the backends `web` (which keeps clients at their server by a cookie, S), `api` and `office`, prepares the
 * hosts as `tarlift host setup` says, and deploys nothing yet. The caller stops the lab.
 *
 * @param places.work an empty directory of the caller's own
 * @param places.cli the bundled command's file
 */
export async function startRolling(places: { work: string; cli: string; app: string }): Promise<RollingLab> {
  const lab = await startLab({ hosts: 4 });
  try {
    return await setUp(lab, places);
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

async function setUp(lab: Lab, { work, cli, app }: { work: string; cli: string; app: string }): Promise<RollingLab> {
  const apps = lab.hosts.slice(0, 3);
  const [repository, home] = [join(work, "repository"), join(work, "home")];
  for (const directory of [repository, home]) mkdirSync(directory, { recursive: true });
  const servers = Object.fromEntries(apps.map(({ name, address }) => [name, `${address}:8000`]));
  const balancer = await startLabHaproxy(lab.hosts[3]!, {
    web: { servers, lines: ["cookie S insert indirect nocache"] },
    api: { servers },
    office: { servers },
  });
  const host = balancer.host.address;
  const own = {
    servers: Object.fromEntries(apps.map(({ name, address }) => [address, name])),
    drain: "10s",
  };
  const balancers = [
    { haproxy: { socket: balancer.socket, backend: ["web", "api"], host }, ...own },
    { haproxy: { socket: balancer.port, backend: "office", host }, ...own },
  ];
  const config = (settings: Record<string, unknown> = {}) =>
    stringify({
      app,
      services: {
        web: {
          systemd: `${app}-web`,
          "stable-for": 0,
          "stop-timeout": 5,
          health: { url: "http://127.0.0.1:8000/", "release-header": "X-Release", interval: "1s" },
        },
      },
      targets: {
        production: {
          "ssh-user": "deploy",
          "run-as": "accounting",
          hosts: apps.map(({ address }) => address),
          balancers,
          ...settings,
        },
      },
    });
  sh("git", ["init", "--quiet", "--initial-branch=main", repository]);
  const commit = (words: string, fault = "", settings = {}) => {
    const files: Edits = {
      "server.py": SERVER,
      "text.txt": words,
      "fault.txt": fault,
      "tarlift.yml": config(settings),
    };
    return commitAll(repository, words, files);
  };
  commit("nothing yet");
  const command = commandOn(lab, { repository, home, cli });
  const setup = await command.run(["host", "setup", "production", "--command", "web=python3 server.py"]);
  const scripts = setup.stdout.split(new RegExp(`^(?=# ${app} on )`, "m"));
  await Promise.all(apps.map((host, n) => host.root("cat >/root/setup && sh /root/setup", scripts[n]!)));
  return {
    lab,
    apps,
    balancer,
    command,
    repository,
    balancers,
    config,
    release(words, { fault, settings } = {}) {
      commit(words, fault, settings);
      return command.bundle(words);
    },
    deploy: (artifact) => command.transact(["deploy", "production", "--artifact", artifact]),
    rollback: () => command.transact(["rollback", "production"]),
    async wanted() {
      const of = async (backend: string) =>
        Object.fromEntries(
          [...(await balancer.backend(backend).servers())].map(([name, { wanted }]) => [name, wanted]),
        );
      return { web: await of("web"), api: await of("api"), office: await of("office") };
    },
  };
}
