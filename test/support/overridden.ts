// The program that runs on hosts, with some of its functions replaced: for what a test must see or break in the middle of it.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporary } from "./temporary.ts";

/**
 * A shell for a `local` host (`OpenOptions.shell`) that runs the program as it is except for what `functions` redefine.
 *
 * @param functions shell text, read after the program's own functions and before it begins
 * @returns the file of the shell
 */
export function overridden(functions: string): string {
  const directory = temporary("shell");
  const file = (name: string) => join(directory, name);
  writeFileSync(file("functions"), functions);
  // The loader ends with the evaluation of the program, and the program with the line that begins it. An auto-revert keeps the
  // whole program.
  writeFileSync(
    file("shell"),
    `#!/bin/sh
exec sh -c "\${2%; eval *}"'; eval "$(printf "%s\\n" "$tarlift_program" | sed "\\$d")"; . ${file("functions")}; main'
`,
  );
  chmodSync(file("shell"), 0o755);
  return file("shell");
}
