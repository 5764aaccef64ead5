// The interface behind which each supervisor stands, and a service as hosts are asked for it and as releases record it.
// What it does on hosts is in its shell half: defaults.sh.
import type { z } from "zod";
import type { Adapter, ConfigFinding } from "../schema/adapter.ts";
import type { Tree } from "../source/tree.ts";

/** One service as the remote program needs it (src/remote/services.sh says how it is written in a request). */
export interface ServiceRequest {
  name: string;
  /** One of the {@link Supervisor.kinds}. */
  kind: string;
  /** What its supervisor calls it; empty where there is none. */
  unit: string;
  /** `restart`, `reload`, or `signal <NAME>`. The last two are used only while the environment stays the same. */
  action: string;
  /** Seconds. */
  settle: number;
  /** Seconds that a graceful stop may take; left out: the supervisor's own. */
  stopTimeout?: number | undefined;
  runAs?: string | undefined;
  /** Who runs its `commands`; left out: the SSH user. */
  commandsAs?: string | undefined;
  /** Shell texts that drive it, where no supervisor does. */
  commands?: { restart: string; stop?: string | undefined; status?: string | undefined } | undefined;
}

/** A service as a release has it: recorded with it, so that a host asks no release for what it never had. */
export interface RecordedService {
  name: string;
  kind: string;
  /** As {@link ServiceRequest.unit}. */
  unit: string;
  /** It is one of this host, by its roles. */
  here: boolean;
  /** Digest of what its health check asks for; left out: it has none. */
  health?: string | undefined;
}

/** One service with what its definition says besides. */
export interface DefinedService {
  service: ServiceRequest;
  app: string;
  /** The application's directory on the host. */
  root: string;
  /** The user that it runs as. */
  user: string;
  /** What it runs in the release, relative to it; left out: a person has to say. */
  command: string | undefined;
}

/** What `tarlift host setup` does for a supervisor, as lines of the script that it prints. Its functions are in `words`. */
export interface SupervisorSetup {
  /** Its part of the script: functions `<key>_…`, of which src/operations/host-setup.sh calls some. */
  words: string;
  /** Lines that come once, before any line of sudoers. @param user the SSH user @param services those of this supervisor, at least one */
  once?(services: readonly ServiceRequest[], user: string): string[];
  /** Exact command lines that the host runs as root for a service, unescaped: no more than its shell half asks for. */
  sudo(service: ServiceRequest): string[];
  /** @returns why a command cannot stand in a definition, or undefined */
  unfit(command: string, service: ServiceRequest): string | undefined;
  /** The definitions of its services, each a call of `definition` with its text. */
  define(services: readonly DefinedService[]): string[];
}

export interface Supervisor<S extends z.ZodObject = z.ZodObject> extends Adapter {
  /** As requests and records on hosts have them, each the key alone or the key, `-` and more. They are never renamed. */
  readonly kinds: readonly string[];
  /** The keys of a service that are its own. The one that is called as the supervisor chooses it. */
  readonly schema: S;
  /**
   * What is asked of hosts.
   *
   * @param config its keys of a service
   * @param context.local the host is the machine that deploys
   * @param context.runAs the user whose processes the service has; undefined: the SSH user
   */
  request(
    config: z.infer<S>,
    context: { local: boolean; runAs: string | undefined },
  ): Pick<ServiceRequest, "kind" | "unit" | "commands" | "commandsAs">;
  /** What it has to say against a service of any supervisor. */
  check?(service: Partial<z.infer<S>> & { action: unknown }): ConfigFinding[];
  readonly setup?: SupervisorSetup;
  /** A command as a definition has it, to compare it with one. */
  definitionCommand(text: string): string;
  /** Services that files of the repository define for it: `tarlift init`. */
  detect(tree: Tree): { file: string; name: string }[];
  /** A service of it in tarlift.yml, as one line: `tarlift init` shows it. */
  example(name: string): string;
  /** The text of `<key>.sh`. */
  readonly shell: string;
  /** Its word `definition`, which travels with that call alone. */
  readonly definitionShell?: string;
}
