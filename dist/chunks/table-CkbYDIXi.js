import { n as Failure } from "./failure-DLNjTWx2.js";

// src/report/width.ts
let segmenter;
/** Made when it is first needed: it takes longer than all that a deploy has to say. */
function graphemes(text) {
	segmenter ??= new Intl.Segmenter(void 0, { granularity: "grapheme" });
	return segmenter.segment(text);
}
/** East Asian wide and full-width characters (Unicode's EastAsianWidth.txt, by blocks) and what is drawn as an emoji. */
const WIDE = /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;
/** Latin letters, dashes, quotes and the ellipsis: one character, one cell. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027]*$/;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;
/** Cells that visible text takes on a terminal. */
function widthOf(text) {
	if (NARROW.test(text)) return text.length;
	let width = 0;
	for (const { segment } of graphemes(text)) width += cellsOf(segment);
	return width;
}
/** The text in at most this many cells, with `…` at its end where it was cut. */
function shorten(text, cells) {
	if (widthOf(text) <= cells) return text;
	if (cells < 1) return "";
	let kept = "";
	let width = 0;
	for (const { segment } of graphemes(text)) {
		width += cellsOf(segment);
		if (width > cells - 1) break;
		kept += segment;
	}
	return `${kept}…`;
}
/** As `padEnd`, by cells. */
const pad = (text, cells) => text + " ".repeat(Math.max(0, cells - widthOf(text)));
function cellsOf(grapheme) {
	if (NONE.test(grapheme)) return 0;
	return WIDE.test(grapheme) ? 2 : 1;
}

// src/report/paint.ts
const same = (text) => text;
const sgr = (on, off) => (text) => text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
const uncoloured = {
	good: same,
	bad: same,
	warn: same,
	dim: same,
	bold: same
};
const coloured = {
	good: sgr(32, 39),
	bad: sgr(31, 39),
	warn: sgr(33, 39),
	dim: sgr(2, 22),
	bold: sgr(1, 22)
};
/** FORCE_COLOR first (`0` and `false` forbid), then NO_COLOR, then whether it is a terminal that can. */
function wantsColour(stream, env) {
	const force = env.FORCE_COLOR;
	if (force !== void 0) return force !== "0" && force !== "false";
	if (env.NO_COLOR) return false;
	return stream.isTTY === true && env.TERM !== "dumb";
}
/** Whether lines may be drawn over one another: on a terminal that a person looks at. */
function wantsLive(stream, env) {
	const ci = env.CI !== void 0 && env.CI !== "" && env.CI !== "false" && env.CI !== "0";
	return stream.isTTY === true && env.TERM !== "dumb" && !ci;
}

// src/fleet/health.ts
/** A service that does not answer as it should. */
var Unhealthy = class extends Failure {
	service;
	constructor(service, parts) {
		super(parts);
		this.service = service;
	}
};
/**
* Asks until the service is healthy, with the configured retries and pauses.
*
* @param release the release's name, as `TARLIFT_RELEASE` has it in the service's environment
* @throws Unhealthy that says what was answered last, and what to do
*/
async function checkHealth(host, service, health, release, options = {}) {
	const pause = options.pause ?? ((seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1e3)));
	for (let attempt = 0;; attempt++) {
		const { answer, judgement } = await ask(host, health, release, options.adopted ?? false);
		if (judgement.healthy) return {
			status: answer?.status ?? 0,
			proven: judgement.proven
		};
		if (judgement.final || attempt >= health.retries || options.signal?.aborted) throw new Unhealthy(service, {
			what: `${service} is not healthy: ${judgement.why}`,
			where: {
				host: host.name,
				release,
				url: health.url,
				tries: String(attempt + 1)
			},
			output: answer?.body?.slice(0, 2e3),
			remedy: judgement.remedy
		});
		await pause(health.interval);
	}
}
async function ask(host, health, release, adopted) {
	let answer;
	try {
		answer = await host.http({
			url: health.url,
			headers: health.headers ?? {},
			timeout: health.timeout
		});
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return {
			answer: void 0,
			judgement: {
				healthy: false,
				final: false,
				why: error.output ? `${error.what} (${error.output.split("\n")[0]})` : error.what,
				remedy: error.remedy ?? `Does the service listen where \`health.url\` says?`
			}
		};
	}
	return {
		answer,
		judgement: judge(answer, health, release, adopted)
	};
}
/** The verdict on one answer; `final` where asking again cannot change it. */
function judge(answer, health, release, adopted = false) {
	const expected = Array.isArray(health.status) ? health.status : [health.status];
	if (!expected.includes(answer.status)) {
		const redirect = answer.status >= 300 && answer.status < 400;
		return {
			healthy: false,
			final: redirect,
			why: redirect ? `it answers ${answer.status}, a redirect to ${answer.headers.location ?? "nowhere"}` : `it answers ${answer.status}, expected ${expected.join(" or ")}`,
			remedy: redirect ? "A redirect is not health. Give the check the headers that the application expects (`health.headers`: Host, X-Forwarded-Proto: https), or ask for another path." : "Its log says why."
		};
	}
	const header = health["release-header"];
	if (!header) return {
		healthy: true,
		proven: false
	};
	const named = answer.headers[header.toLowerCase()];
	if (named === release) return {
		healthy: true,
		proven: true
	};
	if (named === void 0 && adopted) return {
		healthy: true,
		proven: false
	};
	return {
		healthy: false,
		final: false,
		why: named === void 0 ? `its answer has no header ${header}` : `it answers as release ${named}`,
		remedy: named === void 0 ? `The service must send \`${header}\` with the value of the variable TARLIFT_RELEASE; or remove \`release-header\`.` : "An old process still answers on this address: is the service restarted, and is this its port? After a reload, workers have the variables of the old start: let them read TARLIFT_RELEASE from .tarlift/env."
	};
}
/**
* Health of all services that have a check, all at once.
*
* @returns the services' reports, with what health has proven beside them
* @throws Failure of the first service that is not healthy
*/
async function healthOf(request, member, release, services) {
	const adopted = member.facts.releases.some(({ id, digest }) => id === release && digest === void 0);
	const checked = await Promise.allSettled(Object.entries(member.health).map(async ([service, health]) => {
		return {
			service,
			healthy: await checkHealth(member.host, service, health, release, {
				signal: request.signal,
				adopted
			})
		};
	}));
	for (const result of checked) if (result.status === "rejected") throw result.reason;
	return services.map((report) => {
		const found = checked.find((result) => result.status === "fulfilled" && result.value.service === report.service);
		if (found?.status !== "fulfilled") return report;
		const { proven, status } = found.value.healthy;
		return {
			...report,
			rung: proven ? "release-header" : report.rung,
			detail: `${report.detail}, answers ${status}${proven ? " as this release" : ""}`
		};
	});
}

// src/report/table.ts
/** Lines with two spaces between columns and none at the end. Cells hold visible text; a newline in one is shown as a mark. */
function table(cells) {
	const rows = cells.map((row) => row.map((cell) => cell.replaceAll("\n", "␊")));
	const widths = [];
	for (const row of rows) for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, widthOf(cell));
	return rows.map((row) => row.map((cell, n) => pad(cell, widths[n] ?? 0)).join("  ").trimEnd());
}

export { coloured as a, wantsLive as c, widthOf as d, healthOf as i, pad as l, Unhealthy as n, uncoloured as o, checkHealth as r, wantsColour as s, table as t, shorten as u };