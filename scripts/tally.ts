// Counts what a test run did, from the JSON report that vitest writes. Pure, so that the counting is itself tested.
import { isPart, LEFT_OUT } from "../test/support/parts.ts";

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** What was skipped because this machine cannot run it, by its full name. */
  skips: string[];
  /** How many of the skipped this run left to `npm run test:full`, by part (test/support/parts.ts). */
  left: Record<string, number>;
  /** How many passed, by part. */
  played: Record<string, number>;
  /** What failed, one line each. */
  failures: string[];
}

interface Report {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; tags?: string[] }[];
  }[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0, skips: [], left: {}, played: {}, failures: [] };

/** Both together. */
export function add(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    skips: [...a.skips, ...b.skips],
    left: addEach(a.left, b.left),
    played: addEach(a.played, b.played),
    failures: [...a.failures, ...b.failures],
  };
}

function addEach(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sum = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/**
 * Counts one run of vitest.
 *
 * @param report the text of vitest's JSON report; undefined when it wrote none, which is one failure
 * @param exitCode of vitest: when it is not 0 and nothing in the report failed (an unhandled error, a crash), that is one failure
 * @param parts of a run of parts alone: tests of other parts in the same files are none of it
 */
export function tally(report: string | undefined, exitCode: number | null, parts: readonly string[] = []): Tally {
  const parsed = report === undefined ? undefined : parseReport(report);
  if (!parsed) return { ...nothing, failed: 1, failures: [`vitest wrote no report (exit code ${exitCode})`] };
  const counted = parsed.testResults.map((file) => tallyFile(file, parts)).reduce(add, nothing);
  if (exitCode !== 0 && counted.failed === 0) {
    const failure = `vitest ended with exit code ${exitCode}, though no test failed: see its output`;
    return add(counted, { ...nothing, failed: 1, failures: [failure] });
  }
  return counted;
}

function parseReport(text: string): Report | undefined {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value?.testResults) ? value : undefined;
  } catch {
    return undefined;
  }
}

function tallyFile(file: Report["testResults"][number], parts: readonly string[]): Tally {
  const tests = file.assertionResults.filter(
    ({ tags }) => parts.length === 0 || !tags?.some(isPart) || parts.some((part) => tags.includes(part)),
  );
  const having = (...statuses: string[]) => tests.filter(({ status }) => statuses.includes(status));
  const names = (tests: { fullName: string }[]) => tests.map(({ fullName }) => `${file.name} > ${fullName}`);
  const failures = names(having("failed"));
  const passed = having("passed");
  const skipped = having("skipped", "pending", "todo", "disabled");
  const left = skipped.filter(({ tags }) => tags?.includes(LEFT_OUT));
  // A file that does not load has no tests to fail; one whose beforeAll throws has skipped ones only.
  if (file.status === "failed" && failures.length === 0) {
    failures.push(`${file.name}: ${file.message?.split("\n")[0] || "failed outside of its tests"}`);
  }
  return {
    passed: passed.length,
    failed: failures.length,
    skipped: skipped.length,
    skips: names(skipped.filter((test) => !left.includes(test))),
    left: byPart(left),
    played: byPart(passed),
    failures,
  };
}

function byPart(tests: { tags?: string[] }[]): Record<string, number> {
  return tests
    .flatMap(({ tags = [] }) => tags.filter(isPart).map((part) => ({ [part]: 1 })))
    .reduce<Record<string, number>>(addEach, {});
}

/** The closing line, exactly `N passed, N failed, N skipped`. */
export function closingLine(counted: Tally): string {
  return `${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`;
}
