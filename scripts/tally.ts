// Counts what a test run did, from the JSON report that vitest writes. Pure, so that the counting is itself tested.

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** What was skipped, by its full name. */
  skips: string[];
  /** What failed, one line each. */
  failures: string[];
}

interface Report {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0, skips: [], failures: [] };

/** Both together. */
export function add(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    skips: [...a.skips, ...b.skips],
    failures: [...a.failures, ...b.failures],
  };
}

/**
 * Counts one layer's run.
 *
 * @param report the text of vitest's JSON report; undefined when it wrote none, which is one failure
 * @param exitCode of vitest: when it is not 0 and nothing in the report failed (an unhandled error, a crash), that is one failure
 */
export function tally(layer: string, report: string | undefined, exitCode: number | null): Tally {
  const parsed = report === undefined ? undefined : parseReport(report);
  if (!parsed) return { ...nothing, failed: 1, failures: [`${layer}: vitest wrote no report (exit code ${exitCode})`] };
  const counted = parsed.testResults.map(tallyFile).reduce(add, nothing);
  if (exitCode !== 0 && counted.failed === 0) {
    const failure = `${layer}: vitest ended with exit code ${exitCode}, though no test failed: see its output`;
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

function tallyFile(file: Report["testResults"][number]): Tally {
  const names = (statuses: string[]) =>
    file.assertionResults
      .filter((test) => statuses.includes(test.status))
      .map((test) => `${file.name} > ${test.fullName}`);
  const failures = names(["failed"]);
  const skips = names(["skipped", "pending", "todo", "disabled"]);
  // A file that does not load has no tests to fail; one whose beforeAll throws has skipped ones only.
  if (file.status === "failed" && failures.length === 0) {
    failures.push(`${file.name}: ${file.message?.split("\n")[0] || "failed outside of its tests"}`);
  }
  return { passed: names(["passed"]).length, failed: failures.length, skipped: skips.length, skips, failures };
}

/** The closing line, exactly `N passed, N failed, N skipped`. */
export function closingLine(counted: Tally): string {
  return `${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`;
}
