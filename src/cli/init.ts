// `tarlift init`: looks at a repository and writes a tarlift.yml for it.
import type { Command } from "commander";

export function register(program: Command): void {
  program.command("init").description("look at this repository and write a commented tarlift.yml for it");
}
