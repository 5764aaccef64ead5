// Keys of tarlift.yml that have another name now: refused in a person's file, read in what was recorded.
import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { nameNow, upgradeConfiguration, valueNow } from "../../src/config/renamed-keys.ts";

it("a file with an old key is refused, with the new one", () => {
  const file =
    "app: shop\nbuild-variables: { A: b }\ntargets: { production: { user: deploy, hosts: [local], switch: 60 } }\n";
  expect(() => parseConfig(file)).toThrow(
    /build-variables: build-variables is now called step-env[\s\S]*user is now called ssh-user[\s\S]*switch is now called auto-revert/,
  );
  const use = "app: shop\nenvironments: { web: { installer: npm, use: run } }\n";
  expect(() => parseConfig(use)).toThrow(/environments\.web\.use: run is now called runtime/);
  const template = `app: shop\nnotify: { chat: { url-env: CHAT, template: '{"text": "{{trouble}}"}' } }\n`;
  expect(() => parseConfig(template)).toThrow(/notify\.chat\.template: .*\{\{trouble\}\} is now called \{\{error\}\}/);
  expect(() => parseConfig("app: shop\ndefaults: { upload: auto }\n")).toThrow(
    /defaults\.upload: auto is now called unless-pull-request or after-deploy/,
  );
  expect(nameNow(["targets", "production"], "variables")).toBe("env");
  expect(nameNow(["targets", "production", "hosts", 0], "user")).toBe("ssh-user");
  expect(nameNow([], "inputs")).toBe("defaults");
  expect(nameNow(["defaults"], "checks")).toBe("required-checks");
  expect(nameNow(["assets", 0], "inputs")).toBeUndefined();
  expect(valueNow(["environments", "web", "use"], "run")).toBe("runtime");
  expect(valueNow(["environments", "web", "use"], "build")).toBeUndefined();
});

it("a recorded configuration gets the names of today, and keeps what it has", () => {
  const recorded = {
    app: "shop",
    "build-variables": { A: "b" },
    environments: { app: { installer: "npm", use: "run" }, web: { installer: "npm", use: "build" } },
    services: { web: { systemd: "web", settle: 2 } },
    notify: {
      chat: {
        "url-variable": "CHAT",
        template: '{"text": "{{ version }}{{#trouble}}: {{trouble}}{{/trouble}} {{app}}"}',
      },
      room: { "url-env": "ROOM", format: "slack" },
    },
    inputs: { checks: ["test"], wait: 60, upload: "auto" },
    targets: {
      production: {
        user: "deploy",
        variables: { C: "d" },
        switch: 60,
        "require-switch": true,
        hosts: [{ address: "a", user: "e", variables: { F: "g" } }, "b"],
        balancers: [{ command: { drain: "x", undrain: "y" } }],
      },
    },
  };
  const before = structuredClone(recorded);
  expect(upgradeConfiguration(recorded)).toEqual({
    app: "shop",
    "step-env": { A: "b" },
    environments: { app: { installer: "npm", use: "runtime" }, web: { installer: "npm", use: "build" } },
    services: { web: { systemd: "web", "stable-for": 2 } },
    notify: {
      chat: { "url-env": "CHAT", template: '{"text": "{{ label }}{{#error}}: {{error}}{{/error}} {{app}}"}' },
      room: { "url-env": "ROOM", format: "slack" },
    },
    defaults: { "required-checks": ["test"], wait: 60 },
    targets: {
      production: {
        "ssh-user": "deploy",
        env: { C: "d" },
        "auto-revert": 60,
        "require-auto-revert": true,
        hosts: [{ address: "a", "ssh-user": "e", env: { F: "g" } }, "b"],
        balancers: [{ command: { drain: "x", restore: "y" } }],
      },
    },
  });
  expect(recorded).toEqual(before);
});

it.each([
  undefined,
  null,
  1,
  "text",
  [],
  { targets: 1 },
  { targets: { a: null } },
  { services: "settle" },
  { notify: { a: { template: 1 } } },
])("what is no configuration stays as it is: %j", (value) => expect(upgradeConfiguration(value)).toEqual(value));
