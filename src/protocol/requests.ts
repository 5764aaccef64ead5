// The requests of each verb of the program on hosts: one table that a test checks both sides against
// (test/contract/protocol.test.ts).
import type { Verb } from "./verbs.ts";

interface Row {
  /** Keys of the request; on the host they are the variables `v_<key>`. `service.*` stands for all keys of services. */
  values: readonly string[];
  /** Texts by name, which are files on the host; `*` at the end stands for the rest of the name. */
  texts: readonly string[];
}

/** Keys that every request may have. */
export const EVERY_REQUEST = ["deploy_id", "environments_root", "lease", "owner", "root", "root_id", "run_as"] as const;

const SERVICES = ["service.*", "services"] as const;
const NOTHING = { values: [], texts: [] } as const;

/** In the order of src/protocol/verbs.ts. */
export const REQUESTS = {
  facts: {
    values: ["ask_switch", "failures", "incoming", "lock", "room", "wait", ...SERVICES],
    texts: ["interpreter-probe", "requirements", "service.*", "shared-directories", "shared-files", "wanted"],
  },
  prepare: {
    values: [
      ...["commands_as", "commit", "commit_time", "configuration", "digest", "encoding", "environments"],
      ...["incoming", "index_digest", "modes", "receive_environments", "release", "seal", "timeout", "version"],
    ],
    texts: [
      ...["config", "env", "environment-*", "exec", "imports", "layers", "lines", "link-trees", "pending", "services"],
      ...["shared-directories", "shared-files"],
    ],
  },
  task: {
    values: ["if_live", "inherit", "release", "timeout"],
    texts: ["migrations", "task", "variables"],
  },
  activate: { values: ["expected", "kind", "release", "restart", "switch", ...SERVICES], texts: ["service.*"] },
  revert: { values: ["from", "remember", "to", ...SERVICES], texts: ["service.*"] },
  precommit: NOTHING,
  commit: { values: ["converge", "keep", "release", "rollback"], texts: ["journal"] },
  adopt: {
    values: ["apply", "env_file", "from", "release", "shell_names", "version", ...SERVICES],
    texts: ["env", "exec", "program", "service.*", "services", "shared-directories", "shared-files"],
  },
  setup: { values: ["mode"], texts: ["program", "script"] },
  note: { values: ["heard"], texts: ["taken"] },
  later: { values: ["after", "do", "key", "timeout"], texts: ["program", "taken", "task", "variables"] },
  pool: { values: ["after", "do", "key", "server", "socket"], texts: ["program"] },
  hold: { values: [], texts: ["hold"] },
  unhold: NOTHING,
  observe: { values: ["log", "settle", ...SERVICES], texts: ["service.*"] },
  definitions: { values: SERVICES, texts: ["command.*", "program"] },
  drift: { values: ["full", "release"], texts: [] },
  record: { values: ["release"], texts: ["program"] },
  files: { values: ["encoding"], texts: ["files", "program"] },
  history: { values: ["limit"], texts: [] },
  http: { values: ["named_url", "resolve", "timeout", "url"], texts: ["headers"] },
  ping: NOTHING,
} as const satisfies Record<Verb, Row>;

type Named<T> = T extends `${infer Start}*` ? `${Start}${string}` : T;

/** Keys of a verb's request. */
export type ValueOf<V extends Verb> = V extends Verb
  ? (typeof EVERY_REQUEST)[number] | Named<(typeof REQUESTS)[V]["values"][number]>
  : never;
/** Names of texts of a verb's request. */
export type InputOf<V extends Verb> = V extends Verb ? Named<(typeof REQUESTS)[V]["texts"][number]> : never;
