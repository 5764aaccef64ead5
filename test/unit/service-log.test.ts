import { describe, expect, it } from "vitest";
import { whyOf, withServiceLog } from "../../src/text/log-excerpt.ts";

const requests = (count: number) =>
  Array.from(
    { length: count },
    (_, n) => `127.0.0.1 - - [29/Nov/2026:20:39:${n % 60} +0000] "GET /health HTTP/1.1" 500 145 "-" "-"`,
  );

/** What applications write, and the first and the last line that explain it. */
const ERRORS: Record<string, { lines: string[]; first: string; last: string }> = {
  "Python, below a logger's line": {
    lines: [
      "[2026-11-29 20:39:01 +0000] [41] [INFO] Booting worker with pid: 41",
      "[2026-11-29 20:39:02 +0000] [41] [ERROR] Error handling request /",
      "Traceback (most recent call last):",
      '  File "/srv/shop/current/app.py", line 7, in view',
      "    return total / 0",
      "           ~~~~~~^~~",
      "ZeroDivisionError: division by zero",
    ],
    first: "[2026-11-29 20:39:02 +0000] [41] [ERROR] Error handling request /",
    last: "ZeroDivisionError: division by zero",
  },
  "Python, one error during another, with words of a database": {
    lines: [
      "Internal Server Error: /",
      "Traceback (most recent call last):",
      '  File "/srv/a.py", line 1, in a',
      "    x()",
      'psycopg.errors.UndefinedTable: relation "shop" does not exist',
      "LINE 1: SELECT 1 FROM shop",
      "                      ^",
      "",
      "The above exception was the direct cause of the following exception:",
      "",
      "Traceback (most recent call last):",
      '  File "/srv/b.py", line 2, in b',
      "    y()",
      'django.db.utils.ProgrammingError: relation "shop" does not exist',
      "LINE 1: SELECT 1 FROM shop",
      "                      ^",
    ],
    first: "Internal Server Error: /",
    last: "                      ^",
  },
  "Python that cannot be parsed": {
    lines: ['  File "/srv/shop/current/app.py", line 3', "    def (", "        ^", "SyntaxError: invalid syntax"],
    first: '  File "/srv/shop/current/app.py", line 3',
    last: "SyntaxError: invalid syntax",
  },
  Node: {
    lines: [
      "listening on 3000",
      "/srv/shop/current/server.js:12",
      '  throw new Error("no database");',
      "  ^",
      "",
      "Error: no database",
      "    at Server.<anonymous> (/srv/shop/current/server.js:12:9)",
      "    at Server.emit (node:events:519:28)",
      "",
      "Node.js v24.21.0",
    ],
    first: "/srv/shop/current/server.js:12",
    last: "    at Server.emit (node:events:519:28)",
  },
  Java: {
    lines: [
      "2026-11-29 20:39:01 ERROR Servlet.service() threw exception",
      "java.lang.IllegalStateException: no pool",
      "\tat org.shop.Pool.take(Pool.java:14)",
      "Caused by: java.net.ConnectException: Connection refused",
      "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)",
      "\t... 20 more",
    ],
    first: "2026-11-29 20:39:01 ERROR Servlet.service() threw exception",
    last: "\t... 20 more",
  },
  Ruby: {
    lines: [
      "app.rb:3:in `total': divided by 0 (ZeroDivisionError)",
      "\tfrom app.rb:9:in `call'",
      "\tfrom app.rb:12:in `<main>'",
    ],
    first: "app.rb:3:in `total': divided by 0 (ZeroDivisionError)",
    last: "\tfrom app.rb:12:in `<main>'",
  },
  PHP: {
    lines: [
      "PHP Fatal error:  Uncaught RuntimeException: no key in /srv/shop/index.php:3",
      "Stack trace:",
      "#0 {main}",
      "  thrown in /srv/shop/index.php on line 3",
    ],
    first: "PHP Fatal error:  Uncaught RuntimeException: no key in /srv/shop/index.php:3",
    last: "  thrown in /srv/shop/index.php on line 3",
  },
  Go: {
    lines: [
      "panic: no listener",
      "",
      "goroutine 1 [running]:",
      "main.main()",
      "\t/src/shop/main.go:9 +0x1d",
      "exit status 2",
    ],
    first: "panic: no listener",
    last: "exit status 2",
  },
  Rust: {
    lines: ["thread 'main' panicked at src/main.rs:2:5:", "no listener", "note: run with `RUST_BACKTRACE=1`"],
    first: "thread 'main' panicked at src/main.rs:2:5:",
    last: "note: run with `RUST_BACKTRACE=1`",
  },
};

describe("case 59: of a service's log the last error is shown", () => {
  it.each(Object.keys(ERRORS))("%s, among hundreds of requests", (name) => {
    const { lines, first, last } = ERRORS[name]!;
    const older = ["Traceback (most recent call last):", '  File "old.py", line 1', "OldError: long ago"];
    const shown = whyOf([...older, ...requests(300), ...lines, ...requests(300)].join("\n")).split("\n");
    expect([shown[0], shown.at(-1)]).toEqual([first, last]);
    expect(shown.join("\n")).not.toContain("OldError");
    expect(shown.join("\n")).not.toContain("GET /health");
  });

  it("the same error once, however often it was written", () => {
    const { lines } = ERRORS["Python, below a logger's line"]!;
    const log = Array.from({ length: 30 }, () => [...lines.slice(1), ...requests(1)]).flat();
    expect(whyOf(log.join("\n"))).toBe(lines.slice(1).join("\n"));
  });

  it("without an error its last lines, but for those of requests; nothing where there is nothing else", () => {
    const lines = [
      "starting",
      "cannot reach redis:6379",
      'INFO:     127.0.0.1:4 - "GET / HTTP/1.1" 500 Internal Server Error',
      "GET / 500 1.2 ms - 21",
    ];
    expect(whyOf([...lines, ...requests(50)].join("\n"))).toBe("starting\ncannot reach redis:6379");
    expect(whyOf(requests(50).join("\n"))).toBe("");
    expect(withServiceLog("it answers 500", requests(5).join("\n"))).toBe("it answers 500");
    expect(withServiceLog(undefined, "boom")).toBe("its log since the restart:\nboom");
  });

  it("in bounds, whatever is written", () => {
    const deep = [
      "Traceback (most recent call last):",
      ...Array.from({ length: 5_000 }, (_, n) => `  File "a.py", line ${n}`),
      "RecursionError: deep",
    ];
    expect(whyOf(deep.join("\n")).split("\n")).toHaveLength(60);
    expect(whyOf(deep.join("\n")).split("\n").at(-1)).toBe("RecursionError: deep");
    expect(whyOf(`  at ${"x".repeat(60_000)}`).length).toBeLessThan(1_100);
    expect(whyOf("\n".repeat(60_000))).toBe("");
  });
});
