// The files of an application as `tarlift init` reads them.

/**
 * The files of the application's directory, by paths relative to it. `read` returns undefined for a path that does not
 * exist.
 */
export interface Tree {
  paths: readonly string[];
  read(path: string): string | undefined;
  /** The repository's directories above it, the nearest first. */
  above?: readonly Above[] | undefined;
}

/** A directory above the application, with the files in it. */
export interface Above {
  /** Its path from the application: `../..`. */
  up: string;
  /** The application's path from it: `apps/api`. */
  own: string;
  paths: readonly string[];
  read(path: string): string | undefined;
}
