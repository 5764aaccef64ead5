import { n as CUT } from "./text-shell-word.js";

// src/text/mask.ts
const MASK = "***";
/** Shorter values (a `1`, a `}`) occur everywhere: masking them would hide nothing and make the text useless. */
const SHORTEST_SECRET = 4;
/**
* @param values secrets. Of a secret with several lines, each line is masked as well
* @returns a function that replaces each secret by `***`, the longest first, in every form in which a log may contain
*   it. It also replaces the part of a secret beside a cut (cut.ts). Values shorter than {@link SHORTEST_SECRET} are
*   not masked: the code that reads secrets warns about them.
*/
function maskSecrets(values) {
	const forms = secretForms(values);
	if (forms.length === 0) return (text) => text;
	const first = /* @__PURE__ */ new Set();
	for (const form of forms) first.add(form.charCodeAt(0));
	const byStart = Map.groupBy(forms, (form) => form.slice(0, 4));
	const byEnd = Map.groupBy(forms, (form) => form.slice(-4));
	const longest = forms[0].length;
	/** The start of the part of a form that ends here; not before `from`. */
	const beginOf = (text, end, from) => {
		for (let at = Math.max(from, end - longest); at <= end - 4; at++) if ((first.has(text.charCodeAt(at)) ? byStart.get(text.slice(at, at + 4)) : void 0)?.some((form) => form.startsWith(text.slice(at, end)))) return at;
	};
	/** The end of the part of a form that starts here; not after `to`. */
	const endOf = (text, begin, to) => {
		for (let at = Math.min(to, begin + longest); at >= begin + 4; at--) if (byEnd.get(text.slice(at - 4, at))?.some((form) => form.endsWith(text.slice(begin, at)))) return at;
	};
	const cutParts = (text) => {
		let shown = "";
		let from = 0;
		const marks = [...text.matchAll(CUTS)];
		for (const [n, { index, 0: mark }] of marks.entries()) {
			const begin = beginOf(text, index, from);
			if (begin !== void 0) shown += text.slice(from, begin) + MASK + mark;
			else shown += text.slice(from, index) + mark;
			const after = index + mark.length;
			const end = endOf(text, after, marks[n + 1]?.index ?? text.length);
			if (end !== void 0) shown += MASK;
			from = end ?? after;
		}
		return shown + text.slice(from);
	};
	const whole = (text) => {
		let shown = "";
		let from = 0;
		for (let at = 0; at <= text.length - 4; at++) {
			if (!first.has(text.charCodeAt(at))) continue;
			const form = byStart.get(text.slice(at, at + 4))?.find((one) => text.startsWith(one, at));
			if (form === void 0) continue;
			shown += text.slice(from, at) + MASK;
			from = at + form.length;
			at = from - 1;
		}
		return from === 0 ? text : shown + text.slice(from);
	};
	return (text) => text.includes("[…]") ? cutParts(whole(text)) : whole(text);
}
/**
* Matches a cut. If a character was cut in two, a replacement character is next to it. A row of them is matched once,
* from its start.
*/
const CUTS = /(?:(?<!\ufffd)\ufffd+)?\[…\]\ufffd*/g;
/** All forms of the values that are masked, the longest first. */
function secretForms(values) {
	const forms = /* @__PURE__ */ new Set();
	for (const value of values) for (const part of [value, ...lines(value)]) if (part.trim().length >= 4) for (const form of formsOf(part)) forms.add(form);
	return [...forms].filter((form) => form.length >= 4).sort((a, b) => b.length - a.length);
}
function lines(value) {
	const all = value.split(/\r?\n|\r/).map((line) => line.trim());
	return all.length > 1 ? all : [value.trim()];
}
/** The forms in which programs write a text: plain, quoted, escaped, encoded, and JSON that is quoted in JSON again. */
function formsOf(text) {
	const written = [
		text,
		...quoted(text),
		json(text),
		asciiJson(text)
	];
	return [
		...written,
		...written.map(json),
		...inAddress(text),
		...inMarkup(text),
		...inBase64(text)
	];
}
const json = (text) => JSON.stringify(text).slice(1, -1);
/** The form of Python's `json.dumps`, PHP and Ruby. */
const asciiJson = (text) => json(text).replace(/[^\x00-\x7f]/g, (one) => escaped(one, "\\u", 4));
const escaped = (unit, mark, digits) => mark + unit.charCodeAt(0).toString(16).padStart(digits, "0");
/** The forms of shells, and of Python's `repr` of text and bytes. */
function quoted(text) {
	const python = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("	", "\\t");
	const texts = [python, python.replaceAll("'", "\\'")];
	return [
		...texts,
		...texts.map(asciiBytes),
		text.replaceAll("'", `'\\''`),
		text.replaceAll("'", `'"'"'`),
		text.replace(/[\\"$`]/g, "\\$&"),
		text.replace(/[^A-Za-z0-9_%+,./:=@-]/g, "\\$&")
	];
}
/** Characters that are not ASCII as bytes of UTF-8: `\xc3\xb6`. */
const asciiBytes = (text) => [...Buffer.from(text)].map((byte) => byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`).join("");
/**
* Percent encoding of everything but letters, digits and a few characters (which ones depends on the function), and the
* encoding of forms.
*/
function inAddress(text) {
	const whole = encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (one) => `%${escaped(one, "", 2).toUpperCase()}`);
	const all = [
		whole,
		encodeURIComponent(text.toWellFormed()),
		encodeURI(text.toWellFormed()),
		whole.replaceAll("%2F", "/"),
		whole.replaceAll("%20", "+")
	];
	return [...all, ...all.map((one) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}
/** HTML and XML. */
function inMarkup(text) {
	const base = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
	const double = base.replaceAll("\"", "&quot;");
	return [
		base,
		double,
		...[
			"&#x27;",
			"&#39;",
			"&apos;"
		].map((mark) => double.replaceAll("'", mark)),
		base.replaceAll("\"", "&#34;").replaceAll("'", "&#39;")
	];
}
/**
* Base64 of the value alone and as part of a longer text (`user:password`): the characters that are the same at every
* offset.
*/
function inBase64(text) {
	const bytes = Buffer.from(text);
	const parts = [
		0,
		1,
		2
	].flatMap((shift) => {
		const inside = bytes.subarray(shift, shift + Math.floor((bytes.length - shift) / 3) * 3);
		return inside.length >= 6 ? [inside.toString("base64"), inside.toString("base64url")] : [];
	});
	return [
		bytes.toString("base64"),
		bytes.toString("base64").replace(/=+$/, ""),
		bytes.toString("base64url"),
		...parts
	];
}

// src/subprocess/built-variables.ts
/**
* Variables that describe the machine and its network access. None affects the result of a build, and none is a secret,
* except for credentials in the address of a proxy.
*/
const OF_THE_MACHINE = /* @__PURE__ */ new Set([
	...[
		"PATH",
		"HOME",
		"USER",
		"LOGNAME",
		"SHELL",
		"TERM",
		"LANG",
		"LANGUAGE",
		"TZ",
		"TMPDIR",
		"TMP",
		"TEMP"
	],
	...[
		"XDG_CACHE_HOME",
		"XDG_CONFIG_HOME",
		"XDG_CONFIG_DIRS",
		"XDG_DATA_HOME",
		"XDG_RUNTIME_DIR",
		"DBUS_SESSION_BUS_ADDRESS"
	],
	...[
		"PIP_CACHE_DIR",
		"UV_CACHE_DIR",
		"NPM_CONFIG_CACHE"
	],
	...[
		"HTTP_PROXY",
		"HTTPS_PROXY",
		"FTP_PROXY",
		"ALL_PROXY",
		"NO_PROXY",
		"NODE_USE_ENV_PROXY"
	],
	...[
		"SSL_CERT_FILE",
		"SSL_CERT_DIR",
		"NIX_SSL_CERT_FILE",
		"REQUESTS_CA_BUNDLE",
		"CURL_CA_BUNDLE",
		"AWS_CA_BUNDLE"
	],
	...[
		"NODE_EXTRA_CA_CERTS",
		"NODE_USE_SYSTEM_CA",
		"PIP_CERT",
		"UV_NATIVE_TLS",
		"UV_SYSTEM_CERTS"
	],
	...[
		"GIT_SSL_CAINFO",
		"GIT_SSL_CAPATH",
		"CARGO_HTTP_CAINFO",
		"NPM_CONFIG_CAFILE"
	],
	...[
		"LD_LIBRARY_PATH",
		"PKG_CONFIG_PATH",
		"CARGO_HOME",
		"RUSTUP_HOME",
		"PYENV_ROOT",
		"NVM_DIR",
		"ASDF_DIR"
	],
	...[
		"ASDF_DATA_DIR",
		"MISE_DATA_DIR",
		"VOLTA_HOME",
		"FNM_DIR",
		"NODENV_ROOT"
	]
]);
/**
* The environment of a command that runs foreign code.
*
* @param env the job's environment
* @param passed names of additional variables, from `pass-env` of tarlift.yml. An empty value counts as unset, since
*   GitHub sets that for a secret that does not exist
*/
function builtVariables(env, passed = []) {
	return {
		CI: "true",
		...machineVariables(env),
		...passedVariables(env, passed)
	};
}
/** The environment of the host `local`, which is this machine: like after a login, nothing of the job's environment. */
function machineVariables(env) {
	const own = Object.entries(env).filter(([name, value]) => value !== void 0 && isOfTheMachine(name));
	return Object.fromEntries(own);
}
/** The variables that `pass-env` lets through, if the job has them. */
function passedVariables(env, passed) {
	return Object.fromEntries(passed.flatMap((name) => env[name] ? [[name, env[name]]] : []));
}
/** Proxy variables and npm's settings are also read in lower case. */
const isOfTheMachine = (name) => OF_THE_MACHINE.has(name) || /^LC_[A-Z]+$/.test(name) || LOWER.test(name);
const LOWER = /^((http|https|ftp|all|no)_proxy|npm_config_(cache|cafile))$/;
const CREDENTIAL = "TOKEN|PASSWORD|PASSWD|PASS|PASSPHRASE|SECRET|AUTH|AUTHTOKEN|KEY|APIKEY|PAT|CREDENTIALS?|USERNAME|LOGIN|NETRC|COOKIE";
const IS_CREDENTIAL = new RegExp(`(^|_)(${CREDENTIAL}|ACCESS_KEY_ID)(_?\\d+)?$`, "i");
const NAMES_CREDENTIAL = new RegExp(`(^|_)(${CREDENTIAL})(_|\\d|$)`, "i");
/**
* Bundlers write these variables into what browsers load: they are never secret, and always affect the result of a
* build.
*/
const IS_PUBLIC = /^(VITE|NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|REACT_APP|VUE_APP|GATSBY|PUBLIC)_/;
/**
* Whether a variable's name says that its value is a credential. Credentials are part of no key. The name has to end
* with the word: in AUTH_URL it only says what the value is for. The socket of an SSH agent counts as well, because it
* differs in each job.
*/
const isCredential = (name) => name === "SSH_AUTH_SOCK" || !IS_PUBLIC.test(name) && IS_CREDENTIAL.test(name);
/**
* Whether the value is masked. This includes names that contain the word in the middle (DB_PASSWORD_OLD), which are
* part of keys.
*/
const isMasked = (name) => !IS_PUBLIC.test(name) && (isCredential(name) || NAMES_CREDENTIAL.test(name));

export { machineVariables as a, secretForms as c, isOfTheMachine as i, isCredential as n, passedVariables as o, isMasked as r, maskSecrets as s, builtVariables as t };