// The releases that a host records, and the name of an incoming one among them.
import { Failure } from "../failure.ts";
import { tooMuch } from "../protocol/frames.ts";
import { isReleaseName, isTransaction } from "../protocol/recorded-names.ts";
import { type DrainedServer, RELEASE_STATES, type ReleaseOnHost, type ReleaseState } from "./host.ts";
import { parseRecorded } from "./services.ts";

/** A record with fields that only the code for hosts needs. */
export interface RecordedRelease extends ReleaseOnHost {
  /** Its record exists, its directory does not. */
  absent: boolean;
  /** Seconds since the epoch. */
  goodAt: number;
  previousRelease: string | undefined;
}

/**
 * The names in the text `releases` of a facts reply that are no valid names of releases. @throws Failure as {@link
 * parseReleases}
 */
export const strangeReleases = (text: string): string[] =>
  blocks(text).flatMap((block) => block.split("\n", 1).filter((id) => !isReleaseName(id)));

/** How many records of one host are read: more than any host keeps. */
const MOST_RELEASES = 10_000;
/**
 * How many drained backend servers one host may have on record, and characters of their lines: after each is restored,
 * the others are recorded.
 */
const MOST_PLACES = 1_000;
const LARGEST_TAKEN = 1 << 20;

/** Characters of all records: one names its environments, and has less than a kilobyte. */
const LARGEST_RELEASES = 32 << 20;

function blocks(text: string): string[] {
  if (text.length > LARGEST_RELEASES) throw tooMuch();
  const all = text.split(/^release /m, MOST_RELEASES + 2).slice(1);
  if (all.length > MOST_RELEASES) throw tooMuch();
  return all;
}

const stateOf = (text: string | undefined): ReleaseState | undefined => RELEASE_STATES.find((state) => state === text);
const like = (text: string | undefined, pattern: RegExp): string | undefined =>
  text !== undefined && pattern.test(text) ? text : undefined;

/**
 * Reads the text `releases` of a facts reply: `release <name>`, then `key value` lines. Newest good first, then the
 * others. Invalid names and values are left out.
 *
 * @throws Failure for more records than a host keeps
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
      // Seconds of four-digit years; a value damaged by a broken disk is ignored.
      const goodAt = /^\d{1,11}$/.test(at ?? "") ? Number(at) : 0;
      return {
        id: id!,
        state: stateOf(state) ?? "failed",
        digest: like(values.get("digest"), /^sha256:[0-9a-f]{1,64}$/),
        version: isReleaseName(version) ? version : id!,
        commit: like(values.get("commit"), /^\w{1,100}$/),
        configuration: like(values.get("configuration"), /^[\w:+-]{1,100}$/),
        absent: values.has("absent"),
        goodAt,
        seal: values.get("seal") || undefined,
        good: goodAt > 0 ? new Date(goodAt * 1000).toISOString() : undefined,
        transaction: transaction && isTransaction(transaction) ? transaction : undefined,
        previousRelease: isReleaseName(previous) ? previous : undefined,
        services: parseRecorded(lines),
      };
    });
  return releases.sort((a, b) => b.goodAt - a.goodAt || (a.id < b.id ? 1 : -1));
}

/** The name of an incoming release on a host. */
export interface ChosenName {
  name: string;
  /** A good release with this digest and configuration exists already: nothing has to be prepared if it is intact. */
  reuse: boolean;
}

/**
 * Chooses the name: `<version>-<digest8>`, with `-2`, `-3`, … if another release has it.
 *
 * @param taken names that may not be used although they fit: the live release after its configuration was changed by
 * hand
 */
export function chooseReleaseName(
  wanted: { version: string; digest: string; configuration: string },
  releases: readonly RecordedRelease[],
  live: string | undefined,
  taken: readonly string[] = [],
): ChosenName {
  const edited = new Set(taken);
  const same = releases.find(
    (release) =>
      release.state === "good" &&
      !release.absent &&
      release.digest === wanted.digest &&
      release.configuration === wanted.configuration &&
      !edited.has(release.id),
  );
  if (same) return { name: same.id, reuse: true };
  const base = releaseName(wanted.version, wanted.digest);
  // Of two records with one name the first counts.
  const byName = new Map(releases.toReversed().map((release) => [release.id, release]));
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    const there = byName.get(name);
    // A release that never became good may be replaced under its name; a release that was good, or is live, is never
    // written to.
    if (!there) return { name, reuse: false };
    if (there.state !== "good" && name !== live && !edited.has(name)) return { name, reuse: false };
  }
}

/**
 * @param version a label: `[A-Za-z0-9._+-]`, no leading dash or dot
 * @throws Failure for a version that cannot be part of a directory's name
 */
export function releaseName(version: string, digest: string): string {
  if (!/^(?![.-])[A-Za-z0-9._+-]{1,100}$/.test(version)) {
    throw new Failure({
      code: "label-invalid",
      what: `the version ${JSON.stringify(version)} cannot name a release`,
      remedy: "Use letters, digits, dots, underscores, plus and dashes, up to 100, and no dot or dash first.",
      outcome: "refused",
    });
  }
  return `${version}-${digest.replace("sha256:", "").slice(0, 8)}`;
}

/**
 * Reads the text `taken` of a facts reply: `<previous state><tab><server>` a line. @throws Failure for more than a host
 * has
 */
export function parseDrained(text: string): DrainedServer[] | undefined {
  if (text.length > LARGEST_TAKEN) throw tooMuch();
  const lines = text.split("\n").filter(Boolean);
  if (lines.length > MOST_PLACES) throw tooMuch();
  if (lines.length === 0) return undefined;
  return lines.map((line) => ({ previous: line.split("\t")[0]!, server: line.split("\t").slice(1).join("\t") }));
}
