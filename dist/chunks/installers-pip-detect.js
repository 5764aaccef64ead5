import { a as ownLine, n as TOOLS, r as installedLines, t as REQUIREMENT_FILE } from "./installers-virtualenv-listed-lines.js";

// src/installers/pip/detect.ts
/** Requirement files for deployments, the most specific name first. */
const REQUIREMENTS = [
	"requirements/production.txt",
	"requirements/prod.txt",
	"requirements-production.txt",
	"requirements-prod.txt",
	"requirements.lock",
	"requirements.txt",
	"requirements/base.txt",
	"requirements/requirements.txt"
];
/** See `Detect`: the file with the requirements of hosts, if its name distinguishes it from others. */
function detect(tree) {
	const all = tree.paths.filter((path) => REQUIREMENT_FILE.test(path));
	const chosen = REQUIREMENTS.find((path) => tree.paths.includes(path)) ?? (all.length === 1 && !TOOLS.test(all[0]) ? all[0] : void 0);
	if (chosen === void 0) return void 0;
	const rest = all.filter((path) => path !== chosen);
	const lines = installedLines(tree, chosen).map(({ file, text }) => ({
		file,
		text,
		own: ownLine(text),
		editable: /^(-e|--editable)/.test(text)
	}));
	return {
		by: "list",
		keys: { requirements: [chosen] },
		notes: [...rest.length > 0 ? [`left out: ${rest.join(", ")}`] : [], ...lines.flatMap(({ file, text, own, editable }) => own && !editable ? [partOf(file, text, own)] : [])],
		questions: lines.flatMap(({ file, text, own, editable }) => editable ? [refused(file, text, own)] : [])
	};
}
/** A line for the application itself would make a new environment for each commit. */
const partOf = (file, text, own) => `${file} has \`${text}\`: the application is a part of the environment, which is another one with each change of a file; without the line, list what ${requirer(own)}`;
/** Lines that would lead into a checkout. */
const refused = (file, text, own) => `${file} has \`${text}\`, which is refused: hosts have no checkout. ${own ? `Remove the line, and list there what ${requirer(own)}: the application is built into each release, without that.` : "Remove `-e`: a local package becomes a wheel."}`;
const requirer = ({ extras }) => extras === "" ? "it requires" : `it and its extras ${extras} require`;

export { detect };