// Names from a host's records. Anyone with write access there may have replaced them by any text, and they become
// outputs of steps, parts of paths and lines of reports: only valid names are accepted from a reply.
import { Failure } from "../failure.ts";
import { visibleLine } from "../text/visible.ts";

/** Whether a text is a valid name of a release: `<version>-<digest8>`, or the name of a directory that was adopted. */
export const isReleaseName = (text: string): boolean => /^(?![.-])[A-Za-z0-9._+-]{1,128}$/.test(text);

/** Whether a text is a valid id of a transaction. */
export const isTransaction = (text: string): boolean => /^[A-Za-z0-9._:+-]{1,128}$/.test(text);

/** @param what the host's name for it: `live` @throws Failure for a text that is no valid name of a release */
export function checkedRelease(text: string, what: string): string {
  if (isReleaseName(text)) return text;
  throw new Failure({
    code: "host-state-changed",
    what: `the host names ${JSON.stringify(visibleLine(text).slice(0, 100))} as ${what}, which cannot be the name of a release`,
    remedy:
      "Look at the links and at .tarlift in the application's root on that host, and at who wrote there. Names consist of letters, digits, dots, underscores, plus and dashes.",
    outcome: "refused",
  });
}
