// Whether a release on a host is the one that was verified.
import type { Drift } from "../host/types.ts";

/** Whether nothing was changed, removed or added that may change what a release does. */
export const asVerified = ({ count, added }: Drift): boolean => count === 0 && !added;
