import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { liveProgress } from "../../src/report/live.ts";
import { coloured, uncoloured } from "../../src/report/paint.ts";
import { rateMeter } from "../../src/report/rate.ts";
import { widthOf } from "../../src/report/width.ts";
import { type TestScreen, testScreen } from "../support/screen.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const live = (screen: TestScreen, verbose = false) => liveProgress(screen, { paint: uncoloured, verbose });
const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);
/** Without the spinner, which turns. */
const shown = (screen: TestScreen) => screen.lines().map((line) => line.replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /, "~ "));

describe("work on a terminal", () => {
  it("has one line a host with bytes and rate, and the lines of what has ended above them", () => {
    const screen = testScreen();
    const progress = live(screen);
    const one = progress.task("prepare", { host: "app1.example.org" });
    const two = progress.task("prepare", { host: "app2" });
    pass(1000);
    one.update({ done: 12_300_000, total: 45_000_000 });
    two.update({ done: 120, unit: "files" });
    pass(100);
    expect(shown(screen)).toEqual([
      "~ prepare   app1.example.org  12.3 MB of 45.0 MB, 27 %, 12.3 MB/s  1 s",
      "~ prepare   app2              120 files, 120 files/s  1 s",
    ]);
    two.fail("the disk is full");
    pass(100);
    expect(shown(screen)).toEqual([
      "✗ prepare   app2              the disk is full  1.1 s",
      "~ prepare   app1.example.org  12.3 MB of 45.0 MB, 27 %, 12.3 MB/s  1 s",
    ]);
    pass(800);
    one.update({ done: 45_000_000, total: 45_000_000 });
    one.end("30 files sent");
    expect(shown(screen)).toEqual([
      "✗ prepare   app2              the disk is full  1.1 s",
      "✓ prepare   app1.example.org  30 files sent  22.5 MB/s  2.0 s",
    ]);
    expect(screen.cursorHidden).toBe(false);
  });

  it("hides the cursor while it draws, and gives it back when all has ended or is closed", () => {
    const screen = testScreen();
    const progress = live(screen);
    const task = progress.task("pip install");
    pass(100);
    expect(screen.cursorHidden).toBe(true);
    task.end();
    expect(screen.cursorHidden).toBe(false);
    progress.task("uv");
    pass(100);
    expect(screen.cursorHidden).toBe(true);
    progress.close();
    expect(screen.cursorHidden).toBe(false);
    expect(shown(screen)).toEqual(["✓ pip install  0.1 s"]);
    const writes = screen.writes.length;
    pass(1000);
    expect(screen.writes).toHaveLength(writes);
  });

  it("shows what a command says last, or all of it when asked", () => {
    const quiet = testScreen(40);
    const task = live(quiet).task("pip install");
    task.line(`Collecting ${"x".repeat(100)}`);
    task.line("  ");
    pass(100);
    expect(shown(quiet)).toEqual(["~ pip install  Collecting xxxxxxxxxxxx…"]);
    task.end();
    const all = testScreen(40);
    const reported = live(all, true).task("pip install", { host: "app1" });
    reported.line("Collecting \x1b[31mdjango");
    pass(100);
    expect(shown(all)).toEqual(["  app1 │ Collecting django", "~ pip install  app1"]);
    reported.end();
  });

  it("never writes a line as wide as the terminal, whatever is in it", () => {
    for (const columns of [12, 20, 41, 80]) {
      const screen = testScreen(columns);
      const progress = liveProgress(screen, { paint: coloured });
      const task = progress.task("環境をインストールする", { host: "データベース.example.org" });
      task.line("日本語".repeat(50));
      pass(2000);
      for (const line of screen.lines()) expect(widthOf(line)).toBeLessThan(columns);
      expect(screen.lines()).toHaveLength(1);
      progress.close();
    }
  });

  it("counts the hosts that do not fit on the screen", () => {
    const screen = testScreen(80, 6);
    const progress = live(screen);
    for (let n = 1; n <= 9; n++) progress.task(n < 8 ? "prepare" : "activate", { host: `app${n}` });
    pass(500);
    expect(shown(screen)).toEqual([
      "~ prepare   app1",
      "~ prepare   app2",
      "~ prepare   app3",
      "  … and 6 more: prepare 4, activate 2",
    ]);
    progress.close();
  });

  it("draws over its own lines when the terminal was made narrower", () => {
    const screen = testScreen(60);
    const progress = live(screen);
    const task = progress.task("prepare", { host: "a-host-with-a-long-name.example.org" });
    pass(100);
    // The terminal breaks the line of 47 cells into two.
    screen.columns = 30;
    screen.write("\x1b[1A\r~ prepare   a-host-with-a-lon\r\ng-name.example.org\x1b[K\r\n");
    pass(100);
    expect(shown(screen)).toEqual(["~ prepare   a-host-with-a-lo…"]);
    task.end();
    progress.close();
  });

  it("keeps notes and warnings in their place among what has ended", () => {
    const screen = testScreen();
    const progress = live(screen);
    progress.notice("untracked files are not shipped:\na, b");
    const task = progress.task("pack");
    pass(100);
    progress.warning("too old", { file: "tarlift.yml", line: 3 });
    pass(100);
    task.end("86 MB");
    expect(shown(screen)).toEqual([
      "note: untracked files are not shipped:",
      "a, b",
      "warning: tarlift.yml:3: too old",
      "✓ pack  86 MB  0.2 s",
    ]);
  });

  it("draws each frame in one write, and clears nothing before it is written over", () => {
    const screen = testScreen();
    const progress = live(screen);
    progress.task("prepare", { host: "app1" });
    pass(200);
    screen.writes.length = 0;
    pass(800);
    expect(screen.writes).toHaveLength(10);
    for (const write of screen.writes) expect(write).toMatch(/^\r\x1b\[1A[^\x1b]+\x1b\[K\n\x1b\[J$/);
    progress.close();
  });
});

describe("a rate", () => {
  it("is that of the last seconds, and unknown until there is something to measure", () => {
    const meter = rateMeter(0);
    expect(meter(0, 100)).toBeUndefined();
    expect(meter(1000, 1000)).toBe(1000);
    for (let second = 2; second <= 6; second++) meter(1000 + (second - 1) * 10_000, second * 1000);
    expect(meter(61_000, 7000)).toBe(10_000);
  });
});
