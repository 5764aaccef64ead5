// The program on hosts as tests of its steps run it: `step` tells each step that is passed, and waits at the one that a test has chosen.

/** Beside a root, `<root>.steps`; while there is no such directory, the program is as ever. */
export const stepsDirectory = (root: string): string => `${root}.steps`;

/**
 * The files in {@link stepsDirectory}.
 *
 *   passed    `<verb> <step>` of every step, in their order
 *   hold      `<verb> <step>`: where to wait; becomes `reached` when it is there, and the program waits for as long as that is there
 */
export const STEP_FILES = { passed: "passed", hold: "hold", reached: "reached" } as const;

const PRODUCTION = /^step\(\) \{\n.*\n\}\n/m;

const WAITING = `step() {
	echo "$1" >"$session/at"
	[ -d "$v_root.steps" ] || return 0
	echo "$verb $1" >>"$v_root.steps/passed"
	step_hold=
	[ ! -f "$v_root.steps/hold" ] || read -r step_hold <"$v_root.steps/hold" || return 0
	[ "$step_hold" = "$verb $1" ] || return 0
	mv "$v_root.steps/hold" "$v_root.steps/reached" || return 0
	step_waits=0
	while [ -f "$v_root.steps/reached" ] && [ "$step_waits" -lt 3000 ]; do
		sleep 0.02
		step_waits=$((step_waits + 1))
	done
}
`;

/** @param text any of src/remote/*.sh @returns the same with a \`step\` that waits, where this file has it */
export const withWaitingSteps = (text: string): string => text.replace(PRODUCTION, () => WAITING);
