// A release for the commands of `tarlift compatible`: unpacked on this machine, with its environments where they run.
import { join } from "node:path";
import { pathsOf } from "../artifact/format.ts";
import type { Artifact } from "../artifact/open-artifact.ts";
import { directory as directoryExporter } from "../exporters/directory/index.ts";
import type { Progress } from "../progress.ts";

export interface InstalledRelease {
  version: string;
  commit: string;
  /** Its release digest. */
  digest: string;
  directory: string;
  /** First on `PATH`: programs of its environments, and its own if it is a package. */
  path: string[];
  /** `PYTHONPATH` if it is a package. */
  variables: Record<string, string>;
}

export interface InstallOptions {
  /** Created for it. */
  directory: string;
  /** Directories that releases share on hosts: empty ones here. */
  shared: readonly string[];
  /** An interpreter of the hosts' minor version. Default: one that is found. */
  python?: string | undefined;
  progress: Progress;
}

/** @throws Failure when an environment cannot run on this machine, or the artifact does not match its digests */
export async function installRelease(artifact: Artifact, options: InstallOptions): Promise<InstalledRelease> {
  const { directory, shared, python, progress } = options;
  const asked = directoryExporter.schema.parse({ directory, shared, python });
  await directoryExporter.export(artifact, asked, { progress });
  return {
    version: artifact.version,
    commit: artifact.release.commit.id,
    digest: artifact.releaseDigest,
    directory,
    ...variablesOf(artifact, directory),
  };
}

/** The artifact's variables for a container, where the release is `current`, converted to this directory. */
function variablesOf({ config, release }: Artifact, directory: string): Pick<InstalledRelease, "path" | "variables"> {
  const current = `/${pathsOf(release.app).application}`;
  const own = (config.config.Env ?? []).map((line): [string, string[]] => {
    const at = line.indexOf("=");
    const places = line
      .slice(at + 1)
      .split(":")
      .filter((place) => place.startsWith(`${current}/`));
    return [line.slice(0, at), places.map((place) => join(directory, place.slice(current.length + 1)))];
  });
  const { PATH = [], ...others } = Object.fromEntries(own);
  const named = Object.entries(others).filter(([, places]) => places.length > 0);
  return { path: PATH, variables: Object.fromEntries(named.map(([name, places]) => [name, places.join(":")])) };
}
