// A reader that never pauses: files through `current`, and a service that takes up a release without closing its socket. Counted while
// a host is deployed to and rolled back. Free of Vitest: the benchmark of the same name uses it too.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Outcome } from "../../src/fleet/report.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { deployRequest, rollbackRequest } from "./fleet.ts";
import { artifactOf, text } from "./layers.ts";
import { type PlainMember, plainMember } from "./plain-member.ts";
import { freePort, type Sshd } from "./sshd-process.ts";

/** What was read, how often, and what went wrong. */
export interface Readings {
  /** Reads of files, each of one that must be whole. */
  files: number;
  /** Answers of the service. */
  answers: number;
  /** How many releases were seen, by their files and in answers. */
  releases: { files: number; answers: number };
  failures: string[];
}

/**
 * Holds the socket, as systemd does for a socket unit: HUP starts a server in what `current` leads to, and ends the one before when the
 * new one serves. A server that is asked to end finishes its request; a connection that is not accepted yet waits for the next one.
 */
const HOLDER = `
import ctypes, os, select, signal, socket, sys
# It ends with the process that started it.
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
root, port = sys.argv[1], int(sys.argv[2])
listener = socket.create_server(("127.0.0.1", port), backlog=256)
listener.setblocking(False)
def serve(told):
    os.chdir(os.path.realpath(root + "/current"))
    page = open("page.txt").read()
    ends = []
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    os.write(told, b"x")
    while not ends:
        if not select.select([listener], [], [], 0.05)[0]:
            continue
        try:
            peer, _ = listener.accept()
        except BlockingIOError:
            continue
        peer.setblocking(True)
        peer.recv(65536)
        body = page.encode()
        peer.sendall(b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
        peer.close()
    os._exit(0)
server = 0
def renew():
    global server
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        serve(told)
    os.close(told)
    os.read(heard, 1)
    os.close(heard)
    if server:
        os.kill(server, signal.SIGTERM)
        os.waitpid(server, 0)
    server = child
    page = open("/proc/%d/cwd/page.txt" % child).read()
    open(root + "/serving.part", "w").write(page)
    os.rename(root + "/serving.part", root + "/serving")
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP, signal.SIGTERM])
print(os.getpid(), flush=True)
while signal.sigwait([signal.SIGHUP, signal.SIGTERM]) == signal.SIGHUP:
    renew()
`;

/** Each line of a file says the release that it belongs to, so that a mixture and an end that is missing are seen. */
const READER = `
import ctypes, json, os, signal, sys, time, urllib.request
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
what, root, url, pause, lines = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5])
ends, seen, failures, count = [], set(), [], 0
signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
def files():
    for name in ("page.txt", "static/large.txt", ".tarlift/env"):
        with open(root + "/current/" + name) as file:
            text = file.read()
        if name == ".tarlift/env":
            if 'TARLIFT_VERSION="' not in text: raise Exception("the configuration is not whole: " + text)
            continue
        said = text.splitlines()
        if len(set(said)) != 1 or len(said) != (lines if "large" in name else 1) or not text.endswith("\\n"):
            raise Exception("%s is not whole: %d lines, %s" % (name, len(said), sorted(set(said))))
        seen.add(said[0])
    return 3
def answer():
    with urllib.request.urlopen(url, timeout=20) as response:
        seen.add(response.read().decode())
    return 1
while not ends:
    try:
        count += files() if what == "files" else answer()
    except Exception as error:
        failures.append("%s: %s" % (type(error).__name__, error))
    if pause: time.sleep(pause)
print(json.dumps({"count": count, "releases": len(seen), "failures": failures}))
`;

const LINES = 20_000;

const serviceOf = (root: string, holder: number): ServiceRequest => ({
  name: "page",
  kind: "command",
  unit: "",
  action: "restart",
  settle: 0,
  commands: {
    restart: `kill -HUP ${holder}; n=0; until cmp -s page.txt ${root}/serving; do n=$((n + 1)); [ "$n" -lt 1000 ]; sleep 0.02; done`,
    status: `cmp page.txt ${root}/serving`,
  },
});

/**
 * Deploys and rolls back again and again while files and the service are read.
 *
 * @param directory for everything that this needs, of the caller's own
 * @param options.rounds how often it deploys, and rolls back
 * @param options.pause seconds between two reads of one reader
 * @returns what was read, and what came of each transaction
 */
export async function readThroughout(
  directory: string,
  sshd: Sshd,
  options: { rounds: number; pause: number; reported?: (round: number) => void },
): Promise<Readings & { outcomes: Outcome[] }> {
  const root = join(directory, "srv");
  mkdirSync(root);
  const port = await freePort();
  const started: ChildProcess[] = [];
  const python = (name: string, script: string, ...args: string[]) => {
    const file = join(directory, `${name}.py`);
    writeFileSync(file, script);
    const child = spawn("python3", [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    return child;
  };
  try {
    const holder = python("holder", HOLDER, root, String(port));
    const pid = Number(await new Promise<Buffer>((resolve) => holder.stdout!.once("data", resolve)));
    const member = (): PlainMember =>
      plainMember(
        root,
        { address: sshd.address, port: sshd.port, user: sshd.user },
        { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts }, userConfig: false },
        [serviceOf(root, pid)],
      );
    let count = 0;
    const common = () => ({ members: [member()], deployId: `r${String(count++).padStart(6, "0")}`, keep: 3 });
    const put = async (words: string) => {
      const own = join(directory, words);
      mkdirSync(own);
      const sources = [
        text("page.txt", `${words}\n`),
        text("static/large.txt", `${words}\n`.repeat(LINES)),
        ...Array.from({ length: 50 }, (_, n) => text(`app/${n}.py`, `VALUE = ${n}\n`)),
      ];
      const artifact = await openArtifact((await artifactOf(own, sources, { version: words })).file);
      const report = await deploy(deployRequest([], { ...common(), artifact, version: words }));
      if (report.errors[0]) throw new Error(JSON.stringify(report.errors));
      return report.outcome;
    };
    await put("first");
    const readers = ["files", "answers"].map((what) =>
      python("reader", READER, what, root, `http://127.0.0.1:${port}/`, String(options.pause), String(LINES)),
    );
    const outcomes: Outcome[] = [];
    for (let round = 0; round < options.rounds; round++) {
      outcomes.push(await put(`v${round}`));
      outcomes.push((await rollback(rollbackRequest([], common()))).outcome);
      options.reported?.(round);
    }
    const [files, answers] = await Promise.all(readers.map(endOf));
    return {
      files: files!.count,
      answers: answers!.count,
      releases: { files: files!.releases, answers: answers!.releases },
      failures: [...files!.failures, ...answers!.failures],
      outcomes,
    };
  } finally {
    for (const child of started) if (child.exitCode === null) child.kill("SIGTERM");
  }
}

function endOf(reader: ChildProcess): Promise<{ count: number; releases: number; failures: string[] }> {
  let said = "";
  reader.stdout!.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve, reject) => {
    reader.on("close", () => {
      try {
        resolve(JSON.parse(said));
      } catch {
        reject(new Error(`a reader has said ${JSON.stringify(said)}`));
      }
    });
    reader.kill("SIGTERM");
  });
}
