// Time that does not depend on what else the machine does.

/**
 * Starts to count the processor time of this process.
 *
 * @returns gives the milliseconds until now; what waits, and what children do, is no part of them
 */
export function cpuTime(): () => number {
  const begin = process.cpuUsage();
  return () => process.cpuUsage(begin).user / 1000;
}
