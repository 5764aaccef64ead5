// What HAProxy's own words for a server's state mean.
import { describe, expect, it } from "vitest";
import { parseServers } from "../../src/balancer/haproxy.ts";

describe("srv_admin_state", () => {
  it.each([
    [0x00, "ready"],
    [0x01, "maintenance"],
    [0x02, "maintenance"],
    [0x20, "maintenance"],
    [0x08, "drain"],
    [0x10, "drain"],
    // haproxy.cfg says `disabled`, and the server was enabled since.
    [0x04, "ready"],
    [0x04 | 0x01, "maintenance"],
    [0x04 | 0x08, "drain"],
    // Its name was set by the runtime API.
    [0x40, "ready"],
  ])("%i is %s", (bits, wanted) => {
    const states = `1\n# be_id be_name srv_id srv_name srv_op_state srv_admin_state\n3 web 1 app1 2 ${bits}\n`;
    const servers = parseServers(states, "# pxname,svname\nweb,app1\n", { name: "lb", backend: "web" });
    expect(servers.get("app1")?.wanted).toBe(wanted);
  });
});
