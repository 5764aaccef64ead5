import { c as repairsOf, o as isRollback } from "./transaction-PpvIk9ED.js";
import { y as together } from "./fleet-CAVDNKn0.js";

// src/fleet/taken-back.ts
/** What a host took back by itself, or a rollback that was refused, as long as it still runs what it went back to. */
const returnedOf = ({ facts: { returned, live } }) => returned && returned.previous === live?.id ? returned : void 0;
/** Says which hosts went back before this run came: it finds nothing half-way there. */
function tellReturned(fleet, ledger) {
	for (const member of fleet) {
		const returned = returnedOf(member);
		if (returned) ledger.warnings.push(`${member.host.name}: a run was lost after it had switched to ${returned.release}, and the host has gone back to ${returned.previous ?? "no release"} since`);
	}
}
/** It was told, and changed what this run did: the next rollback goes further back. */
async function forgetReturned(fleet, ledger) {
	const settled = await together(fleet.filter(({ facts }) => facts.returned), ({ host }) => host.noteHeard());
	ledger.warnings.push(...settled.failed.map(({ trouble }) => `${trouble.host}: ${trouble.what}`));
}
/**
* @param found the fleet before the repair, and after it
* @returns the good release that every host was taken back to; undefined when nothing was taken back, or when what was taken back was
* itself on the way to a release of good health: a rollback, which then goes on
*/
function takenBackTo(found, fleet) {
	const taken = found.flatMap((member) => {
		const one = member.facts.open ?? returnedOf(member);
		return one ? [{
			one,
			releases: member.facts.releases
		}] : [];
	});
	if (taken.length === 0 || [...repairsOf(found).values()].includes("finish")) return void 0;
	if (taken.some(({ one, releases }) => isRollback(one, releases))) return void 0;
	const live = fleet.map(({ facts }) => facts.live);
	const [first] = live;
	return live.every((each) => each?.state === "good" && each.digest === first?.digest) ? first : void 0;
}

export { tellReturned as i, returnedOf as n, takenBackTo as r, forgetReturned as t };