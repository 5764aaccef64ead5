// The variables of every command that runs foreign code on the build machine: installers with the install scripts of
// dependencies, asset steps, the project's own build. They come from a list, because everything else in a job's
// environment is either a secret (tokens, the application's secrets) or affects what is installed without being part of
// any key (PIP_TARGET, UV_FROZEN).

/**
 * Variables that describe the machine and its network access. None affects the result of a build, and none is a secret,
 * except for credentials in the address of a proxy.
 */
const OF_THE_MACHINE = new Set([
  // The user and the working environment.
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP"],
  // Directories of this user, including those of downloads.
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
  // Where tools on PATH are installed: a hosted runner's Python needs its libraries, and programs of version managers
  // need their home directory.
  ...["LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "CARGO_HOME", "RUSTUP_HOME", "PYENV_ROOT", "NVM_DIR", "ASDF_DIR"],
  ...["ASDF_DATA_DIR", "MISE_DATA_DIR", "VOLTA_HOME", "FNM_DIR", "NODENV_ROOT"],
]);

/**
 * The environment of a command that runs foreign code.
 *
 * @param env the job's environment
 * @param passed names of additional variables, from `pass-env` of tarlift.yml. An empty value counts as unset, since
 *   GitHub sets that for a secret that does not exist
 */
export function builtVariables(env: NodeJS.ProcessEnv, passed: readonly string[] = []): Record<string, string> {
  // Tools check it to know that no person can answer questions. If a terminal did not set it, it would differ from a
  // runner.
  return { CI: "true", ...machineVariables(env), ...passedVariables(env, passed) };
}

/** The environment of the host `local`, which is this machine: like after a login, nothing of the job's environment. */
export function machineVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const own = Object.entries(env).filter(([name, value]) => value !== undefined && isOfTheMachine(name));
  return Object.fromEntries(own) as Record<string, string>;
}

/** The variables that `pass-env` lets through, if the job has them. */
export function passedVariables(env: NodeJS.ProcessEnv, passed: readonly string[]): Record<string, string> {
  return Object.fromEntries(passed.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** Proxy variables and npm's settings are also read in lower case. */
export const isOfTheMachine = (name: string): boolean =>
  OF_THE_MACHINE.has(name) || /^LC_[A-Z]+$/.test(name) || LOWER.test(name);

const LOWER = /^((http|https|ftp|all|no)_proxy|npm_config_(cache|cafile))$/;

const CREDENTIAL =
  "TOKEN|PASSWORD|PASSWD|PASS|PASSPHRASE|SECRET|AUTH|AUTHTOKEN|KEY|APIKEY|PAT|CREDENTIALS?|USERNAME|LOGIN|NETRC|COOKIE";
const IS_CREDENTIAL = new RegExp(`(^|_)(${CREDENTIAL}|ACCESS_KEY_ID)(_?\\d+)?$`, "i");
const NAMES_CREDENTIAL = new RegExp(`(^|_)(${CREDENTIAL})(_|\\d|$)`, "i");
/**
 * Bundlers write these variables into what browsers load: they are never secret, and always affect the result of a
 * build.
 */
const IS_PUBLIC = /^(VITE|NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|REACT_APP|VUE_APP|GATSBY|PUBLIC)_/;

/**
 * Whether a variable's name says that its value is a credential. Credentials are part of no key. The name has to end
 * with the word: in AUTH_URL it only says what the value is for. The socket of an SSH agent counts as well, because it
 * differs in each job.
 */
export const isCredential = (name: string): boolean =>
  name === "SSH_AUTH_SOCK" || (!IS_PUBLIC.test(name) && IS_CREDENTIAL.test(name));

/**
 * Whether the value is masked. This includes names that contain the word in the middle (DB_PASSWORD_OLD), which are
 * part of keys.
 */
export const isMasked = (name: string): boolean =>
  !IS_PUBLIC.test(name) && (isCredential(name) || NAMES_CREDENTIAL.test(name));
