// The releases that a host records, and the name of a coming one among them.
import { Failure } from "../failure.ts";
import { isReleaseName, isTransaction } from "./recorded-names.ts";
import type { ReleaseOnHost, ReleaseState } from "./types.ts";

/** A record with what only the host's side of the code needs. */
export interface RecordedRelease extends ReleaseOnHost {
  /** Its record stands, its directory does not. */
  absent: boolean;
  /** Seconds since the epoch. */
  goodAt: number;
  previousRelease: string | undefined;
}

/** The names in the text `releases` of a facts reply that cannot be names of releases. */
export const strangeReleases = (text: string): string[] =>
  blocks(text).flatMap((block) => block.split("\n", 1).filter((id) => !isReleaseName(id)));

const blocks = (text: string): string[] => text.split(/^release /m).slice(1);

const STATES: readonly string[] = ["receiving", "prepared", "active", "good", "failed"] satisfies ReleaseState[];
const isState = (text: string | undefined): text is ReleaseState => STATES.includes(text ?? "");
const like = (text: string | undefined, pattern: RegExp): string | undefined =>
  text !== undefined && pattern.test(text) ? text : undefined;

/**
 * Reads the text `releases` of a facts reply: `release <name>`, then `key value` lines. Newest good first, then the others. What cannot be
 * such a name or value is left out.
 */
export function parseReleases(text: string): RecordedRelease[] {
  const releases = blocks(text)
    .filter((block) => isReleaseName(block.split("\n", 1)[0]!))
    .map((block): RecordedRelease => {
      const [id, ...lines] = block.split("\n");
      const values = new Map(
        lines
          .filter((line) => line.includes(" "))
          .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
      );
      const state = values.get("state");
      const version = values.get("version") ?? "";
      const previous = values.get("previous") ?? "";
      const [at, transaction] = (values.get("good") ?? "").split(" ");
      // Seconds of four-digit years; what a broken disk has made of it says nothing.
      const goodAt = /^\d{1,11}$/.test(at ?? "") ? Number(at) : 0;
      return {
        id: id!,
        state: isState(state) ? state : "failed",
        digest: like(values.get("digest"), /^sha256:[0-9a-f]+$/),
        version: isReleaseName(version) ? version : id!,
        commit: like(values.get("commit"), /^\w{1,100}$/),
        configuration: like(values.get("configuration"), /^[\w:+-]+$/),
        absent: values.has("absent"),
        goodAt,
        seal: values.get("seal") || undefined,
        good: goodAt > 0 ? new Date(goodAt * 1000).toISOString() : undefined,
        transaction: transaction && isTransaction(transaction) ? transaction : undefined,
        previousRelease: isReleaseName(previous) ? previous : undefined,
      };
    });
  return releases.sort((a, b) => b.goodAt - a.goodAt || (a.id < b.id ? 1 : -1));
}

/** What a coming release is called on a host. */
export interface ComingName {
  name: string;
  /** A good release is there already, with this digest and configuration: nothing has to be prepared if it is sound. */
  reuse: boolean;
}

/**
 * Chooses the name: `<version>-<digest8>`, with `-2`, `-3`, … where another release has it.
 *
 * @param taken names that may not be used although they fit: the live release after its configuration was changed by hand
 */
export function comingName(
  wanted: { version: string; digest: string; configuration: string },
  releases: readonly RecordedRelease[],
  live: string | undefined,
  taken: readonly string[] = [],
): ComingName {
  const same = releases.find(
    (release) =>
      release.state === "good" &&
      !release.absent &&
      release.digest === wanted.digest &&
      release.configuration === wanted.configuration &&
      !taken.includes(release.id),
  );
  if (same) return { name: same.id, reuse: true };
  const base = releaseName(wanted.version, wanted.digest);
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    const there = releases.find((release) => release.id === name);
    // What never became good may be made again under its name; what was good, or is live, is never written to.
    if (!there) return { name, reuse: false };
    if (there.state !== "good" && name !== live && !taken.includes(name)) return { name, reuse: false };
  }
}

/**
 * @param version a label: `[A-Za-z0-9._+-]`, no leading dash or dot
 * @throws Failure for a version that cannot be part of a directory's name
 */
export function releaseName(version: string, digest: string): string {
  if (!/^(?![.-])[A-Za-z0-9._+-]{1,100}$/.test(version)) {
    throw new Failure({
      what: `the version ${JSON.stringify(version)} cannot name a release`,
      remedy: "Use letters, digits, dots, underscores, plus and dashes, up to 100, and no dot or dash first.",
      outcome: "refused",
    });
  }
  return `${version}-${digest.replace("sha256:", "").slice(0, 8)}`;
}

/** Reads the text `taken` of a facts reply: `<what it had><tab><place>` a line. */
export function parseTaken(text: string): { seat: string; had: string }[] | undefined {
  const lines = text.split("\n").filter(Boolean);
  if (lines.length === 0) return undefined;
  return lines.map((line) => ({ had: line.split("\t")[0]!, seat: line.split("\t").slice(1).join("\t") }));
}
