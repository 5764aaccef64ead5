// What a job has in its environment, and a user in configuration files, decides nothing about what is installed, and is not seen by it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { explainEnvironments } from "../../src/environments/build.ts";
import { reachingLines } from "../../src/installers/npm/settings.ts";
import { UV_VERSION } from "../../src/installers/uv/uv.ts";
import { PIP_VERSION } from "../../src/installers/virtualenv/pip-version.ts";
import { installTool } from "../../src/installers/virtualenv/virtualenv.ts";
import { silent } from "../../src/progress.ts";
import { findPython } from "../../src/python/interpreter.ts";
import { PYTHON, workshop, write } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

/** A local package whose own build backend, without any requirement, writes down the names of the variables that it sees. */
const WITNESS = {
  "witness/pyproject.toml":
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "witness"\nversion = "1"\n',
  "witness/backend.py": `
import json, os, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name, info = "witness-1-py3-none-any.whl", "witness-1.dist-info"
    content = {"witness.json": json.dumps(sorted(os.environ)), f"{info}/METADATA": "Metadata-Version: 2.1\\nName: witness\\nVersion: 1\\n",
               f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    content[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*content, f"{info}/RECORD"])
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in content.items():
            archive.writestr(path, text)
    return name
`,
};

/** What a job may have that no dependency has a business with. */
const SECRETS = {
  SECRET_KEY: "of-the-application",
  GITHUB_TOKEN: "of-the-job",
  GH_TOKEN: "of-the-job",
  ACTIONS_RUNTIME_TOKEN: "of-the-runner",
  "INPUT_SSH-KEY": "of-the-step",
  AWS_SECRET_ACCESS_KEY: "of-the-shell",
  SSH_AUTH_SOCK: "/nowhere",
};

const homeWith = (files: Record<string, string>): string => {
  const home = temporary("home");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return home;
};

/** An address that git cannot fetch, of a commit. */
const CLOSED = "git+ssh://git@example.org/closed.git";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A git whose ssh has no key. @returns its directory, and the agents that it was given */
function gitWithoutKey() {
  const directory = temporary("git");
  const git = sh("sh", ["-c", "command -v git"]).trim();
  const refused = `echo "agent=$SSH_AUTH_SOCK" >>${directory}/asked; echo 'git@example.org: Permission denied (publickey).' >&2; exit 128`;
  write(directory, {
    git: `#!/bin/sh\ncase " $* " in *" clone "* | *" fetch "* | *" ls-remote "*) ${refused} ;; esac\nexec ${git} "$@"\n`,
  });
  sh("chmod", ["+x", join(directory, "git")]);
  const agents = () => [...new Set(readFileSync(join(directory, "asked"), "utf8").split("\n").filter(Boolean))];
  return { directory, agents };
}

/** Fails with and without the job's agent. @returns what both failures say to do, and the agents that git was given in each */
async function withoutAndWithAgent(installed: (more: string) => ReturnType<typeof workshop>) {
  const tries = [];
  for (const more of ["", ", pass-env: [SSH_AUTH_SOCK]"]) {
    const { directory, agents } = gitWithoutKey();
    stub({ PATH: `${directory}:${process.env.PATH}`, SSH_AUTH_SOCK: "/of-the-job", UV_CACHE_DIR: temporary("cache") });
    const { remedy } = await installed(more)
      .build()
      .then(() => ({ remedy: "none: it was built" }))
      .catch((error: { remedy: string }) => error);
    tries.push({ remedy, agents: agents() });
    vi.unstubAllEnvs();
  }
  return tries;
}

const WANTS_KEY = expect.stringMatching(/^The repository of a dependency takes no key .*`pass-env: \[SSH_AUTH_SOCK\]`/);
const AGENTS = [
  { remedy: WANTS_KEY, agents: ["agent="] },
  { remedy: WANTS_KEY, agents: ["agent=/of-the-job"] },
];

const stub = (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
};

afterEach(() => {
  vi.unstubAllEnvs();
});

