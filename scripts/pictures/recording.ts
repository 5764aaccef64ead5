// docs/pictures/demo.svg: what `npm run demo` prints, as a terminal that scrolls. The run itself is kept in docs/pictures/demo.cast
// (asciicast version 2, https://docs.asciinema.org/manual/asciicast/v2/), so that the picture can be made again without another run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { document, escapeText } from "./svg.ts";

interface Line {
  /** Seconds since the start. */
  at: number;
  /** With its SGR sequences. */
  text: string;
}

const COLUMNS = 104;
const ROWS = 27;
const LINE = 18;
const CHARACTER = 7.83;
const MARGIN = 14;
const BAR = 30;
/** The longest pause between two lines that the picture shows, and how long its end stays, in seconds. */
const PAUSE = 0.8;
const HOLD = 8;
/** The section with which the picture begins: the one before it installs packages. */
const FIRST = "== Second commit";
const TITLE = "npm run demo: a deploy, a release that fails and is reverted, a rollback";

/** Runs the demo as a reader does, with colours. @returns the cast. @throws Error when the demo fails */
export async function record(): Promise<string> {
  const start = performance.now();
  const child = spawn("sh", ["-c", "npm run --silent demo 2>&1"], {
    env: { ...process.env, FORCE_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const events: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const at = Math.round(performance.now() - start) / 1000;
    events.push(JSON.stringify([at, "o", `${shortened(line)}\r\n`]));
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`npm run demo: exit code ${code}`);
  const header = { version: 2, width: COLUMNS, height: ROWS, command: "npm run demo" };
  return `${[JSON.stringify(header), ...events].join("\n")}\n`;
}

/** The demo's temporary directory has a long name that says nothing. */
const shortened = (line: string): string => line.replaceAll(/\/\S*?\/tarlift-demo-\w+/g, "/demo");

/** @param cast as `record` returns it */
export function terminal(cast: string): string {
  const lines = paced(shown(read(cast)));
  const width = Math.ceil(2 * MARGIN + COLUMNS * CHARACTER);
  const height = BAR + ROWS * LINE + MARGIN;
  const bottom = BAR + ROWS * LINE - 5;
  const texts = lines.map(({ text }, index) => styled(text, MARGIN, bottom + (index + 1) * LINE));
  return document({ width, height }, TITLE, style(lines), [
    `<clipPath id="screen"><rect y="${BAR}" width="${width}" height="${ROWS * LINE}"/></clipPath>`,
    `<rect class="window" width="${width}" height="${height}" rx="8"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map((fill, n) => `<circle cx="${20 + n * 20}" cy="16" r="6" fill="${fill}"/>`),
    `<text class="title" x="${width / 2}" y="20" text-anchor="middle">npm run demo</text>`,
    `<g clip-path="url(#screen)"><g class="lines" xml:space="preserve">${texts.join("\n")}</g></g>`,
  ]);
}

function read(cast: string): Line[] {
  const [, ...events] = cast.trimEnd().split("\n");
  return events.map((event) => {
    const [at, , text] = JSON.parse(event) as [number, string, string];
    return { at, text: text.replace(/\r?\n$/, "") };
  });
}

/** What a terminal shows in the end: a line about work that has begun (`…`) makes room for the one about its result. */
function shown(lines: readonly Line[]): Line[] {
  const first = lines.findIndex(({ text }) => text.includes(FIRST));
  return lines.slice(Math.max(first, 0)).filter(({ text }) => !plain(text).endsWith(" …"));
}

/** Times from 0, without long pauses. */
function paced(lines: readonly Line[]): Line[] {
  let at = 0;
  return lines.map(({ text, at: now }, index) => {
    at += Math.min(PAUSE, Math.max(0, now - (lines[index - 1]?.at ?? now)));
    return { at, text };
  });
}

const SGR = /\u001b\[(\d*)m/g;
const plain = (text: string): string => text.replaceAll(SGR, "");

/** What each code of src/report/paint.ts begins or ends. */
const CODES: Record<string, { name: string; on: boolean } | undefined> = {
  "1": { name: "bold", on: true },
  "2": { name: "dim", on: true },
  "31": { name: "bad", on: true },
  "32": { name: "good", on: true },
  "33": { name: "warn", on: true },
};
const OFF: Record<string, readonly string[]> = {
  "": ["bold", "dim", "bad", "good", "warn"],
  "0": ["bold", "dim", "bad", "good", "warn"],
  "22": ["bold", "dim"],
  "39": ["bad", "good", "warn"],
};

/** One line as an SVG text, cut at the terminal's width. */
function styled(text: string, x: number, y: number): string {
  const classes = new Set<string>();
  let room = COLUMNS;
  const spans = text.split(SGR).map((part, index) => {
    // split() has the code of each sequence between the texts.
    if (index % 2 === 1) {
      const begun = CODES[part]?.name;
      if (begun) classes.add(begun);
      for (const name of OFF[part] ?? []) classes.delete(name);
      return "";
    }
    const characters = [...part];
    const visible = characters.length > room ? `${characters.slice(0, Math.max(0, room - 1)).join("")}…` : part;
    if (room <= 0 || visible === "") return "";
    room -= characters.length;
    const names = [...classes].join(" ");
    return names === "" ? escapeText(visible) : `<tspan class="${names}">${escapeText(visible)}</tspan>`;
  });
  return `<text x="${x}" y="${y}">${spans.join("")}</text>`;
}

/** Each line that is printed moves all of them up by one. Readers who want no motion see the last screen. */
function style(lines: readonly Line[]): string {
  const total = (lines.at(-1)?.at ?? 0) + HOLD;
  const up = (count: number) => `transform:translateY(-${count * LINE}px)`;
  // Lines that are printed at the same moment are one step.
  const steps = lines.flatMap(({ at }, index) =>
    lines[index + 1]?.at === at ? [] : [`${((at / total) * 100).toFixed(3)}%{${up(index + 1)}}`],
  );
  return `
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e6edf3; white-space: pre; }
.window { fill: #0d1117; stroke: #656c76; } .title { fill: #9198a1; }
.bold { font-weight: 700; } .dim { fill: #9198a1; } .good { fill: #56d364; } .bad { fill: #ff7b72; } .warn { fill: #e3b341; }
.lines { ${up(lines.length)}; animation: run ${total.toFixed(1)}s steps(1, end) infinite; }
@media (prefers-reduced-motion: reduce) { .lines { animation: none; } }
@keyframes run { ${steps.join(" ")} 100% { ${up(lines.length)} } }
`.trim();
}
