// src/actions/comparing.ts
/** @returns undefined without a token. The client is large, and is loaded when it is first needed */
function comparing({ inputs, progress, signal }) {
	const { env } = process;
	const token = inputs["github-token"];
	if (!token || !env.GITHUB_REPOSITORY) return void 0;
	return async (base, head) => {
		const { openGithub } = await import("./actions-github-open.js");
		return openGithub({
			token,
			env,
			progress,
			signal
		}).compare(base, head);
	};
}

export { comparing as t };