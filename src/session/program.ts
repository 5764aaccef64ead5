// The program that runs on hosts: the files of src/remote and src/supervisors in a fixed order, one static text. No
// data of a run is ever inserted into it.
import { gzipSync } from "node:zlib";
import activate from "../remote/activate.sh";
import adopt from "../remote/adopt.sh";
import switchback from "../remote/auto-revert.sh";
import commit from "../remote/commit.sh";
import content from "../remote/content.sh";
import definitions from "../remote/definitions.sh";
import drift from "../remote/drift.sh";
import enter from "../remote/enter.sh";
import evidence from "../remote/evidence.sh";
import facts from "../remote/facts.sh";
import fileModes from "../remote/file-modes.sh";
import frames from "../remote/frames.sh";
import handover from "../remote/handover.sh";
import http from "../remote/http.sh";
import lock from "../remote/lock.sh";
import main from "../remote/main.sh";
import migrations from "../remote/migrations.sh";
import preflight from "../remote/preflight.sh";
import prepare from "../remote/prepare.sh";
import prune from "../remote/prune.sh";
import recordedServices from "../remote/recorded-services.sh";
import wayBack from "../remote/recovery.sh";
import serviceLog from "../remote/service-log.sh";
import services from "../remote/services.sh";
import setUp from "../remote/set-up.sh";
import state from "../remote/state.sh";
import sudo from "../remote/sudo.sh";
import tasks from "../remote/tasks.sh";
import defaults from "../supervisors/defaults.sh";
import { SUPERVISORS } from "../supervisors/registry.ts";
import type { Supervisor } from "../supervisors/supervisor.ts";

const supervisors: readonly Supervisor[] = SUPERVISORS;

/** All functions of the program except `main`'s, which read frames and call verbs. */
export const FUNCTIONS: string = [
  frames,
  state,
  lock,
  facts,
  enter,
  prepare,
  sudo,
  services,
  recordedServices,
  evidence,
  preflight,
  fileModes,
  serviceLog,
  handover,
  wayBack,
  defaults,
  ...supervisors.map(({ shell }) => shell),
  http,
  migrations,
  tasks,
  activate,
  commit,
  prune,
  drift,
  switchback,
]
  .map(withoutComments)
  .join("");

/**
 * `main` comes last: a program that was cut off does nothing. Compressed, since it is most of what a small deploy
 * sends.
 */
export const PROGRAM: Buffer = gzipSync(FUNCTIONS + withoutComments(main), { level: 9 });

/** Code that few connections need is sent with the calls that need it, as their text `program`. */
export const ADOPT_PROGRAM: string = withoutComments(adopt);
export const CONTENT_PROGRAM: string = withoutComments(content);
export const DEFINITIONS_PROGRAM: string = [definitions, ...supervisors.map((one) => one.definitionShell ?? "")]
  .map(withoutComments)
  .join("");
export const SETUP_PROGRAM: string = withoutComments(setUp);

/**
 * The command for the shell: it reads exactly the program, and nothing that follows it (dash and busybox read ahead
 * otherwise).
 */
export const LOADER: string = `tarlift_program="$(dd bs=${PROGRAM.length} count=1 iflag=fullblock 2>/dev/null | gzip -dc)"; eval "$tarlift_program"`;

/** The command line for SSH: one constant that bash, dash, fish and tcsh read alike. */
export const BOOTSTRAP: string = `exec sh -c '${LOADER}'`;

/**
 * Whole-line comments and indentation are for readers of the sources; they would be a third of what is sent.
 *
 * @param text a shell program, no string of which has a tab at the start of a line
 */
export function withoutComments(text: string): string {
  return text.replace(/^\t*(#.*\n)?/gm, "").replace(/^\n/gm, "");
}
