// A user of this machine that is neither root nor anything else's: the one that POSIX systems have for that.
import { sh } from "./needs.ts";

export const OTHER_USER = "nobody";

/** Its number. */
export const otherUid = (): number => Number(sh("id", ["-u", OTHER_USER]));
