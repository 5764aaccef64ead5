// A user of this machine that is neither root nor a service's: the one that Linux has for that.
import { sh } from "./needs.ts";

export const OTHER_UID = 65534;

export const OTHER_USER = sh("getent", ["passwd", `${OTHER_UID}`]).split(":")[0] as string;
