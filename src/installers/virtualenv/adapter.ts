// The common parts of installers whose environments are virtualenvs. It imports little, because their index files load
// it.
import type { EnvironmentRecord } from "../../artifact/format.ts";
import type { Localize, Runtime } from "../installer.ts";

/** What all these installers have in common, except schema and `inspect`. */
export const virtualenvAdapter = {
  kind: "path" as const,
  /** The release has a link to it. */
  releasePath: ({ link = ".venv" }: { link?: string | undefined }) => ({ path: link, key: "link" }),
  runtime: (_record: unknown, at: string): Runtime => ({ path: [`${at}/bin`], env: {} }),
  localize: async (record: EnvironmentRecord, { python }: { python?: string | undefined }): Promise<Localize> =>
    (await import("./localize.ts")).localizeRecord(record, python),
};

/** The application as a package, built with the environment's Python. */
export const ownPackage = {
  variables: ["PYTHONPATH"],
  async directory(
    config: { installer: string; directory?: string | undefined },
    read: (path: string) => string | undefined,
    wanted: boolean | undefined,
  ): Promise<string | undefined> {
    return (await import("./package-project.ts")).packageDirectory(wanted, config.directory, read);
  },
};
