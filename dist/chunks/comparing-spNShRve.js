// src/actions/comparing.ts
/** @returns undefined where there is no token to ask with; the client is large, and loaded at the first question */
function comparing({ inputs, progress, signal }) {
	const { env } = process;
	const token = inputs["github-token"];
	if (!token || !env.GITHUB_REPOSITORY) return void 0;
	return async (base, head) => {
		const { openGithub } = await import("./github-DtZRljPR.js");
		return openGithub({
			token,
			env,
			progress,
			signal
		}).compare(base, head);
	};
}

export { comparing as t };