// src/installers/unsupported.ts
/** @param needs what the command needs to be installed */
const asRequirements = (command, needs = "") => `\`installer: pip\` and \`installer: uv\` install what \`${command}\` writes${needs}: commit that file and name it in \`requirements:\``;
/** @param production the `run:` that installs from the lock, without development tools */
const asStep = (name, production) => `an asset step runs ${name} itself, and no environment is needed. What is only built: \`run: ${name} install && ${name} run build\`, with the built files as \`outputs:\`. What a server needs: ${production}, \`outputs: [node_modules]\` and the node_modules of each workspace (docs/recipes/node.md). Or commit a package-lock.json, which \`installer: npm\` installs from`;
const UNSUPPORTED = [
	{
		name: "pnpm",
		language: "node",
		locks: ["pnpm-lock.yaml"],
		instead: asStep("pnpm", "`run: pnpm install --frozen-lockfile --prod`")
	},
	{
		name: "yarn",
		language: "node",
		locks: ["yarn.lock"],
		instead: asStep("yarn", "`run: yarn install --frozen-lockfile --production` (Yarn 1) or `run: yarn workspaces focus --all --production` (Yarn 2 and newer)")
	},
	{
		name: "bun",
		language: "node",
		locks: ["bun.lock", "bun.lockb"],
		instead: asStep("bun", "`run: bun install --frozen-lockfile --production`")
	},
	{
		name: "poetry",
		language: "python",
		locks: ["poetry.lock"],
		instead: asRequirements("poetry export --output requirements.txt", " (with Poetry 2 after `poetry self add poetry-plugin-export`)")
	},
	{
		name: "pipenv",
		language: "python",
		locks: ["Pipfile.lock"],
		instead: asRequirements("pipenv requirements > requirements.txt")
	},
	{
		name: "pdm",
		language: "python",
		locks: ["pdm.lock"],
		instead: asRequirements("pdm export --prod --output requirements.txt")
	},
	{
		name: "conda",
		language: "python",
		locks: ["conda-lock.yml"],
		instead: asRequirements("pip freeze > requirements.txt")
	}
];
/** The message for an unsupported installer in tarlift.yml, by name; undefined for one that is only mistyped. */
function unsupportedInstaller(name) {
	const found = UNSUPPORTED.find((one) => one.name === name.toLowerCase());
	return found && `${found.name} is not supported yet: ${found.instead}`;
}
/**
* The message if a lock file is missing and another installer's lock exists.
*
* @param names of files in the directory
*/
function lockedByOther(names, language) {
	const found = UNSUPPORTED.find((one) => one.language === language && one.locks.some((lock) => names.includes(lock)));
	if (!found) return void 0;
	const lock = found.locks.find((one) => names.includes(one));
	return `The dependencies are locked by ${found.name} (${lock}), which is not supported yet: ${found.instead}.`;
}

export { unsupportedInstaller as n, lockedByOther as t };