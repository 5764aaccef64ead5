// What tells a release digest that was deployed from one that a host has made up. Hosts do not have the deploy key, so none can make a
// seal; whoever has the key can say whether it was made with it. It says nothing of when, and nothing of the files: the digest does that.
import { createHash, createHmac } from "node:crypto";
import type { SshOptions } from "../types.ts";
import { keyText } from "./keys.ts";

/**
 * @param key left out where an agent holds the keys: which of them it will be is not known
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
