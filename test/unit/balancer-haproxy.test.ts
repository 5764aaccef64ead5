// What HAProxy's own words for a server's state mean.

import { describe, expect, it } from "vitest";
import { parseServers } from "../../src/balancers/haproxy/runtime-api.ts";
import { cpuTime } from "../support/cpu-time.ts";

describe("an answer of HAProxy", () => {
  const of = { name: "lb", backend: "web" };
  const states = "1\n# be_name srv_name srv_op_state srv_admin_state\nweb app1 2 0\n";

  it("is read once, however many columns and lines it has", () => {
    const columns = Array.from({ length: 200_000 }, (_, n) => `x${n}`);
    const head = `1\n# ${columns.join(" ")} srv_op_state srv_admin_state srv_name\n`;
    const begin = cpuTime();
    expect(() => parseServers(`${head}${"x\n".repeat(200_000)}`, "", of)).toThrow(/does not list servers/);
    parseServers(states, `# ${columns.join(",")},pxname\n${"web\n".repeat(200_000)}`, of);
    expect(begin()).toBeLessThan(5_000);
  });

  it("has texts in quotes, with commas, and of any length", () => {
    const statistics = (text: string) => `# pxname,svname,last_chk,scur,qcur\nweb,app1,${text},3,4\n`;
    for (const text of ['"a,b"', '"a,""b"",c"', '""', `"${"a,".repeat(8 << 20)}"`])
      expect(parseServers(states, statistics(text), of).get("app1")?.sessions).toBe(7);
  });
});

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
