import { describe, expect, test } from "vitest";
import { ConfigFailure, parseConfig } from "../../src/config/load.ts";

function problemsOf(text: string): string[] {
  try {
    parseConfig(`app: a\n${text}`);
  } catch (error) {
    if (!(error instanceof ConfigFailure)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("environments", () => {
  test("that ship need places of their own", () => {
    expect(problemsOf("environments: { one: { installer: pip }, two: { installer: uv } }")).toEqual([
      "environments.two: .venv overlaps with .venv of environment one: give one of them another link, or `use: build`".replace(
        "environments.two",
        "environments.two.link",
      ),
    ]);
    expect(
      problemsOf(
        "environments: { one: { installer: npm, directory: ui }, two: { installer: npm, directory: ui/node_modules/x } }",
      ),
    ).toHaveLength(1);
  });

  test("that only build may stand where another one stands", () => {
    expect(problemsOf("environments: { run: { installer: npm }, tools: { installer: npm, use: build } }")).toEqual([]);
  });

  test("refuse a key that their installer would ignore", () => {
    expect(problemsOf("environments: { node: { installer: npm, interpreter: /usr/bin/python3 } }")).toEqual([
      "environments.node.interpreter: interpreter means nothing to npm",
    ]);
    for (const installer of ["pip", "uv"])
      expect(problemsOf(`environments: { py: { installer: ${installer}, inputs: [patches/**] } }`)).toEqual([
        `environments.py.inputs: inputs means nothing to ${installer}`,
      ]);
  });
});

describe("a target's environments-root", () => {
  const of = (environment: string, top = "", root = "/opt/envs") =>
    problemsOf(
      `${top}environments: { one: { ${environment} } }\ntargets: { t: { hosts: [a], environments-root: ${root} } }`,
    );

  test.each(["pip", "uv"])("is refused where %s built the environment for the application's", (installer) => {
    expect(of(`installer: ${installer}`)).toEqual([
      "targets.t.environments-root: environment one is built to run at /srv/a/envs, on every target: give `environments-root: /opt/envs` at the top of the file instead, which the runner uses as well",
    ]);
    expect(of(`installer: ${installer}`, "environments-root: /opt/other\n")).toHaveLength(1);
  });

  test("may say what the application's says, and anything where no virtualenv ships", () => {
    expect(of("installer: pip", "environments-root: /opt/envs\n")).toEqual([]);
    expect(of("installer: pip", "", "/srv/a/envs")).toEqual([]);
    expect(of("installer: npm")).toEqual([]);
    expect(of("installer: pip, use: build")).toEqual([]);
  });
});

describe("installers", () => {
  test.each(["pnpm", "yarn", "bun", "poetry", "pipenv", "pdm", "conda", "PNPM"])(
    "case 62: %s is said to be unsupported, with what works, and with no guess at a typing error",
    (installer) => {
      const [problem, ...others] = problemsOf(`environments: { one: { installer: ${installer} } }`);
      expect(others).toEqual([]);
      expect(problem).toMatch(
        new RegExp(`^environments\\.one\\.installer: ${installer.toLowerCase()} is not supported yet: \\S`),
      );
      expect(problem).not.toContain("did you mean");
      expect(problem).toContain(
        /p(oetry|ipenv|dm)|conda/.test(installer)
          ? "`installer: pip` and `installer: uv` install what"
          : "an asset step runs",
      );
    },
  );

  test("case 62: a mistyped one is guessed", () => {
    expect(problemsOf("environments: { one: { installer: npn } }")[0]).toContain("did you mean npm?");
  });

  test("case 54: a directory is for uv and npm; for pip it is the path of the file", () => {
    expect(problemsOf("environments: { one: { installer: uv, directory: backend } }")).toEqual([]);
    expect(problemsOf("environments: { one: { installer: pip, directory: backend } }")).toEqual([
      "environments.one.directory: directory means nothing to pip: give the path in `requirements:`, such as backend/requirements.txt",
    ]);
  });

  test("case 54: a directory above the application is refused with what works", () => {
    expect(problemsOf("environments: { one: { installer: npm, directory: ../frontend } }")[0]).toMatch(
      /let `source:` be a directory above all of them .*, and let `directory:` of each environment lead to its own/,
    );
  });
});

describe("paths", () => {
  test.each([
    ["shared: { directories: [media, media/cache] }", /media\/cache overlaps with the shared path media/],
    ["shared: { directories: [.tarlift/x] }", /\.tarlift is reserved/],
    [
      "include: [media]\nshared: { directories: [media] }",
      /media overlaps with media, which `include` names: what ships/,
    ],
    ["include: [data/seed]\nshared: { directories: [data] }", /data overlaps with data\/seed, which `include` names/],
    ["shared: { directories: [.] }", /cannot be shared/],
    [
      "environments: { python: { installer: pip } }\nshared: { files: [.venv/pip.conf] }",
      /overlaps with .venv, where environment python stands/,
    ],
    [
      "assets: [{ name: front, run: x, outputs: [static/dist] }]\nshared: { directories: [static] }",
      /static overlaps with static\/dist, which the asset step front builds/,
    ],
    [
      "assets: [{ name: one, run: x, outputs: [out] }, { name: two, run: y, outputs: [./out/] }]",
      /assets\[1\]\.outputs\[0\]: out is an output of one already/,
    ],
    [
      "assets: [{ name: one, run: x, outputs: [a] }, { name: one, run: y, outputs: [b] }]",
      /assets\[1\]\.name: another asset step is called one/,
    ],
  ])("%j", (text, expected) => {
    expect(problemsOf(text).join("\n")).toMatch(expected);
  });

  test("that only begin alike do not overlap", () => {
    expect(
      problemsOf(
        "assets: [{ name: one, run: x, outputs: [static] }]\ninclude: [data]\nshared: { directories: [static-uploads, data-own] }",
      ),
    ).toEqual([]);
  });
});

describe("roles", () => {
  const hosts = (text: string) => `targets: { production: { hosts: ${text} } }`;

  test("that no host has are refused with the nearest", () => {
    expect(
      problemsOf(
        `services: { worker: { systemd: w, roles: [wroker] } }\n${hosts("[{ address: a, roles: [web] }, { address: b, roles: [worker] }]")}`,
      ),
    ).toEqual(["services.worker.roles[0]: no host has the role wroker; did you mean worker?"]);
    expect(
      problemsOf(`hooks: { after-deploy: [{ run: x, roles: [cron] }] }\n${hosts("[{ address: a, roles: [web] }]")}`),
    ).toEqual(["hooks.after-deploy[0].roles[0]: no host has the role cron; there are web"]);
  });

  test("are everybody's where hosts have none", () => {
    expect(problemsOf(`services: { worker: { systemd: w, roles: [worker] } }\n${hosts("[a, b]")}`)).toEqual([]);
    expect(problemsOf("services: { worker: { systemd: w, roles: [worker] } }")).toEqual([]);
  });

  test("of migrations belong to a host in every target", () => {
    const migrations = "migrations: { pending: x, apply: y, roles: [jobs] }\n";
    const target = (name: string, roles: string) =>
      `  ${name}: { hosts: [{ address: ${name}.example.org, roles: [${roles}] }] }\n`;
    const of = (...lines: string[]) => problemsOf(`${migrations}targets:\n${lines.join("")}`);
    expect(of(target("one", "web, jobs"), "  two: { hosts: [two.example.org] }\n")).toEqual([]);
    expect(of(target("one", "jobs"), target("two", "web"))).toEqual([
      "targets.two.hosts: no host has the role jobs, which `migrations.roles` asks for",
    ]);
  });

  test("of a balancer are those of hosts in its target", () => {
    const of = (roles: string, others = "") =>
      problemsOf(`targets:
  production:
    hosts: [{ address: a, roles: [web] }, { address: b, roles: [worker] }]
    balancers: [{ haproxy: { backend: web }, roles: [${roles}] }]
${others}`);
    expect(of("web")).toEqual([]);
    expect(of("wbe")).toEqual([
      "targets.production.balancers[0].roles[0]: no host has the role wbe; did you mean web?",
    ]);
    expect(of("web, jobs")).toEqual([
      "targets.production.balancers[0].roles[1]: no host has the role jobs; there are web or worker",
    ]);
    const edge = "  staging: { hosts: [{ address: c, roles: [edge] }] }";
    expect(of("web, edge", edge)).toEqual([]);
    expect(of("edge", edge)).toEqual([
      "targets.production.balancers[0].roles: no host of target production has the role edge: none would leave this balancer; give a host the role, or remove the balancer",
    ]);
    expect(of("wbe", "  staging: { hosts: [c] }")).toHaveLength(1);
    expect(
      problemsOf("targets: { t: { hosts: [a, b], balancers: [{ haproxy: { backend: web }, roles: [wbe] }] } }"),
    ).toEqual([]);
  });

  test("of a hook on the leader say among which hosts", () => {
    const targets = "targets: { one: { hosts: [{ address: a, roles: [web] }] } }";
    expect(problemsOf(`hooks: { after-failure: [{ run: x, on: leader, roles: [web] }] }\n${targets}`)).toEqual([]);
  });

  test("do not go with hooks on the runner", () => {
    expect(problemsOf("hooks: { after-deploy: [{ run: x, on: runner, roles: [web] }] }")).toEqual([
      "hooks.after-deploy[0].roles: roles select hosts: a hook `on: runner` has none",
    ]);
  });
});

describe("targets", () => {
  test("name a host once", () => {
    expect(problemsOf("targets: { t: { hosts: [a.example.org, { address: A.example.org }] } }")).toEqual([
      "targets.t.hosts[1]: A.example.org is in this target already",
    ]);
    expect(problemsOf("targets: { t: { hosts: [{ address: a, port: 22 }, { address: a, port: 2222 }] } }")).toEqual([]);
  });

  test("enter this machine without SSH", () => {
    const host = "{ address: local, ssh-user: deploy, port: 22, proxy-jump: gate, roles: [web] }";
    const balancer = "{ haproxy: { backend: web, ssh-user: deploy, port: 22 } }";
    expect(problemsOf(`targets: { t: { ssh-user: deploy, hosts: [${host}, b], balancers: [${balancer}] } }`)).toEqual(
      ["hosts[0].port", "hosts[0].proxy-jump", "balancers[0].haproxy.ssh-user", "balancers[0].haproxy.port"].map(
        (key) =>
          expect.stringMatching(`^targets\\.t\\.${key.replace(/[[\]]/g, "\\$&")}: .* means nothing to \`local\``),
      ),
    );
    // `host setup` prepares for this user.
    expect(problemsOf("targets: { t: { hosts: [{ address: local, ssh-user: deploy }] } }")).toEqual([]);
    const away = "{ haproxy: { backend: web, host: c, ssh-user: deploy } }";
    expect(
      problemsOf(`targets: { t: { ssh-user: d, hosts: [local, { address: b, ssh-user: e }], balancers: [${away}] } }`),
    ).toEqual([]);
  });

  test("on one host need two roots", () => {
    expect(problemsOf("targets: { one: { hosts: [a] }, two: { hosts: [b, a] } }")).toEqual([
      "targets.two: /srv/a on a is target one's already: give one of them another root",
    ]);
    expect(problemsOf("targets: { one: { hosts: [a] }, two: { hosts: [a], root: /srv/two } }")).toEqual([]);
  });

  test("have a name as a variable or as a secret", () => {
    expect(problemsOf("targets: { t: { hosts: [a], env: { KEY: x }, secrets: [KEY] } }")).toEqual([
      "targets.t.env.KEY: KEY is a secret of target t as well: it can be one of both",
    ]);
    expect(problemsOf("targets: { t: { hosts: [{ address: a, env: { KEY: x } }], secrets: [KEY] } }")).toHaveLength(1);
    expect(problemsOf("targets: { t: { hosts: [a], secrets: [KEY, KEY] } }")).toHaveLength(1);
    expect(problemsOf("targets: { t: { hosts: [a], secrets: [KEY], may-be-empty: [OTHER] } }")).toEqual([
      "targets.t.may-be-empty[0]: OTHER is no secret of target t",
    ]);
  });

  test("and the commands of migrations.compatible as well", () => {
    const of = (secrets: string) =>
      problemsOf(
        `migrations: { pending: x, apply: y, compatible: { check: z, env: { KEY: x }, secrets: ${secrets} } }`,
      );
    expect(of("{ KEY: SCRATCH }")).toEqual([
      "migrations.compatible.secrets.KEY: KEY stands in `variables` as well: it can be one of both",
    ]);
    expect(of("{ OTHER: KEY }")).toEqual([]);
  });

  test("leave Tarlift's own variables alone", () => {
    expect(
      problemsOf("targets: { t: { hosts: [a], env: { TARLIFT_RELEASE: x }, secrets: [TARLIFT_COMMIT] } }"),
    ).toHaveLength(2);
    expect(problemsOf("step-env: { TARLIFT_X: y }")).toHaveLength(1);
  });
});

describe("what a build may see", () => {
  test("case 17: is no secret of a target, and nothing that the runner gives to actions alone", () => {
    const targets = "targets: { t: { hosts: [a], secrets: [KEY] } }";
    expect(problemsOf(`environments: { python: { installer: pip, pass-env: [KEY] } }\n${targets}`)).toEqual([
      "environments.python.pass-env[0]: KEY is a secret of target t, which no build may see",
    ]);
    expect(problemsOf(`assets: [{ name: a, run: b, outputs: [c], pass-env: [OTHER, KEY] }]\n${targets}`)).toEqual([
      "assets[0].pass-env[1]: KEY is a secret of target t, which no build may see",
    ]);
    for (const name of ["INPUT_KEY", "ACTIONS_RUNTIME_TOKEN", "PIP_CONFIG_FILE", "A B"])
      expect(problemsOf(`environments: { python: { installer: pip, pass-env: ["${name}"] } }`)).toHaveLength(1);
  });
});

describe("balancers", () => {
  test("name hosts that are there, and say nothing that has no effect", () => {
    const target = (balancer: string) =>
      problemsOf(`targets: { t: { hosts: [app1.example.org], balancers: [${balancer}] } }`);
    expect(target("{ haproxy: { backend: web, host: lb }, servers: { app1.example.org: web-1 } }")).toEqual([]);
    expect(target("{ haproxy: { backend: web }, servers: { app2.example.org: web-1 } }")).toEqual([
      "targets.t.balancers[0].servers.app2.example.org: target t has no host app2.example.org; did you mean app1.example.org?",
    ]);
    expect(target("{ command: { drain: x, restore: y }, host: lb }")).toEqual([
      "targets.t.balancers[0].host: host is now called haproxy.host",
    ]);
    expect(target("{ haproxy: { backend: web }, command: { drain: x, restore: y } }")).toHaveLength(1);
    // To commands a limit of 0 is none.
    expect(target("{ command: { drain: x, restore: y }, drain: 0 }")).toEqual([]);
    expect(target("{ command: { drain: x, restore: y, on: host }, drain: 0 }")).toEqual([
      expect.stringMatching(/^targets\.t\.balancers\[0\]\.drain: 0 is no limit, .*: 1h`\)$/),
    ]);
    expect(target("{ haproxy: { backend: web }, drain: 0 }")).toEqual([]);
  });
});

describe("services", () => {
  test("of the user manager are systemd's", () => {
    expect(problemsOf("services: { web: { supervisord: w, user-manager: true } }")).toHaveLength(1);
    expect(problemsOf("services: { web: { systemd: w, user-manager: true } }")).toEqual([]);
  });

  test("that commands drive are restarted", () => {
    expect(problemsOf("services: { web: { command: { restart: x }, action: reload } }")).toHaveLength(1);
  });
});

describe("waves", () => {
  test("all at once is refused behind a balancer, which would lose its last server", () => {
    const target = (hosts: string) =>
      `targets: { t: { hosts: [${hosts}], waves: all-at-once, balancers: [{ command: { drain: x, restore: y } }] } }`;
    expect(problemsOf(target("a, b"))).toEqual([
      "targets.t.waves: hosts behind a balancer cannot all leave it at once: remove this key, or give `size`",
    ]);
    expect(problemsOf(target("a"))).toEqual([]);
  });
});

describe("what would be without effect", () => {
  test("a target that no message is about", () => {
    const of = (targets: string) =>
      problemsOf(`notify: { chat: { url-env: HOOK, targets: [${targets}] } }\ntargets: { production: { hosts: [a] } }`);
    expect(of("production")).toEqual([]);
    expect(of("prodution")).toEqual(["notify.chat.targets[0]: there is no target prodution; did you mean production?"]);
    expect(of("production, x")).toEqual(["notify.chat.targets[1]: there is no target x; there are production"]);
  });

  test("a format beside a template", () => {
    const of = (keys: string) => problemsOf(`notify: { chat: { url-env: HOOK, ${keys} } }`);
    expect(of(`format: slack, template: '{"text": "{{summary}}"}'`)).toEqual([
      "notify.chat.template: template means nothing to slack: a template of your own is the whole message, so remove one of the two keys",
    ]);
    expect(of("format: slack")).toEqual([]);
  });

  test("groups and extras of a lock that uv does not read", () => {
    const of = (keys: string) => problemsOf(`environments: { py: { installer: uv, ${keys} } }`);
    expect(of("requirements: [r.txt], groups: [web], extras: [x]")).toEqual(
      ["groups", "extras"].map(
        (key) =>
          `environments.py.${key}: ${key} choose from uv.lock, which is not read beside \`requirements:\`: remove one of the two keys`,
      ),
    );
    expect(of("groups: [web], extras: [x]")).toEqual([]);
  });

  test("a required switch that is never set", () => {
    expect(problemsOf("targets: { t: { hosts: [a], require-auto-revert: true, auto-revert: 0 } }")).toEqual([
      "targets.t.require-auto-revert: `auto-revert: 0` says that no host reverts by itself: remove one of the two keys",
    ]);
    expect(problemsOf("targets: { t: { hosts: [a], require-auto-revert: true } }")).toEqual([]);
  });

  test("what is about migrations, where there are none", () => {
    const text = "hooks: { before-migrate: [x] }\ntargets: { t: { hosts: [a], migrations: require-none } }";
    const none =
      "there are no migrations without a `migrations:` at the top of the file, which says how they are found";
    expect(problemsOf(text)).toEqual([`hooks.before-migrate: ${none}`, `targets.t.migrations: ${none}`]);
    expect(problemsOf(`migrations: { pending: x, apply: y }\n${text}`)).toEqual([]);
  });
});

describe("what would be without effect", () => {
  const uv = "environments: { py: { installer: uv } }";

  test.each([
    ["package: true", 1],
    ["package: true\nenvironments: { js: { installer: npm } }", 1],
    ["package: true\nenvironments: { py: { installer: pip, use: build } }", 1],
    [`package: true\n${uv}`, 0],
    ["package: false", 0],
  ])("a package without the Python of an environment that ships: %s", (text, count) => {
    const found = problemsOf(text);
    expect(found.length).toBe(count);
    if (count > 0) expect(found[0]).toMatch(/^package: a package is built with the Python of an environment, and none/);
  });

  test.each(["PATH", "PWD"])("step-env that Tarlift sets itself: %s", (name) => {
    expect(problemsOf(`step-env: { A: b, ${name}: /x }`)).toEqual([
      `step-env.${name}: Tarlift sets ${name} for what it runs: set it within the command (\`${name}=… command\`)`,
    ]);
  });

  test("a HOME and TMPDIR of asset steps", () => {
    expect(problemsOf("step-env: { HOME: /tmp/home, TMPDIR: /var/tmp }")).toEqual([]);
  });

  test("PATH of the checks of compatibility", () => {
    const text = (kind: string) =>
      `migrations: { pending: x, apply: y, compatible: { check: z, ${kind}: { PATH: A, HOME: B } } }`;
    for (const kind of ["env", "secrets"])
      expect(problemsOf(text(kind)).filter((one) => one.includes("PATH"))).toEqual([
        expect.stringMatching(`^migrations.compatible.${kind}.PATH: Tarlift sets PATH`),
      ]);
  });
});
