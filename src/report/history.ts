// The history of a target, as lines for people: one line if all hosts agree, and one for each host that differs.
import type { History } from "../operations/history.ts";
import { visibleLine } from "../text/visible.ts";

export function historyLines({ app, target, transactions }: History): string[] {
  if (transactions.length === 0) return [`${app} on ${target}: nothing was recorded`];
  const width = Math.max("release".length, ...transactions.map(({ release }) => release.length));
  const done = "what was done";
  const doneWidth = Math.max(done.length, ...transactions.flatMap(({ hosts }) => hosts[0]?.course.length ?? 0));
  const head = `${"time (UTC)".padEnd(19)}  ${"release".padEnd(width)}  ${done.padEnd(doneWidth)}  by`;
  const lines = transactions.flatMap(({ time, by, release, hosts }) => {
    const courses = new Set(hosts.map(({ course }) => course));
    const line = `${time.slice(0, 19).replace("T", " ")}  ${visibleLine(release).padEnd(width)}`;
    const enders = new Set(hosts.flatMap(({ endedBy }) => endedBy ?? []));
    const who = [by, ...enders].map(visibleLine).join(", ended by ");
    if (courses.size === 1) return [`${line}  ${hosts[0]?.course.padEnd(doneWidth)}  ${who}`];
    return [
      `${line}  ${"DIFFERENT".padEnd(doneWidth)}  ${who}`,
      ...hosts.map(({ name, course }) => `    ${name}: ${course}`),
    ];
  });
  return [head, ...lines];
}
