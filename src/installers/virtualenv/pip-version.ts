// The pip of an environment, which also builds the application's own package.
import type { Python } from "../../python/interpreter.ts";

/** The pip that Tarlift chooses: the one that a distribution's venv brings can be too old for what a lock says. */
export const PIP_VERSION = "26.0.1";

/** The same for one Python: an old one has a last pip that runs on it (`Requires-Python` of its releases). */
export const pipVersion = ({ version }: Pick<Python, "version">): string =>
  ({ "3.7": "24.0", "3.8": "25.0.1" })[version] ?? PIP_VERSION;
