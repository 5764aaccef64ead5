import { expect, test } from "vitest";
import { commitsBetween } from "../../src/source/commit-subjects.ts";
import { commit, git, repository } from "../support/repository.ts";

test("the commits between two releases are reported newest first, as far as git knows them", async () => {
  const root = repository({ "app.py": "1" });
  const first = git(root, "rev-parse", "HEAD");
  const second = commit(root, { "app.py": "2" }, "second: `x` | <b>\n\nbody");
  const third = commit(root, { "app.py": "3" }, "third");
  expect(await commitsBetween(root, first, third)).toEqual({
    commits: [
      { id: third, author: "A", subject: "third" },
      { id: second, author: "A", subject: "second: `x` | <b>" },
    ],
    more: 0,
  });
  expect(await commitsBetween(root, first, third, 1)).toMatchObject({ commits: [{ id: third }], more: 1 });
  const fourth = commit(root, { "app.py": "4" }, "x".repeat(100_000));
  const [long] = (await commitsBetween(root, third, fourth))!.commits;
  expect(long!.subject).toMatch(/^x{997}\[…\]$/);
  expect(await commitsBetween(root, third, first)).toEqual({ commits: [], more: 0 });
  expect(await commitsBetween(root, "0".repeat(40), third)).toBeUndefined();
});
