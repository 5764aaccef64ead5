// Words of the operations' reports: their outcomes, and what became of a release on a host.

/** Of `tarlift adopt`. */
export const ADOPTION_OUTCOMES = ["planned", "adopted", "refused", "failed"] as const;

/** Of `tarlift host setup`. */
export const SETUP_OUTCOMES = ["planned", "done", "incomplete", "failed"] as const;

/** Of one transaction on one host, in `tarlift history`. */
export const HOST_COURSES = ["deployed", "rolled-back", "reverted", "prepared", "unfinished"] as const;
