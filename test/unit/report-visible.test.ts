import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { hiding, tooShortToHide } from "../../src/report/hidden.ts";
import { coloured, wantsColour, wantsLive } from "../../src/report/paint.ts";
import { plainProgress } from "../../src/report/plain.ts";
import { summaryMarkdown } from "../../src/report/summary.ts";
import { table } from "../../src/report/table.ts";
import { transactionLines } from "../../src/report/transaction.ts";
import { pad, shorten, widthOf } from "../../src/report/width.ts";
import { maskSecrets } from "../../src/text/mask.ts";
import { visible, visibleJson, visibleLine } from "../../src/text/visible.ts";
import { cpuTime } from "../support/cpu-time.ts";
import { hostOutcome, report } from "../support/report.ts";

describe("text of others on a terminal", () => {
  it.each([
    ["colours", "\x1b[1;31mred\x1b[0m", "red"],
    ["colours of 8-bit controls", "\x9b31mred\x9b0m", "red"],
    ["a window's title", "a\x1b]0;owned\x07b", "ab"],
    ["a title that ends by ST", "a\x1b]0;owned\x1b\\b", "ab"],
    ["a title without end", "a\x1b]0;owned", "a␛]0;owned"],
    ["a device control string", "a\x1bPq#0\x1b\\b", "ab"],
    ["a link", "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\", "here"],
    ["a clear screen and a full reset", "\x1b[2J\x1b[Hx\x1bcy", "xy"],
    ["a sequence that its removal would make", "\x1b\x1b[31m[31mx", "␛[31mx"],
    ["backspace and bell", "rm\b\b\x07", "rm␈␈␇"],
    ["a carriage return that hides what is before it", "failed\rok", "failed␍ok"],
    ["text turned round", "\u202egpj.exe", "\\u202egpj.exe"],
    ["text that is not visible", "a\u{e0041}b\u2066c\ufeff", "a\\u{e0041}b\\u2066c\\ufeff"],
    ["half of a surrogate pair", "a\ud800b", "a\ufffdb"],
    ["Windows newlines", "a\r\nb", "a\nb"],
  ])("has %s shown or left out", (_name, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each([
    "\x1b]",
    "\x1bP",
    "\x1bX",
    "\x1b^",
    "\x1b_",
    "\x90",
    "\x98",
    "\x9b",
    "\x9b0",
    "\x9d",
    "\x9e",
    "\x9f",
    "\x1b[",
    "\x1b ",
  ])("is read once, however many sequences begin in it that do not end: %j", (opener) => {
    // Time of this process alone: what reads such a text again and again takes hours.
    const begin = cpuTime();
    expect(visible(opener.repeat(1_000_000))).not.toMatch(/[\x1b\x80-\x9f]/);
    expect(begin()).toBeLessThan(10_000);
  });

  it("ends a string where another one begins", () => {
    expect(visible("a\x9db\x9dc\x07d\x1b]e\x9ff\x9cg")).toBe("a\\x9dbd␛]eg");
  });

  it("stays as it is where it hides nothing: tabs, umlauts, emoji with joiners", () => {
    for (const text of ["a\tb\nc", "Grüße, 日本語", "👩‍💻 ok", "✓ · │"]) expect(visible(text)).toBe(text);
    expect(visibleLine("a\tb\nc")).toBe("a  b␊c");
  });

  it("is the same value as JSON, and no control character in it", () => {
    const value = { "\x9b1m": ["\x1b[31m", "\u202e", "\u{e0041}", "é\n"] };
    const json = visibleJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).not.toMatch(/[^\x20-\x7e\né]/);
  });

  it("reaches neither the lines of progress nor those of the end raw", () => {
    const evil = "\x1b]0;owned\x07\x1b[31mx\u202e";
    const said: string[] = [];
    const progress = plainProgress((line) => said.push(line), { verbose: true });
    const task = progress.task(evil, { host: evil });
    task.line(evil);
    task.end(evil);
    progress.notice(evil);
    progress.warning(evil, { file: evil });
    const reported = report({
      hosts: [
        hostOutcome({ name: evil, live: evil, services: [{ service: evil, evidence: "started", detail: evil }] }),
      ],
      errors: [{ host: evil, code: "command-failed", what: evil, where: { [evil]: evil }, output: evil, remedy: evil }],
      warnings: [evil],
      pending: [evil],
      release: evil,
    });
    for (const line of [...said, ...transactionLines(reported)]) expect(line).not.toMatch(/[\x1b\x07\u202e]/);
    expect(said.join()).toContain("x\\u202e");
  });
});

describe("width", () => {
  it.each([
    ["plain", 5],
    ["日本", 4],
    ["e\u0301", 1],
    ["👩‍💻", 2],
    ["ｗｉｄｅ", 8],
    ["한국", 4],
    ["✓ ok", 4],
    ["…", 1],
    ["naïve – “ok”", 12],
    ["soft\u00adhyphen", 10],
  ])("of %s is %i cells", (text, cells) => {
    expect(widthOf(text)).toBe(cells);
  });

  it("is never passed when text is cut, between characters as people see them", () => {
    expect(shorten("abcdef", 4)).toBe("abc…");
    expect(shorten("日本語", 5)).toBe("日本…");
    expect(shorten("日本語", 4)).toBe("日…");
    expect(shorten("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
    expect(shorten("abc", 3)).toBe("abc");
    expect(shorten("abc", 0)).toBe("");
    expect(pad("日", 4)).toBe("日  ");
  });

  it("makes the columns of a table", () => {
    expect(
      table([
        ["日本", "a"],
        ["x", "b\nc", "d"],
      ]),
    ).toEqual(["日本  a", "x     b␊c  d"]);
  });
});

describe("colour and live lines", () => {
  const terminal = { isTTY: true };
  it.each([
    ["a terminal", terminal, {}, true, true],
    ["a pipe", {}, {}, false, false],
    ["NO_COLOR", terminal, { NO_COLOR: "1" }, false, true],
    ["an empty NO_COLOR", terminal, { NO_COLOR: "" }, true, true],
    ["FORCE_COLOR on a pipe", {}, { FORCE_COLOR: "1" }, true, false],
    ["FORCE_COLOR before NO_COLOR", terminal, { FORCE_COLOR: "1", NO_COLOR: "1" }, true, true],
    ["FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false, true],
    ["a dumb terminal", terminal, { TERM: "dumb" }, false, false],
    ["CI", terminal, { CI: "true" }, true, false],
    ["CI=false", terminal, { CI: "false" }, true, true],
  ])("with %s", (_name, stream, env, colour, live) => {
    expect([wantsColour(stream, env), wantsLive(stream, env)]).toEqual([colour, live]);
  });

  it("say the same with and without", () => {
    const reported = report({
      outcome: "reverted",
      errors: [{ code: "command-failed", what: "broken", remedy: "mend it" }],
      schemaAhead: true,
    });
    const painted = transactionLines(reported, coloured).join("\n");
    expect(painted).toContain("\x1b[31m");
    expect(painted.replace(/\x1b\[\d+m/g, "")).toBe(transactionLines(reported).join("\n"));
  });
});

describe("secrets in text", () => {
  it("are masked whole and by their lines, the longer of two first", () => {
    const mask = maskSecrets(["hunter2", "hunter2-long", "-----BEGIN\nabcdef\n}\n", "", " "]);
    expect(mask("a hunter2-long b hunter2 c")).toBe("a *** b *** c");
    expect(mask("abcdef } -----BEGIN")).toBe("*** } ***");
    expect(mask("nothing")).toBe("nothing");
  });

  const VALUE = `p"a'ss\\w&rd <ö> $x\`/+=`;
  const inPython = (program: string) =>
    spawnSync("python3", ["-c", `import sys; v = sys.argv[1]\n${program}`, VALUE], { encoding: "utf8" }).stdout.trim();
  it.each([
    ["as it is", VALUE],
    ["JSON", JSON.stringify({ v: VALUE })],
    ["Python's JSON", inPython("import json; print(json.dumps(v))")],
    ["repr", inPython("print(repr(v))")],
    ["repr of a list", inPython("print(repr([v, 1]))")],
    ["repr of bytes", inPython("print(repr(v.encode()))")],
    ["repr in JSON", inPython("import json; print(json.dumps({'error': repr(v)}, ensure_ascii=False))")],
    ["an address", `https://u:${encodeURIComponent(VALUE)}@host/`],
    ["Python's quote", inPython("import urllib.parse; print(urllib.parse.quote(v))")],
    ["Python's quote of all", inPython("import urllib.parse; print(urllib.parse.quote(v, safe=''))")],
    ["a form", inPython("import urllib.parse; print(urllib.parse.urlencode({'q': v}))")],
    ["HTML", inPython("import html; print(html.escape(v))")],
    ["a shell's word", inPython("import shlex; print(shlex.quote(v))")],
    ["a line of .tarlift/env", `V="${VALUE.replace(/[\\"$`]/g, "\\$&")}"`],
    ["base64", Buffer.from(VALUE).toString("base64")],
    ["base64 within", Buffer.from(`user:${VALUE}:rest`).toString("base64")],
    ["base64 for addresses", Buffer.from(`u:${VALUE}`).toString("base64url")],
  ])("case 6: are masked in every form in which a log shows them: %s", (_form, text) => {
    const shown = maskSecrets([VALUE])(text);
    expect(text).not.toBe("");
    expect(shown).toContain("***");
    // Nothing of it is left to be read: the parts between its special characters, and what base64 makes of it.
    expect(shown).not.toMatch(/a.{0,8}ss|w.{0,6}rd/);
    expect(shown.length).toBeLessThan(40);
  });

  it.each([
    ["a certificate chain", Array.from({ length: 800 }, (_, n) => `MII/${n}+${"aB3".repeat(20)}=`).join("\n")],
    ["one line", "aB3+/".repeat(10_000)],
  ])("case 6: are masked however long they are: %s", (_what, value) => {
    const mask = maskSecrets([value]);
    expect(mask(`a ${value} b`)).toBe("a *** b");
    const line = value.split("\n").at(-1)!;
    expect(mask(`a ${encodeURIComponent(line)} ${JSON.stringify(`"${line}"`)}`)).toBe('a *** "\\"***\\""');
  });

  it("are masked in linear time beside characters that were cut in two", () => {
    const begin = cpuTime();
    const row = "\ufffd".repeat(1_000_000);
    expect(maskSecrets(["hunter2"])(`${row} […]${row} […]`)).toBe(`${row} […]${row} […]`);
    expect(maskSecrets(["hunter2"])("hunt\ufffd\ufffd[…]\ufffdter2 […]")).toBe("***\ufffd\ufffd[…]\ufffd*** […]");
    expect(begin()).toBeLessThan(5_000);
  });

  it("case 6: are masked once where one holds another, and are left alone where they are too short to be hidden", () => {
    const mask = maskSecrets(["abcd", "abcdef", "cdef", "1", "yes"]);
    expect(mask("abcdef abcd cdef 1 yes")).toBe("*** *** *** 1 yes");
    expect(tooShortToHide({ A: "1", B: "long enough", C: "" })).toMatch(/^A: a value of fewer than 4 characters/);
    expect(tooShortToHide({ B: "long enough" })).toBeUndefined();
  });

  it.each([
    "host",
    "name",
    "true",
    "outcome",
    "deployed",
    "preflight",
    "restore",
    "app1.example.org",
    "supervisor",
    "commit",
    "what",
  ])("case 6: change no structure, whatever they are: %s", (secret) => {
    const hidden = hiding();
    hidden.keep(["app1.example.org"]);
    hidden.hide([secret]);
    const reported = { outcome: "deployed", ok: true, hosts: [{ name: "app1.example.org", what: `a ${secret} b` }] };
    expect(hidden.maskValues(reported)).toEqual({
      outcome: "deployed",
      ok: true,
      hosts: [{ name: "app1.example.org", what: "a *** b" }],
    });
    const summary = summaryMarkdown({
      report: report({
        outcome: "reverted",
        errors: [{ host: "app1.example.org", code: "command-failed", what: `no ${secret}!` }],
      }),
      mask: hidden.maskValue,
    });
    expect(summary).toContain("reverted");
    expect(summary).toContain("app1.example.org");
    expect(summary).not.toContain(`no ${secret}!`);
  });
});
