// Quotes paths of the repository for commands that `tarlift init` proposes.
import { shellWord } from "../text/shell-word.ts";

/** A path as one word in a shell, and never as an option. */
export const pathWord = (path: string): string => shellWord(path.startsWith("-") ? `./${path}` : path);
