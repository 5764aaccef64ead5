import { n as Failure } from "./failure.js";
import { createHash } from "node:crypto";

// src/stores/key-names.ts
/**
* @returns the key
* @throws Failure when a store could treat it as a path or refuse it; Tarlift makes keys from digests
*/
function checkKey(key) {
	if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,399}$/.test(key)) return key;
	throw new Failure({
		code: "input-invalid",
		what: "this is no key for a layer store",
		where: { key },
		remedy: "At most 400 characters of A-Z a-z 0-9 . _ -, and no dot in front."
	});
}
/**
* @returns the name of a key's file: a key may be longer than file names may be. No key contains `~`, so two keys never
*   share a file.
*/
function fileNameOf(key) {
	if (key.length <= 200) return key;
	return `${key.slice(0, 120)}~${createHash("sha256").update(key).digest("hex")}`;
}
/**
* Why a text is not a valid name of an artifact, in words. GitHub refuses the same characters (actions/toolkit,
* packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts).
*/
function artifactNameProblem(name) {
	if (name === "" || name.length > 255) return "a name has 1 to 255 characters";
	if (/[\x00-\x1f\x7f":<>|*?\\/]/.test(name)) return "a name has no control characters and none of \" : < > | * ? \\ /";
}

export { checkKey as n, fileNameOf as r, artifactNameProblem as t };