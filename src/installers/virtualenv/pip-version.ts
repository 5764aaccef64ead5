// The version of pip for an environment, which also builds the application's own package.
import type { Python } from "../../python/interpreter.ts";

/** The version of pip that Tarlift uses: that of a distribution's venv may be too old for a lock. */
export const PIP_VERSION = "26.0.1";

/** The version for one Python: for an old Python, the last pip that runs on it (`Requires-Python` of its releases). */
export const pipVersion = ({ version }: Pick<Python, "version">): string =>
  ({ "3.7": "24.0", "3.8": "25.0.1" })[version] ?? PIP_VERSION;
