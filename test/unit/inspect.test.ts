import { basename, dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { artifactOf, text } from "../support/layers.ts";
import { temporary } from "../support/temporary.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command writes to standard output. */
async function tarlift(...args: string[]): Promise<string> {
  let said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    said += chunk;
    return true;
  });
  await buildProgram().parseAsync(["inspect", ...args], { from: "user" });
  vi.restoreAllMocks();
  return said;
}

const one = () => artifactOf(temporary("one"), [text("a", "1"), text("bin/tool", "#!", true)]);
const two = () => artifactOf(temporary("two"), [text("a", "2"), text("b", "")], { version: "v2" });

test("the summary names label, commit, digests, layers and what is asked of hosts", async () => {
  const written = await one();
  const said = await tarlift(written.file);
  expect(said).toMatch(/^app +shop$/m);
  expect(said).toMatch(/^label +v1$/m);
  expect(said).toContain(written.releaseDigest);
  expect(said).toContain(written.manifestDigest);
  expect(said).toMatch(/application +\d+ B +2 files of 3 B +\/srv\/shop\/current +sha256:[0-9a-f]{64}$/m);
  expect(said).toMatch(/architecture +x86_64/);
});

test("-C is where the paths of artifacts begin", async () => {
  const [older, newer] = [(await one()).file, (await two()).file];
  const [directory, file] = [dirname(older), basename(older)];
  expect(await tarlift("-C", directory, file)).toMatch(/^app +shop$/m);
  expect(await tarlift("diff", file, newer, "-C", directory)).toContain("application: changed");
});

test("--files lists every file with mode, size and digest", async () => {
  const said = await tarlift((await one()).file, "--files");
  expect(said).toMatch(/^ {2}755 +2 +[0-9a-f]{64} {2}bin\/tool$/m);
  expect(said).toMatch(/^ {2}dir +bin\/$/m);
});

test("--json is for programs: entries only with --files", async () => {
  const written = await one();
  const summary = JSON.parse(await tarlift(written.file, "--json"));
  expect(summary).toMatchObject({ app: "shop", releaseDigest: written.releaseDigest, layers: [{ files: 2 }] });
  expect(summary.layers[0]).not.toHaveProperty("entries");
  const full = JSON.parse(await tarlift(written.file, "--json", "--files"));
  expect(full.layers[0].entries).toHaveLength(3);
});

test("diff tells added, removed and changed files, and equal releases from different ones", async () => {
  const [older, newer] = [(await one()).file, (await two()).file];
  const said = await tarlift("diff", older, newer);
  expect(said).toContain("application: changed: 1 added, 1 removed, 1 changed, 1 B\n  + b\n  - bin/tool\n  ~ a\n");
  expect(await tarlift("diff", older, (await one()).file)).toBe("the same release: equal digests\n");
  expect(JSON.parse(await tarlift("diff", older, newer, "--json"))).toMatchObject({ same: false });
});

test("--verify says so only when everything was read and fits", async () => {
  expect(await tarlift((await one()).file, "--verify")).toMatch(/^verified: /m);
  await expect(tarlift(join(temporary("none"), "none.tar"), "--verify")).rejects.toThrow(/no such artifact/);
});
