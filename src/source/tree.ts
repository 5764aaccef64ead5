// The files of an application as `tarlift init` reads them.

/** The files of the application's directory, as paths relative to it; `read` gives undefined for a path that is not there. */
export interface Tree {
  paths: readonly string[];
  read(path: string): string | undefined;
  /** The directories above it that belong to the repository, the nearest first. */
  above?: readonly Above[] | undefined;
}

/** A directory above the application, with the files that stand in it. */
export interface Above {
  /** It from the application: `../..`. */
  up: string;
  /** The application from it: `apps/api`. */
  own: string;
  paths: readonly string[];
  read(path: string): string | undefined;
}
