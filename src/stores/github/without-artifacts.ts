// Servers whose artifacts GitHub's client does not know: GitHub Enterprise Server.

/** @param cause what the client threw (actions/toolkit, packages/artifact/src/internal/shared/errors.ts) */
export const isWithoutArtifacts = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === "GHESNotSupportedError";
