// Makes test/fixtures/daba421: hosts, an artifact and a cache as the commit daba421 left them.
// Usage: `node scripts/old-host.ts [CHECKOUT]`
//
// It builds that commit and deploys a small application to hosts that are directories of this machine (`local`). The
// files on hosts contain absolute paths: they belong below PLACE, where test/ssh/old-host.test.ts unpacks them.
// CHECKOUT is a checkout of daba421 with its node_modules, in which nothing is changed; by default the script adds a
// worktree and runs `npm ci` there. The application's environments are installed from its own files, without network.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const COMMIT = "daba421";
const PLACE = "/tmp/tarlift-daba421";
const here = join(import.meta.dirname, "..");
const fixture = join(here, "test/fixtures", COMMIT);
const home = realpathSync(mkdtempSync(join(tmpdir(), "tarlift-old-host-")));
const application = join(home, "shop");
const worktree = join(home, "checkout");

const env: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: home,
  XDG_CACHE_HOME: join(home, "cache"),
  // The name of who deploys is that of a run, and not of this machine.
  GITHUB_RUN_ID: "421",
  GITHUB_REPOSITORY: "acme/shop",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
};

/** Uses every key that later versions rename; those that no `local` host needs are in the target `production`. */
const CONFIGURATION = `app: shop
environments:
  web: { installer: npm, use: run, inputs: [words.tgz] }
  tools: { installer: npm, use: build, directory: tools, inputs: [tools/words.tgz] }
build-variables: { GREETING: good morning }
assets:
  - { name: page, run: 'echo "$GREETING" >greeting.txt', inputs: [page.txt], outputs: [greeting.txt] }
check: ["grep -q morning greeting.txt"]
shared: { directories: [media], files: [settings.ini] }
migrations:
  pending: 'for m in migrations/*; do [ -e "media/applied-\${m##*/}" ] || echo "\${m##*/}"; done'
  apply: 'for m in migrations/*; do touch "media/applied-\${m##*/}"; done'
  compatible: { check: "true", variables: { SCRATCH: shop-scratch } }
services:
  page:
    command: { restart: "cp -f page.txt media/serving", stop: "rm -f media/serving", status: "cmp page.txt media/serving" }
    settle: 0
  mailer: { systemd: shop-mailer.service, user: true, roles: [mail], settle: 1 }
hooks:
  after-deploy: ['sleep "\${PAUSE:-0}"; echo "$TARLIFT_ACTION $TARLIFT_TARGET $COLOUR" >>media/hooks']
notify:
  chat:
    url-variable: CHAT_URL
    secret-variable: CHAT_KEY
    targets: [production]
    template: '{"text": "{{app}} {{version}}: {{trouble}}"}'
inputs: { checks: [test], upload: auto }
targets:
  two-releases: { root: ${PLACE}/two-releases, environments-root: ${PLACE}/two-releases/envs, hosts: [{ address: local, roles: [web], variables: { SIZE: small } }], variables: { COLOUR: red }, switch: 600, require-switch: true }
  killed: { root: ${PLACE}/killed, environments-root: ${PLACE}/killed/envs, hosts: [{ address: local, roles: [web] }], variables: { COLOUR: green, PAUSE: 3 }, switch: 600, require-switch: true }
  locked: { root: ${PLACE}/locked, environments-root: ${PLACE}/locked/envs, hosts: [{ address: local, roles: [web] }], variables: { COLOUR: blue } }
  production:
    hosts: [{ address: web1.example.org, roles: [web], user: deploy, variables: { SIZE: large } }, { address: web2.example.org, roles: [mail] }]
    user: shop
    variables: { COLOUR: black }
    balancers:
      - { haproxy: { backend: shop }, host: lb1.example.org, user: haproxy, port: 2222 }
      - { command: { drain: "echo out", undrain: "echo in" } }
`;

function run(command: string, args: string[], cwd: string, variables = env): string {
  const result = spawnSync(command, args, { cwd, env: variables, encoding: "utf8", maxBuffer: 1 << 28 });
  const { status, stdout, stderr, error } = result;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? `exit ${status}`}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A checkout of the commit with its dependencies: the given one, or a worktree. */
function checkoutOf(given: string | undefined): string {
  if (given !== undefined) {
    const head = run("git", ["rev-parse", "--short=7", "HEAD"], given).trim();
    if (head !== COMMIT) throw new Error(`${given} is a checkout of ${head}`);
    return given;
  }
  run("git", ["worktree", "add", "--detach", worktree, COMMIT], here);
  // With this user's settings of npm.
  run("npm", ["ci", "--ignore-scripts"], worktree, process.env);
  return worktree;
}

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(application, path)), { recursive: true });
    writeFileSync(join(application, path), text);
  }
}

