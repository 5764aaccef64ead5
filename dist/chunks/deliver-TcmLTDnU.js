import { $ as OUTCOME_SENTENCES, F as inJson, G as completeCommands, K as withCommands, P as fill, W as NO_CALL, it as outcomeSentence, nt as nextCommand, ot as troubleText } from "./phases-DA3kE9T1.js";
import { Q as cutEnd } from "./repository-BK5IpvPt.js";
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

// src/notify/event.ts
/** What a transaction's report tells. A plan tells nothing. */
function toldOf(said) {
	const report = withCommands(said, {
		...NO_CALL,
		target: said.target
	});
	return {
		app: report.app,
		target: report.target,
		release: report.release,
		previousRelease: report.previousRelease,
		version: report.version,
		commit: report.commit,
		hosts: report.hosts.map(({ name, live, unknown }) => ({
			name,
			live: unknown ? "unknown" : live
		})),
		message: outcomeSentence(report),
		trouble: report.troubles.map(troubleText).join("\n"),
		next: completeCommands(nextCommand(report), NO_CALL)
	};
}
const isEvent = (outcome) => outcome !== "planned";
/**
* @param env the run's variables, where there is a run
* @param time milliseconds since 1970
*/
function variablesOf(event, told, env, time) {
	const message = told.message || (event === "started" ? "a deploy began" : OUTCOME_SENTENCES[event]);
	const { release = told.version ?? "", commit = "" } = told;
	const repository = env.GITHUB_REPOSITORY ?? "";
	const isRun = repository !== "" && env.GITHUB_RUN_ID !== void 0;
	return {
		event,
		outcome: event === "started" ? "" : event,
		summary: `${told.app}${told.target ? ` on ${told.target}` : ""}: ${event}${release ? ` ${release}` : ""}`,
		message,
		app: told.app,
		target: told.target,
		release: told.release ?? "",
		"previous-release": told.previousRelease ?? "",
		version: told.version ?? "",
		commit,
		"short-commit": commit.slice(0, 12),
		hosts: (told.hosts ?? []).map(({ name, live }) => `${name}: ${live ?? "none"}`).join(", "),
		trouble: told.trouble ?? "",
		next: told.next ?? "",
		repository,
		actor: env.GITHUB_ACTOR ?? env.USER ?? "",
		"run-url": isRun ? `${env.GITHUB_SERVER_URL || "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID}` : "",
		time: new Date(time).toISOString()
	};
}

// src/notify/body.ts
/**
* Slack's template. `{{#name}}…{{/name}}` stands only where the variable is not empty.
* https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://docs.slack.dev/messaging/formatting-message-text
*/
const SLACK = `{"text": "*{{summary}}*\\n{{message}}{{#hosts}}\\n{{hosts}}{{/hosts}}{{#trouble}}\\n\`\`\`{{trouble}}\`\`\`{{/trouble}}{{#next}}\\nnext: \`{{next}}\`{{/next}}{{#run-url}}\\n<{{run-url}}|the run>{{/run-url}}"}`;
/** Slack shows 4000 characters of a text, and refuses much longer ones. */
const LONGEST = 3e3;
/**
* @param template JSON in which `{{name}}` stands inside of strings; undefined: the format's
* @returns JSON
*/
function bodyOf({ format, template }, variables, told) {
	if (template !== void 0) return fill(template, variables, inJson);
	if (format === "slack") return fill(SLACK, variables, (value) => inJson(inSlack(shortened(value))));
	const { hosts, ...texts } = variables;
	return JSON.stringify({
		...texts,
		hosts: told.hosts ?? []
	});
}
/** The three characters that mean something to Slack: a release called `<!channel>` wakes nobody. A fence of code would end early. */
const inSlack = (value) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("```", "'''");
const shortened = (value) => cutEnd(value, LONGEST);

// src/notify/deliver.ts
const overTheNetwork = {
	fetch: (...request) => fetch(...request),
	now: Date.now,
	sleep: setTimeout
};
/** Seconds that are waited between two tries at most, whatever the receiver asks for. */
const LONGEST_PAUSE = 30;
/** @returns what went wrong, in words that hold nothing secret; undefined: the receiver has it */
async function deliver(delivery, post = overTheNetwork) {
	const id = randomUUID();
	for (let tried = 0;; tried++) {
		const answer = await tryOnce(delivery, id, post);
		if (answer.ok) return void 0;
		if (!answer.again || tried >= delivery.retries) return `${answer.what}${tried > 0 ? `, after ${tried + 1} tries` : ""}`;
		await post.sleep(Math.min(answer.pause ?? 2 ** tried, LONGEST_PAUSE) * 1e3);
	}
}
async function tryOnce({ url, event, body, secret, timeout }, id, post) {
	const address = URL.parse(url);
	if (!address || !/^https?:$/.test(address.protocol)) return {
		ok: false,
		what: "its address is no http or https address",
		again: false
	};
	const timestamp = String(Math.floor(post.now() / 1e3));
	const headers = {
		"content-type": "application/json",
		"user-agent": "tarlift",
		"tarlift-event": event,
		"tarlift-delivery": id,
		"tarlift-timestamp": timestamp,
		...address.username || address.password ? { authorization: basic(address) } : {},
		...secret ? { "tarlift-signature": `v1=${signature(secret, timestamp, body)}` } : {}
	};
	Object.assign(address, {
		username: "",
		password: ""
	});
	try {
		const signal = AbortSignal.timeout(Math.ceil(timeout * 1e3));
		const response = await post.fetch(address.href, {
			method: "POST",
			headers,
			body,
			redirect: "manual",
			signal
		});
		await response.body?.cancel();
		if (response.ok) return {
			ok: true,
			what: "",
			again: false
		};
		const after = Number(response.headers.get("retry-after") ?? NaN);
		return {
			ok: false,
			what: `it answered ${response.status}`,
			again: response.status === 429 || response.status >= 500,
			...Number.isFinite(after) ? { pause: after } : {}
		};
	} catch (error) {
		return {
			ok: false,
			what: networkError(error, timeout),
			again: true
		};
	}
}
/** https://www.rfc-editor.org/rfc/rfc7617#section-2, of an address with a user and a password. */
function basic({ username, password }) {
	const plain = (text) => Buffer.from(text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16))), "latin1");
	return `Basic ${Buffer.concat([
		plain(username),
		Buffer.from(":"),
		plain(password)
	]).toString("base64")}`;
}
/**
* HMAC-SHA256 over `<timestamp>.<body>`, hexadecimal: a receiver computes it over the bytes that it got, compares in constant time, and
* refuses timestamps that are minutes old.
*/
function signature(secret, timestamp, body) {
	return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}
/** Only the error's code: its message may hold the address. */
function networkError(error, timeout) {
	const { name, cause } = error;
	if (name === "TimeoutError") return `no answer within ${timeout} s`;
	return `it could not be reached${cause?.code ? ` (${cause.code})` : ""}`;
}

export { toldOf as a, isEvent as i, overTheNetwork as n, variablesOf as o, bodyOf as r, deliver as t };