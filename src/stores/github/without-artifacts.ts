// Detects servers whose artifacts GitHub's client does not support: GitHub Enterprise Server.

/** @param cause the client's error (actions/toolkit, packages/artifact/src/internal/shared/errors.ts) */
export const isWithoutArtifacts = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === "GHESNotSupportedError";
