import { n as formatCount } from "./text-quantity.js";

// src/fleet/release-drift.ts
/** Whether nothing was changed, removed or added that may affect the release. */
const asVerified = ({ count, added }) => count === 0 && !added;
/**
* The warning about a release to which files were only added. Applications write into their releases, and everything
* that was verified is there: it is no reason to refuse to start a service again.
*
* @returns undefined: no files were added
*/
function addedSentence(host, release, { added }) {
	if (!added) return void 0;
	const paths = `${added.paths.slice(0, 5).join(", ")}${added.count > 5 ? ", …" : ""}`;
	return `${host}: ${release} has ${formatCount(added.count, "file")} that no release brought and that may change what it does: ${paths}`;
}

export { asVerified as n, addedSentence as t };