// Wheels made in a test: a zip with metadata (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
import { join } from "node:path";
import { sh } from "./needs.ts";

const ZIP = `
import base64, json, sys, zipfile
name, version, out, files, metadata = json.load(sys.stdin)
info = f"{name}-{version}.dist-info"
content = {path: base64.b64decode(data) for path, data in files.items()}
content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n{metadata}".encode()
content[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
content[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*content, f"{info}/RECORD"]).encode()
with zipfile.ZipFile(out, "w") as archive:
    for path, data in content.items():
        archive.writestr(zipfile.ZipInfo(path), data)
`;

/**
 * Writes `<name>-<version>-py3-none-any.whl`.
 *
 * @param directory where; it exists
 * @param files what is installed into site-packages: content by path
 * @param metadata further lines of its metadata: `Requires-Dist: …`
 * @returns its path
 */
export function wheel(
  directory: string,
  name: string,
  version: string,
  files: Record<string, string | Buffer>,
  metadata: readonly string[] = [],
): string {
  const out = join(directory, `${name}-${version}-py3-none-any.whl`);
  const content = Object.fromEntries(
    Object.entries(files).map(([path, data]) => [path, Buffer.from(data).toString("base64")]),
  );
  sh("/usr/bin/python3", ["-c", ZIP], {
    input: JSON.stringify([name, version, out, content, metadata.map((line) => `${line}\n`).join("")]),
  });
  return out;
}
