// The command against a lab: its key, its host keys, and stores of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/fleet/report.ts";
import { type Ended, type Started, startCommand } from "../support/tarlift-process.ts";
import type { Lab } from "./lab.ts";

export interface LabCommand {
  /** What the command takes for the user's home, caches and stores in it. */
  home: string;
  /** Starts `tarlift <verb> …` with what it needs to reach the lab's hosts. */
  start(args: string[], env?: NodeJS.ProcessEnv): Started;
  /** The same, to its end. */
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** The same for `deploy` and `rollback`, whose report it returns. @throws Error with both streams when there is none */
  transact(args: string[], env?: NodeJS.ProcessEnv): Promise<Report>;
  /** Bundles the commit that is checked out. @returns the artifact's file @throws Error with what the command said */
  bundle(version: string): Promise<string>;
}

/**
 * @param places.repository where tarlift.yml is: the directory in which the command is started
 * @param places.home a directory of the caller's own
 * @param places.cli the bundled command's file
 */
export function commandOn(lab: Lab, places: { repository: string; home: string; cli: string }): LabCommand {
  const { repository, home, cli } = places;
  const knownHosts = join(home, "known_hosts");
  writeFileSync(knownHosts, lab.knownHosts);
  const reach = ["--ssh-key", lab.key, "--ssh-known-hosts", knownHosts];
  const own = { HOME: home, XDG_CACHE_HOME: join(home, "cache") };
  const start = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    startCommand(cli, [...args, ...reach], { cwd: repository, env: { ...own, ...env } });
  const run = (args: string[], env?: NodeJS.ProcessEnv) => start(args, env).ended;
  return {
    home,
    start,
    run,
    async transact(args, env) {
      const ended = await run([...args, "--json"], env);
      if (!ended.stdout.startsWith("{")) throw new Error(`tarlift ${args.join(" ")}: ${ended.stdout}\n${ended.stderr}`);
      return JSON.parse(ended.stdout) as Report;
    },
    async bundle(version) {
      const file = join(home, "artifacts", `${version}.tar`);
      mkdirSync(join(home, "artifacts"), { recursive: true });
      const words = ["bundle", "--label", version, "--output", file];
      const ended = await startCommand(cli, words, { cwd: repository, env: own }).ended;
      if (ended.code !== 0) throw new Error(`${words.join(" ")}: ${ended.stderr}`);
      return file;
    },
  };
}
