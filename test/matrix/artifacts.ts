// The releases that cells deploy: each with words of its own, an environment of its own, and one file in common with all others.

import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { Failure } from "../../src/failure.ts";
import type { ReleaseOnHost } from "../../src/host/host.ts";
import { writeSyntheticArtifact } from "../support/artifact-file.ts";
import { daemonFiles } from "../support/daemon-service.ts";
import { text } from "../support/layers.ts";

/** Enough to be struck in the middle of its transfer. */
const LARGE = 4 << 20;

export class Artifacts {
  readonly #directory = realpathSync(mkdtempSync(join(tmpdir(), "tarlift-matrix-artifacts-")));
  readonly #made = new Map<string, Artifact>();
  #count = 0;

  constructor() {
    process.once("exit", () => this.remove());
  }

  /** @param words what its page says @param environmentsRoot a place for its environment that is the same on all hosts */
  async make(words: string, options: { large: boolean }): Promise<Artifact> {
    const number = this.#count++;
    const directory = join(this.#directory, String(number));
    mkdirSync(directory);
    const blob = options.large ? [text("blob", randomBytes(LARGE * 0.75).toString("base64"))] : [];
    const id = `${number.toString(16).padStart(12, "0")}-${"0".repeat(8)}`;
    const artifact = await writeSyntheticArtifact(
      directory,
      [...daemonFiles(`${words}\n`), text("same.txt", "the same in every release\n"), ...blob],
      { version: words, environments: [{ id, sources: [text(`modules/${words}.js`, words)], mounts: ["modules"] }] },
    );
    this.#made.set(artifact.releaseDigest, artifact);
    return artifact;
  }

  /** For `converge`. */
  readonly of = async ({ digest, version }: ReleaseOnHost): Promise<Artifact> => {
    const artifact = this.#made.get(digest ?? "");
    if (!artifact) throw new Failure({ code: "command-failed", what: `there is no artifact of ${version}` });
    return artifact;
  };

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
