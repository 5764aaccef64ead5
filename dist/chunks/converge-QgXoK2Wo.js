import { n as Failure } from "./failure-BKWaXFxS.js";
import { M as beforeEnd, b as troubleOf, f as requestForSome, n as fleetRequest, o as splitByLayer, r as onHosts, y as together } from "./fleet-CAVDNKn0.js";
import { C as indexExcess, E as pathsOf, F as reservedPath, G as cancelledWords, J as formatBytes, L as within, N as quoteName, S as imageConfigSchema, T as parseIndex, Y as formatCount, s as releaseProblems, x as formatIndex } from "./repository-BK5IpvPt.js";
import { n as asVerified, t as addedSentence } from "./as-verified-oUj76DL4.js";
import { I as warningsOf, N as survey, P as findingsOf, R as cancelled, d as afterFailure, j as stillTaken, k as rehearseSeats, n as notifying, p as hooksPass, r as Ledger, s as repair } from "./transaction-PpvIk9ED.js";
import { r as wantedOf$1, t as bring } from "./deploy-BkQCuCbV.js";
import { n as readJson } from "./json-values-ZGgsSHvR.js";
import { n as packIndexes } from "./read-gSESEA_J.js";
import { n as tarHeader, t as padding, x as during } from "./tar-header-C_8MVtWy.js";
import { O as configSchema } from "./phases-DA3kE9T1.js";
import { n as notWell, t as switchFleet } from "./switch-fleet-C9dicKRo.js";
import { n as artifactAtHand, t as artifactAt } from "./artifact-R7LJ9e_2.js";
import { join } from "node:path";
import { closeSync, createReadStream, existsSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { tmpdir } from "node:os";

// src/bundle/file-pool.ts
var FilePool = class {
	#directory;
	/** @param directory is there, and used by nothing else */
	constructor(directory) {
		this.#directory = directory;
	}
	has(sha256) {
		return existsSync(join(this.#directory, sha256));
	}
	/** Opened when it is first read from: who passes over it need not have it. @throws Error for a file that is not in the pool */
	async *read(sha256) {
		yield* createReadStream(join(this.#directory, sha256), { highWaterMark: 1 << 20 });
	}
	/** Takes files from one stream of bytes, in which they stand one after the other. */
	intake(files) {
		return new Intake(this.#directory, files);
	}
};
/** Files on their way into a pool. */
var Intake = class {
	#directory;
	#files;
	#next = 0;
	#open;
	constructor(directory, files) {
		this.#directory = directory;
		this.#files = files;
		this.#settle();
	}
	/** Takes the next bytes of the stream. @throws Error when the disk is full */
	push(bytes) {
		for (let rest = bytes; rest.length > 0 && this.#open;) {
			const part = rest.subarray(0, this.#open.left);
			rest = rest.subarray(part.length);
			for (let done = 0; done < part.length;) done += writeSync(this.#open.descriptor, part, done);
			this.#open.hash.update(part);
			this.#open.left -= part.length;
			if (this.#open.left === 0) this.#settle();
		}
	}
	/** Nothing comes any more; a file that is not whole is not kept. */
	end() {
		if (this.#open) closeSync(this.#open.descriptor);
		this.#open = void 0;
		rmSync(this.#part, { force: true });
	}
	get #part() {
		return join(this.#directory, "part");
	}
	/** Ends the file that is whole, and begins the next ones: empty ones are whole at once. */
	#settle() {
		for (;;) {
			if (this.#open) {
				const { sha256 } = this.#files[this.#next++];
				closeSync(this.#open.descriptor);
				if (this.#open.hash.digest("hex") === sha256) renameSync(this.#part, join(this.#directory, sha256));
				this.#open = void 0;
			}
			const file = this.#files[this.#next];
			if (!file) return;
			this.#open = {
				descriptor: openSync(this.#part, "w", 384),
				hash: createHash("sha256"),
				left: file.size
			};
			if (file.size > 0) return;
		}
	}
};

// src/bundle/kept.ts
/**
* The config's digest is compared first: what else there is may have any size and form until then.
*
* @param digest that of the release
* @param record as a host sends it
* @param options.pool where the content of its files will be
* @param options.scratch a directory for a file that goes at once
* @throws Failure when any of it is not that of the digest
*/
async function openKept({ digest, version, record }, { pool, scratch }) {
	const configText = record.config;
	if (`sha256:${hash("sha256", configText)}` !== digest) throw wrong(`its config is not that of ${digest}`);
	const config = parseConfig(configText);
	const { layers, environments } = config.tarlift;
	const idOf = new Map(environments.map(({ diffId, id }) => [diffId, id]));
	const environmentText = (diffId) => record.environments.get(idOf.get(diffId) ?? "") ?? "";
	const excess = indexExcess([record.index, ...environments.map(({ diffId }) => environmentText(diffId))]);
	if (excess) throw wrong(`it has ${excess}`);
	const indexes = splitByLayer(record.layers, parseIndex(record.index), layers.length);
	const byDiffId = /* @__PURE__ */ new Map();
	for (const [position, { diffId, kind }] of layers.entries()) if (kind === "environment") byDiffId.set(diffId, parseIndex(environmentText(diffId)));
	else if (kind !== "index") byDiffId.set(diffId, indexes.get(position) ?? []);
	const { application } = pathsOf(config.tarlift.app);
	for (const { diffId, base } of layers) {
		const reserved = base === application ? reservedPath(byDiffId.get(diffId) ?? []) : void 0;
		if (reserved) throw wrong(`${quoteName(reserved)} is a path that only hosts make`);
	}
	const texts = new Map([...byDiffId].map(([diffId, index]) => [diffId, formatIndex(index)]));
	const packed = await packIndexes(join(scratch, "indexes"), config.tarlift.app, texts);
	const last = layers.at(-1);
	if (last?.kind !== "index" || packed.diffId !== last.diffId) throw wrong("its file indexes are not those of its config");
	const index = (diffId) => {
		const found = byDiffId.get(diffId);
		if (!found) throw wrong(`there is no layer ${diffId}`);
		return found;
	};
	return {
		releaseDigest: digest,
		version,
		release: config.tarlift,
		config,
		configText,
		indexText: async (diffId) => texts.get(diffId) ?? formatIndex(index(diffId)),
		index: async (diffId) => index(diffId),
		async *readLayer(diffId) {
			for (const entry of index(diffId)) yield {
				entry,
				content: entry.type === "file" ? pool.read(entry.sha256) : void 0
			};
		},
		filesOf: async (diffId) => index(diffId).filter((entry) => entry.type === "file"),
		async verifyLayer(diffId) {
			const record = layers.find((layer) => layer.diffId === diffId);
			if (await tarDigest(record, index(diffId), pool) !== diffId) throw wrong(`layer ${record.name} is not ${diffId} when it is put together again`);
		}
	};
}
function parseConfig(text) {
	const read = readJson(text, imageConfigSchema);
	if ("wrong" in read) throw wrong(`its config ${read.wrong}`);
	const { tarlift, rootfs } = read.value;
	const problems = releaseProblems(tarlift);
	if (tarlift.layers.length !== rootfs.diff_ids.length) problems.push("it names different layers in two places");
	for (const [n, { diffId }] of tarlift.layers.entries()) if (diffId !== rootfs.diff_ids[n]) problems.push(`it has two digests of layer ${n + 1}`);
	if (problems.length > 0) throw wrong(problems.slice(0, 20).join("\n"));
	return read.value;
}
/** Digest of the tar that packing these files makes: as packLayer writes it, without writing it. */
async function tarDigest({ base }, index, pool) {
	const sum = createHash("sha256");
	const above = base.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/"));
	for (const path of above) sum.update(tarHeader({
		type: "directory",
		path
	}));
	for (const entry of index) {
		const path = `${base}/${entry.path}`;
		if (entry.type === "directory") sum.update(tarHeader({
			type: "directory",
			path
		}));
		else if (entry.type === "link") sum.update(tarHeader({
			type: "link",
			path,
			target: entry.target
		}));
		else {
			sum.update(tarHeader({
				type: "file",
				path,
				size: entry.size,
				executable: entry.mode === 493
			}));
			for await (const chunk of pool.read(entry.sha256)) sum.update(chunk);
			sum.update(Buffer.alloc(padding(entry.size)));
		}
	}
	return `sha256:${sum.update(Buffer.alloc(2 * 512)).digest("hex")}`;
}
const wrong = (why) => new Failure({
	what: "what a host keeps of a release is not the release",
	output: why
});

// src/fleet/from-hosts.ts
const WAYS_OUT = (target) => `Give its artifact, as a file or by the name under which it was kept: tarlift converge ${target} --artifact NAME. Or deploy again, which brings a release to every host: tarlift deploy ${target}`;
/**
* Finds the release on the hosts of a fleet, and proves that what they keep of it is the release.
*
* @param directory is there, empty, and used by nothing else: for the files
* @throws Failure (refused) when no host has it so that it can be brought to another
*/
async function fromHosts(request, fleet, release, directory) {
	const holders = holdersOf(fleet, release);
	refuseUnproven(request, holders, fleet, release);
	const pool = new FilePool(directory);
	const reasons = [];
	for (const { member, id } of holders) {
		const { host } = member;
		try {
			const record = await host.record(id);
			if (!record) throw new Failure({ what: "an older Tarlift brought it there, which kept less of it" });
			const content = await openKept({
				digest: release.digest ?? "",
				version: release.version,
				record
			}, {
				pool,
				scratch: directory
			});
			return {
				content,
				fetch: (layers) => fetchLayers(request, content, holders, pool, layers)
			};
		} catch (error) {
			reasons.push(`${host.name}: ${reasonOf(error)}`);
		}
	}
	throw new Failure({
		what: `${release.id} cannot be brought from a host that has it`,
		output: reasons.join("\n"),
		remedy: WAYS_OUT(request.target),
		outcome: "refused"
	});
}
/** Those on which it is live come first. */
function holdersOf(fleet, { digest }) {
	const holders = fleet.flatMap((member) => {
		const { live, releases } = member.facts;
		const has = [live, ...releases].find((one) => one?.state === "good" && one.digest === digest);
		return has ? [{
			member,
			id: has.id
		}] : [];
	});
	const isLive = ({ member, id }) => Number(member.facts.live?.id === id);
	return holders.sort((a, b) => isLive(b) - isLive(a));
}
/** One host alone could have made up a release of its own, with a digest that agrees with it, and so get it to the other hosts. */
function refuseUnproven({ seal, releaseDigest, target }, holders, fleet, release) {
	const { digest = "" } = release;
	if (releaseDigest === digest || holders.length > 1) return;
	const expected = seal?.(digest);
	if (fleet.some(({ facts }) => facts.releases.some((one) => one.digest === digest && one.seal !== void 0 && one.seal === expected))) return;
	throw new Failure({
		what: `nothing but the word of ${holders[0]?.member.host.name ?? "one host"} says that ${release.id} was deployed`,
		where: { "release digest": digest },
		output: "Other hosts get from a host only what was deployed with the same SSH key (given by --ssh-key or ssh-key), or what two hosts have.",
		remedy: `Compare the digest with what the deploy told (\`release-digest\`), and give it: tarlift converge ${target} --release-digest ${digest}\n${WAYS_OUT(target)}`,
		outcome: "refused"
	});
}
/** The shared paths of its own commit: what stood in their place when it was deployed is on no host. */
function sharedOf({ release }, otherwise) {
	const { shared } = release.configuration;
	const own = configSchema.shape.shared.safeParse(shared);
	return shared !== void 0 && own.success ? own.data : otherwise;
}
/** Copies of one content that are tried on each host. */
const PLACES = 4;
async function fetchLayers(request, content, holders, pool, diffIds) {
	const { wanted, whole } = await wantedOf(content, diffIds, holders[0].member.shared);
	const reasons = [];
	const total = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
	await during(request.progress, `fetch the release from ${holders.map(({ member }) => member.host.name).join(", ")}`, async (task) => {
		for (const holder of holders) for (let place = 0; place < PLACES; place++) {
			const missing = [...wanted.values()].filter(({ sha256, places }) => !pool.has(sha256) && places[place]);
			if (missing.length === 0) break;
			if (request.signal?.aborted) throw new Failure({
				what: cancelledWords(request.signal),
				outcome: "refused"
			});
			try {
				await read(holder, missing, place, pool, (done) => task.update({
					done,
					total
				}));
			} catch (error) {
				reasons.push(`${holder.member.host.name}: ${reasonOf(error)}`);
				break;
			}
		}
		refuseMissing(request, content, [...wanted.values()].filter(({ sha256 }) => !pool.has(sha256)), holders, reasons);
		for (const diffId of whole) await content.verifyLayer(diffId);
	}, () => `${formatCount(wanted.size, "file")}, ${formatBytes(total)}; their digests are those of the release`);
}
/** By content: what stands in several places is fetched once. `whole`: the layers of which every file is fetched. */
async function wantedOf(content, diffIds, otherwise) {
	const { directories, files } = sharedOf(content, otherwise);
	const isShared = within([...directories, ...files]);
	const wanted = /* @__PURE__ */ new Map();
	const whole = [];
	for (const diffId of diffIds) {
		const environment = content.release.environments.find((one) => one.diffId === diffId);
		const all = await content.filesOf(diffId);
		const there = environment ? all : all.filter(({ path }) => !isShared(path));
		if (there.length === all.length) whole.push(diffId);
		for (const { sha256, size, path } of there) {
			const known = wanted.get(sha256) ?? {
				sha256,
				size,
				places: [],
				name: path
			};
			wanted.set(sha256, known);
			if (known.places.length < PLACES) known.places.push((holder) => `${baseOn(holder, environment?.id)}/${path}`);
		}
	}
	return {
		wanted,
		whole
	};
}
const baseOn = ({ member, id }, environment) => environment === void 0 ? `${member.place.root}/releases/${id}` : `${member.place.environmentsRoot}/${environment}`;
async function read(holder, files, place, pool, onDone) {
	let intake = pool.intake([]);
	let done = 0;
	try {
		await holder.member.host.read({
			files: files.map(({ places, size }) => ({
				path: places[place](holder),
				size
			})),
			onOthers(positions) {
				const others = new Set(positions);
				intake = pool.intake(files.filter((_, n) => !others.has(n)));
			},
			onBytes(bytes) {
				done += bytes.length;
				intake.push(bytes);
				onDone(done);
			}
		});
	} finally {
		intake.end();
	}
}
function refuseMissing({ target }, { release, releaseDigest }, missing, holders, reasons) {
	if (missing.length === 0) return;
	const names = holders.map(({ member }) => member.host.name).join(", ");
	const shown = missing.slice(0, 20).map(({ name }) => `${name} is not what was deployed on ${names}`);
	const more = missing.length - shown.length;
	throw new Failure({
		what: `no host has ${formatCount(missing.length, "file")} of the release as deployed`,
		where: {
			commit: release.commit.id,
			"release digest": releaseDigest
		},
		output: [
			...shown,
			...more > 0 ? [`and ${more} more`] : [],
			...reasons
		].join("\n"),
		remedy: `Look who changed them: tarlift status ${target} --verify-full. ${WAYS_OUT(target)}`,
		outcome: "refused"
	});
}
const reasonOf = (error) => {
	if (!(error instanceof Failure)) throw error;
	return error.output ? `${error.what}: ${error.output}` : error.what;
};

// src/fleet/converge.ts
/**
* Brings a fleet to one release: the one that was agreed on last.
*
* @returns `unchanged` when every host runs it already, `deployed` when all do now; as a deploy does otherwise
*/
async function converge(request) {
	const ledger = new Ledger(request);
	try {
		const { outcome, name, release } = await transaction(request, ledger);
		await afterFailure(request, ledger, outcome);
		if (!release) return ledger.report(outcome);
		const { id, version, commit, digest } = release;
		return ledger.report(outcome, {
			release: name ?? id,
			version,
			commit,
			digest
		});
	} finally {
		await together(request.members, ({ host }) => host.close());
	}
}
async function transaction(request, ledger) {
	let release;
	try {
		const found = await ledger.timed("survey", () => survey(request, ledger, configured, { lock: true }));
		const fleet = found && await repair(request, found, ledger, configured);
		if (!fleet) return { outcome: "refused" };
		ledger.fleet = fleet;
		ledger.warnings.push(...fleet.flatMap(warningsOf));
		ledger.troubles.push(...fleet.flatMap(findingsOf));
		ledger.failed(await rehearseSeats(fleet));
		if (ledger.troubles.length > 0) return { outcome: "refused" };
		const agreed = agreedOn(fleet);
		release = agreed?.release;
		if (!agreed || !release) throw nothingGood(request.target);
		if (request.releaseDigest !== void 0 && release.digest !== request.releaseDigest) throw otherDigest(request.releaseDigest, release);
		return {
			...await bringAll(request, fleet, agreed, ledger),
			release
		};
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		ledger.failed([{ trouble: troubleOf(error) }]);
		return {
			outcome: "refused",
			release
		};
	}
}
const nothingGood = (target) => new Failure({
	what: "no host runs a release that was deployed well",
	remedy: `Deploy one: tarlift deploy ${target}`,
	outcome: "refused"
});
/** What hosts are asked about: the configuration that this run would give each. */
const configured = ({ configuration }) => ({ configuration });
/** The host that was agreed with last, of those that run what was agreed on. */
function newestOf(fleet) {
	const agreed = fleet.filter(({ facts: { live, agreed } }) => live?.state === "good" && live.digest !== void 0 && agreed !== void 0);
	const latest = agreed.filter((one) => !agreed.some((other) => wentOn(other, one)));
	return (latest.length > 0 ? latest : agreed).sort((a, b) => a.facts.agreed < b.facts.agreed ? 1 : -1)[0];
}
/** Whether a host took part in what another one agreed on last, and in something after it. */
const wentOn = (host, other) => host.facts.agreed !== other.facts.agreed && host.facts.releases.some(({ state, transaction }) => state === "good" && transaction === other.facts.agreed);
function agreedOn(fleet) {
	const on = newestOf(fleet);
	const release = on?.facts.live;
	return release && {
		release,
		on,
		configured: release.configuration === on.facts.configuration
	};
}
/** Whether a host's release is the agreed one with the configuration that belongs to it, as far as that is known. */
const isThat = ({ release, configured }, member, one) => one?.digest === release.digest && (!configured || one?.configuration === member.facts.configuration);
async function bringAll(request, fleet, agreed, ledger) {
	const behind = fleet.filter((member) => !isThat(agreed, member, member.facts.live));
	if (behind.length === 0) return startAll(request, fleet, ledger);
	const down = await notWell(request, fleet.filter((member) => !behind.includes(member)), ledger);
	const again = /* @__PURE__ */ new Set([...down, ...stillTaken(fleet).map(({ member }) => member)]);
	const some = fleet.filter((member) => behind.includes(member) || again.has(member));
	ledger.fleet = some;
	const asked = again.size > 0 ? {
		...request,
		restart: "always"
	} : request;
	const own = await ownCopies(some, agreed);
	const forThem = await requestForSome(asked, fleet, some);
	if (own.names.size === some.length) {
		ledger.warnings.push(...own.warnings);
		return switchTo(forThem, some, own.names, ledger);
	}
	const end = await bringRelease(request, fleet, forThem, agreed.release, ledger);
	if (end.outcome === "deployed") {
		const brought = some.filter((member) => !ledger.host(member).behind);
		ledger.warnings.push(...brought.flatMap((member) => otherConfiguration(agreed, member)));
	}
	return end;
}
/** @param forThem the request for the hosts that need it */
async function bringRelease(request, fleet, forThem, release, ledger) {
	const artifact = await request.artifactOf(release);
	if (artifact) return deliver(forThem, forThem.members, release, artifact, ledger);
	const { work = tmpdir() } = request;
	mkdirSync(work, { recursive: true });
	const directory = mkdtempSync(join(work, "release-"));
	const remove = () => rmSync(directory, {
		recursive: true,
		force: true
	});
	const forget = beforeEnd({ last: remove });
	try {
		const held = await ledger.timed("find", () => fromHosts(request, fleet, release, directory));
		return await deliver(forThem, forThem.members, release, held.content, ledger, held);
	} finally {
		remove();
		forget();
	}
}
/** Every host runs it already: where a service is down, all are started again. */
async function startAll(request, fleet, ledger) {
	const added = await addedTo(fleet, ledger);
	if (!added) return { outcome: "refused" };
	if ((await notWell(request, fleet, ledger)).length === 0) {
		ledger.troubles.push(...added.map(({ trouble }) => trouble));
		ledger.failed(stillTaken(fleet));
		return { outcome: ledger.troubles.length > 0 ? "refused" : "unchanged" };
	}
	ledger.warnings.push(...added.map(({ sentence }) => sentence));
	const names = new Map(fleet.map(({ host, facts }) => [host, facts.live.id]));
	return switchTo({
		...request,
		restart: "always"
	}, fleet, names, ledger);
}
/**
* Of the hosts that have the release already, as it was verified: by its name there. One that was edited is brought a sound copy.
*
* @returns the names, and what is to be said where these copies are used
*/
async function ownCopies(some, agreed) {
	const names = /* @__PURE__ */ new Map();
	const warnings = [];
	await together(some, async (member) => {
		const { host, facts } = member;
		const runs = isThat(agreed, member, facts.live);
		const copies = facts.releases.filter((each) => each.state === "good" && isThat(agreed, member, each));
		const alike = copies.find(({ configuration }) => configuration === agreed.release.configuration);
		const one = runs ? facts.live : alike ?? copies[0];
		if (!one) return;
		const drift = await host.drift({
			release: one.id,
			full: false
		});
		if (runs ? drift.count > 0 : !asVerified(drift)) return;
		names.set(host, one.id);
		const added = addedSentence(host.name, one.id, drift);
		if (added) warnings.push(added);
		if (!runs && !agreed.configured && one !== alike) {
			const has = one.configuration && agreed.release.configuration ? "has" : "may have";
			warnings.push(`${host.name}: its copy of the release ${has} another configuration than ${agreed.on.host.name}. ${TO_ALL}`);
		}
	});
	return {
		names,
		warnings
	};
}
/** A host that is sent the release gets the configuration of this run, be it that of the others or not. */
function otherConfiguration({ release, on, configured }, { host, facts }) {
	const has = facts.live?.digest === release.digest && facts.live?.configuration === facts.configuration;
	if (configured || has) return [];
	const why = release.configuration === void 0 ? `; what ${on.host.name} was given is not recorded there` : `, which is another than ${on.host.name} was given`;
	return [`${host.name}: it gets the configuration of this run${why}. ${TO_ALL}`];
}
const TO_ALL = "To give all hosts that of one run: tarlift deploy TARGET";
/** @param held given where the files are still on other hosts */
async function deliver(request, behind, release, artifact, ledger, held) {
	const coming = {
		...request,
		members: behind.map((member) => ({
			...member,
			shared: sharedOf(artifact, member.shared)
		})),
		artifact,
		version: release.version,
		migrations: void 0,
		allowOlder: true,
		dryRun: false,
		isAncestor: async () => void 0
	};
	const asked = await ledger.timed("survey", () => survey(coming, ledger, wantedOf$1(coming), { lock: true }));
	if (!asked) return { outcome: "refused" };
	ledger.troubles.push(...asked.flatMap(findingsOf));
	if (ledger.troubles.length > 0) return { outcome: "refused" };
	if (held) {
		const layers = new Set(asked.flatMap(({ facts }) => facts.layers ?? []));
		await ledger.timed("fetch", () => held.fetch([...layers]));
	}
	return bring(coming, asked, ledger);
}
const otherDigest = (wanted, { id, digest = "unknown" }) => new Failure({
	what: `the hosts agree on ${id}, which is another release than the one that was asked for`,
	where: {
		"release digest": digest,
		wanted
	},
	remedy: "Look what runs where: tarlift status. A host may say what is not so, or another deploy has run since.",
	outcome: "refused"
});
/**
* Looks at what is live everywhere: a restart mends no release that was edited.
*
* @returns of the hosts to whose release files were only added, what is to be said; undefined where one was changed (the ledger has it)
*/
async function addedTo(fleet, ledger) {
	const changed = (host, release, count, paths) => ({
		host,
		what: `${formatCount(count, "file")} of ${release} changed since it was verified`,
		output: paths.slice(0, 20).join("\n"),
		remedy: "Check out its commit and deploy it, which brings a sound copy: tarlift deploy TARGET --allow-older"
	});
	const settled = await together(fleet, async ({ host, facts }) => {
		const release = facts.live.id;
		const drift = await host.drift({
			release,
			full: false
		});
		const paths = [...drift.changed, ...drift.added?.paths ?? []];
		return {
			trouble: changed(host.name, release, drift.count + (drift.added?.count ?? 0), paths),
			edited: drift.count > 0,
			sentence: addedSentence(host.name, release, drift)
		};
	});
	const seen = settled.done.map(({ value }) => value);
	const edited = seen.filter((one) => one.edited).map(({ trouble }) => trouble);
	ledger.troubles.push(...edited);
	if (ledger.failed(settled.failed) || edited.length > 0) return void 0;
	return seen.flatMap(({ sentence, trouble }) => sentence === void 0 ? [] : [{
		sentence,
		trouble
	}]);
}
/** To a release that every one of these hosts has. */
async function switchTo(request, fleet, names, ledger) {
	const name = names.get(fleet[0].host);
	if (cancelled(request, ledger)) return {
		outcome: "refused",
		name
	};
	const releaseOf = ({ host }) => names.get(host);
	if (!await hooksPass(request, ledger, "before-deploy", fleet, releaseOf)) return {
		outcome: "refused",
		name
	};
	const { end } = await switchFleet(request, fleet, names, ledger, {
		after: "after-deploy",
		rollback: true,
		converge: true
	});
	return {
		outcome: end === "kept" ? "deployed" : end,
		name
	};
}

// src/pipeline/converge.ts
/** @returns and throws as {@link deployTo} does */
async function convergeOn(context, options) {
	const { releaseDigest } = options;
	if (releaseDigest !== void 0 && !/^sha256:[0-9a-f]{64}$/.test(releaseDigest)) throw new Failure({
		what: `${JSON.stringify(releaseDigest.slice(0, 80))} is no release digest`,
		remedy: "It begins with sha256: and has 64 hex digits after it, as a deploy and `tarlift bundle` tell it.",
		outcome: "refused"
	});
	return notifying(context, options, () => onHosts(async () => {
		const request = fleetRequest(context, options, { needsSecrets: true });
		options.begins?.(request);
		const artifactOf = (release) => artifactFor(context, options, release);
		return converge({
			...request,
			releaseDigest,
			work: context.work,
			artifactOf
		});
	}));
}
async function artifactFor(context, { artifact: given, runOf }, release) {
	if (given === void 0) return artifactAtHand(context, release, runOf);
	const artifact = await artifactAt(context, given);
	if (artifact.releaseDigest === release.digest) return artifact;
	throw new Failure({
		what: "this is another release than the one that the fleet runs",
		where: {
			file: artifact.file,
			holds: artifact.releaseDigest,
			wanted: release.digest ?? ""
		},
		remedy: `Give the very artifact that ${release.version} was deployed from, or none: then the release comes from a host that has it. ${AGAIN}`,
		outcome: "refused"
	});
}
const AGAIN = "Bundling its commit again makes another release as soon as an environment or an asset step is built again instead of restored.";

export { convergeOn as t };