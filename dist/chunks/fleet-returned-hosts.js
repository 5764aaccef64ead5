import { k as forEachHost } from "./pipeline-fleet-request.js";

// src/fleet/returned-hosts.ts
/**
* The transaction that a host reverted by itself, or a rollback that was refused, as long as the host still runs the
* release that it reverted to.
*/
const returnedOf = ({ facts: { returned, live } }) => returned && returned.previous === live?.id ? returned : void 0;
/** Warns about hosts that reverted before this run: no open transaction is left there. */
function warnReturned(tx, fleet) {
	for (const member of fleet) {
		const returned = returnedOf(member);
		if (returned) tx.warn(`a run was lost after it had switched to ${returned.release}, and the host has reverted to ${returned.previous ?? "no release"} since`, member);
	}
}
/** The revert was reported, and influenced this run: the next rollback returns to an older release. */
async function forgetReturned(tx, fleet) {
	const results = await forEachHost(fleet.filter(({ facts }) => facts.returned), ({ host }) => host.acknowledgeReturned());
	for (const { error } of results.failed) tx.warn(`${error.host}: ${error.what}`);
}

export { returnedOf as n, warnReturned as r, forgetReturned as t };