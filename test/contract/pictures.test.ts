// The pictures of the documentation: each is what its script makes, shows what it is given as text, and needs nothing from elsewhere.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { order, PURPOSE } from "../../scripts/pictures/folders.ts";
import { pictures, stalePictures } from "../../scripts/pictures/main.ts";
import { terminal } from "../../scripts/pictures/recording.ts";
import { ROOT } from "../support/documents.ts";

const cast = (...lines: string[]) =>
  ['{"version":2}', ...lines.map((text, at) => JSON.stringify([at, "o", `${text}\r\n`]))].join("\n");

test("docs/pictures is as generated (npm run docs)", () => {
  expect(stalePictures()).toEqual([]);
});

describe.each(Object.entries(pictures()))("%s", (_, svg) => {
  test("needs nothing from the network, and no script", () => {
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:\/\/(?!127\.0\.0\.1)|<script|<image|href=/i,
    );
  });

  test("says what it shows", () => {
    expect(svg).toMatch(/<title>[^<]+<\/title>/);
    expect(svg).toMatch(/role="img"/);
  });
});

test("the picture of the folders says what each is for", () => {
  expect(Object.keys(PURPOSE)).toEqual([...new Set(order().map((name) => name.split("/")[0]!))]);
});

describe("the recording", () => {
  test("is of a run of the demo, with its end", () => {
    const [header] = readFileSync(join(ROOT, "docs/pictures/demo.cast"), "utf8").split("\n");
    expect(JSON.parse(header!)).toMatchObject({ version: 2, command: "npm run demo" });
    expect(pictures()["demo.svg"]).toContain("The demo is over");
  });

  test("escapes what is printed", () => {
    expect(terminal(cast('<script>alert("&")</script>\u0007'))).toContain(
      "&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;?",
    );
  });

  test("shows colours, and cuts lines at the terminal's width", () => {
    const svg = terminal(cast(`\u001b[32mgood\u001b[39m ${"x".repeat(200)}`));
    expect(svg).toMatch(/<tspan class="good">good<\/tspan> x{98}…<\/text>/);
  });

  test("leaves lines about work out that has only begun", () => {
    expect(terminal(cast("prepare …", "prepare: 1.0 s"))).not.toContain("prepare …");
  });
});
