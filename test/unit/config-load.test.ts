import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigFailure, findPosition, loadConfig, parseConfig } from "../../src/config/load.ts";
import { configSchema, healthSchema } from "../../src/config/schema.ts";
import { findEnvironment, findTarget } from "../../src/config/select.ts";
import { Failure } from "../../src/failure.ts";
import { INSTALLERS } from "../../src/installers/registry.ts";
import { knownHosts } from "../../src/inventories/registry.ts";
import { exactlyOneOf } from "../../src/schema/adapter.ts";
import { either } from "../../src/schema/spelling.ts";
import { SUPERVISORS } from "../../src/supervisors/registry.ts";
import { temporary } from "../support/temporary.ts";

const sample = readFileSync(new URL("../support/tarlift-sample.yml", import.meta.url), "utf8");

/** `line:column path: message`, one for each problem. */
function problemsOf(text: string): string[] {
  try {
    parseConfig(text);
  } catch (error) {
    if (!(error instanceof ConfigFailure)) throw error;
    return error.problems.map(
      ({ line, column, path, message }) => `${line}:${column} ${path ? `${path}: ` : ""}${message}`,
    );
  }
  return [];
}

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("a valid tarlift.yml", () => {
  test("case 47: keys that begin with x- hold anchors, and are read where these are used", () => {
    const config = parseConfig(
      "app: a\nx-web: &web { systemd: a-web, stable-for: 2s }\nservices: { web: *web, again: *web }\n",
    );
    expect([config.services.web?.["stable-for"], config.services.again?.systemd]).toEqual([2, "a-web"]);
    expect(config).not.toHaveProperty("x-web");
    expect(() => parseConfig("app: a\nservices: { web: { systemd: w, x-more: 1 } }\n")).toThrow(/x-more: unknown key/);
  });

  test("the design's sample means what it says", () => {
    const config = parseConfig(sample);
    expect(config.environments.python).toMatchObject({ installer: "pip", use: "runtime", link: ".venv" });
    expect(config.check[1]).toEqual({ run: "python -c 'import config.wsgi'", network: false });
    expect(config.migrations).toMatchObject({ policy: "apply" });
    expect(config.services.web).toMatchObject({ supervisord: "accounting-web", action: "restart", "stable-for": 5 });
    expect(config.services.web?.health).toMatchObject({ status: 200, "release-header": "X-Release" });
    expect(config.targets.staging).toMatchObject({
      hosts: [{ address: "staging.example.org" }],
      env: { DEBUG: "0" },
      keep: 5,
    });
    expect(knownHosts(config.targets.production?.hosts ?? [])?.[1]).toEqual({
      address: "app2.example.org",
      roles: ["web", "worker"],
    });
  });

  // An artifact holds the configuration as it was read, and a deploy reads that again.
  test.each([
    ["the design's sample", sample],
    [
      "every short form",
      `app: a
check: [./check]
hooks: { after-activate: ["true"] }
services: { web: { systemd: web, stable-for: 2m, stop-timeout: 1m30s } }
shared: { directories: [./media/] }
targets: { production: { hosts: [one, { address: two }], waves: { size: 25%, min-healthy: 50% }, wait-for-lock: 10s } }
`,
    ],
  ])("read once more as JSON it says the same: %s", (_, text) => {
    const config = parseConfig(text);
    expect(configSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test("Windows newlines and a byte order mark change nothing", () => {
    expect(parseConfig(`\uFEFF${sample.replaceAll("\n", "\r\n")}`)).toEqual(parseConfig(sample));
  });

  test("a host is a name or an address of either kind", () => {
    const addresses = ["app1", "app1.example.org", "192.0.2.7", "2001:db8::1", "::1", "fe80::1%eth0", "local"];
    const { targets } = parseConfig(`app: a\ntargets: { t: { hosts: ${JSON.stringify(addresses)} } }\n`);
    expect(knownHosts(targets.t?.hosts ?? [])?.map(({ address }) => address)).toEqual(addresses);
  });

  test("anchors and merge keys work", () => {
    const config = parseConfig(
      "app: a\ntargets:\n  one: &base { ssh-user: deploy, hosts: [h1] }\n  two: { <<: *base, hosts: [h2] }\n",
    );
    expect(config.targets.two).toMatchObject({ "ssh-user": "deploy", hosts: [{ address: "h2" }] });
  });

  test("variables keep the very text that was written", () => {
    const config = parseConfig(
      "app: a\nstep-env: { PYTHON: 3.10, ZERO: 007, YES: yes, ON: True, BIG: 12345678901234567890, TEXT: '1' }\n",
    );
    expect(config["step-env"]).toEqual({
      PYTHON: "3.10",
      ZERO: "007",
      YES: "yes",
      ON: "True",
      BIG: "12345678901234567890",
      TEXT: "1",
    });
  });

  test("a service may have the name of such a map", () => {
    const config = parseConfig(
      "app: a\nservices: { headers: { systemd: web, stable-for: 5 } }\ntargets: { variables: { hosts: [h], keep: 3 } }\n",
    );
    expect([config.services.headers?.["stable-for"], config.targets.variables?.keep]).toEqual([5, 3]);
    const named = parseConfig("app: a\ntargets: { services: { hosts: [h], env: { VERSION: 1.10, N: 007 } } }\n");
    expect(named.targets.services?.env).toEqual({ VERSION: "1.10", N: "007" });
  });

  test.each([
    ["an alias", "*v", "TEXT: x"],
    ["a merge key", "{ <<: *v }", "TEXT: x"],
    ["merge keys of several", "{ <<: [*w, *v] }", "TEXT: x"],
    ["a merge key that is itself merged", "{ <<: *w }", "<<: *v"],
    ["aliases of the values", "{ PY: *py, HEX: *hex, ACCOUNT: *account, ON: *on }", "TEXT: x"],
  ])("case 47: variables keep the very text that was written through %s", (_, used, more) => {
    const config = parseConfig(`app: a
x-vars: &v { PY: &py 3.10, HEX: &hex 0x10, ACCOUNT: &account 12345678901234567890, ON: &on True }
x-more: &w { ${more} }
step-env: ${used}
targets: { one: { hosts: [a], env: ${used} }, two: { hosts: [b], env: { ON: "1" } } }
`);
    const text = { PY: "3.10", HEX: "0x10", ACCOUNT: "12345678901234567890", ON: "True" };
    expect(config["step-env"]).toMatchObject(text);
    expect(config.targets.one?.env).toMatchObject(text);
  });

  test("what variables take as text stays a number, or what it is, where else it is used", () => {
    const config = parseConfig(`app: a
x-map: &map { ON: true }
step-env: { PORT: &port 8000, ON: &on true }
targets:
  one: { hosts: [a], port: *port, require-auto-revert: *on, env: &v { P: *port, <<: *map } }
  two: { hosts: [{ address: b, env: { <<: *v, P: 0x1 } }] }
x-later: &map { ON: 0x1 }
`);
    expect(config["step-env"]).toEqual({ PORT: "8000", ON: "true" });
    expect(config.targets.one).toMatchObject({
      port: 8000,
      "require-auto-revert": true,
      env: { P: "8000", ON: "true" },
    });
    expect(config.targets.two?.hosts).toEqual([{ address: "b", env: { P: "0x1", ON: "true" } }]);
  });

  test("times have units, and paths are read in their plain form", () => {
    const config = parseConfig(
      "app: a\nassets: [{ name: x, run: make, outputs: [./static//dist/], timeout: 5m }]\nenvironments-root: /opt//envs/\n",
    );
    expect(config.assets[0]).toMatchObject({ outputs: ["static/dist"], timeout: 300 });
    expect(config["environments-root"]).toBe("/opt/envs");
  });
});

describe("headers of a health check", () => {
  const health = (line: string) =>
    `app: a\nservices: { web: { systemd: w, health: { url: http://127.0.0.1/, ${line} } } }\n`;

  test("are texts, as they are written", () => {
    const config = parseConfig(
      health("headers: { Host: shop.example.org, X-Forwarded-Port: 443, X-Version: 1.10, A: é }"),
    );
    expect(config.services.web?.health?.headers).toEqual({
      Host: "shop.example.org",
      "X-Forwarded-Port": "443",
      "X-Version": "1.10",
      A: "é",
    });
    const { properties } = z.toJSONSchema(healthSchema, { io: "input" });
    expect(JSON.stringify(properties?.headers)).toContain('["string","number","boolean"]');
  });

  test("are refused where HTTP does not allow them", () => {
    expect(problemsOf(health('headers: { "X Forwarded Proto": https }'))).toEqual([
      `2:77 services.web.health.headers.X Forwarded Proto: expected a header's name: letters, digits and -, without spaces and without its colon, got "X Forwarded Proto"`,
    ]);
    expect(problemsOf(health('release-header: "X-Release:"'))).toEqual([
      `2:82 services.web.health.release-header: expected a header's name: letters, digits and -, without spaces and without its colon, got "X-Release:"`,
    ]);
    for (const value of ['"one\\ntwo"', '"one\\n"', "日本"])
      expect(problemsOf(health(`headers: { X-Name: ${value} }`))).toEqual([
        expect.stringMatching(/^2:\d+ services\.web\.health\.headers\.X-Name: expected a header's value: one line/),
      ]);
  });
});

describe("an invalid tarlift.yml", () => {
  test("all errors come at once, each with its place, path and the nearest right spelling", () => {
    expect(
      problemsOf(
        [
          "app: accounting",
          "enviroments: {}",
          "environments:",
          "  python:",
          "    instaler: pip",
          "    installer: pipp",
          "    version_file: .python-version",
          "targets:",
          "  staging: { hosts: [h1], keep: many, port: 70000 }",
          "",
        ].join("\n"),
      ),
    ).toEqual([
      "2:1 enviroments: unknown key; did you mean environments?",
      "5:5 environments.python.instaler: unknown key; did you mean installer?",
      `6:16 environments.python.installer: expected ${either(INSTALLERS.map(({ key }) => key))}, got "pipp"; did you mean pip?`,
      "7:5 environments.python.version_file: unknown key; did you mean version-file?",
      '9:33 targets.staging.keep: expected a number, got "many"',
      "9:45 targets.staging.port: expected at most 65535, got 70000",
    ]);
  });

  test("the message lists file, line and column, and refuses with exit code 2", () => {
    const failure = failureOf(() => parseConfig("app: a\nfoo: 1\n", "deploy/tarlift.yml"));
    expect(failure.message).toContain("deploy/tarlift.yml has an error\n  deploy/tarlift.yml:2:1: foo: unknown key");
    expect(failure.outcome).toBe("refused");
  });

  test.each([
    ["", "1:1 the file is empty; `tarlift init --force` writes one that suits this repository"],
    ["# only a comment\n", "1:1 the file is empty; `tarlift init --force` writes one that suits this repository"],
    ["- a\n", "1:1 expected a mapping, got a list"],
    ["app: a\napp: b\n", "2:1 the key app stands here twice"],
    ["app: a\nassets: *nowhere\n", /Unresolved alias.*nowhere/],
    ["app: [a\n", /^2:1 .*flow/i],
    ["app: a\ntargets:\n\tone: {}\n", /^3:1 a tab/],
    ["app: a\n---\napp: b\n", /^2:1 a second document/],
    ["app: !secret a\n", /^1:6 .*tag/i],
    ["targets: {}\n", "1:1 app: missing: expected a text"],
    ["app: 7\n", "1:6 app: expected a text, got 7; put it in quotes"],
    ["app: ../x\n", /^1:6 app: expected a name: .*got "..\/x"/],
    ["app: a\nsource: /abs\n", /^2:9 source: expected a relative path/],
    ["app: a\nshared: { directories: [../x] }\n", /^2:25 shared\.directories\[0\]: expected a relative path/],
    ["app: a\nshared: { directories: media }\n", '2:24 shared.directories: expected a list, got "media"'],
    ["app: a\nstep-env: { A-B: 1 }\n", /^2:13 step-env\.A-B: expected a variable's name/],
    ["app: a\nstep-env: { UID: 1 }\n", /^2:13 step-env\.UID: expected another name: shells keep/],
    ["app: a\nstep-env: { A: }\n", "2:16 step-env.A: expected a text, a number or true or false, got nothing"],
    ["app: a\ncheck: [{ rn: x }]\n", /check\[0\]\.rn: unknown key; did you mean run\?/],
    ["app: a\nassets: [{ name: x, run: y }]\n", "2:10 assets[0].outputs: missing: expected a list"],
    [
      "app: a\nservices: { web: { roles: [web] } }\n",
      `2:18 services.web: expected ${exactlyOneOf(SUPERVISORS.map(({ key }) => key))}, got a mapping`,
    ],
    [
      "app: a\nservices: { web: { systemd: w, action: relod } }\n",
      '2:40 services.web.action: expected restart, reload or a mapping, got "relod"; did you mean reload?',
    ],
    [
      "app: a\nservices: { web: { systemd: w, stable-for: soon } }\n",
      '2:44 services.web.stable-for: expected a time: seconds as a number, or with units as in 90s, 5m, 1h30m; at most 7 days, got "soon"',
    ],
    // Case 38: the same forms as on the command line, and never a limit of no time at all.
    [
      "app: a\nservices: { web: { systemd: w, stable-for: 1h30 } }\n",
      '2:44 services.web.stable-for: expected a time: seconds as a number, or with units as in 90s, 5m, 1h30m; at most 7 days, got "1h30"',
    ],
    [
      "app: a\nservices: { web: { systemd: w, stable-for: 169h } }\n",
      /^2:44 services\.web\.stable-for: expected a time: .* at most 7 days/,
    ],
    [
      "app: a\nservices: { web: { systemd: w, health: { url: 'http://x', timeout: 0 } } }\n",
      /^2:\d+ services\.web\.health\.timeout: expected a time: .*, and more than 0/,
    ],
    [
      "app: a\nservices: { web: { systemd: w, health: { url: 'ftp://x' } } }\n",
      '2:47 services.web.health.url: expected an http or https address, got "ftp://x"',
    ],
    [
      "app: a\nservices: { web: { systemd: w, health: { url: 'http://mon:geheim@x/h' } } }\n",
      /services\.web\.health\.url: expected an address without a user and password: `headers/,
    ],
    ["app: a\nservices: { toString: { systemd: w } }\n", /expected another name: every object of JavaScript/],
    ["app: a\ntargets: { t: { hosts: [constructor] } }\n", /expected another name: every object of JavaScript/],
    ["app: a\nstep-env: { valueOf: x }\n", /expected another name: every object of JavaScript/],
    // Case 14: names that give more in a sudoers rule than they say.
    [
      "app: a\nservices: { web: { supervisord: all } }\n",
      /supervisord: expected a program of supervisord \(not `all`\)/,
    ],
    ["app: a\nservices: { web: { supervisord: 'w*' } }\n", /supervisord: expected a program of supervisord/],
    ["app: a\nservices: { web: { systemd: 'shop-*' } }\n", /systemd: expected the name of one systemd unit/],
    ["app: a\nservices: { web: { systemd: /srv } }\n", /systemd: expected the name of one systemd unit/],
    ["app: a\ntargets: { t: { hosts: [h1], run-as: ALL } }\n", /run-as: expected another name: sudoers takes/],
    ["app: a\ntargets: { t: { hosts: [h1], ssh-user: ADMINS } }\n", /ssh-user: expected another name: sudoers takes/],
    ["app: a\ntargets: { t: { hosts: [] } }\n", "2:24 targets.t.hosts: must not be empty"],
    ["app: a\ntargets: { t: { hosts: [-oProxyCommand=x] } }\n", /^2:25 targets\.t\.hosts\[0\]: expected a host's name/],
    [
      "app: a\ntargets: { t: { hosts: [deploy@h1] } }\n",
      /^2:25 .* its user and port have keys of their own, got "deploy@h1"/,
    ],
    ["app: a\ntargets: { t: { hosts: ['h1:22'] } }\n", /^2:25 .* have keys of their own, got "h1:22"/],
    ["app: a\ntargets: { t: { hosts: ['[::1]'] } }\n", /^2:25 .*\(an IPv6 one without brackets\).* got "\[::1\]"/],
    ["app: a\ntargets: { t: { hosts: [h1], proxy-jump: '-oProxyCommand=x' } }\n", /^2:42 .*expected one word/],
  ])("%j is told in place", (text, expected) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    if (typeof expected === "string") expect(problems).toEqual([expected]);
    else expect(problems.join("\n")).toMatch(expected);
  });

  test("aliases that multiply without end are an error, not a hang", () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `x${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`).join("\n");
    expect(problemsOf(`x0: &a0 [1]\n${bomb}\n`).length).toBeGreaterThan(0);
  });

  test("an error in an inherited value points at where it is written", () => {
    expect(
      problemsOf(
        "app: a\ntargets:\n  one: &base { ssh-user: -x, hosts: [h1] }\n  two:\n    <<: *base\n    hosts: [h2]\n",
      ),
    ).toEqual([
      '3:26 targets.one.ssh-user: expected the name of a user, got "-x"',
      '3:26 targets.two.ssh-user: expected the name of a user, got "-x"',
    ]);
  });
});

describe("the file", () => {
  test("that is missing names `tarlift init`", () => {
    const failure = failureOf(() => loadConfig(join(temporary("config"), "tarlift.yml")));
    expect(failure.what).toMatch(/^there is no .*tarlift\.yml$/);
    expect(failure.remedy).toContain("tarlift init");
    expect(failure.outcome).toBe("refused");
  });

  test("that is not UTF-8 is refused", () => {
    const file = join(temporary("config"), "tarlift.yml");
    writeFileSync(file, Buffer.from([0x61, 0x70, 0x70, 0x3a, 0x20, 0xff, 0xfe]));
    expect(failureOf(() => loadConfig(file)).what).toMatch(/not UTF-8/);
  });

  test("knows where each part stands", () => {
    const text = "app: a\ntargets:\n  staging:\n    hosts:\n      - h1\n      - address: h2\n";
    expect(findPosition(text, ["targets", "staging"])).toEqual({ line: 3, column: 3 });
    expect(findPosition(text, ["targets", "staging", "hosts", 1, "address"])).toEqual({ line: 6, column: 18 });
    expect(findPosition(text, ["targets", "staging", "hosts", 1, "address"], "key")).toEqual({ line: 6, column: 9 });
    expect(findPosition(text, ["targets", "production"])).toEqual({ line: 2, column: 1 });
  });
});

describe("a name that was typed", () => {
  test("finds its target", () => {
    expect(findTarget(parseConfig(sample), "staging")["ssh-user"]).toBe("deploy");
  });

  test("that is not there is refused with the nearest", () => {
    expect(failureOf(() => findTarget(parseConfig(sample), "stagign")).remedy).toBe("Did you mean staging?");
    expect(failureOf(() => findEnvironment(parseConfig(sample), "constructor")).remedy).toMatch(/Use python or node/);
  });
});

test.each(["django", "node"])("the %s example's tarlift.yml is valid", (name) => {
  const file = new URL(`../../examples/${name}/tarlift.yml`, import.meta.url).pathname;
  expect(Object.keys(loadConfig(file).targets).length).toBeGreaterThan(0);
});
