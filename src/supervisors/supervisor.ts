// What a supervisor is here, and a service as hosts are asked for it, and as releases record it.

export interface Supervisor {
  /** The key in tarlift.yml, and the driver of its words on hosts (defaults.sh). */
  readonly key: string;
  /** As requests and records on hosts have them, each the key alone or the key, `-` and more. They are never renamed. */
  readonly kinds: readonly string[];
  /** The text of `<key>.sh`. */
  readonly shell: string;
  /** Its word `definition`, which travels with that call alone. */
  readonly definitionShell?: string;
}

/** One service as the remote program needs it (src/remote/services.sh says how it is written in a request). */
export interface ServiceRequest {
  name: string;
  kind: "supervisord" | "systemd" | "systemd-user" | "command";
  /** Program, group (`name:*`) or unit; empty for `command`. */
  unit: string;
  /** `restart`, `reload`, or `signal <NAME>`. The last two are used only while the environment stays the same. */
  action: string;
  /** Seconds. */
  settle: number;
  /** Seconds that a graceful stop may take; left out: the supervisor's own. */
  stopTimeout?: number | undefined;
  runAs?: string | undefined;
  /** kind `command`: who runs the texts; left out: the SSH user. */
  commandsAs?: string | undefined;
  /** kind `command`: shell texts. */
  commands?: { restart: string; stop?: string | undefined; status?: string | undefined } | undefined;
}

/** A service as a release has it: recorded with it, so that a host asks no release for what it never had. */
export interface RecordedService {
  name: string;
  kind: ServiceRequest["kind"];
  /** As {@link ServiceRequest.unit}. */
  unit: string;
  /** It is one of this host, by its roles. */
  here: boolean;
  /** Digest of what its health check asks for; left out: it has none. */
  health?: string | undefined;
}
