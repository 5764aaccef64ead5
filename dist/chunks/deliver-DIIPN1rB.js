import { createHmac, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

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
	if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) return {
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
		...secret ? { "tarlift-signature": `v1=${signature(secret, timestamp, body)}` } : {}
	};
	try {
		const signal = AbortSignal.timeout(timeout * 1e3);
		const response = await post.fetch(url, {
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

export { overTheNetwork as n, deliver as t };