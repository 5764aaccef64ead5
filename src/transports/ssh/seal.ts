// Distinguishes a release digest that was deployed from one that a host has forged. Hosts do not have the deploy key,
// so no host can make a seal; a holder of the key can verify that a seal was made with it. A seal proves nothing about
// the time, and nothing about the files: the digest does that.
import { createHash, createHmac } from "node:crypto";
import type { SshOptions } from "../types.ts";
import { keyText } from "./keys.ts";

/**
 * @param key left out if an agent holds the keys: which of them ssh will use is unknown
 * @returns the seal of a release digest of this application and target, 64 hex digits; undefined without a key
 */
export function sealer(
  key: SshOptions["key"],
  { app, target }: { app: string; target: string },
): ((digest: string) => string) | undefined {
  if (key === undefined) return undefined;
  return (digest) => {
    const secret = createHash("sha256")
      .update(`tarlift seal\0${keyText(key)}`)
      .digest();
    return createHmac("sha256", secret)
      .update(JSON.stringify([app, target, digest]))
      .digest("hex");
  };
}