full("environments", needs("python3.11")).eachAfterFirst(["pip", "uv"] as const)(
  "an environment of %s",
  (installer) => {
    let tools: string;
    let wheels: string;
    const requirements = (more = "") => ({ "requirements.txt": `leaf\n${more}` });
    const place = (files: Record<string, string>, more = "") =>
      workshop(
        `environments: { python: { installer: ${installer}, interpreter: ${PYTHON}, requirements: [requirements.txt]${more} } }`,
        files,
        { python: PYTHON, tools },
      );
    const found = async (here: ReturnType<typeof workshop>) => {
      const [built] = await here.build();
      return { ...built!, names: built!.record.resolved.map(({ name, version }) => `${name} ${version}`) };
    };

    beforeAll(async () => {
      const work = temporary("tools");
      const python = await findPython({ interpreter: PYTHON, version: "3.11" });
      const [name, version] = installer === "pip" ? ["pip", PIP_VERSION] : ["uv", UV_VERSION];
      await installTool(name!, version!, python, { work, progress: silent, passed: [] });
      tools = join(work, "tools");
      wheels = temporary("wheels");
      for (const version of ["1.0", "2.0"]) wheel(wheels, "leaf", version, { "leaf.py": `VERSION = "${version}"\n` });
    });

    /** A machine whose packages come from a directory, as its user's configuration says; and which says more than that. */
    const machine = (more: { pip?: string; uv?: string } = {}) =>
      homeWith({
        ".config/pip/pip.conf": `[global]\nno-index = true\nfind-links = ${wheels}\n${more.pip ?? ""}`,
        ".config/uv/uv.toml": `no-index = true\nfind-links = ["${wheels}"]\n${more.uv ?? ""}`,
      });

    it("case 17: shows install scripts neither secrets nor tokens of the job, but what `pass-env` names", async () => {
      stub({ ...SECRETS, HOME: machine(), CORPORATE_TOKEN: "word", EMPTY: "" });
      const here = place({ ...WITNESS, ...requirements("./witness\n") }, ", pass-env: [CORPORATE_TOKEN, EMPTY]");
      const { path } = await found(here);
      const seen = JSON.parse(
        readFileSync(join(path, "lib/python3.11/site-packages/witness.json"), "utf8"),
      ) as string[];
      expect(seen).toEqual(expect.arrayContaining(["PATH", "HOME", "CORPORATE_TOKEN"]));
      expect(seen.filter((name) => name in SECRETS || name === "EMPTY")).toEqual([]);
    });

    full("environments").it(
      "case 31: is the same whatever variables and files say about what is installed",
      async () => {
        const elsewhere = temporary("elsewhere");
        writeFileSync(join(elsewhere, "constraints.txt"), "leaf==1.0\n");
        stub({ HOME: machine() });
        const plain = place(requirements());
        const before = await found(plain);
        expect(before.names).toEqual(["leaf 2.0"]);
        stub({
          HOME: machine({
            pip: `[install]\ntarget = ${elsewhere}/target\nconstraint = ${elsewhere}/constraints.txt\n`,
            uv: `no-build = true\nresolution = "lowest"\ncompile-bytecode = true\n`,
          }),
          PIP_TARGET: join(elsewhere, "target"),
          PIP_PREFIX: join(elsewhere, "prefix"),
          PIP_USER: "1",
          PIP_REQUIRE_VIRTUALENV: "1",
          PIP_CONSTRAINT: join(elsewhere, "constraints.txt"),
          PIP_CONFIG_FILE: join(elsewhere, "nothing"),
          UV_CONSTRAINT: join(elsewhere, "constraints.txt"),
          UV_FROZEN: "1",
          UV_COMPILE_BYTECODE: "1",
          UV_RESOLUTION: "lowest",
          UV_INDEX: "http://127.0.0.1:1/simple",
          PIP_INDEX_URL: "http://127.0.0.1:1/simple",
          PYTHONPATH: elsewhere,
          PYTHONHOME: elsewhere,
          VIRTUAL_ENV: elsewhere,
        });
        const again = place(requirements());
        const after = await found(again);
        expect(after.names).toEqual(before.names);
        expect(after.layer.index.map(({ path }) => path)).toEqual(before.layer.index.map(({ path }) => path));
        expect(existsSync(join(elsewhere, "target"))).toBe(false);
        const keys = await Promise.all(
          [plain, again].map(({ config, options }) => explainEnvironments(config, options)),
        );
        const parts = keys.map(([one]) => one!.parts.filter(({ name }) => name !== "environments-root"));
        expect(parts[1]).toEqual(parts[0]);
      },
    );

    full("environments").it("case 31: counts a constraint that is meant by what is in its file", async () => {
      const name = installer === "pip" ? "PIP_CONSTRAINT" : "UV_CONSTRAINT";
      const file = join(temporary("constraints"), "constraints.txt");
      writeFileSync(file, "leaf==1.0\n");
      stub({ HOME: machine(), [name]: file });
      const here = place(requirements(), `, pass-env: [${name}]`);
      const key = async () => (await explainEnvironments(here.config, here.options))[0]!.key;
      expect((await found(here)).names).toEqual(["leaf 1.0"]);
      const before = await key();
      writeFileSync(file, "leaf==2.0\n");
      expect(await key()).not.toBe(before);
      const copy = join(temporary("constraints"), "elsewhere.txt");
      writeFileSync(copy, "leaf==1.0\n");
      stub({ [name]: copy });
      expect(await key()).toBe(before);
    });

    full("environments").it("case 31: is refused when it lacks what its requirements name", async () => {
      const target = temporary("target");
      stub({ HOME: machine(), PIP_TARGET: target, UV_DRY_RUN: "1" });
      const more = installer === "pip" ? ", pass-env: [PIP_TARGET]" : ", options: [--dry-run]";
      const here = place(requirements(), more);
      await expect(here.build()).rejects.toThrow(/lacks leaf[\s\S]*0 in the environment[\s\S]*pass-env/);
    });

    full("environments").it("says that git lacks a key, and which variable brings the job's agent to it", async () => {
      const requires = { "requirements.txt": `closed @ ${CLOSED}@${COMMIT}\n` };
      expect(await withoutAndWithAgent((more) => place(requires, more))).toEqual(AGENTS);
    });

    it("case 31: is refused before anything is installed when a file takes a variable that is not passed", async () => {
      stub({ HOME: machine(), INDEX_WORD: "word" });
      const here = place(requirements("--extra-index-url https://reader:${INDEX_WORD}@127.0.0.1:1/simple\n"));
      await expect(here.build()).rejects.toThrow(/requirements.txt takes INDEX_WORD[\s\S]*pass-env: \[INDEX_WORD\]/);
    });
  },
);