/** Two npm projects, each with one dependency, which is a file of the project. */
function writeNodeProjects(): void {
  const words = join(home, "words");
  mkdirSync(words);
  writeFileSync(join(words, "package.json"), JSON.stringify({ name: "words", version: "1.0.0", main: "index.js" }));
  writeFileSync(join(words, "index.js"), 'module.exports = "words";\n');
  run("npm", ["pack", "--silent"], words);
  for (const directory of [application, join(application, "tools")]) {
    mkdirSync(directory, { recursive: true });
    run("cp", [join(words, "words-1.0.0.tgz"), join(directory, "words.tgz")], home);
    const dependencies = { words: "file:words.tgz" };
    writeFileSync(
      join(directory, "package.json"),
      `${JSON.stringify({ name: "shop", private: true, dependencies })}\n`,
    );
    run("npm", ["install", "--package-lock-only", "--offline", "--ignore-scripts"], directory);
  }
}

/** Commits the next release, and bundles it. @returns the artifact's file */
function bundle(cli: string, version: string, files: Record<string, string>): string {
  write({ "page.txt": `${version}\n`, ...files });
  run("git", ["add", "--all"], application);
  run("git", ["commit", "--quiet", "-m", version], application);
  run("git", ["tag", version], application);
  const file = join(home, `${version}.tar`);
  run(process.execPath, [cli, "bundle", "--no-check", "--output", file], application);
  return file;
}

const deploy = (cli: string, target: string, artifact: string): string =>
  run(process.execPath, [cli, "deploy", target, "--artifact", artifact], application);

/** Kills a deploy between the swap and the commit. */
async function deployAndKill(cli: string, target: string, artifact: string): Promise<void> {
  const root = join(PLACE, target);
  const before = readlinkSync(join(root, "current"));
  const args = [cli, "deploy", target, "--artifact", artifact];
  const child: ChildProcess = spawn(process.execPath, args, { cwd: application, env, stdio: "ignore", detached: true });
  for (let waited = 0; readlinkSync(join(root, "current")) === before; waited += 20) {
    if (waited > 60_000 || child.exitCode !== null) throw new Error("the deploy switched nothing");
    await sleep(20);
  }
  // The hook `after-deploy` takes three seconds (PAUSE), and the commit comes after it.
  await sleep(1000);
  process.kill(child.pid!, "SIGKILL");
  // The host needs a moment to end what it still has of the lost run.
  await sleep(5000);
  const [transaction = ""] = readFileSync(join(root, ".tarlift/transaction"), "utf8").split("\n");
  if (!transaction.includes(" activated ")) throw new Error(`killed too early or too late: ${transaction}`);
}

/** Writes one file of the fixture. */
function pack(name: string, directory: string, members: string[]): void {
  const file = join(fixture, name);
  const fixed = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"];
  run("tar", [...fixed, "-I", "gzip -9n", "-C", directory, "-cf", file, ...members], home);
  process.stdout.write(`${file}: ${statSync(file).size} bytes\n`);
}

mkdirSync(PLACE);
try {
  const checkout = checkoutOf(process.argv[2]);
  const cli = join(home, "dist/cli.js");
  run(process.execPath, ["scripts/build.ts", join(home, "dist")], checkout);
  mkdirSync(application);
  run("git", ["init", "--quiet", "--initial-branch=main"], application);
  writeNodeProjects();
  write({
    "tarlift.yml": CONFIGURATION,
    ".gitignore": "node_modules\ngreeting.txt\nmedia\n",
    "migrations/0001": "one\n",
  });
  const one = bundle(cli, "v1", { "only-in-one.txt": "one\n" });
  rmSync(join(application, "only-in-one.txt"));
  const two = bundle(cli, "v2", { "migrations/0002": "two\n" });
  bundle(cli, "v3", {});
  for (const target of ["two-releases", "killed", "locked"]) {
    mkdirSync(join(PLACE, target, "shared"), { recursive: true });
    writeFileSync(join(PLACE, target, "shared/settings.ini"), `of ${target}\n`);
    deploy(cli, target, one);
  }
  deploy(cli, "two-releases", two);
  await deployAndKill(cli, "killed", two);
  run(process.execPath, [cli, "lock", "locked", "--message", "the year-end closing"], application);
  rmSync(fixture, { recursive: true, force: true });
  mkdirSync(fixture);
  for (const target of ["two-releases", "killed", "locked"]) pack(`${target}.tar.gz`, PLACE, [target]);
  const keys = run(process.execPath, [cli, "build-env", "--explain", "--json"], application);
  const cache = join(home, "cache/tarlift/store");
  writeFileSync(join(cache, "keys.json"), keys);
  pack("cache.tar.gz", cache, ["keys.json", "layers"]);
  pack("artifact.tar.gz", home, ["v3.tar"]);
} finally {
  if (existsSync(worktree)) run("git", ["worktree", "remove", "--force", worktree], here);
  // The process that would take the killed host back ends when its files are gone.
  rmSync(PLACE, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}
