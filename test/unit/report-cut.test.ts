// What is too long to be shown whole: a part of a secret that is left at the cut is hidden like the whole of it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkHealth } from "../../src/fleet/health.ts";
import { silent } from "../../src/progress.ts";
import { Output } from "../../src/session/child-output.ts";
import { run } from "../../src/subprocess/run.ts";
import { cutEnd, cutStart } from "../../src/text/cut.ts";
import { whyOf } from "../../src/text/log-excerpt.ts";
import { maskSecrets } from "../../src/text/mask.ts";
import { memoryHost } from "../support/fleet.ts";
import { needs } from "../support/needs.ts";

const SECRET = "9fK2mQ7xLw4ZtB8vRc1NsD6hJp3GyE5uTa0WiXoV";
const mask = maskSecrets([SECRET]);
/** No four characters of it in a row. */
const hides = (text: string) => {
  for (let at = 0; at + 4 <= SECRET.length; at++) expect(text).not.toContain(SECRET.slice(at, at + 4));
};

describe("a text that is cut", () => {
  it("says so, and stays within its length", () => {
    expect([cutEnd("abcdef", 6), cutEnd("abcdef", 5), cutStart("abcdef", 6), cutStart("abcdef", 5)]).toEqual([
      "abcdef",
      "ab[…]",
      "abcdef",
      "[…]ef",
    ]);
  });

  it("hides what is left of a secret, at whichever character it was cut", () => {
    for (let at = 1; at < SECRET.length; at++) {
      const text = `key ${SECRET} end`;
      const [end, start] = [mask(cutEnd(text, 7 + at)), mask(cutStart(text, 7 + at))];
      for (const shown of [end, start, mask(`a ${cutEnd(text, 7 + at)} b`)]) hides(shown);
      if (at >= 4) expect(end).toBe("key ***[…]");
      if (at >= 4) expect(start).toBe("[…]*** end");
    }
  });

  it.each([
    ["with characters of two units", "p😀😀😀😀wörd-of-8", 5],
    ["in base64", Buffer.from(`u:${SECRET}`).toString("base64"), 10],
  ])("hides what is left of a secret %s", (_what, text, edge) => {
    const secrets = maskSecrets([SECRET, "p😀😀😀😀wörd-of-8"]);
    for (let at = edge; at < text.length - edge; at++) {
      expect(secrets(cutEnd(text, at + 3))).toMatch(/\*\*\*\ufffd?\[…\]$/);
      expect(secrets(cutStart(text, at + 3))).toMatch(/^\[…\]\ufffd?\*\*\*/);
    }
  });

  it("hides what is left of one of several lines", () => {
    const secrets = maskSecrets(["first-line\nsecond-line"]);
    expect(secrets(cutEnd("a first-line\nsecond-line", 22))).toBe("a ***\n***[…]");
    expect(secrets(cutStart("a first-line\nsecond-line", 20))).toBe("[…]***\n***");
  });

  it("leaves other text alone, and hides a whole secret beside a mark once", () => {
    expect(mask("loading… 9fKz… 9fK[…] […]oV and …so on")).toBe("loading… 9fKz… 9fK[…] […]oV and …so on");
    expect(mask(`${SECRET}[…]${SECRET}`)).toBe("***[…]***");
    expect(mask(`[…]${SECRET.slice(0, 20)}[…]`)).toBe("[…]***[…]");
  });
});

describe("a secret at the end of what is kept", () => {
  it("of a line of a service's log is not shown in part", () => {
    const shown = mask(
      whyOf(`Traceback (most recent call last):\n  File "app.py", line 1\nError: ${"x".repeat(970)}${SECRET}`),
    );
    expect(shown).toMatch(/x\*\*\*\[…\]$/);
    hides(shown);
  });

  it("of a health check's answer is not shown in part", async () => {
    const host = memoryHost("app1");
    host.answers = [{ status: 500, headers: {}, body: `${"x".repeat(1970)}${SECRET}` }];
    const health = { url: "http://127.0.0.1/", status: 200, timeout: 1, retries: 0, interval: 0 };
    const { output } = await checkHealth(host, "web", health, { release: "v1" }).catch((error) => error);
    expect(mask(output)).toMatch(/x\*\*\*\[…\]$/);
    hides(mask(output));
  });

  it("of a piece of a line without an end is not shown in part", async () => {
    const text = `${"x".repeat(2 ** 16 - 20)}${SECRET.repeat(2000)}`;
    const pieces: string[] = [];
    await run(["cat"], { what: "cat failed", input: text, onLine: (line) => pieces.push(mask(line)) });
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) hides(piece);
  });

  it("of what a host sends is not shown in part, and a line of a dump stays whole", () => {
    const lines: string[] = [];
    const output = new Output({ ...silent.task("x"), line: (line) => void lines.push(line) });
    const dump = `${"x".repeat(1 << 20)}\n`;
    for (let at = 0; at < dump.length; at += 65_536) output.push(Buffer.from(dump.slice(at, at + 65_536)));
    expect(lines).toEqual([dump.trimEnd()]);
    for (let n = 0; n < 18; n++) output.push(Buffer.from(`${"x".repeat((1 << 20) - 20)}${SECRET.slice(0, 20)}`));
    output.end();
    expect(lines.length).toBe(3);
    expect(lines[1]!.slice(-30)).toMatch(/x9fK.*\[…\]$/);
    expect(mask(lines[1]!).slice(-30)).toMatch(/x\*\*\*\[…\]$/);
    expect(lines[2]).toMatch(/^\[…\]/);
  });

  it.each(["dash", "bash", "busybox"].filter((shell) => needs(shell)))(
    "of a text that a host cuts is marked: %s",
    (shell) => {
      const frames = join(import.meta.dirname, "../../src/remote/frames.sh");
      const end = (text: string, bytes: number) =>
        execFileSync(
          shell,
          [...(shell === "busybox" ? ["sh"] : []), "-c", `. "$1"; cat | text_end "$2"`, "sh", frames, `${bytes}`],
          {
            input: text,
            env: { ...process.env, LC_ALL: "C.UTF-8" },
          },
        ).toString();
      expect([end("a\nb\n", 4), end("a\nb\n", 3), end("", 3)]).toEqual(["a\nb\n", "[…]\nb\n", ""]);
      hides(mask(end(`${SECRET}\n`, 20)));
      // Cut in the middle of a character.
      expect(mask(end(`ö${SECRET}`, SECRET.length + 1))).toBe("[…]\ufffd***");
      const split = maskSecrets(["ö".repeat(20)]);
      expect(split(end("ö".repeat(20), 21))).toBe("[…]\ufffd***");
    },
  );
});
