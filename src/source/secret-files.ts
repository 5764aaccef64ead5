// Detects tracked files that look like secrets: an artifact is copied to many places, and stays there.

const NAMES: RegExp[] = [
  /(^|\/)\.env(\.(?!([^/]*\.)?(example|sample|template|dist|defaults?)$)[^/]+)?$/,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/,
  /(^|\/)(\.netrc|\.pgpass|\.pypirc|\.git-credentials|\.htpasswd)$/,
  /\.(p12|pfx|jks|keystore|kdbx)$/,
];

/**
 * A line of an .npmrc with a credential that is not a variable, for all registries or for one: `_auth=…`,
 * `//host/:_authToken=…`. Keys and values may be quoted; comments do not match
 * (https://docs.npmjs.com/cli/configuring-npm/npmrc).
 */
const TOKEN = /^(?!\s*[#;])\s*(?:.*:|["']?)_(?:auth|authToken|password)["']?\s*=\s*["']?(?!\$\{|["']|\s|$)/i;

/** Bytes of a file that are examined: keys are short, and their first line says what they are. */
export const LOOKED_AT = 64 << 10;

/** Why a file looks like a secret, or undefined. `content`: the file's first bytes. */
export function secretProblem(path: string, content: Uint8Array): string | undefined {
  if (NAMES.some((pattern) => pattern.test(path))) return "its name is that of a file with secrets";
  const text = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, LOOKED_AT)).toString(
    "latin1",
  );
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text) && /\.(pem|key|crt|ppk)$|(^|\/)[^./]+$/.test(path))
    return "it holds a private key";
  if (/^PuTTY-User-Key-File-\d/.test(text)) return "it holds a private key";
  if (/(^|\/)\.npmrc$/.test(path) && text.split(/\r?\n|\r/).some((line) => TOKEN.test(line))) return "it holds a token";
  return undefined;
}
