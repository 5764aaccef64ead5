// Reports of transactions that never were, for what is made of them.
import type { HostOutcome, PhaseRecord, Report } from "../../src/fleet/report.ts";

export const phases = (...names: [PhaseRecord["phase"], number, boolean?][]): PhaseRecord[] =>
  names.map(([phase, seconds, ok = true], n) => ({ phase, start: n, seconds, ok }));

export const hostOutcome = (more: Partial<HostOutcome> = {}): HostOutcome => ({
  name: "app1",
  live: "v2-77aa01ce",
  previousRelease: "v1-3fa9c1d2",
  unknown: false,
  services: [{ service: "web", evidence: "directory", detail: "RUNNING, pid 4711" }],
  phases: phases(["preflight", 0.2], ["prepare", 0.8], ["activate", 5.1], ["commit", 0.1]),
  wire: 1_200_000,
  files: { sent: 30, linked: 1970 },
  ...more,
});

export const report = (more: Partial<Report> = {}): Report => ({
  outcome: "deployed",
  app: "shop",
  target: "production",
  release: "v2-77aa01ce",
  version: "v2",
  commit: "a".repeat(40),
  digest: `sha256:${"b".repeat(64)}`,
  previousRelease: "v1-3fa9c1d2",
  back: { crosses: false },
  schemaAhead: false,
  schemaUncertain: false,
  pending: [],
  applied: [],
  hosts: [hostOutcome()],
  errors: [],
  warnings: [],
  durations: [
    { part: "preflight", seconds: 0.2 },
    { part: "activate", seconds: 5.1 },
  ],
  ...more,
});
