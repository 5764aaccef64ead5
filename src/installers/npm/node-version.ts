// The Node version in a version file: .nvmrc, .node-version, .tool-versions. Pure.

/** Names of LTS lines (https://nodejs.org/en/about/previous-releases). */
const LINES: Readonly<Record<string, string>> = {
  dubnium: "10",
  erbium: "12",
  fermium: "14",
  gallium: "16",
  hydrogen: "18",
  iron: "20",
  jod: "22",
  krypton: "24",
};

/**
 * @param text of the file
 * @returns the version, as precise as in the file (`24`, `20.11`); `any` if the file accepts any (`lts/*`, `node`);
 *   undefined if it names none
 */
export function wantedNode(text: string): string | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
  const tool = lines.map((line) => /^(?:nodejs|node)\s+(\S+)/.exec(line)?.[1]).find(Boolean);
  const word = (tool ?? lines[0] ?? "").toLowerCase();
  const version = /^(?:node-?)?v?(\d+(?:\.\d+){0,2})(?:\.[x*]){0,2}$/.exec(word)?.[1];
  if (version) return version;
  if (/^(lts\/\*|lts|lts\/-\d+|node|stable|current|latest|\*)$/.test(word)) return "any";
  return LINES[/^lts\/(\w+)$/.exec(word)?.[1] ?? ""];
}

/** Whether a version matches: `20.11.1` matches `20` and `20.11`. */
export function isNode(version: string, wanted: string): boolean {
  return wanted === "any" || `${version}.`.startsWith(`${wanted}.`);
}
