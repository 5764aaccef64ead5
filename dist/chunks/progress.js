// src/progress.ts
const nothing = {
	update() {},
	line() {},
	end() {},
	fail() {}
};
/** A listener that ignores everything: for tests and for `--json`. */
const silent = {
	task: () => nothing,
	notice() {},
	warning() {}
};
/**
* Runs `work` as one task. The task ends with the detail that `work` returns beside its value, and fails when `work`
* throws.
*/
async function during(progress, title, work, detail) {
	const task = progress.task(title);
	try {
		const value = await work(task);
		task.end(detail?.(value));
		return value;
	} catch (error) {
		task.fail();
		throw error;
	}
}

export { silent as n, during as t };