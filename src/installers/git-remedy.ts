// Remedies for dependencies that git could not fetch: the same for every installer, since all of them run git.

/** The usual causes, by the messages of git and ssh. The last one matches all other messages of git. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /Host key verification failed/,
    "ssh does not know the host of a dependency: put its key into ~/.ssh/known_hosts of the builder, after a comparison with what that host publishes.",
  ],
  [
    /Permission denied \([^)]*publickey/,
    "The repository of a dependency takes no key that git has here. Installers see the agent of a job only where `pass-env: [SSH_AUTH_SOCK]` of this environment names it. Let it hold keys that can only read packages: install scripts see it, too.",
  ],
  [
    /could not read (Username|Password)|fatal: Authentication failed/,
    "The repository of a dependency wants credentials: give git a netrc file, or a credential helper in this user's own configuration. Both are read from `HOME`, which installers see.",
  ],
  [
    /Could not read from remote repository|fatal: unable to access|fatal: repository \S+ not found/,
    "git could not fetch a dependency, and says why. Look at its address, at the network, and whether what git has here (keys, credentials) may read that repository.",
  ],
];

/**
 * @param output the last lines of an installer
 * @returns undefined if git did not cause the failure
 */
export function gitRemedy(output: string): string | undefined {
  // uv wraps lines.
  const text = output.replace(/\s+/g, " ");
  return CAUSES.find(([said]) => said.test(text))?.[1];
}
