// Settings of the machine that cannot be read: the message shows no password of an index.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Failure } from "../../src/failure.ts";
import { uvVariables } from "../../src/installers/uv/settings.ts";
import { pipVariables } from "../../src/installers/virtualenv/pip-settings.ts";
import { write } from "../support/environments.ts";
import { temporary } from "../support/temporary.ts";

describe("a file of settings with a password that cannot be read", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is told without it by pip", async () => {
    const says = "File contains no section headers. 'index-url = https://bob:hunter2@example.org/simple'";
    const pip = ["sh", "-c", `echo "${says}" >&2; exit 1`] as const;
    const failure = await pipVariables(pip, []).catch((error: Failure) => error);
    expect((failure as Failure).output).toContain("index-url = https://example.org/simple");
    expect((failure as Failure).output).not.toContain("hunter2");
  });

  it("is told without it by uv", () => {
    const home = temporary("home");
    write(home, { "uv/uv.toml": 'index-url = "https://bob:hunter2@example.org/simple"\nno-index = \n' });
    vi.stubEnv("XDG_CONFIG_HOME", home);
    let said = "";
    try {
      uvVariables([], temporary("scratch"));
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain('index-url = "https://example.org/simple"');
    expect(said).not.toContain("hunter2");
  });
});
