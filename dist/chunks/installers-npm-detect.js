import { f as record, g as unknown, l as looseObject, m as string } from "./npm-zod-schemas.js";
import { t as prismaSchema } from "./source-prisma-schema.js";
import { t as lockedByOther } from "./installers-unsupported.js";

// src/installers/npm/detect.ts
const npmLock = looseObject({ packages: record(string(), unknown()) });
const packageSchema = looseObject({
	workspaces: unknown().optional(),
	prisma: looseObject({ schema: string().optional().catch(void 0) }).optional().catch(void 0)
});
/** See `Detect`. */
function detect(tree) {
	const written = tree.read("package.json");
	if (written === void 0) return void 0;
	if (!tree.paths.includes("package-lock.json")) return { question: withoutLock(tree) };
	const manifest = manifestOf(written);
	const inputs = [...tree.paths.some((path) => path.startsWith("patches/")) ? ["patches/**"] : [], ...prismaSchema(tree, manifest.prisma?.schema)];
	return {
		by: "lock",
		keys: inputs.length > 0 ? { inputs } : {},
		notes: [...manifest.workspaces ? ["with its workspaces"] : [], ...inputs.length > 0 ? ["inputs: what install scripts read"] : []],
		questions: []
	};
}
function manifestOf(written) {
	try {
		return packageSchema.safeParse(JSON.parse(written.replace(/^\uFEFF/, ""))).data ?? {};
	} catch {
		return {};
	}
}
function withoutLock(tree) {
	const workspaceOf = npmWorkspace(tree);
	if (workspaceOf !== void 0) return `This is a workspace of the package in ${workspaceOf}, whose package-lock.json npm installs from: run \`tarlift init --force\` for that directory. Scripts of a workspace are called by \`npm run … --workspace\`.`;
	const other = lockedByOther([...tree.paths, ...(tree.above ?? []).flatMap(({ paths }) => paths)], "node");
	if (other !== void 0) return other;
	return "package.json has no package-lock.json here: run `npm install`, commit the lock and run tarlift init again.";
}
/** The directory whose package-lock.json lists the application as a workspace, relative to the application. */
function npmWorkspace(tree) {
	const nearest = tree.above?.find(({ paths }) => paths.includes("package-lock.json"));
	if (!nearest) return void 0;
	try {
		const { packages } = npmLock.parse(JSON.parse(nearest.read("package-lock.json") ?? ""));
		return Object.hasOwn(packages, nearest.own) ? nearest.up : void 0;
	} catch {
		return;
	}
}

export { detect };