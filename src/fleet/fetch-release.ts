// Fetches a release from the hosts that have it, for a host that does not: its record from one of them, its files from
// as many as necessary. No host is trusted. The deploy key's seal or a second host proves that the digest is that of a
// deployed release; the digest proves everything else.

import { FilePool, type WantedFile } from "../artifact/file-pool.ts";
import { type KeptRelease, openKept } from "../artifact/kept-release.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { within } from "../artifact/shippable-names.ts";
import { configSchema } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import type { ReleaseOnHost } from "../host/host.ts";
import { during } from "../progress.ts";
import { cancelledWords } from "../stop-reason.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import type { Member, Participant } from "./member.ts";
import type { Transaction } from "./transaction.ts";

/** A host that has the release, and the release's name there. */
interface Holder {
  member: Participant;
  id: string;
}

/** A source of the release's files. */
interface Source {
  tx: Transaction;
  content: KeptRelease;
  holders: readonly Holder[];
  /** The files fetched so far. */
  pool: FilePool;
}

export interface FoundRelease {
  content: KeptRelease;
  /**
   * Fetches the files of these layers; files fetched before are not fetched again.
   *
   * @throws Failure (refused) that names the files which no host has as they were deployed
   */
  fetch(diffIds: readonly string[]): Promise<void>;
}

const WAYS_OUT = (target: string): string =>
  `Give its artifact, as a file or by the name under which it was kept: tarlift converge ${target} --artifact NAME. Or deploy again, which brings a release to every host: tarlift deploy ${target}`;

/**
 * Finds the release on the hosts of a fleet, and proves that their records describe this release.
 *
 * @param options.directory for the files: exists, is empty, and is used by nothing else
 * @param options.releaseDigest the digest that the release must have, from a source other than the hosts
 * @throws Failure (refused) when no host has it so that it can be copied to another
 */
export async function fromHosts(
  tx: Transaction,
  fleet: readonly Participant[],
  release: ReleaseOnHost,
  { directory, releaseDigest }: { directory: string; releaseDigest?: string | undefined },
): Promise<FoundRelease> {
  const holders = holdersOf(fleet, release);
  const known = releaseDigest !== undefined && releaseDigest === release.digest;
  if (!known && holders.length <= 1) refuseUnproven(tx, holders, fleet, release);
  const pool = new FilePool(directory);
  const reasons: string[] = [];
  for (const { member, id } of holders) {
    const { host } = member;
    try {
      const record = await host.record(id);
      if (!record)
        throw new Failure({
          code: "release-unproven",
          what: "an older Tarlift brought it there, which kept less of it",
        });
      const content = await openKept(
        { digest: release.digest ?? "", version: release.version, record },
        { pool, scratch: directory },
      );
      return { content, fetch: (layers) => fetchLayers({ tx, content, holders, pool }, layers) };
    } catch (error) {
      reasons.push(`${host.name}: ${reasonOf(error)}`);
    }
  }
  throw new Failure({
    code: "release-unproven",
    what: `${release.id} cannot be brought from a host that has it`,
    output: reasons.join("\n"),
    remedy: WAYS_OUT(tx.target),
    outcome: "refused",
  });
}

/** Holders of a release; those on which it is live come first. */
function holdersOf(fleet: readonly Participant[], { digest }: ReleaseOnHost): Holder[] {
  const holders = fleet.flatMap((member): Holder[] => {
    const { live, releases } = member.facts;
    const has = [live, ...releases].find((one) => one?.state === "good" && one.digest === digest);
    return has ? [{ member, id: has.id }] : [];
  });
  const isLive = ({ member, id }: Holder) => Number(member.facts.live?.id === id);
  return holders.sort((a, b) => isLive(b) - isLive(a));
}

/** A single host could have forged a release with a matching digest, and so could send it to the other hosts. */
function refuseUnproven(
  { rules: { seal }, target }: Transaction,
  holders: readonly Holder[],
  fleet: readonly Participant[],
  release: ReleaseOnHost,
): void {
  const { digest = "" } = release;
  const expected = seal?.(digest);
  const sealed = fleet.some(({ facts }) =>
    facts.releases.some((one) => one.digest === digest && one.seal !== undefined && one.seal === expected),
  );
  if (sealed) return;
  throw new Failure({
    code: "release-unproven",
    what: `nothing but the word of ${holders[0]?.member.host.name ?? "one host"} says that ${release.id} was deployed`,
    where: { "release digest": digest },
    output:
      "Other hosts get from a host only what was deployed with the same SSH key (given by --ssh-key or ssh-key), or what two hosts have.",
    remedy: `Compare the digest with what the deploy reported (\`release-digest\`), and give it: tarlift converge ${target} --release-digest ${digest}\n${WAYS_OUT(target)}`,
    outcome: "refused",
  });
}

