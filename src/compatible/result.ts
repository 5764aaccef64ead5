// The result of `tarlift compatible`.

export interface Compatibility {
  app: string;
  target: string;
  /** `nothing-pending`, `nothing-live`, `same-release`: there was nothing to test. */
  outcome: "compatible" | "nothing-pending" | "nothing-live" | "same-release";
  live?: { version: string; commit: string; digest: string } | undefined;
  release: { version: string; commit: string; digest: string };
  /** The migrations that were tested. */
  migrations: string[];
}
