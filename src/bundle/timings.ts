// How long the parts of a bundle take.

const PARTS = ["environments", "source", "assets", "application", "artifact", "unpacking", "checks"] as const;
type Part = (typeof PARTS)[number];

/** Milliseconds. Unpacking is separate: only asset steps and checks need it. */
export type BundleTimings = Record<Part, number>;

/** A part that is measured within another one counts only as itself. Parts do not run at the same time. */
export class Timings {
  readonly spent = Object.fromEntries(PARTS.map((part) => [part, 0])) as BundleTimings;

  /** The time of measured parts within the current one. */
  private inner = 0;

  /** Runs an action, and adds its time to a part. */
  async measure<T>(part: Part, action: () => Promise<T>): Promise<T> {
    const beside = this.inner;
    this.inner = 0;
    const start = performance.now();
    const value = await action();
    const time = performance.now() - start;
    this.spent[part] += time - this.inner;
    this.inner = beside + time;
    return value;
  }
}
