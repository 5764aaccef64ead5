import { Y as formatCount } from "./repository-BK5IpvPt.js";

// src/fleet/as-verified.ts
/** Whether nothing was changed, removed or added that may change what a release does. */
const asVerified = ({ count, added }) => count === 0 && !added;
/**
* What is to be said of a release to which files were only added. Applications write into their releases, and what was verified is all
* there: so it is no reason to refuse what brings a service back.
*
* @returns undefined: none were added
*/
function addedSentence(host, release, { added }) {
	if (!added) return void 0;
	const paths = `${added.paths.slice(0, 5).join(", ")}${added.count > 5 ? ", …" : ""}`;
	return `${host}: ${release} has ${formatCount(added.count, "file")} that no release brought and that may change what it does: ${paths}`;
}

export { asVerified as n, addedSentence as t };