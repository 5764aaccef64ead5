// How npm is started: with a built environment, and with only those settings of the user's and the machine's .npmrc
// that concern access to packages: registries, their credentials, proxies and certificates.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { tryRun } from "../../subprocess/run.ts";

/**
 * https://docs.npmjs.com/cli/using-npm/config. Every other setting (omit, ignore-scripts, install-strategy, …) affects
 * what is installed.
 */
const REACHING =
  /^(registry|@[^:\s]+:registry|\/\/.+:(_auth|_authToken|_password|username|email|certfile|keyfile)|_auth|_authToken|(https-|no)?proxy|cafile|ca(\[\])?|cert|key|strict-ssl|fetch-(retries|retry-\w+|timeout)|maxsockets|nodedir|disturl)$/;

/**
 * The environment of npm.
 *
 * @param passed names of `pass-env`
 * @param file for the settings, absolute. It may contain credentials; the code that made its directory removes it
 */
export async function npmVariables(passed: readonly string[], file: string): Promise<Record<string, string>> {
  const own = builtVariables(process.env, passed);
  const lines = (await settingFiles(own)).flatMap((path) => reachingLines(path));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  const files = { npm_config_userconfig: file, npm_config_globalconfig: "/dev/null" };
  // npm reads its variables in any case; a passed one replaces all spellings.
  const given = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(files).filter(([name]) => !given.has(name))), ...own };
}

/**
 * The machine's file comes first: later settings win. setup-node writes its own file, and names it in the environment.
 */
async function settingFiles(own: Record<string, string>): Promise<string[]> {
  const named = process.env.NPM_CONFIG_USERCONFIG || process.env.npm_config_userconfig;
  // Without npm, an environment can still be restored.
  const asked = await tryRun(["npm", "config", "get", "globalconfig"], { env: own, cwd: "/" }).catch(() => undefined);
  const global = asked?.code === 0 ? asked.stdout.trim() : "";
  return [global, named || join(own.HOME ?? homedir(), ".npmrc")].filter((path) => path !== "" && existsSync(path));
}

/** @returns the lines of a file that concern access to packages */
export function reachingLines(file: string): string[] {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => REACHING.test(line.split("=")[0]!.trim()));
}
