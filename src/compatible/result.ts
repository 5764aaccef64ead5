// The result of `tarlift compatible`.

/** `nothing-pending`, `nothing-live`, `same-release`: there was nothing to test. */
export const COMPATIBLE_OUTCOMES = ["compatible", "nothing-pending", "nothing-live", "same-release"] as const;

export interface Compatibility {
  app: string;
  target: string;
  outcome: (typeof COMPATIBLE_OUTCOMES)[number];
  live?: { version: string; commit: string; digest: string } | undefined;
  release: { version: string; commit: string; digest: string };
  /** The migrations that were tested. */
  migrations: string[];
}
