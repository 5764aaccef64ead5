// A member of a fleet whose service is one file below its root: `serving` says what was started last. Free of Vitest, so that a process
// that is going to be killed can use it too.
import { join } from "node:path";
import type { Member } from "../../src/fleet/member.ts";
import { type OpenHost, openHost } from "../../src/host/calls/open.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import type { HostAddress } from "../../src/transports/types.ts";

export type PlainMember = Member & { host: OpenHost };

export const layoutOf = (root: string): AppLayout => ({
  app: "shop",
  target: "test",
  root,
  environmentsRoot: join(root, "envs"),
});

/**
 * The service: it "runs" page.txt of the release in which it was started. Starting it says `restarted`. It does not run a page for whose
 * words there is a file `broken-<words>` below the root.
 */
export const pageService = (root: string, settle = 0): ServiceRequest => ({
  name: "page",
  kind: "command",
  unit: "",
  action: "restart",
  settle,
  commands: {
    restart: `cp page.txt ${root}/serving.part && chmod u+w ${root}/serving.part && mv -f ${root}/serving.part ${root}/serving && echo restarted`,
    stop: `rm -f ${root}/serving`,
    status: `[ ! -e "${root}/broken-$(cat page.txt)" ] && cmp page.txt ${root}/serving`,
  },
});

/** @param address `local` unless it says otherwise */
export function plainMember(
  root: string,
  address: Partial<HostAddress> = {},
  options: OpenOptions = {},
  services: ServiceRequest[] = [],
): PlainMember {
  return {
    host: openHost({ address: "local", roles: undefined, forwards: [], ...address }, { strict: true, ...options }),
    roles: [],
    configuration: { COLOUR: "red" },
    layout: layoutOf(root),
    shared: { directories: ["media"], files: [] },
    services,
    health: {},
  };
}
