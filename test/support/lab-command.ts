// The command against a lab: its key, its host keys, and stores of the test's own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/fleet/types.ts";
import type { Lab } from "../lab/lab.ts";
import { type Ended, tarlift } from "./command.ts";
import { temporary } from "./temporary.ts";

export interface LabCommand {
  /** What the command takes for the user's home, caches and stores in it. */
  home: string;
  /** Runs `tarlift <verb> …` with what it needs to reach the lab's hosts, to its end. */
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** The same for `deploy` and `rollback`, whose report it returns. @throws Error with both streams when there is none */
  transact(args: string[], env?: NodeJS.ProcessEnv): Promise<Report>;
}

/** @param repository where tarlift.yml is: the directory in which the command is started */
export function labCommand(lab: Lab, repository: string): LabCommand {
  const home = temporary("home");
  const knownHosts = join(home, "known_hosts");
  writeFileSync(knownHosts, lab.knownHosts);
  const reach = ["--ssh-key", lab.key, "--ssh-known-hosts", knownHosts];
  const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    tarlift([...args, ...reach], { cwd: repository, env: { HOME: home, XDG_CACHE_HOME: join(home, "cache"), ...env } });
  return {
    home,
    run,
    async transact(args, env) {
      const ended = await run([...args, "--json"], env);
      if (!ended.stdout.startsWith("{")) throw new Error(`tarlift ${args.join(" ")}: ${ended.stdout}\n${ended.stderr}`);
      return JSON.parse(ended.stdout) as Report;
    },
  };
}
