import { hostname, userInfo } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { describeOwner, ownerLine } from "../../src/protocol/owner.ts";

vi.mock("node:os", async (original) => {
  const os = await original<typeof import("node:os")>();
  return { ...os, userInfo: vi.fn(os.userInfo) };
});

afterEach(() => vi.unstubAllEnvs());

it("who deploys is the run, else the user and the machine, also where the user has no name", () => {
  vi.stubEnv("GITHUB_RUN_ID", "7");
  vi.stubEnv("GITHUB_REPOSITORY", "acme/shop");
  expect(describeOwner()).toBe("run 7 of acme/shop");
  vi.stubEnv("GITHUB_RUN_ID", "");
  expect(describeOwner()).toBe(`${userInfo().username} on ${hostname()}`);
  vi.mocked(userInfo).mockImplementationOnce(() => {
    throw new Error("ENOENT: no such user");
  });
  expect(describeOwner()).toBe(`user ${process.getuid?.()} on ${hostname()}`);
});

it("a name is one line that needs no escapes in JSON", () => {
  expect(ownerLine('an"a\\\n on \u00e9')).toBe("an?a?? on ?");
});
