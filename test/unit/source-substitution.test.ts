// What a file says of its commit is the same whatever git is set up to do on this machine.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { makeCommitView } from "../../src/source/commit-view.ts";
import { substitute } from "../../src/source/substitution.ts";
import { commit, write } from "../support/environments.ts";
import { temporary } from "../support/temporary.ts";

afterEach(() => void vi.unstubAllEnvs());

it("fills in dates, names and encodings as git does without configuration", async () => {
  const repository = temporary("substitution");
  write(repository, { a: "" });
  const id = commit(repository, "grün");
  const fill = async () => {
    const view = join(temporary("view"), "view");
    await makeCommitView(repository, id, view);
    return (await substitute(Buffer.from("$Format:%ad %aN %s$"), view)).toString();
  };
  const before = await fill();
  expect(before).toContain("A grün");
  const directory = temporary("settings");
  writeFileSync(join(directory, "mailmap"), "Other <a@example.org>\n");
  writeFileSync(
    join(directory, "gitconfig"),
    `[log]\n\tdate = iso\n[i18n]\n\tlogOutputEncoding = latin1\n[mailmap]\n\tfile = ${directory}/mailmap\n[init]\n\tdefaultRefFormat = reftable\n`,
  );
  vi.stubEnv("GIT_CONFIG_GLOBAL", join(directory, "gitconfig"));
  vi.stubEnv("GIT_CONFIG_COUNT", "1");
  vi.stubEnv("GIT_CONFIG_KEY_0", "log.date");
  vi.stubEnv("GIT_CONFIG_VALUE_0", "unix");
  expect(await fill()).toBe(before);
});
