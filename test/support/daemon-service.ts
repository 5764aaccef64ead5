// A service of kind `command` that makes itself a daemon (test/fixtures/serve.py, which the release brings along). Free of Vitest.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackSource } from "../../src/artifact/pack.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { text } from "./layers.ts";

/** What a release needs for it: it serves `page`. */
export function daemonFiles(page: string): PackSource[] {
  const script = readFileSync(join(import.meta.dirname, "../fixtures/serve.py"), "utf8");
  return [text("page.txt", page), text("serve.py", script)];
}

/**
 * It does not run a page that begins with `bad` while there is a file `broken` in its directory.
 *
 * @param place a directory of its own on the host, with the file `port` in it
 */
export const daemonService = (place: string): ServiceRequest => ({
  name: "page",
  kind: "command",
  unit: "",
  action: "restart",
  settle: 0,
  commands: {
    restart: `python3 -ES serve.py restart ${place}`,
    stop: `python3 -ES serve.py stop ${place}`,
    status: `case $(cat page.txt) in bad*) [ ! -e ${place}/broken ] ;; esac && cmp page.txt ${place}/serving && kill -0 "$(cat ${place}/pid)"`,
  },
});
