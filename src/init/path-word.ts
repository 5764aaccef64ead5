// Paths of the repository in commands that `tarlift init` proposes.
import { shellWord } from "../text/shell-word.ts";

/** A path as one word of a shell's, and never as an option. */
export const pathWord = (path: string): string => shellWord(path.startsWith("-") ? `./${path}` : path);
