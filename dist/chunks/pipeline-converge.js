import { n as Failure } from "./failure.js";
import { A as beforeEnd, O as errorOf, i as splitByLayer, k as forEachHost, l as rolloutForSome, r as withFleet } from "./pipeline-fleet-request.js";
import { n as formatCount, t as formatBytes } from "./text-quantity.js";
import { a as rollOut, c as runHooks, n as unhealthyHosts, o as afterFailure, s as hookScope } from "./fleet-unhealthy.js";
import { n as prepareAndActivate, r as wantedOf$1 } from "./fleet-deploy.js";
import { A as preflight, D as stillDrained, N as warningsOf, b as releaseOnLeader, i as recover, j as findingsOf, n as notifying, r as Transaction, w as preflightServers } from "./report-transaction.js";
import { S as reservedPath, b as quoteName, c as formatIndex, f as parseIndex, l as imageConfigSchema, p as pathsOf, u as indexExcess, w as within } from "./artifact-format.js";
import { n as readJson } from "./artifact-json-values.js";
import { n as packIndexes } from "./artifact-open-artifact.js";
import { n as tarHeader, t as padding } from "./artifact-tar-header.js";
import { s as releaseProblems } from "./source-repository.js";
import { j as configSchema } from "./report-phases.js";
import { t as during } from "./progress.js";
import { s as cancelledWords } from "./subprocess-run.js";
import { n as asVerified, t as addedSentence } from "./fleet-release-drift.js";
import { n as artifactAtHand, t as artifactAt } from "./pipeline-artifact.js";
import { join } from "node:path";
import { closeSync, createReadStream, existsSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { tmpdir } from "node:os";

// src/artifact/file-pool.ts
var FilePool = class {
	#directory;
	/** @param directory exists, and has no other use */
	constructor(directory) {
		this.#directory = directory;
	}
	has(sha256) {
		return existsSync(join(this.#directory, sha256));
	}
	/**
	* The file is opened at the first read: a reader that skips it does not need it.
	*
	* @throws Error for a file that is not in the pool
	*/
	async *read(sha256) {
		yield* createReadStream(join(this.#directory, sha256), { highWaterMark: 1 << 20 });
	}
	/** Receives files from one stream of bytes that contains them one after the other. */
	intake(files) {
		return new Intake(this.#directory, files);
	}
};
/** Receives files into a pool. */
var Intake = class {
	#directory;
	#files;
	#next = 0;
	#open;
	constructor(directory, files) {
		this.#directory = directory;
		this.#files = files;
		this.#startNext();
	}
	/** Receives the next bytes of the stream. @throws Error when the disk is full */
	push(bytes) {
		for (let rest = bytes; rest.length > 0 && this.#open;) {
			const part = rest.subarray(0, this.#open.left);
			rest = rest.subarray(part.length);
			for (let done = 0; done < part.length;) done += writeSync(this.#open.descriptor, part, done);
			this.#open.hash.update(part);
			this.#open.left -= part.length;
			if (this.#open.left === 0) this.#startNext();
		}
	}
	/** Ends the stream; an incomplete file is not kept. */
	end() {
		if (this.#open) closeSync(this.#open.descriptor);
		this.#open = void 0;
		rmSync(this.#part, { force: true });
	}
	get #part() {
		return join(this.#directory, "part");
	}
	/** Stores the complete file and begins the next ones: empty ones are complete at once. */
	#startNext() {
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

// src/artifact/kept-release.ts
/**
* Opens a kept release. The config's digest is compared first: until then, everything else may have any size and form.
*
* @param digest that of the release
* @param record as a host sends it
* @param options.pool will contain the files
* @param options.scratch a directory for a file that is deleted at once
* @throws Failure when any part does not match the digest
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
/** Digest of the tar that packLayer would make of these files, computed without writing it. */
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
	code: "release-damaged",
	what: "what a host keeps of a release is not the release",
	output: why
});

// src/fleet/fetch-release.ts
const WAYS_OUT = (target) => `Give its artifact, as a file or by the name under which it was kept: tarlift converge ${target} --artifact NAME. Or deploy again, which brings a release to every host: tarlift deploy ${target}`;
/**
* Finds the release on the hosts of a fleet, and proves that their records describe this release.
*
* @param options.directory for the files: exists, is empty, and is used by nothing else
* @param options.releaseDigest the digest that the release must have, from a source other than the hosts
* @throws Failure (refused) when no host has it so that it can be copied to another
*/
async function fromHosts(tx, fleet, release, { directory, releaseDigest }) {
	const holders = holdersOf(fleet, release);
	if (!(releaseDigest !== void 0 && releaseDigest === release.digest) && holders.length <= 1) refuseUnproven(tx, holders, fleet, release);
	const pool = new FilePool(directory);
	const reasons = [];
	for (const { member, id } of holders) {
		const { host } = member;
		try {
			const record = await host.record(id);
			if (!record) throw new Failure({
				code: "release-unproven",
				what: "an older Tarlift brought it there, which kept less of it"
			});
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
				fetch: (layers) => fetchLayers({
					tx,
					content,
					holders,
					pool
				}, layers)
			};
		} catch (error) {
			reasons.push(`${host.name}: ${reasonOf(error)}`);
		}
	}
	throw new Failure({
		code: "release-unproven",
		what: `${release.id} cannot be brought from a host that has it`,
		output: reasons.join("\n"),
		remedy: WAYS_OUT(tx.target),
		outcome: "refused"
	});
}
/** Holders of a release; those on which it is live come first. */
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
/** A single host could have forged a release with a matching digest, and so could send it to the other hosts. */
function refuseUnproven({ rules: { seal }, target }, holders, fleet, release) {
	const { digest = "" } = release;
	const expected = seal?.(digest);
	if (fleet.some(({ facts }) => facts.releases.some((one) => one.digest === digest && one.seal !== void 0 && one.seal === expected))) return;
	throw new Failure({
		code: "release-unproven",
		what: `nothing but the word of ${holders[0]?.member.host.name ?? "one host"} says that ${release.id} was deployed`,
		where: { "release digest": digest },
		output: "Other hosts get from a host only what was deployed with the same SSH key (given by --ssh-key or ssh-key), or what two hosts have.",
		remedy: `Compare the digest with what the deploy reported (\`release-digest\`), and give it: tarlift converge ${target} --release-digest ${digest}\n${WAYS_OUT(target)}`,
		outcome: "refused"
	});
}
/** The shared paths of the release's own commit: what was at these paths when it was deployed is on no host. */
function sharedOf({ release }, otherwise) {
	const { shared } = release.configuration;
	const own = configSchema.shape.shared.safeParse(shared);
	return shared !== void 0 && own.success ? own.data : otherwise;
}
/** Copies of one content that are requested from each host. */
const PLACES = 4;
async function fetchLayers(source, diffIds) {
	const { tx, content, holders, pool } = source;
	const { wanted, whole } = await wantedOf(content, diffIds, holders[0].member.shared);
	const reasons = [];
	const total = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
	await during(tx.progress, `fetch the release from ${holders.map(({ member }) => member.host.name).join(", ")}`, async (task) => {
		for (const holder of holders) for (let place = 0; place < PLACES; place++) {
			const missing = [...wanted.values()].filter(({ sha256, places }) => !pool.has(sha256) && places[place]);
			if (missing.length === 0) break;
			if (tx.signal?.aborted) throw new Failure({
				code: "cancelled",
				what: cancelledWords(tx.signal),
				outcome: "refused"
			});
			try {
				const files = missing.map((file) => ({
					...file,
					path: file.places[place](holder)
				}));
				await read(pool, holder, files, (done) => task.update({
					done,
					total
				}));
			} catch (error) {
				reasons.push(`${holder.member.host.name}: ${reasonOf(error)}`);
				break;
			}
		}
		refuseMissing(source, [...wanted.values()].filter(({ sha256 }) => !pool.has(sha256)), reasons);
		for (const diffId of whole) await content.verifyLayer(diffId);
	}, () => `${formatCount(wanted.size, "file")}, ${formatBytes(total)}; their digests are those of the release`);
}
/**
* Files by content: content that is at several paths is fetched once. `whole`: the layers of which every file is
* fetched.
*/
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
const baseOn = ({ member, id }, environment) => environment === void 0 ? `${member.layout.root}/releases/${id}` : `${member.layout.environmentsRoot}/${environment}`;
async function read(pool, holder, files, onDone) {
	let intake = pool.intake([]);
	let done = 0;
	try {
		await holder.member.host.read({
			files: files.map(({ path, size }) => ({
				path,
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
function refuseMissing({ tx: { target }, content: { release, releaseDigest }, holders }, missing, reasons) {
	if (missing.length === 0) return;
	const names = holders.map(({ member }) => member.host.name).join(", ");
	const shown = missing.slice(0, 20).map(({ name }) => `${name} is not what was deployed on ${names}`);
	const more = missing.length - shown.length;
	throw new Failure({
		code: "release-damaged",
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
* @returns `unchanged` when every host runs it already, `deployed` when all run it now; otherwise as a deploy
*/
async function converge(request) {
	const tx = new Transaction("converge", request);
	try {
		const { outcome, name, release } = await convergeTo(tx, request);
		await afterFailure(tx, outcome);
		if (!release) return tx.report(outcome);
		const { id, version, commit, digest } = release;
		return tx.report(outcome, {
			release: name ?? id,
			version,
			commit,
			digest
		});
	} finally {
		await tx.close();
	}
}
async function convergeTo(tx, request) {
	let release;
	try {
		const found = await tx.part("preflight", () => preflight(tx, tx.members, configured, { lock: true }));
		const fleet = found && await recover(tx, found, configured);
		if (!fleet) return { outcome: "refused" };
		tx.participants = fleet;
		for (const warning of fleet.flatMap(warningsOf)) tx.warn(warning);
		for (const finding of fleet.flatMap(findingsOf)) tx.error(finding);
		tx.recordFailures(await preflightServers(fleet));
		if (tx.hasErrors) return { outcome: "refused" };
		const agreed = agreedOn(fleet);
		release = agreed?.release;
		if (!agreed || !release) throw nothingGood(tx.target);
		if (request.releaseDigest !== void 0 && release.digest !== request.releaseDigest) throw otherDigest(request.releaseDigest, release);
		return {
			...await bringAlong(tx, request, {
				hosts: fleet,
				total: tx.members.length,
				waves: tx.rules.waves,
				restart: tx.rules.restart,
				recordAs: {
					rollback: true,
					converge: true
				},
				lastHook: "after-deploy"
			}, agreed),
			release
		};
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		tx.error(errorOf(error));
		return {
			outcome: "refused",
			release
		};
	}
}
const nothingGood = (target) => new Failure({
	code: "nothing-live",
	what: "no host runs a release that was deployed well",
	remedy: `Deploy one: tarlift deploy ${target}`,
	outcome: "refused"
});
/** What hosts are asked about: the configuration that this run would send to each. */
const configured = ({ configuration }) => ({ configuration });
/** The host with the latest agreement, among those that run what was agreed on. */
function newestOf(fleet) {
	const agreed = fleet.filter(({ facts: { live, agreed } }) => live?.state === "good" && live.digest !== void 0 && agreed !== void 0);
	const latest = agreed.filter((one) => !agreed.some((other) => wentOn(other, one)));
	return (latest.length > 0 ? latest : agreed).sort((a, b) => a.facts.agreed < b.facts.agreed ? 1 : -1)[0];
}
/** Whether a host took part in another host's last agreement, and in a later one. */
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
/** @param all the plan for all hosts */
async function bringAlong(tx, request, all, agreed) {
	const fleet = all.hosts;
	const behind = fleet.filter((member) => !isThat(agreed, member, member.facts.live));
	if (behind.length === 0) return restartServices(tx, all);
	const down = await unhealthyHosts(tx, fleet.filter((member) => !behind.includes(member)));
	const again = /* @__PURE__ */ new Set([...down, ...stillDrained(fleet).map(({ member }) => member)]);
	const some = fleet.filter((member) => behind.includes(member) || again.has(member));
	tx.participants = some;
	const own = await ownCopies(some, agreed);
	const restart = again.size > 0 ? "always" : all.restart;
	const rollout = await rolloutForSome(tx, {
		...all,
		restart
	}, some);
	if (own.names.size === some.length) {
		for (const warning of own.warnings) tx.warn(warning);
		return activateOwnCopies(tx, {
			...rollout,
			names: own.names
		});
	}
	const end = await bringRelease(tx, request, {
		fleet,
		release: agreed.release
	}, rollout);
	if (end.outcome === "deployed") for (const member of some.filter((one) => !tx.of(one).behind)) for (const warning of otherConfiguration(agreed, member)) tx.warn(warning);
	return end;
}
/**
* Brings the release to hosts that do not have it, from its artifact or from the hosts that have it.
*
* @param rollout the plan for the hosts that need it
*/
async function bringRelease(tx, { artifactOf, releaseDigest, work = tmpdir() }, { fleet, release }, rollout) {
	const { version } = release;
	const artifact = await artifactOf(release);
	if (artifact) return sendRelease(tx, {
		...rollout,
		incoming: {
			artifact,
			version
		}
	});
	mkdirSync(work, { recursive: true });
	const directory = mkdtempSync(join(work, "release-"));
	const remove = () => rmSync(directory, {
		recursive: true,
		force: true
	});
	const forget = beforeEnd({ last: remove });
	try {
		const found = await tx.part("find", () => fromHosts(tx, fleet, release, {
			directory,
			releaseDigest
		}));
		return await sendRelease(tx, {
			...rollout,
			incoming: {
				artifact: found.content,
				version
			}
		}, found);
	} finally {
		remove();
		forget();
	}
}
/** Every host runs the release already: if a service is down, the services of all hosts are restarted. */
async function restartServices(tx, all) {
	const fleet = all.hosts;
	const added = await addedTo(tx, fleet);
	if (!added) return { outcome: "refused" };
	if ((await unhealthyHosts(tx, fleet)).length === 0) {
		tx.recordFailures(added);
		tx.recordFailures(stillDrained(fleet));
		return { outcome: tx.hasErrors ? "refused" : "unchanged" };
	}
	for (const { sentence } of added) tx.warn(sentence);
	const names = new Map(fleet.map(({ host, facts }) => [host, facts.live.id]));
	return activateOwnCopies(tx, {
		...all,
		restart: "always",
		names
	});
}
/**
* Finds hosts that have the release already, as it was verified, and its name there. A host whose copy was edited is
* sent an intact one.
*
* @returns the names, and the warnings to print if these copies are used
*/
async function ownCopies(some, agreed) {
	const names = /* @__PURE__ */ new Map();
	const warnings = [];
	await forEachHost(some, async (member) => {
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
/**
* Warns when a host that is sent the release gets this run's configuration and the other hosts may have another one.
*/
function otherConfiguration({ release, on, configured }, { host, facts }) {
	const has = facts.live?.digest === release.digest && facts.live?.configuration === facts.configuration;
	if (configured || has) return [];
	const why = release.configuration === void 0 ? `; what ${on.host.name} was given is not recorded there` : `, which is another than ${on.host.name} was given`;
	return [`${host.name}: it gets the configuration of this run${why}. ${TO_ALL}`];
}
const TO_ALL = "To give all hosts that of one run: tarlift deploy TARGET";
/** @param found given if the files are still on other hosts */
async function sendRelease(tx, rollout, found) {
	const { artifact } = rollout.incoming;
	const members = rollout.hosts.map((member) => ({
		...member,
		shared: sharedOf(artifact, member.shared)
	}));
	const wanted = wantedOf$1(rollout.incoming);
	const hosts = await tx.part("preflight", () => preflight(tx, members, wanted, { lock: true }));
	if (!hosts) return { outcome: "refused" };
	for (const finding of hosts.flatMap(findingsOf)) tx.error(finding);
	if (tx.hasErrors) return { outcome: "refused" };
	if (found) {
		const layers = new Set(hosts.flatMap(({ facts }) => facts.layers ?? []));
		await tx.part("fetch", () => found.fetch([...layers]));
	}
	return prepareAndActivate(tx, {
		...rollout,
		hosts,
		recordAs: { rollback: false }
	});
}
const otherDigest = (wanted, { id, digest = "unknown" }) => new Failure({
	code: "releases-differ",
	what: `the hosts agree on ${id}, which is another release than the one that was asked for`,
	where: {
		"release digest": digest,
		wanted
	},
	remedy: "Look what runs where: tarlift status. A host may say what is not so, or another deploy has run since.",
	outcome: "refused"
});
/**
* Checks the live release of every host for drift: a restart does not repair an edited release.
*
* @returns the warnings for hosts to whose release files were only added; undefined if a release was changed (the
* transaction has the error)
*/
async function addedTo(tx, fleet) {
	const changed = (host, release, count, paths) => ({
		host,
		code: "release-damaged",
		what: `${formatCount(count, "file")} of ${release} changed since it was verified`,
		output: paths.slice(0, 20).join("\n"),
		remedy: "Check out its commit and deploy it, which brings a sound copy: tarlift deploy TARGET --allow-older"
	});
	const results = await forEachHost(fleet, async ({ host, facts }) => {
		const release = facts.live.id;
		const drift = await host.drift({
			release,
			full: false
		});
		const paths = [...drift.changed, ...drift.added?.paths ?? []];
		return {
			error: changed(host.name, release, drift.count + (drift.added?.count ?? 0), paths),
			edited: drift.count > 0,
			sentence: addedSentence(host.name, release, drift)
		};
	});
	const seen = results.done.map(({ value }) => value);
	const edited = seen.filter((one) => one.edited).map(({ error }) => error);
	for (const error of edited) tx.error(error);
	if (tx.recordFailures(results.failed) || edited.length > 0) return void 0;
	return seen.flatMap(({ sentence, error }) => sentence === void 0 ? [] : [{
		sentence,
		error
	}]);
}
/** Activates a release that each of these hosts has. */
async function activateOwnCopies(tx, rollout) {
	const name = releaseOnLeader(rollout);
	if (tx.stopped()) return {
		outcome: "refused",
		name
	};
	if (!await runHooks(tx, "before-deploy", hookScope(rollout))) return {
		outcome: "refused",
		name
	};
	const { end } = await rollOut(tx, rollout);
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
		code: "input-invalid",
		what: `${JSON.stringify(releaseDigest.slice(0, 80))} is no release digest`,
		remedy: "It begins with sha256: and has 64 hex digits after it, as a deploy and `tarlift bundle` report it.",
		outcome: "refused"
	});
	return notifying(context, options, () => withFleet(context, {
		...options,
		needsSecrets: true
	}, (request) => {
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
		code: "artifact-mismatch",
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