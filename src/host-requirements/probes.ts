// All probes of a host's own programs. A new runtime needs a file beside this one, and a line here.
import type { Requirements } from "../artifact/format.ts";
import { PYTHON_PROBE } from "../python/interpreter.ts";
import type { HostProbe } from "./host-probe.ts";
import { nodeProbes } from "./node-probe.ts";
import { pythonProbes } from "./python-probe.ts";

/** @param records of the release and of its environments */
export const probesOf = (records: readonly Requirements[]): HostProbe[] => [
  ...pythonProbes(records),
  ...nodeProbes(records),
];

/** Texts for a request with probes: programs that the host runs for them. */
export const PROBE_TEXTS = { "interpreter-probe": PYTHON_PROBE };
