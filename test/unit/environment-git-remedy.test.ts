// What to do where git could not fetch a dependency.
import { expect, it } from "vitest";
import { gitRemedy } from "../../src/installers/git-remedy.ts";

const UNREAD = "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights";

it.each([
  ["a key", `git@example.org: Permission denied (publickey).\n${UNREAD}`, /takes no key .*SSH_AUTH_SOCK/],
  ["a key or a password", `git@example.org: Permission denied (password,publickey).\n${UNREAD}`, /takes no key/],
  ["the host's key", `Host key verification failed.\n${UNREAD}`, /known_hosts/],
  ["a user", "npm error fatal: could not read Username for 'https://example.org': terminal prompts", /netrc/],
  ["a user, in uv's lines", "  fatal: could not read\n          Username for 'https://example.org'", /netrc/],
  ["another user", "fatal: Authentication failed for 'https://example.org/'", /netrc/],
  ["a network", `ssh: Could not resolve hostname example.org: Name or service not known\n${UNREAD}`, /the network/],
  ["the repository", "fatal: repository 'https://example.org/closed/' not found", /its address/],
])("names what git lacks: %s", (_, output, remedy) => expect(gitRemedy(output)).toMatch(remedy));

it.each([
  "PermissionError: [Errno 13] Permission denied: '/srv/shop/envs'",
  "ERROR: 401 Client Error: Unauthorized for url: https://example.org/simple/",
  "error: command 'gcc' failed: No such file or directory",
  "fatal: not a git repository (or any of the parent directories): .git",
])("leaves to the installer: %s", (output) => expect(gitRemedy(output)).toBeUndefined());
