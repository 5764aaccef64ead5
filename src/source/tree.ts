// The files of an application as `tarlift init` reads them.

/** The files of the application's directory, as paths relative to it; `read` gives undefined for a path that is not there. */
export interface Tree {
  paths: readonly string[];
  read(path: string): string | undefined;
}
