// The directory in which asset steps run: a copy of the commit with exactly what a step's key covers. A step cannot
// depend on anything else, so it need not run again when that changes. The checkout stays unchanged.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PackedLayer } from "../artifact/pack.ts";
import { unpackLayer } from "../artifact/unpack-layer.ts";
import type { BuiltEnvironment, Runtime } from "../installers/installer.ts";
import { runtimeOf } from "../installers/registry.ts";
import { makeCommitView } from "../source/commit-view.ts";
import type { CommitFile } from "../source/contents.ts";
import type { Source } from "../source/read-source.ts";
import { updateIndex, type WrittenFiles, writeFiles, writeSources } from "../source/write-files.ts";
import { takeDirectory } from "./own-directory.ts";

export interface StepTree {
  /** The copy of the repository's root, absolute. */
  root: string;
  /** The copy of the application's directory, absolute. */
  application: string;
  written: WrittenFiles;
}

export interface TreeContent {
  /** The step's key: it names the directory, so that the same step finds the same path. */
  key: string;
  files: readonly CommitFile[];
  /** Whether git can be asked for the commit and its tags. */
  history: boolean;
  /** Outputs of earlier steps, and the project's own package. */
  layers: readonly PackedLayer[];
}

export interface StepTreesOptions {
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  source: Source;
  environments: readonly BuiltEnvironment[];
  /** Ensures that an environment is unpacked for steps in a copy of the application. */
  unpack(environment: BuiltEnvironment, application: string): Promise<void>;
  work: string;
}

/** Creates the trees of one run, one at a time. Environments inside the application move from tree to tree. */
export class StepTrees {
  private last: { directory: string; application: string } | undefined;

  private readonly options: StepTreesOptions;

  constructor(options: StepTreesOptions) {
    this.options = options;
  }

  async make({ key, files, history, layers }: TreeContent): Promise<StepTree> {
    const { repository, source, environments, unpack, work } = this.options;
    const directory = takeDirectory(work, key.slice(0, 16));
    const root = join(directory, "repository");
    const application = join(root, this.options.directory);
    const before = this.last;
    try {
      mkdirSync(application, { recursive: true });
      const written = await writeFiles(files, root);
      writeSources(source.included, application);
      for (const layer of layers)
        await unpackLayer(layer, { base: layer.base, directory: application, diffId: layer.diffId });
      if (history) {
        await makeCommitView(repository, source.commit.id, root);
        await updateIndex(root, files);
      }
      for (const environment of environments) {
        if (before) move(environment, before.application, application);
        await unpack(environment, application);
      }
      this.last = { directory, application };
      return { root, application, written };
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    } finally {
      if (before) rmSync(before.directory, { recursive: true, force: true });
    }
  }

  /** Removes the last tree. */
  remove(): void {
    if (this.last) rmSync(this.last.directory, { recursive: true, force: true });
    this.last = undefined;
  }
}

/** Where steps that run in a tree find an environment. */
export const runtimeIn = ({ record, path }: BuiltEnvironment, application: string): Runtime =>
  runtimeOf(record, record.kind === "path" ? path : application);

function move({ record }: BuiltEnvironment, from: string, to: string): void {
  for (const directory of record.mounts ?? []) {
    if (!existsSync(join(from, directory))) continue;
    mkdirSync(dirname(join(to, directory)), { recursive: true });
    rmSync(join(to, directory), { recursive: true, force: true });
    renameSync(join(from, directory), join(to, directory));
  }
}
