// The variables of every command that runs code of others on the machine that builds: installers with the install scripts of
// dependencies, asset steps, the project's own build. They are built from a list, because whatever else a job has in its environment is
// either a secret (tokens, the application's secrets) or decides what is installed without standing in any key (PIP_TARGET, UV_FROZEN).

/** What a machine is, and how it reaches others; nothing that decides what a build gives, and no secret but those of a proxy's address. */
const OF_THE_MACHINE = new Set([
  // Who and where one is.
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP"],
  // Directories of this user. Downloads are kept there, too.
  ...[
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
  ],
  ...["PIP_CACHE_DIR", "UV_CACHE_DIR", "NPM_CONFIG_CACHE"],
  // Proxies.
  ...["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY"],
  // Certificates that this machine trusts.
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"],
  ...["NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA", "PIP_CERT", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"],
  ...["GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "CARGO_HTTP_CAINFO", "NPM_CONFIG_CAFILE"],
  // Where tools are that stand on PATH: a hosted runner's Python needs its libraries, the programs of version managers their home.
  ...["LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "CARGO_HOME", "RUSTUP_HOME", "PYENV_ROOT", "NVM_DIR", "ASDF_DIR"],
  ...["ASDF_DATA_DIR", "MISE_DATA_DIR", "VOLTA_HOME", "FNM_DIR", "NODENV_ROOT"],
]);

/**
 * The environment of a command that runs code of others.
 *
 * @param env the job's
 * @param passed names that `pass-env` of tarlift.yml lets through besides; an empty value counts as none, since GitHub gives that for a
 *   secret that does not exist
 */
export function builtVariables(env: NodeJS.ProcessEnv, passed: readonly string[] = []): Record<string, string> {
  // Tools ask for this to know that no person answers their questions; that a terminal does not set it would be a difference to a runner.
  return { CI: "true", ...machineVariables(env), ...passedVariables(env, passed) };
}

/** The environment of the host `local`, which is this machine: nothing of the job's, as a login from elsewhere would have it. */
export function machineVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const own = Object.entries(env).filter(([name, value]) => value !== undefined && isOfTheMachine(name));
  return Object.fromEntries(own) as Record<string, string>;
}

/** The variables that `pass-env` lets through, as far as the job has them. */
export function passedVariables(env: NodeJS.ProcessEnv, passed: readonly string[]): Record<string, string> {
  return Object.fromEntries(passed.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** Proxies and npm's settings are read in lower case, too. */
export const isOfTheMachine = (name: string): boolean =>
  OF_THE_MACHINE.has(name) || /^LC_[A-Z]+$/.test(name) || LOWER.test(name);

const LOWER = /^((http|https|ftp|all|no)_proxy|npm_config_(cache|cafile))$/;

const CREDENTIAL =
  "TOKEN|PASSWORD|PASSWD|PASS|PASSPHRASE|SECRET|AUTH|AUTHTOKEN|KEY|APIKEY|PAT|CREDENTIALS?|USERNAME|LOGIN|NETRC|COOKIE";
const IS_CREDENTIAL = new RegExp(`(^|_)(${CREDENTIAL}|ACCESS_KEY_ID)(_?\\d+)?$`, "i");
const NAMES_CREDENTIAL = new RegExp(`(^|_)(${CREDENTIAL})(_|\\d|$)`, "i");
/** Bundlers write these into what browsers load: they are never secret, and always decide what a build gives. */
const IS_PUBLIC = /^(VITE|NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|REACT_APP|VUE_APP|GATSBY|PUBLIC)_/;

/**
 * Whether a variable's name says that its value is a credential: those are part of no key. The name ends with the word; in AUTH_URL it
 * only says what the value is for. The socket of an SSH agent is another one in each job.
 */
export const isCredential = (name: string): boolean =>
  name === "SSH_AUTH_SOCK" || (!IS_PUBLIC.test(name) && IS_CREDENTIAL.test(name));

/** Whether the value is masked: also where the word stands inside of the name (DB_PASSWORD_OLD), which keys count. */
export const isMasked = (name: string): boolean =>
  !IS_PUBLIC.test(name) && (isCredential(name) || NAMES_CREDENTIAL.test(name));
