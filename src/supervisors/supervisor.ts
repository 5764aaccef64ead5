// The interface of a supervisor, and a service as requests name it and as releases record it. The operations on hosts
// are in its shell half: defaults.sh.
import type { z } from "zod";
import type { Adapter, ConfigFinding } from "../schema/adapter.ts";
import type { Tree } from "../source/tree.ts";

/** One service as the remote program needs it (src/remote/services.sh describes its form in a request). */
export interface ServiceRequest {
  name: string;
  /** One of the {@link Supervisor.kinds}. */
  kind: string;
  /** Its supervisor's name for it; empty if there is none. */
  unit: string;
  /** `restart`, `reload`, or `signal <NAME>`. The last two are used only while the environment stays the same. */
  action: string;
  /** Seconds. */
  settle: number;
  /** Seconds that a graceful stop may take; left out: the supervisor's own limit. */
  stopTimeout?: number | undefined;
  runAs?: string | undefined;
  /** The user that runs its `commands`; left out: the SSH user. */
  commandsAs?: string | undefined;
  /** Shell texts that control it, if no supervisor does. */
  commands?: { restart: string; stop?: string | undefined; status?: string | undefined } | undefined;
}

/**
 * A service as a release has it: recorded with the release, so that no release is expected to run a service that it
 * never had.
 */
export interface RecordedService {
  name: string;
  kind: string;
  /** As {@link ServiceRequest.unit}. */
  unit: string;
  /** It is one of this host, by its roles. */
  here: boolean;
  /** Digest of its health check; left out: it has none. */
  health?: string | undefined;
}

/** One service with what only its definition contains. */
export interface DefinedService {
  service: ServiceRequest;
  app: string;
  /** The application's directory on the host. */
  root: string;
  /** The user that it runs as. */
  user: string;
  /** Its command in the release, relative to it; left out: a person must provide it. */
  command: string | undefined;
}

/**
 * What `tarlift host setup` does for a supervisor, as lines of the script that it prints. Its functions are in `words`.
 */
export interface SupervisorSetup {
  /** Its part of the script: functions `<key>_…`, some of which src/operations/host-setup.sh calls. */
  words: string;
  /**
   * Lines that occur once, before any sudoers rule. @param user the SSH user @param services those of this supervisor,
   * at least one
   */
  once?(services: readonly ServiceRequest[], user: string): string[];
  /** Exact command lines that the host runs as root for a service, unescaped: no more than its shell half uses. */
  sudo(service: ServiceRequest): string[];
  /** @returns why a command cannot be written to a definition, or undefined */
  unfit(command: string, service: ServiceRequest): string | undefined;
  /** The definitions of its services, each a call of `definition` with its text. */
  define(services: readonly DefinedService[]): string[];
}

export interface Supervisor<S extends z.ZodObject = z.ZodObject> extends Adapter {
  /**
   * The kinds in requests and in records on hosts, each the key alone or the key, `-` and more. They are never renamed.
   */
  readonly kinds: readonly string[];
  /** Its own keys of a service. The key with its name selects it. */
  readonly schema: S;
  /**
   * The part of a request to hosts.
   *
   * @param config its keys of a service
   * @param context.local the host is the machine that deploys
   * @param context.runAs the user that the service runs as; undefined: the SSH user
   */
  request(
    config: z.infer<S>,
    context: { local: boolean; runAs: string | undefined },
  ): Pick<ServiceRequest, "kind" | "unit" | "commands" | "commandsAs">;
  /** Its findings about a service of any supervisor. */
  check?(service: Partial<z.infer<S>> & { action: unknown }): ConfigFinding[];
  readonly setup?: SupervisorSetup;
  /** Converts a command to the form of a definition, to compare the two. */
  definitionCommand(text: string): string;
  /** Services that files of the repository define for it: `tarlift init`. */
  detect(tree: Tree): { file: string; name: string }[];
  /** A service of it in tarlift.yml, as one line that `tarlift init` shows. */
  example(name: string): string;
  /** The text of `<key>.sh`. */
  readonly shell: string;
  /** Its operation `definition`, which is sent only with that call. */
  readonly definitionShell?: string;
}
