// src/text/quantity.ts
/** Bytes in decimal units, three digits: `512 B`, `86.3 MB`, `1.05 GB`. */
function formatBytes(bytes) {
	if (Math.round(bytes) < 1e3) return `${Math.round(bytes)} B`;
	const power = Math.min(Math.floor(Math.log10(bytes) / 3), 4);
	const value = bytes / 1e3 ** power;
	if (Number(value.toPrecision(3)) >= 1e3 && power < 4) return `1.00 ${UNITS[power]}`;
	return `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[power - 1]}`;
}
const UNITS = [
	"KB",
	"MB",
	"GB",
	"TB"
];
/** A count with its noun. A thin space that terminals show separates thousands: `1 file`, `10 000 files`. */
function formatCount(count, one, many = `${one}s`) {
	return `${String(count).replace(/\B(?=(\d{3})+$)/g, " ")} ${count === 1 ? one : many}`;
}
/** Maximum number of names in one line. */
const NAMES = 8;
/**
* Names in one line, and how many more there are: `a, b and 3 more`. Lists, JSON and the job summary show more of them.
*/
function formatNames(names) {
	const more = names.length - NAMES;
	return `${names.slice(0, NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export { formatCount as n, formatNames as r, formatBytes as t };