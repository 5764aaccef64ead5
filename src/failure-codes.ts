// All failure codes, each with a sentence that says what it means. docs/troubleshooting.md has a heading for each.

export const FAILURE_CODES = {
  // The run itself
  cancelled: "The run was stopped.",
  defect: "Tarlift has a defect.",
  "local-file": "The machine that runs Tarlift refused a file or a directory, or it changed in the meantime.",
  "command-missing": "A command could not be started.",
  "command-failed": "A command ended with an error, by a signal or at its time limit.",
  "output-too-large": "A command printed more than Tarlift keeps.",
  // Configuration
  "config-missing": "There is no tarlift.yml, or it cannot be read.",
  "config-invalid": "tarlift.yml, or a value that it leads to, is not valid.",
  "name-unknown": "A target, environment, service, host or role of this name is not configured.",
  "input-invalid": "An option, an argument or an input of an action is not valid.",
  "secret-missing": "A secret that the target needs was not given or is empty.",
  "secret-invalid": "The file or text of secrets cannot be read.",
  // The commit
  "repository-missing": "The directory is not in a Git repository.",
  "commit-unknown": "The repository does not have the commit.",
  "clone-shallow": "The clone lacks history or objects that the release needs.",
  "work-tree-changed": "Tracked files differ from HEAD.",
  "file-missing": "A file that belongs to the release is not in the checkout.",
  "file-not-shippable": "A file, name or link cannot be part of a release.",
  "secret-tracked": "Tracked files look like secrets.",
  "label-invalid": "The version cannot name this release.",
  // Environments
  "lock-missing": "There is no lock or requirements file for the environment.",
  "lock-invalid": "The lock file cannot be used.",
  "requirement-invalid": "A requirements file has a line that cannot be installed on hosts.",
  "interpreter-missing": "The interpreter of the environment is not known or not installed.",
  "interpreter-mismatch": "The interpreter has another version than the environment needs.",
  "installer-unsupported": "Tarlift has no installer for this kind of project.",
  "installer-failed": "The installer could not install the dependencies.",
  "environment-incomplete": "The installer succeeded, and packages are missing.",
  "environment-not-portable": "The environment would not work on hosts.",
  "environments-root-unwritable": "The directory in which environments are built cannot be made.",
  "variable-not-passed": "A file uses an environment variable that installers do not see.",
  // The bundle
  "asset-step-failed": "An asset step failed, or did not make what it should.",
  "asset-step-invalid": "An asset step is configured with inputs or outputs that cannot be its own.",
  "check-failed": "A check of the finished artifact, or of compatible migrations, failed.",
  "isolation-unavailable": "Checks of the artifact cannot be isolated on this machine.",
  // Artifacts and stores
  "artifact-missing": "There is no such artifact.",
  "artifact-expired": "The artifact has expired.",
  "artifact-invalid": "The artifact is damaged or is not an artifact of Tarlift.",
  "artifact-exists": "The store has an artifact of this name already.",
  "artifact-mismatch": "The artifact belongs to another application, commit or configuration.",
  "release-unproven": "The release cannot be taken from hosts, because its content cannot be proved.",
  "store-failed": "The artifact store did not do what it was asked.",
  "store-unsupported": "The store cannot keep or find such an artifact.",
  // Checks before a deploy
  "ref-refused": "This ref may not be deployed.",
  "checks-failed": "A check of the commit failed.",
  "checks-missing": "The commit has no such check.",
  "checks-pending": "Checks of the commit have not ended.",
  "github-denied": "GitHub's API denied the request.",
  "github-limited": "GitHub's rate limit is used up.",
  "github-failed": "GitHub's API did not answer as it should.",
  // The connection to a host
  "ssh-missing": "ssh, or a command that the connection needs, could not be started on this machine.",
  "ssh-key-invalid": "There is no SSH key, or it cannot be used.",
  "known-hosts-missing": "There are no known hosts to check the host's key against.",
  "host-key-unknown": "The host's key is not among the known hosts.",
  "host-key-changed": "The host has another key than the known hosts say.",
  "host-unresolved": "The host's name has no address.",
  "host-unreachable": "The host cannot be reached.",
  "login-refused": "The host does not let the SSH user in.",
  "login-shell": "The login shell of the SSH user does not start Tarlift's program.",
  "connection-dropped": "A forwarded connection to a service or socket was closed or refused.",
  "connection-lost": "The connection to the host was lost.",
  "host-silent": "The host did not answer in time.",
  "protocol-broken": "What the host sent does not follow the protocol.",
  // The host
  locked: "Another run has the lock of the host.",
  "lock-foreign": "A process that is not a run of Tarlift has the lock of the host.",
  "deploys-locked": "The target was locked with `tarlift lock`.",
  "disk-full": "The host's disk has no room or no inodes.",
  "temporary-full": "The host's directory of temporary files has no room.",
  "read-only": "The host's file system is mounted read-only.",
  "not-writable": "The SSH user may not write where the release belongs.",
  "program-missing": "The host lacks a program.",
  "user-missing": "The host does not have the user.",
  "sudo-missing": "The SSH user may not run the command with sudo.",
  "layout-unusable": "A directory, file or link of the application on the host is not what it should be.",
  "shared-missing": "A shared path is missing on the host, or is of another kind.",
  "requirement-missing": "The host lacks what the release needs to run.",
  "release-damaged": "Files of a release on the host are not as they were deployed.",
  "host-state-changed": "The host is not in the state in which this run left it or expects it.",
  "release-not-prepared": "The release was not prepared on the host.",
  // Services
  "service-unknown": "The supervisor does not have the service.",
  "service-unreachable": "The supervisor does not answer.",
  "service-misconfigured": "The service, or its health check, is not set up as it should be.",
  "service-not-running": "The service does not run the release.",
  "service-unhealthy": "The health check of the service failed.",
  "service-cut": "A service that a command of tarlift.yml starts would end with the connection.",
  "health-unavailable": "The host has no program for health checks.",
  // The transaction
  "migration-failed": "The migrations failed.",
  "migration-pending": "Migrations are pending.",
  "migrator-missing": "The host that runs migrations is not there.",
  "schema-ahead": "The database has migrations that the release does not know.",
  "hook-failed": "A hook failed.",
  "balancer-failed": "The load balancer did not do what it was asked.",
  "balancer-last-server": "The host is the last healthy server of its backend.",
  "waves-impossible": "The waves do not fit the hosts.",
  "auto-revert-unavailable": "A host could not revert by itself.",
  "rollback-target-missing": "There is no release to roll back to.",
  "nothing-live": "No release is live.",
  "releases-differ": "Hosts run different releases.",
} as const;

/**
 * The kind of a failure, for programs: `disk-full`. It is part of `--json`, and docs/troubleshooting.md has a heading
 * for each.
 */
export type FailureCode = keyof typeof FAILURE_CODES;

/** Whether a word that a host sent is a code of this table. */
export const isFailureCode = (word: string | undefined): word is FailureCode =>
  word !== undefined && Object.hasOwn(FAILURE_CODES, word);