describe.runIf(needs("node", "npm"))("an environment of npm", () => {
  const files = () => {
    const directory = temporary("npm-application");
    write(directory, {
      "leaf/package.json": JSON.stringify({
        name: "leaf",
        version: "1.0.0",
        scripts: {
          install: `node -e "require('fs').writeFileSync('seen.json', JSON.stringify(Object.keys(process.env)))"`,
        },
      }),
    });
    sh("npm", ["pack", "--silent", "./leaf"], { cwd: directory });
    write(directory, {
      "package.json": JSON.stringify({ name: "shop", version: "1.0.0", dependencies: { leaf: "file:leaf-1.0.0.tgz" } }),
    });
    sh("npm", ["install", "--package-lock-only", "--offline", "--silent"], { cwd: directory });
    return directory;
  };

  full("environments").it(
    "case 17, case 31: runs install scripts, whatever the user's files say, and shows them no secret",
    async () => {
      const source = files();
      const home = homeWith({ ".npmrc": "ignore-scripts=true\nomit=prod\nregistry=http://127.0.0.1:1/\n" });
      stub({ ...SECRETS, HOME: home, NPM_TOKEN: "word", NODE_ENV: "production", NPM_CONFIG_IGNORE_SCRIPTS: "true" });
      stub({ NODE_OPTIONS: "--require=/nowhere.js" });
      write(source, { ".npmrc": "//registry.example.org/:_authToken=${NPM_TOKEN}\n" });
      const here = workshop("environments: { node: { installer: npm, pass-env: [NPM_TOKEN] } }", {});
      sh("cp", ["-R", `${source}/.`, here.repository]);
      const [built] = await here.build();
      await built!.unpack();
      const seen = JSON.parse(readFileSync(join(here.repository, "node_modules/leaf/seen.json"), "utf8")) as string[];
      expect(seen).toEqual(expect.arrayContaining(["PATH", "NPM_TOKEN"]));
      expect(seen.filter((name) => name in SECRETS || name === "NODE_OPTIONS")).toEqual([]);
    },
  );

  it("case 31: is refused when its .npmrc takes a token that is not passed", async () => {
    stub({ NPM_TOKEN: "word" });
    const here = workshop("environments: { node: { installer: npm } }", {});
    sh("cp", ["-R", `${files()}/.`, here.repository]);
    write(here.repository, { ".npmrc": "//registry.example.org/:_authToken=${NPM_TOKEN}\n" });
    await expect(here.build()).rejects.toThrow(/\.npmrc takes NPM_TOKEN[\s\S]*pass-env: \[NPM_TOKEN\]/);
  });

  it("says that git lacks a key, and which variable brings the job's agent to it", async () => {
    const dependencies = { closed: `${CLOSED}#${COMMIT}` };
    const packages = {
      "": { name: "shop", version: "1.0.0", dependencies },
      "node_modules/closed": { version: "1.0.0", resolved: dependencies.closed },
    };
    const manifests = {
      "package.json": JSON.stringify({ name: "shop", version: "1.0.0", dependencies }),
      "package-lock.json": JSON.stringify({ name: "shop", version: "1.0.0", lockfileVersion: 3, packages }),
    };
    const installed = (more: string) => workshop(`environments: { node: { installer: npm${more} } }`, manifests);
    expect(await withoutAndWithAgent(installed)).toEqual(AGENTS);
  });

  it("reads of user and machine how registries are reached, and nothing else", () => {
    const home = homeWith({
      ".npmrc":
        '; registries\nregistry=https://mirror.example.org/\n@acme:registry = https://npm.example.org/\n//npm.example.org/:_authToken=word\nstrict-ssl=true\nca[]="one"\nignore-scripts=true\nomit=dev\nscript-shell=/bin/evil\nnode-options=--require=x\n',
    });
    expect(reachingLines(join(home, ".npmrc"))).toEqual([
      "registry=https://mirror.example.org/",
      "@acme:registry = https://npm.example.org/",
      "//npm.example.org/:_authToken=word",
      "strict-ssl=true",
      'ca[]="one"',
    ]);
  });
});
