// src/store/without-artifacts.ts
/** @param cause what the client threw (actions/toolkit, packages/artifact/src/internal/shared/errors.ts) */
const isWithoutArtifacts = (cause) => cause instanceof Error && cause.name === "GHESNotSupportedError";

export { isWithoutArtifacts as t };