/** The shared paths of the release's own commit: what was at these paths when it was deployed is on no host. */
export function sharedOf({ release }: ReleaseContent, otherwise: Member["shared"]): Member["shared"] {
  const { shared } = release.configuration;
  const own = configSchema.shape.shared.safeParse(shared);
  return shared !== undefined && own.success ? own.data : otherwise;
}

interface Wanted extends WantedFile {
  /** Paths of the content: a layer's base and a path below it, at most {@link PLACES}. */
  places: ((holder: Holder) => string)[];
  name: string;
}

/** Copies of one content that are requested from each host. */
const PLACES = 4;

async function fetchLayers(source: Source, diffIds: readonly string[]): Promise<void> {
  const { tx, content, holders, pool } = source;
  const { wanted, whole } = await wantedOf(content, diffIds, holders[0]!.member.shared);
  const reasons: string[] = [];
  const total = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
  await during(
    tx.progress,
    `fetch the release from ${holders.map(({ member }) => member.host.name).join(", ")}`,
    async (task) => {
      for (const holder of holders) {
        for (let place = 0; place < PLACES; place++) {
          const missing = [...wanted.values()].filter(({ sha256, places }) => !pool.has(sha256) && places[place]);
          if (missing.length === 0) break;
          if (tx.signal?.aborted)
            throw new Failure({ code: "cancelled", what: cancelledWords(tx.signal), outcome: "refused" });
          try {
            const files = missing.map((file) => ({ ...file, path: file.places[place]!(holder) }));
            await read(pool, holder, files, (done) => task.update({ done, total }));
          } catch (error) {
            reasons.push(`${holder.member.host.name}: ${reasonOf(error)}`);
            break;
          }
        }
      }
      const missing = [...wanted.values()].filter(({ sha256 }) => !pool.has(sha256));
      refuseMissing(source, missing, reasons);
      for (const diffId of whole) await content.verifyLayer(diffId);
    },
    () => `${formatCount(wanted.size, "file")}, ${formatBytes(total)}; their digests are those of the release`,
  );
}

/**
 * Files by content: content that is at several paths is fetched once. `whole`: the layers of which every file is
 * fetched.
 */
async function wantedOf(
  content: KeptRelease,
  diffIds: readonly string[],
  otherwise: Member["shared"],
): Promise<{ wanted: Map<string, Wanted>; whole: string[] }> {
  const { directories, files } = sharedOf(content, otherwise);
  const isShared = within([...directories, ...files]);
  const wanted = new Map<string, Wanted>();
  const whole: string[] = [];
  for (const diffId of diffIds) {
    const environment = content.release.environments.find((one) => one.diffId === diffId);
    const all = await content.filesOf(diffId);
    const there = environment ? all : all.filter(({ path }) => !isShared(path));
    if (there.length === all.length) whole.push(diffId);
    for (const { sha256, size, path } of there) {
      const known = wanted.get(sha256) ?? { sha256, size, places: [], name: path };
      wanted.set(sha256, known);
      if (known.places.length < PLACES) known.places.push((holder) => `${baseOn(holder, environment?.id)}/${path}`);
    }
  }
  return { wanted, whole };
}

const baseOn = ({ member, id }: Holder, environment: string | undefined): string =>
  environment === undefined
    ? `${member.layout.root}/releases/${id}`
    : `${member.layout.environmentsRoot}/${environment}`;

async function read(
  pool: FilePool,
  holder: Holder,
  files: readonly (Wanted & { path: string })[],
  onDone: (bytes: number) => void,
): Promise<void> {
  let intake = pool.intake([]);
  let done = 0;
  try {
    await holder.member.host.read({
      files: files.map(({ path, size }) => ({ path, size })),
      onOthers(positions) {
        const others = new Set(positions);
        intake = pool.intake(files.filter((_, n) => !others.has(n)));
      },
      onBytes(bytes) {
        done += bytes.length;
        intake.push(bytes);
        onDone(done);
      },
    });
  } finally {
    intake.end();
  }
}

function refuseMissing(
  { tx: { target }, content: { release, releaseDigest }, holders }: Source,
  missing: readonly Wanted[],
  reasons: readonly string[],
): void {
  if (missing.length === 0) return;
  const names = holders.map(({ member }) => member.host.name).join(", ");
  const shown = missing.slice(0, 20).map(({ name }) => `${name} is not what was deployed on ${names}`);
  const more = missing.length - shown.length;
  throw new Failure({
    code: "release-damaged",
    what: `no host has ${formatCount(missing.length, "file")} of the release as deployed`,
    where: { commit: release.commit.id, "release digest": releaseDigest },
    output: [...shown, ...(more > 0 ? [`and ${more} more`] : []), ...reasons].join("\n"),
    remedy: `Look who changed them: tarlift status ${target} --verify-full. ${WAYS_OUT(target)}`,
    outcome: "refused",
  });
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Failure)) throw error;
  return error.output ? `${error.what}: ${error.output}` : error.what;
};
