// Git LFS: HEAD contains a pointer, the checkout contains the content
// (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).

const POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:([0-9a-f]{64})\n(?:[a-z0-9.-]+ [^\n]*\n)*?size (\d+)\n/;
export const LARGEST_POINTER = 1024;

/** The content that a pointer identifies; undefined for anything else. */
export function parsePointer(content: Uint8Array): { sha256: string; size: number } | undefined {
  if (content.length > LARGEST_POINTER) return undefined;
  const match = POINTER.exec(Buffer.from(content).toString("latin1"));
  return match ? { sha256: match[1]!, size: Number(match[2]) } : undefined;
}
